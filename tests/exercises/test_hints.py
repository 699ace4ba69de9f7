"""What a hint says should come out comes out of the reference, and not of the mistake that it is about."""

import keras
import numpy as np
import pytest

from interp_ref.exercises import compared_exercises
from interp_ref.models.tiny import tiny_backbone, tiny_gap_classifier, tiny_images

EXERCISES = compared_exercises()
RNG = np.random.default_rng(11)
MAPS = RNG.normal(size=(2, 4, 6)).astype(np.float32)
VIOLET, MIDDLE, YELLOW = (0.27, 0.0, 0.33), (0.13, 0.57, 0.55), (0.99, 0.91, 0.14)
BLACK_OUT, RED_OUT = (-103.9, -116.8, -123.7), (-103.9, -116.8, 131.3)


def pixel(*colour):
    return np.full((1, 2, 2, 3), colour, np.uint8)


def constant_map(value):
    return np.full((1, 2, 2), value, np.float32)


def laid_over(f, colour=(0, 0, 0), value=0.0, alpha=1.0):
    return f(images=pixel(*colour), maps=constant_map(value), alpha=alpha)[0, 0, 0]


def lowest_and_highest(f):
    return [(m.min(), m.max()) for m in f(maps=MAPS)]


def white_minus_black(f):
    return (f(images=pixel(255, 255, 255)) - f(images=pixel(0, 0, 0)))[0, 0, 0]


def one_pixel(*colour):
    return lambda f: f(images=pixel(*colour))[0, 0, 0]


def of_logits(logits, labels, pick=lambda x: x):
    return lambda f: pick(f(logits=np.float32(logits), labels=np.array(labels)))


LOGITS, LABELS = RNG.normal(size=(5, 3)).astype(np.float32), np.array([0, 1, 2, 1, 1])


def twice_over_minus_once(f):
    return f(logits=np.tile(LOGITS, (2, 1)), labels=np.tile(LABELS, 2)) - f(logits=LOGITS, labels=LABELS)


def moved_by_five(f):
    raised = LOGITS + np.float32([[5], [0], [0], [0], [0]])
    return f(logits=raised, labels=LABELS) - f(logits=LOGITS, labels=LABELS)


def head(f, times=1, pooled=None):
    rng = np.random.default_rng(2)
    features = np.tile(rng.random((5, 4)), (times, 1)) if pooled is None else pooled
    labels = np.tile(LABELS, times)
    return f(pooled=features, class_weights=rng.normal(size=(4, 3)), bias=rng.normal(size=3), labels=labels)


def twice(part):
    return lambda f: np.abs(head(f, 2)[part] - head(f)[part]).max() < 1e-6


GRADIENT = RNG.normal(0, 1, (2, 2, 3, 3)).astype(np.float32)
PICTURES = RNG.normal(1, 1, GRADIENT.shape).astype(np.float32)
SCORE = np.float32([1, 2])
STEP = np.zeros_like(PICTURES)
STEP[0, 1, 2, 0] = 1


def change(f, move):
    return f(score=SCORE, gradient=GRADIENT, images=PICTURES, moved_images=PICTURES + move) - SCORE


def change_of_one_value(f):
    return change(f, STEP)[0] - GRADIENT[0, 1, 2, 0]


def ratio_of_twice_as_far(f):
    return change(f, 2 * STEP)[0] / change(f, STEP)[0]


def largest(f, gradient, epsilon=0.5):
    return f(gradient=np.float32(gradient), epsilon=epsilon)


ONES = np.ones((1, 2, 3, 3))


def network(scale=1, dark=False):
    model, images = tiny_gap_classifier(6), tiny_images(6, 3)
    model.get_layer("logits").set_weights([scale * w for w in model.get_layer("logits").get_weights()])
    if dark:
        images[:, 7, 9] = 0
    return model, images


def explained(f, asked=(0, 1, 2), scale=1, dark=False):
    model, images = network(scale, dark)
    return f(model=model, images=images, class_index=np.array(asked))


