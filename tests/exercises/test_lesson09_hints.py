"""Lesson 9: what a hint has a student print comes out of the reference, and not out of the mistake."""

import numpy as np
import pytest

from interp_ref.exercises import exercises_of
from interp_ref.exercises.lesson09 import BUGS

EXERCISES = exercises_of("09_bug_hunt")
BUG = {one.BUG.name: one.BUG for one in BUGS}
NAN = np.full((1, 2, 3), np.nan, np.float32)
GOOD = np.full((1, 2, 3), 0.5, np.float32)


def drawn(name, seed=3):
    return next(iter(BUG[name].kinds.values()))(np.random.default_rng(seed))


def mend(name, change=lambda inputs: inputs, seed=3):
    """The mended function on common inputs, which `change` may replace."""
    inputs = {k: v for k, v in drawn(name, seed).items() if k not in BUG[name].extra}
    return lambda f: f(**change(dict(inputs)))


def twice(name, argument, factor=2.0):
    """The ratio of the maps after and before one argument is multiplied."""

    def look(f):
        inputs = drawn(name)
        changed = {**inputs, argument: np.float32(factor) * inputs[argument]}
        return np.nanmedian(f(**changed) / f(**inputs))

    return look


def raised_bias(name):
    """The ratio of the maps after and before the bias of the asked class grows by 20."""

    def look(f):
        inputs = drawn(name)
        inputs = {k: v[:1] if k in ("features", "images", "class_index") else v for k, v in inputs.items()}
        bias = inputs["bias"] + 20 * np.float32(np.arange(3) == inputs["class_index"][0])
        before, after = f(**inputs), f(**{**inputs, "bias": bias})
        return np.nanmedian(after[before != 0] / before[before != 0])

    return look


def two_classes_differ(name):
    """Whether two equal pictures that are asked about different classes get different maps."""

    def look(f):
        inputs = drawn(name)
        for picture in ("features", "images"):
            if picture in inputs:
                inputs[picture][1] = inputs[picture][0]
        inputs.pop("bias", None) if "bias" in BUG[name].extra else None
        first, second = f(**inputs)[:2]
        return np.abs(first - second).max() > 1e-3

    return look


def holds_scale(maps, outputs):
    return lambda f: f(maps=np.float32(maps), outputs=np.concatenate(outputs))


def heat(picture, map_, alpha):
    images, maps = np.full((1, 1, 1, 3), picture, np.float32), np.full((1, 1, 1), map_, np.float32)
    return lambda f: f(images=images, maps=maps, alpha=alpha)[0, 0, 0]


def holds_heat(picture, map_, alpha, output):
    images, maps = np.full((1, 2, 2, 3), picture, np.float32), np.full((1, 2, 2), map_, np.float32)
    return lambda f: f(images=images, maps=maps, alpha=alpha, outputs=np.full_like(images, output))


def coloured(value):
    return lambda f: f(maps=np.full((1, 2, 2), value, np.float32))[0, 0, 0]


def block(f):
    features = np.float32([0, 0, 0, 4]).reshape(1, 2, 2, 1)
    return f(features=features, class_weights=np.ones((1, 1), np.float32), class_index=np.array([0]))


def published_output(name, change):
    """What the property says of the published output on changed inputs."""

    def look(f):
        inputs = drawn(name)
        change(inputs)
        return f(**inputs, outputs=BUG[name].both(inputs)[1])

    return look


def zeros_for_weak_features(name):
    def look(f):
        inputs = drawn(name)
        inputs["features"] *= np.float32(0.01)
        if "bias" in inputs:
            inputs["bias"][:] = 0
        return f(**inputs, outputs=np.zeros_like(BUG[name].both(inputs)[0]))

    return look


def empty_first_wrong_second(name):
    def look(f):
        inputs = drawn(name)
        inputs["features"][0] = 0
        outputs = BUG[name].both(inputs)[0].copy()
        outputs[1] = 3 * outputs[1] + 1
        return f(**inputs, outputs=outputs)

    return look


def pixel(*numbers):
    """The saliency of a pixel whose three weights are given."""
    weights = np.float32(numbers).reshape(1, 1, 3, 1)
    inputs = {"images": np.zeros((1, 1, 1, 3), np.float32), "weights": weights, "bias": np.zeros(1)}
    return lambda f: f(**inputs, class_index=np.array([0])).item()


def holds_pixel(value, *numbers):
    weights = np.float32(numbers).reshape(1, 1, 3, 1)
    inputs = {"images": np.zeros((1, 1, 1, 3), np.float32), "weights": weights, "bias": np.zeros(1)}
    return lambda f: f(**inputs, class_index=np.array([0]), outputs=np.full((1, 1, 1), value, np.float32))


def weaker_weights(inputs):
    inputs["weights"] *= np.float32(0.01)


def weaker_features(inputs):
    inputs["features"] *= np.float32(0.01)


def one_pixel(inputs):
    inputs["weights"][:] = 0
    inputs["weights"][1, 2, 0] = [2, -1, 1.5]


def true(found):
    return bool(found)


def false(found):
    return not found


def near(value):
    return lambda found: bool(np.allclose(found, value, rtol=1e-3, atol=1e-4))


