"""What a hint of lesson 2 or 3 says should come out comes out of the reference, and not of the mistake."""

import numpy as np
import pytest

from interp_ref.exercises import compared_exercises, draws
from interp_ref.exercises import lesson03_networks as networks
from interp_ref.methods.grad_cam import activations_and_gradients
from interp_ref.models.tiny import tiny_gap_classifier, tiny_images

EXERCISES = compared_exercises()
RNG = np.random.default_rng(5)
A = draws.features(RNG, channels=8)
W, B = draws.head(RNG, channels=8)
# Asked are classes that the network does not choose, another one for each picture.
ASKED, N = np.array([2, 0, 1]), np.arange(3)
LOGITS = A.mean(axis=(1, 2)) @ W + B
Z = 5 * 7


def score(f, features=A, weights=W, bias=B, asked=ASKED):
    return f(features=features, class_weights=weights, bias=bias, class_index=np.asarray(asked))


def of_nothing(f):
    """The score of every class for features that are 0 everywhere."""
    return score(f, 0 * A, asked=(0, 1, 2))


def only_one(features):
    return np.broadcast_to(features[:1], features.shape)


def one_place(count=3, channels=8):
    spike = np.zeros((count, 5, 7, channels), np.float32)
    spike[:, 2, 3] = 1
    return spike


def against_alone(f, **options):
    together = score(f, **options)
    alone = np.concatenate([score(f, A[n : n + 1], asked=ASKED[n : n + 1], **options) for n in range(3)])
    return np.abs(together - alone).max() < 1e-5


def scores_of_each_class(f):
    return np.ptp(score(f, only_one(A), asked=(0, 1, 2))) > 1e-3


def score_of_ones(f):
    return score(f, weights=np.ones_like(W), bias=0 * B) - A.mean(axis=(1, 2)).sum(axis=1)


def doubled(f):
    return score(f, 2 * A, bias=0 * B) / score(f, bias=0 * B)


def raised_bias(f):
    return score(f, bias=B + 1) - score(f)


def shares_left(f):
    return score(f).sum(axis=(1, 2)) - LOGITS[N, ASKED]


def ratio_to_score(f, bias=B):
    return score(f, bias=bias).sum(axis=(1, 2)) / (LOGITS - B + bias)[N, ASKED]


def shares_without_bias(f):
    return ratio_to_score(f, 0 * B)


def cam(f, features=A, weights=W, asked=ASKED):
    return f(features=features, class_weights=weights, class_index=np.asarray(asked))


def cam_means(f):
    maps = cam(f)
    return maps.mean(axis=tuple(range(1, maps.ndim))) - (LOGITS - B)[N, ASKED]


def cam_ratio(f):
    return (LOGITS - B)[N, ASKED] / cam(f).mean(axis=(1, 2))


def cam_by_class(f):
    return np.abs(cam(f, asked=(0, 0, 0)) - cam(f, asked=(1, 1, 1))).max() > 1e-3


def spans_differ(f):
    spans = [(m.min(), m.max()) for m in (cam(f, asked=(0, 0, 0))[0], cam(f, asked=(1, 1, 1))[0])]
    return np.abs(np.subtract(*spans)).max() > 1e-3


def map_shape(f):
    return np.shape(cam(f)) == A.shape[:3]


def centred(f):
    return f(class_weights=W, bias=B)


def moved_by_one_number_a_row(f):
    return np.ptp(centred(f)[0] - W, axis=1).max() < 1e-5


CLASSES, OTHERS = np.array([0, 1, 2]), np.array([2, 0, 1])
GAPS = (LOGITS - B)[N, CLASSES] - (LOGITS - B)[N, OTHERS]


def contrast(f, classes=CLASSES, others=OTHERS, weights=W):
    return f(features=A, class_weights=weights, class_index=classes, other_index=others)


def contrast_ratio(f):
    return GAPS / contrast(f).mean(axis=(1, 2))


def contrast_with_another(f):
    there, back = contrast(f, np.array([0, 0, 0]), OTHERS * 0 + 1), contrast(f, OTHERS * 0, OTHERS * 0 + 2)
    return np.abs(there - back).max() > 1e-3


def contrast_moves(f):
    shifted = W + RNG.normal(size=(8, 1)).astype(np.float32)
    return np.abs(contrast(f, weights=shifted) - contrast(f)).max() < 1e-4