def ratio_of_scales(scale):
    def ratio(f):
        with np.errstate(all="ignore"):
            return np.nanmedian(explained(f, scale=scale) / explained(f))

    return ratio


def differs_by_class(f):
    return np.abs(explained(f, (0, 0, 0)) - explained(f, (1, 1, 1))).max() > 1e-3


def same_alone(f):
    model, images = network()
    asked = np.array([2, 0, 1])
    alone = [f(model=model, images=images[n : n + 1], class_index=asked[n : n + 1])[0] for n in range(3)]
    return np.abs(f(model=model, images=images, class_index=asked) - np.stack(alone)).max() < 1e-5


def classes_cancel(f):
    return np.abs(sum(explained(f, (c, c, c)) for c in range(3))).max() < 1e-4


def answers_at_zero(f):
    return np.abs(explained(f, dark=True)[:, 7, 9]).max() > 1e-4


def rises_along(f):
    model, images = network()
    moved = images + 1e-2 * explained(f)
    before, after = (np.asarray(model(x))[np.arange(3), np.arange(3)] for x in (images, moved))
    return bool((after > before).all())


def share_of_zeros(f):
    return (explained(f) == 0).mean() > 0.03


def weights_of(*numbers):
    return np.float32(numbers).reshape(1, 1, 3, 1) * np.ones((2, 3, 1, 2), np.float32)


def linear(*numbers):
    return lambda f: f(weights=weights_of(*numbers), class_index=np.array([1]))[0, 0, 0]


def trainable_arrays(f):
    return len(f(backbone=tiny_backbone(1), classes=2).trainable_variables)


def row_sums_are_one(f):
    return np.allclose(f(backbone=tiny_backbone(1), classes=2)(tiny_images(0)).numpy().sum(axis=1), 1)


def five_in_twos(f):
    images = RNG.integers(0, 256, (5, 20, 28, 3), dtype=np.uint8)
    return len(f(backbone=tiny_backbone(1), images=images, batch_size=2))


def handed_to_the_backbone(colour):
    def hand(f):
        images = np.full((1, 20, 28, 3), colour, np.uint8)
        same = keras.Sequential([keras.Input((20, 28, 3)), keras.layers.Identity()])
        return f(backbone=same, images=images, batch_size=1)[0, 0, 0]

    return hand


def first(result):
    return result[0]


def lowest(result):
    return result.min() < 0