MINUS = -np.ones((1, 2, 3), np.float32)
SAID = [
    ("holds_scaled_heatmap", "not_outside", holds_scale(MINUS, [NAN]), false),
    ("holds_scaled_heatmap", "largest_must_be_one", holds_scale(MINUS, [0 * GOOD]), true),
    (
        "holds_scaled_heatmap",
        "any_value_is_enough most_maps_are_enough first_map_only",
        holds_scale(np.tile(GOOD, (3, 1, 1)), [GOOD, GOOD, NAN]),
        false,
    ),
    ("holds_scaled_heatmap", "last_map_only", holds_scale(np.tile(GOOD, (2, 1, 1)), [NAN, GOOD]), false),
    ("holds_scaled_heatmap", "true_for_broken", holds_scale(GOOD, [GOOD]), true),
    ("scaled_heatmap", "ones_for_nothing sign_dropped", lambda f: f(maps=MINUS), near(0)),
    ("scaled_heatmap", "one_added_below", lambda f: f(maps=np.float32([[[1, 3]]])).max(), near(1)),
    (
        "scaled_heatmap",
        "lifted_above_zero",
        lambda f: f(maps=np.float32([[[-0.1, 3, -1]]]))[0, 0, 0],
        near(0),
    ),
    (
        "scaled_heatmap",
        "largest_of_the_batch",
        lambda f: f(maps=np.float32([[[1, 2]], [[4, 5]]])).max(axis=(1, 2)),
        near(1),
    ),
    ("holds_heat_over_picture", "in_range", holds_heat(0.2, 0.5, 0.3, 1), false),
    ("holds_heat_over_picture", "between_picture_and_heat", holds_heat(0.2, 1, 0.3, 1), false),
    ("holds_heat_over_picture", "alpha_of_the_picture", holds_heat(0.2, 1, 1e-6, 0.2), true),
    ("holds_heat_over_picture", "not_divided", holds_heat(1, 0, 0.3, 0.7), true),
    ("heat_over_picture", "alpha_of_the_picture half_and_half", heat(0.8, 0.2, 1e-6), near(0.8)),
    ("heat_over_picture", "the_brighter_one", heat(1, 0, 0.3), near(0.7)),
    ("heat_over_picture", "heat_in_red", heat(0, 1, 0.3), near(0.3)),
    ("coloured_heatmap", "as_published scaled_to_255", coloured(1), near([0.5, 0, 0])),
    ("coloured_heatmap", "channels_rotated", coloured(0.5), near([0.5, 1, 0.5])),
    ("cam_before_pool", "average_pool every_second_place as_published", block, near(4)),
    ("cam_before_pool", "in_one_corner", block, lambda found: np.ptp(found) == 0),
    ("cam_before_pool", "class_of_the_first_for_all", two_classes_differ("cam_before_pool"), true),
    ("cam_with_norm", "as_published std_alone turned_round", twice("cam_with_norm", "norm_scale"), near(2)),
    (
        "cam_with_norm",
        "scale_alone variance_for_std root_again turned_round",
        twice("cam_with_norm", "norm_std"),
        near(0.5),
    ),
    ("cam_with_norm", "class_of_the_first_for_all", two_classes_differ("cam_with_norm"), true),
    ("cam_with_norm", "positive_part", lambda f: mend("cam_with_norm")(f).min() < 0, true),
    (
        "maps_of_both",
        "as_published negative_of_dog",
        mend("maps_of_both"),
        lambda m: m.sum(1).any(),
    ),
    ("maps_of_both", "positive_part", mend("maps_of_both"), lambda m: m.min() < 0),
    (
        "grad_cam_of_head",
        "minus_the_loss gradient_of_probability",
        raised_bias("grad_cam_of_head"),
        near(1),
    ),
    ("grad_cam_of_head", "no_relu", mend("grad_cam_of_head"), lambda m: m.min() == 0),
    ("grad_cam_of_head", "class_of_the_first_for_all", two_classes_differ("grad_cam_of_head"), true),
    ("holds_maps_of_both", "first_picture_only", empty_first_wrong_second("maps_of_both"), false),
    ("holds_maps_of_both", "closer_than_one", zeros_for_weak_features("maps_of_both"), false),
    ("holds_cam_before_pool", "first_picture_only", empty_first_wrong_second("cam_before_pool"), false),
    ("holds_cam_with_norm", "first_picture_only", empty_first_wrong_second("cam_with_norm"), false),
    ("holds_cam_with_norm", "closer_than_one", zeros_for_weak_features("cam_with_norm"), false),
    ("holds_grad_cam_of_head", "first_picture_only", empty_first_wrong_second("grad_cam_of_head"), false),
    (
        "holds_grad_cam_of_head",
        "closer_than_one",
        published_output("grad_cam_of_head", weaker_features),
        false,
    ),
    (
        "holds_saliency_of_linear",
        "first_pixel",
        published_output("saliency_of_linear", one_pixel),
        false,
    ),
    (
        "holds_saliency_of_linear",
        "closer_than_one",
        published_output("saliency_of_linear", weaker_weights),
        false,
    ),
    (
        "holds_saliency_of_linear",
        "direction_kept colours_summed colours_averaged",
        holds_pixel(5, -5, 1, 2),
        true,
    ),
    (
        "saliency_of_linear",
        "direction_kept positive_part colours_summed colours_averaged",
        pixel(-5, 1, 2),
        near(5),
    ),
    ("saliency_of_linear", "times_picture", pixel(1, 1, 1), near(1)),
    ("saliency_of_linear", "as_published gradient_of_loss", raised_bias("saliency_of_linear"), near(1)),
    ("saliency_of_linear", "class_of_the_first_for_all", two_classes_differ("saliency_of_linear"), true),
]


@pytest.mark.parametrize(("name", "about", "look", "agrees"), SAID)
def test_what_a_hint_has_you_print_tells_right_from_wrong(name, about, look, agrees):
    exercise = EXERCISES[name]
    known = {m.id: m for m in exercise.misconceptions}
    with np.errstate(all="ignore"):
        assert agrees(look(exercise.reference))
        for wrong in about.split():
            assert not agrees(look(exercise.variant(known[wrong]))), wrong