def contrast_doubles(f):
    return np.nanmedian(contrast(f, weights=2 * W) / contrast(f))


MAPS = draws.signed_maps(RNG)


def large(f, maps=MAPS, height=20, width=28):
    return f(maps=np.float32(maps), height=height, width=width)


def row(f):
    return large(f, [[[0, 4]]], 1, 4).ravel()


def overshoot(f):
    return large(f).max() <= MAPS.max() + 1e-5


def turned(f):
    return np.abs(large(f, MAPS[:, ::-1, ::-1])[:, ::-1, ::-1] - large(f)).max() < 1e-5


def means_kept(f):
    return np.abs(large(f).mean(axis=(1, 2)) - MAPS.mean(axis=(1, 2))).max() < 1e-5


def of_two(f):
    return large(f, np.full((1, 5, 7), 2))


def blobs(*blobs, background=-0.2):
    one = np.full((12, 16), background, np.float32)
    for (top, left, bottom, right), value in blobs:
        one[top:bottom, left:right] = value
    return one


def boxes(f, maps, true=(0, 0, 1, 1), threshold=0.2):
    maps = np.float32(maps)
    return f(maps=maps, true_boxes=np.array([true] * len(maps)), threshold=threshold)


TWO = blobs(((1, 1, 5, 6), 1), ((8, 10, 10, 12), 3))
SLOPE = np.linspace(0.05, 1, 16, dtype=np.float32)[None] * np.ones((12, 1), np.float32)


def box_of(maps, n=0):
    return lambda f: boxes(f, maps)[0][n]


def moves(f, factor=10):
    return np.abs(boxes(f, [factor * SLOPE])[0] - boxes(f, [SLOPE])[0]).max()


def overlaps(own, true):
    """The IoU of a map's box with a true one, both known."""
    return lambda f: boxes(f, [blobs((own, 1))], true)[1][0]


def network(layer="conv3"):
    model, images = tiny_gap_classifier(4), tiny_images(4, count=3)
    return {"model": model, "images": images, "class_index": ASKED, "layer": layer}


def gradients(f, **other):
    return f(**{**network(), **other})


def column(scale):
    kernel, bias = network()["model"].get_layer("logits").get_weights()
    return scale * kernel[:, ASKED].T


PLACES = 10 * 14


def times_z_over_weights(f):
    return gradients(f)[1] * PLACES / column(1)[:, None, None]


def differs_by_class(f, part=lambda answer: answer):
    inputs = network("conv2")
    answers = [part(f(**{**inputs, "class_index": np.full(3, c)})) for c in (0, 1)]
    return np.abs(answers[0] - answers[1]).max() > 1e-6


def second(answer):
    return answer[1]


def alone(f, part=lambda answer: answer):
    inputs = network("conv2")
    together = part(f(**inputs))
    single = [
        part(f(**{**inputs, "images": inputs["images"][n : n + 1], "class_index": ASKED[n : n + 1]}))
        for n in range(3)
    ]
    return np.abs(together - np.concatenate(single)).max() < 1e-5


def none_is_zero(f):
    return bool((np.abs(gradients(f)[1]).max(axis=(1, 2, 3)) > 0).all())


def shapes(f):
    return np.shape(gradients(f, layer="conv2")[0]) == (3, 10, 14, 6)


def channel(f, values):
    return f(gradients=np.float32(values))


def full(value):
    return np.full((3, 5, 7, 4), value)


def halves():
    return np.where(np.arange(4)[:, None, None] < 2, 1, -1) * np.ones((3, 4, 7, 4))


def doubles(f):
    gradient = RNG.normal(1, 1, (3, 5, 7, 4))
    return channel(f, 2 * gradient) / channel(f, gradient)


def smallest_below_zero(f):
    return channel(f, RNG.normal(-1, 1, (3, 5, 7, 4))).min() < 0


def signed(layer):
    activations, gradient = activations_and_gradients(**network(layer))
    return np.einsum("nhwk,nk->nhw", activations, gradient.mean(axis=(1, 2)))


def at(sign, layer="conv2", divided_by=None):
    """The map where the weighted sum is clearly positive or negative; as a part of that sum if asked."""

    def look(f):
        weighted = signed(layer)
        where = sign * weighted > 0.1 * np.abs(weighted).max()
        return (f(**network(layer)) / (weighted if divided_by else 1))[where]

    return look