# exercise, the misconceptions whose hint says it, what the hint has the student print, what it should be.
SAID = [
    (
        "normalize_map",
        "limits_of_the_batch divided_by_maximum standardised",
        lowest_and_highest,
        [(0, 1)] * 2,
    ),
    ("normalize_map", "divided_by_range_alone stretched_to_255 sum_to_one", lowest_and_highest, [(0, 1)] * 2),
    ("normalize_map", "limits_of_each_row", lambda f: (f(maps=MAPS)[0] == 1).sum(), 1),
    ("normalize_map", "negative_dropped", lambda f: (f(maps=MAPS)[0] == 0).sum(), 1),
    ("normalize_map", "sign_dropped", lambda f: f(maps=MAPS)[0].argmin() == MAPS[0].argmin(), True),
    ("normalize_map", "outliers_cut", lambda f: f(maps=np.float32([[[0, 1], [2, 10]]]))[0, 0, 1], 0.1),
    ("normalize_map", "nan_on_constant constant_kept", lambda f: f(maps=constant_map(5)), 0),
    ("normalize_map", "number_added_below", lambda f: f(maps=MAPS * 1e-12).max(), 1),
    ("overlay", "colours_bgr", lambda f: laid_over(f, value=1), YELLOW),
    ("overlay", "jet grey_map", laid_over, VIOLET),
    ("overlay", "map_times_255", lambda f: laid_over(f, value=0.5), MIDDLE),
    ("overlay", "picture_bgr", lambda f: laid_over(f, (255, 0, 0), alpha=0.0), (1, 0, 0)),
    ("overlay", "picture_by_its_own_maximum", lambda f: laid_over(f, (51, 51, 51), alpha=0.0), 0.2),
    ("overlay", "alpha_of_the_picture", lambda f: laid_over(f, (51, 51, 51), alpha=0.0), 0.2),
    ("overlay", "share_follows_the_map", lambda f: laid_over(f, alpha=0.5), (0.13, 0.0, 0.16)),
    ("overlay", "half_always", lambda f: np.ptp([laid_over(f, alpha=a)[2] for a in (0, 1)]) > 0.3, True),
    ("overlay", "colours_on_top result_to_255", lambda f: laid_over(f, (255, 255, 255)).max() <= 1, True),
    (
        "overlay",
        "added_and_clipped",
        lambda f: laid_over(f, (255, 255, 255)) - laid_over(f, (0, 0, 0)),
        0,
    ),
    (
        "preprocess",
        "no_mean scaled_to_one scaled_to_minus_one own_mean applied_twice",
        one_pixel(0, 0, 0),
        BLACK_OUT,
    ),
    ("preprocess", "wrapped_around", one_pixel(0, 0, 0), BLACK_OUT),
    ("preprocess", "rgb_kept handed_on", one_pixel(255, 0, 0), RED_OUT),
    ("preprocess", "means_in_rgb_order", lambda f: np.abs(one_pixel(124, 117, 104)(f)).max() < 1, True),
    ("preprocess", "scaled_to_one scaled_to_minus_one scaled_then_centred", white_minus_black, 255),
    ("preprocess", "centred_then_scaled divided_by_deviation", white_minus_black, 255),
    ("cross_entropy", "small_number_added", of_logits([[1000, 0]], [1]), 1000),
    ("cross_entropy", "softmax_twice", of_logits([[20, 0]], [0]), 0),
    ("cross_entropy", "logarithm_left_out mean_over_classes_too", of_logits([[0, 0]], [0]), 0.6931),
    ("cross_entropy", "sign_turned", of_logits([[0, 0]], [0], lambda x: x >= 0), True),
    ("cross_entropy", "logits_for_log_probabilities", moved_by_five, 0),
    ("cross_entropy", "sum_for_mean", twice_over_minus_once, 0),
    ("logit_gradient", "error_times_slope sign_turned", of_logits([[20, 0]], [1], first), (1, -1)),
    ("logit_gradient", "mean_over_classes_too", of_logits([[0, 0]], [0], first), (-0.5, 0.5)),
    (
        "logit_gradient",
        "truth_left_out label_only label_number logits_for_probabilities",
        of_logits(LOGITS, LABELS, lambda g: g.sum(axis=1)),
        0,
    ),
    ("head_gradient", "sum_for_mean weights_averaged_again", twice(0), True),
    ("head_gradient", "sum_for_mean bias_averaged_again", twice(1), True),
    ("head_gradient", "mean_of_each", lambda f: np.linalg.matrix_rank(head(f)[0], tol=1e-5), 2),
    ("head_gradient", "transposed", lambda f: head(f)[0].shape, (4, 3)),
    ("head_gradient", "bias_over_classes", lambda f: head(f)[1].shape == (3,), True),
    ("accuracy", "percent errors", of_logits([[1, 0], [0, 1]], [0, 1]), 1),
    ("accuracy", "count", twice_over_minus_once, 0),
    ("accuracy", "class_by_class", of_logits([[1, 0]] * 10, [0] * 9 + [1]), 0.9),
    ("accuracy", "true_class_positive", of_logits([[-1, -2]], [0]), 1),
    ("accuracy", "largest_size", of_logits([[1, -3]], [0]), 1),
    ("accuracy", "smallest", of_logits([[5, 1]], [0]), 1),
    ("build_classifier", "trainable_base last_layer_open hidden_layer normalised_first", trainable_arrays, 2),
    ("build_classifier", "no_bias everything_frozen", trainable_arrays, 2),
    ("build_classifier", "softmax_head", row_sums_are_one, False),
    ("extract_features", "last_batch_dropped first_batch_alone last_batch_alone", five_in_twos, 5),
    ("extract_features", "not_preprocessed preprocessed_twice", handed_to_the_backbone((0, 0, 0)), BLACK_OUT),
    ("extract_features", "red_first", handed_to_the_backbone((255, 0, 0)), RED_OUT),
    ("first_order_score", "picture_for_move", lambda f: change(f, 0), 0),
    ("first_order_score", "change_alone", lambda f: change(f, 0), 0),
    ("first_order_score", "mean_of_products sign_of_gradient half_for_first_order", change_of_one_value, 0),
    ("first_order_score", "unit_direction", ratio_of_twice_as_far, 2),
    ("first_order_score", "batch_added_up", lambda f: change(f, STEP)[1], 0),
    ("first_order_score", "move_backwards", lambda f: change(f, np.sign(GRADIENT) * STEP)[0] > 0, True),
    ("first_order_score", "every_value_helps", lambda f: change(f, -np.sign(GRADIENT) * STEP)[0] < 0, True),
    ("largest_change", "all_values_up only_upwards", lambda f: largest(f, -ONES), 9),
    ("largest_change", "one_value_moves one_colour_a_pixel mean_of_values", lambda f: largest(f, ONES), 9),
    ("largest_change", "length_of_gradient", lambda f: largest(f, ONES), 9),
    ("largest_change", "move_along_the_gradient", lambda f: largest(f, 2 * ONES) / largest(f, ONES), 2),
    ("largest_change", "epsilon_left_out", lambda f: largest(f, ONES, 1.0) / largest(f, ONES), 2),
    ("largest_change", "from_end_to_end", lambda f: largest(f, np.eye(1, 3)[None, None], 1.0), 1),
    ("largest_change", "batch_in_one_sum", lambda f: np.shape(largest(f, GRADIENT)) == (2,), True),
    ("input_gradient", "predicted_class every_class_summed", differs_by_class, True),
    ("input_gradient", "first_class_gradient_for_all score_averaged_over_batch", same_alone, True),
    ("input_gradient", "probability_gradient lead_over_the_mean", classes_cancel, False),
    ("input_gradient", "loss_gradient", rises_along, True),
    ("input_gradient", "gradient_times_picture", answers_at_zero, True),
    ("input_gradient", "gradient_without_sign positive_part", lambda f: lowest(explained(f)), True),
    ("input_gradient", "gradient_normalised", ratio_of_scales(2), 2),
    ("saliency_map", "saliency_of_predicted", differs_by_class, True),
    ("saliency_map", "saliency_of_first_class scaled_by_the_batch", same_alone, True),
    ("saliency_map", "saliency_of_probability", ratio_of_scales(10), 10),
    ("saliency_map", "times_picture", answers_at_zero, True),
    ("saliency_map", "positive_part_only", share_of_zeros, False),
    ("saliency_of_linear_model", "absolute_value_last no_absolute_value squared", linear(-5, 1, 2), 5),
    ("saliency_of_linear_model", "colours_summed colours_averaged length_over_colours", linear(-5, 1, 2), 5),
    ("saliency_of_linear_model", "positive_part_only", linear(-5, 1, 2), 5),
    ("saliency_of_linear_model", "first_colour", linear(1, -5, 2), 5),
]


def agrees(got, said):
    with np.errstate(all="ignore"):
        return bool(np.shape(got) == np.shape(said) or np.ndim(said) == 0) and np.allclose(
            np.asarray(got, float), np.asarray(said, float), atol=0.06 if np.ndim(said) else 1e-3, rtol=2e-3
        )


@pytest.mark.parametrize(("name", "about", "look", "said"), SAID)
def test_what_a_hint_has_you_print_tells_right_from_wrong(name, about, look, said):
    exercise = EXERCISES[name]
    known = {m.id: m for m in exercise.misconceptions}
    assert agrees(look(exercise.reference), said)
    for wrong in about.split():
        with np.errstate(all="ignore"):
            assert not agrees(look(exercise.variant(known[wrong])), said), wrong