def ratio_to_sum(f):
    return at(1, divided_by=True)(f)


def ratio_to_minus_sum(f):
    return at(-1, divided_by=True)(f)


def of_gap_head(f):
    """Z times the map over the positive part of CAM, at the last layer."""
    cam_ = signed("conv3") * PLACES
    return (f(**network("conv3")) * PLACES)[cam_ > 0.1] / cam_[cam_ > 0.1]


def one_sided(sign):
    """The map of a network in which everything speaks for, or against, every class."""

    def look(f):
        return f(**networks.one_sided(sign, networks.predicted)(np.random.default_rng(1)))

    return look


def nowhere(f):
    return one_sided(-1)(f)


def minimum_above_zero(f):
    return bool((one_sided(+1)(f).min(axis=(1, 2)) > 1e-6).all())


def lowest(f):
    return f(**network("conv2")).min() >= 0


def right_shape(f):
    return np.shape(f(**network("conv2"))) == (3, 10, 14)


def alphas(f, weights=W, asked=ASKED, height=5, width=7):
    return f(class_weights=weights, class_index=asked, height=height, width=width)


def below_max(f, features=A, weights=W, asked=ASKED):
    return f(features=features, class_weights=weights, class_index=asked)


def dense(f, weights, asked=ASKED):
    return f(dense_weights=np.float32(weights), class_index=asked, height=5, width=7)


def raised_last_place(f):
    weights = RNG.normal(size=(Z * 4, 3))
    raised = weights.copy()
    raised[-4] += 1  # channel 0 at the last place
    return (dense(f, raised) - dense(f, weights))[:, 0] * Z


def one_channel(f):
    weights = np.zeros((Z, 4, 3))
    weights[:, 0] = 1
    return dense(f, weights.reshape(-1, 3))


def one_class(f):
    weights = np.zeros((Z * 4, 3))
    weights[:, 0] = 1
    return dense(f, weights, np.zeros(3, int))


# exercise, the misconceptions whose hint says it, what the hint has the student print, what it should be.
SAID = [
    (
        "class_score",
        "sum_for_mean max_for_mean",
        lambda f: score(f, one_place(), bias=0 * B) * Z,
        W.sum(axis=0)[ASKED],
    ),
    ("class_score", "mean_over_batch", against_alone, True),
    ("class_score", "no_bias bias_in_every_term probability_for_score", of_nothing, B),
    ("class_score", "mean_over_channels", score_of_ones, 0),
    ("class_score", "log_probability_for_score", raised_bias, 1),
    ("class_score", "sigmoid_for_score", doubled, 2),
    ("class_score", "predicted_class", scores_of_each_class, True),
    ("class_score", "first_class_for_all", lambda f: score(f) - LOGITS[N, ASKED], 0),
    (
        "location_score",
        "whole_bias_everywhere no_bias_share first_class_for_all relu_on_shares",
        shares_left,
        0,
    ),
    ("location_score", "bias_by_picture", lambda f: score(f, 0 * A)[:, 0, 0] * Z, B[ASKED]),
    (
        "location_score",
        "no_division divided_by_one_side shares_of_one divided_by_all_pictures",
        ratio_to_score,
        1,
    ),
    ("location_score", "mean_over_channels", shares_without_bias, 1),
    ("class_activation_map", "after_max_pooling upsampled_before_sum summed_over_one_side", map_shape, True),
    (
        "class_activation_map",
        "after_max_pooling other_class_negated first_class_map_for_all relu_on_cam",
        cam_means,
        0,
    ),
    ("class_activation_map", "predicted_class unweighted_sum", cam_by_class, True),
    ("class_activation_map", "positive_weights_only", lambda f: cam(f, one_place()).min() < 0, True),
    ("class_activation_map", "mean_over_channels divided_by_places", cam_ratio, 1),
    ("class_activation_map", "absolute_map", lambda f: cam(f, weights=-np.abs(W)).min() < 0, True),
    ("class_activation_map", "normalised_cam", spans_differ, True),
    ("center_head", "mean_over_features standardised", moved_by_one_number_a_row, True),
    (
        "center_head",
        "one_mean_for_all sum_subtracted relative_to_first_class",
        lambda f: centred(f)[0].sum(axis=1),
        0,
    ),
    ("center_head", "bias_left", lambda f: centred(f)[1].sum(), 0),
    ("center_head", "bias_dropped", lambda f: np.ptp(centred(f)[1] - B), 0),
    (
        "contrast_map",
        "wrong_way_round relu_on_contrast first_class_for_all",
        lambda f: contrast(f).mean(axis=(1, 2)),
        GAPS,
    ),
    ("contrast_map", "sum_of_maps", lambda f: contrast(f, CLASSES, CLASSES), 0),
    ("contrast_map", "own_map_alone", contrast_with_another, True),
    ("contrast_map", "half_the_contrast mean_over_channels", contrast_ratio, 1),
    ("contrast_map", "contrast_without_sign", lambda f: contrast(f).min() < 0, True),
    ("contrast_map", "rectified_before_difference", contrast_moves, True),
    ("contrast_map", "each_map_stretched", contrast_doubles, 2),
    ("upsample", "nearest", lambda f: len(np.unique(large(f)[0, 0])) > 7, True),
    ("upsample", "corners_aligned spline_zoom", row, (0, 1, 3, 4)),
    ("upsample", "no_half_pixel", turned, True),
    ("upsample", "bicubic", overshoot, True),
    (
        "upsample",
        "maps_as_one_picture height_and_width_swapped",
        lambda f: np.shape(large(f)) == (3, 20, 28),
        True,
    ),
    ("upsample", "whole_factors", lambda f: np.shape(large(f, height=23, width=17)) == (3, 23, 17), True),
    ("upsample", "negative_part_cut", means_kept, True),
    ("upsample", "stretched_to_one sum_kept", of_two, 2),
    (
        "localize",
        "threshold_of_range",
        box_of([blobs(((2, 2, 6, 9), 1), ((2, 9, 6, 14), 0.1), background=-1)]),
        (2, 2, 6, 9),
    ),
    ("localize", "threshold_absolute", moves, 0),
    ("localize", "threshold_of_the_batch", box_of([SLOPE, 4 * SLOPE]), (0, 3, 12, 16)),
    (
        "localize",
        "threshold_of_magnitude",
        box_of([blobs(((1, 1, 3, 4), 1), ((5, 5, 11, 14), -1))]),
        (1, 1, 3, 4),
    ),
    ("localize", "no_component component_of_maximum", box_of([TWO]), (1, 1, 5, 6)),
    ("localize", "first_component", box_of([TWO[::-1, ::-1]]), (7, 10, 11, 15)),
    ("localize", "corners_connect", box_of([blobs(((1, 1, 4, 4), 1), ((4, 4, 9, 9), 1))]), (4, 4, 9, 9)),
    ("localize", "inclusive_end left_before_top", lambda f: np.subtract(*box_of([TWO])(f)[[2, 0]]), 4),
    (
        "localize",
        "size_for_end",
        lambda f: (box_of([np.roll(TWO, 1, axis=0)])(f) - box_of([TWO])(f))[[0, 2]],
        1,
    ),
    ("localize", "overlap_of_own_area", overlaps((2, 2, 4, 4), (1, 1, 5, 5)), 4 / 16),
    ("localize", "union_counts_twice", overlaps((2, 2, 4, 4), (2, 2, 4, 4)), 1),
    ("localize", "sides_below_zero", overlaps((2, 2, 4, 4), (7, 7, 9, 9)), 0),
    ("localize", "both_ends_counted", overlaps((2, 2, 4, 4), (3, 3, 4, 4)), 1 / 4),
    (
        "activations_and_gradients",
        "gradient_of_loss gradient_of_log_probability gradient_of_probability positive_gradients_only "
        "gradient_magnitude scaled_gradient",
        times_z_over_weights,
        1,
    ),
    (
        "activations_and_gradients",
        "all_classes_summed predicted_class",
        lambda f: differs_by_class(f, second),
        True,
    ),
    (
        "activations_and_gradients",
        "first_class_for_all averaged_over_batch",
        lambda f: alone(f, second),
        True,
    ),
    ("activations_and_gradients", "first_picture_only", none_is_zero, True),
    ("activations_and_gradients", "gradient_of_images layer_input", shapes, True),
    ("channel_weights", "sum_for_mean", lambda f: channel(f, full(1)), 1),
    ("channel_weights", "max_for_mean", lambda f: channel(f, one_place(3, 4)), 1 / Z),
    (
        "channel_weights",
        "mean_over_channels mean_over_batch mean_over_one_side",
        lambda f: np.shape(channel(f, full(1))) == (3, 4),
        True,
    ),
    ("channel_weights", "relu_on_gradients", lambda f: channel(f, halves()), 0),
    ("channel_weights", "absolute_gradients", lambda f: channel(f, full(-1)), -1),
    ("channel_weights", "scaled_gradients", lambda f: channel(f, full(3)), 3),
    ("channel_weights", "relu_on_alphas", smallest_below_zero, True),
    ("channel_weights", "weights_sum_to_one", doubles, 2),
    ("grad_cam", "no_relu", lowest, True),
    ("grad_cam", "absolute_map relu_before_sum", at(-1), 0),
    ("grad_cam", "not_summed enlarged", right_shape, True),
    ("grad_cam", "mean_over_channels", ratio_to_sum, 1),
    ("grad_cam", "unweighted_sum predicted_class", differs_by_class, True),
    ("grad_cam", "sum_for_mean gradient_of_loss gradient_of_probability", of_gap_head, 1),
    ("grad_cam", "weights_of_the_batch", alone, True),
    ("grad_cam", "divided_by_maximum", nowhere, 0),
    ("grad_cam", "stretched_to_one", minimum_above_zero, True),
    ("counterfactual", "sign_not_turned absolute_map relu_before_sum", at(1), 0),
    ("counterfactual", "negative_of_grad_cam", lambda f: f(**network("conv2")).max() > 0, True),
    ("counterfactual", "photographic_negative", one_sided(+1), 0),
    ("counterfactual", "turned_without_relu", lowest, True),
    ("counterfactual", "predicted_class", differs_by_class, True),
    ("counterfactual", "sum_for_mean", ratio_to_minus_sum, -1),
    (
        "closed_form_alphas",
        "no_division divided_twice divided_by_one_side first_class_for_all reshaped_weights",
        lambda f: alphas(f) * Z,
        W[:, ASKED].T,
    ),
    ("closed_form_alphas", "divided_by_channels", lambda f: alphas(f, np.ones((9, 3))) * Z, 1),
    ("closed_form_alphas", "rows_for_columns", lambda f: np.shape(alphas(f)) == (3, 8), True),
    ("closed_form_alphas", "positive_weights_only", lambda f: alphas(f).min() < 0, True),
    (
        "alphas_global_max_pooling",
        "no_division spread_and_averaged predicted_class first_class_for_all "
        "reshaped_weights positive_weights_only",
        lambda f: below_max(f) * Z,
        W[:, ASKED].T,
    ),
    ("alphas_global_max_pooling", "times_the_maximum", lambda f: below_max(f, 2 * A) - below_max(f), 0),
    (
        "alphas_global_max_pooling",
        "active_places_only",
        lambda f: below_max(f, one_place()) * Z,
        W[:, ASKED].T,
    ),
    ("alphas_flatten_dense", "sum_for_mean divided_twice", lambda f: dense(f, np.ones((Z * 4, 3))), 1),
    ("alphas_flatten_dense", "magnitudes_averaged", lambda f: dense(f, -np.ones((Z * 4, 3))), -1),
    ("alphas_flatten_dense", "channels_first mean_over_everything", one_channel, [(1, 0, 0, 0)] * 3),
    ("alphas_flatten_dense", "classes_first", one_class, 1),
    ("alphas_flatten_dense", "mean_over_channels", lambda f: np.shape(one_class(f)) == (3, 4), True),
    ("alphas_flatten_dense", "first_place_only", raised_last_place, 1),
    (
        "alphas_flatten_dense",
        "first_class_for_all",
        lambda f: np.abs(np.diff(dense(f, RNG.normal(size=(Z * 4, 3))), axis=0)).max() > 1e-3,
        True,
    ),
]


def agrees(got, said):
    fits = np.shape(got) == np.shape(said) or np.ndim(said) == 0
    return bool(fits) and np.allclose(np.asarray(got, float), np.asarray(said, float), atol=1e-4, rtol=2e-3)


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize(("name", "about", "look", "said"), SAID)
def test_what_a_hint_has_you_print_tells_right_from_wrong(name, about, look, said):
    exercise = EXERCISES[name]
    known = {m.id: m for m in exercise.misconceptions}
    assert agrees(look(exercise.reference), said)
    for wrong in about.split():
        assert not agrees(look(exercise.variant(known[wrong])), said), wrong
