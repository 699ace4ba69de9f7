"""Lesson 4: its numbers by hand, its identities at random points, right answers of many forms."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from interp_ref.checking.check import verify
from interp_ref.exercises import exercises_of
from interp_ref.methods import saliency as methods
from interp_ref.models.preprocessing import preprocess
from interp_ref.models.tiny import linear_model, tiny_gap_classifier, tiny_images

EXERCISES = exercises_of("04_saliency")
PROMISE, GRADIENT, LARGEST, SALIENCY, OF_LINEAR = (
    EXERCISES[name].reference
    for name in (
        "first_order_score",
        "input_gradient",
        "largest_change",
        "saliency_map",
        "saliency_of_linear_model",
    )
)
ASKED = np.array([2, 0, 1])

# One picture of one pixel.
ONE_GRADIENT = np.array([[[[2, -3, 1]]]], np.float32)


@pytest.fixture(scope="module")
def network():
    return tiny_gap_classifier(3)


@pytest.fixture(scope="module")
def images():
    return tiny_images(3, 3)


def scores_of(model, images, asked=ASKED):
    return np.asarray(model(images))[np.arange(len(images)), asked]


def gradient_of(value_of, images):
    """The gradient of any number [N] of the pictures: `value_of(tensor)`."""
    with tf.GradientTape() as tape:
        watched = tf.Variable(images)
        value = value_of(watched)
    return tape.gradient(value, watched).numpy()


def pick(values, asked):
    return tf.gather(values, asked, axis=1, batch_dims=1)


def test_the_promised_score_by_hand():
    # 5 + 2·0.5 − 3·1 + 1·0 = 3.
    start = np.array([[[[1, 1, 1]]]], np.float32)
    moved = np.array([[[[1.5, 2, 1]]]], np.float32)
    got = PROMISE(score=np.array([5.0], np.float32), gradient=ONE_GRADIENT, images=start, moved_images=moved)
    np.testing.assert_allclose(got, [3])


def test_the_largest_change_by_hand():
    # (2 + 3 + 1) · 0.5.
    np.testing.assert_allclose(LARGEST(gradient=ONE_GRADIENT, epsilon=0.5), [3])


def test_the_map_of_a_linear_model_by_hand():
    # One pixel; the weights of class 1 are (2, −3, 1).
    weights = np.stack([np.zeros((1, 1, 3)), ONE_GRADIENT[0]], axis=-1).astype(np.float32)
    np.testing.assert_allclose(OF_LINEAR(weights=weights, class_index=np.array([1, 0])), [[[3]], [[0]]])


def test_the_references_are_the_whole_methods(network, images):
    gradient = GRADIENT(model=network, images=images, class_index=ASKED)
    np.testing.assert_array_equal(gradient, methods.input_gradient(network, images, ASKED))
    maps = SALIENCY(model=network, images=images, class_index=ASKED)
    np.testing.assert_array_equal(maps, methods.saliency(network, images, ASKED))


def test_for_a_linear_model_the_expansion_is_exact_and_saliency_is_the_weights(images):
    model = linear_model(3)
    weights = np.asarray(model.get_layer("logits").kernel).reshape(*images.shape[1:], 3)
    moved = images + np.random.default_rng(0).normal(size=images.shape).astype(np.float32)
    gradient = GRADIENT(model=model, images=images, class_index=ASKED)
    promise = PROMISE(score=scores_of(model, images), gradient=gradient, images=images, moved_images=moved)
    np.testing.assert_allclose(promise, scores_of(model, moved), atol=1e-4)
    maps = SALIENCY(model=model, images=images, class_index=ASKED)
    np.testing.assert_allclose(maps, OF_LINEAR(weights=weights, class_index=ASKED), rtol=1e-6)


def test_near_the_picture_the_promise_is_kept(network, images):
    # A thousandth of a step switches next to no ReLU. By sign, so that the change is far above rounding.
    gradient = GRADIENT(model=network, images=images, class_index=ASKED)
    moved, start = images + np.float32(1e-3) * np.sign(gradient), scores_of(network, images)
    promise = PROMISE(score=start, gradient=gradient, images=images, moved_images=moved)
    np.testing.assert_allclose(promise - start, LARGEST(gradient=gradient, epsilon=1e-3), rtol=1e-2)
    np.testing.assert_allclose(scores_of(network, moved) - start, promise - start, rtol=0.05)


def test_a_batch_gives_each_picture_the_gradient_that_it_has_alone(network, images):
    together = GRADIENT(model=network, images=images, class_index=ASKED)
    pairs = zip(images[:, None], ASKED[:, None], strict=True)
    alone = [GRADIENT(model=network, images=one, class_index=label)[0] for one, label in pairs]
    np.testing.assert_allclose(together, np.stack(alone), atol=1e-7)


def test_the_largest_change_is_reached_by_the_signs_and_by_no_other_move():
    rng = np.random.default_rng(0)
    gradient = rng.normal(size=(2, 4, 5, 3)).astype(np.float32)
    bound = LARGEST(gradient=gradient, epsilon=0.3)
    np.testing.assert_allclose((gradient * 0.3 * np.sign(gradient)).sum(axis=(1, 2, 3)), bound, rtol=1e-5)
    for _ in range(100):
        assert ((gradient * rng.uniform(-0.3, 0.3, gradient.shape)).sum(axis=(1, 2, 3)) < bound).all()


def test_one_value_of_a_pixel_changes_the_score_by_at_most_epsilon_times_the_map(network, images):
    gradient = GRADIENT(model=network, images=images, class_index=ASKED)
    maps = SALIENCY(model=network, images=images, class_index=ASKED)
    alone = np.zeros_like(gradient)
    strongest = np.abs(gradient).argmax(axis=-1)[..., None]
    np.put_along_axis(alone, strongest, np.take_along_axis(gradient, strongest, -1), axis=-1)
    np.testing.assert_allclose(np.abs(alone.sum(axis=-1)), maps)
    assert (np.abs(gradient) <= maps[..., None]).all()


def test_the_gradients_of_probability_and_loss_are_the_contrasts_times_a_factor(images):
    model, asked = tiny_gap_classifier(4, classes=2), np.array([1, 0, 1])
    contrast = gradient_of(lambda x: pick(model(x), asked) - pick(model(x), 1 - asked), images)
    p = tf.nn.softmax(model(images)).numpy()[np.arange(3), asked][:, None, None, None]
    of_probability = gradient_of(lambda x: pick(tf.nn.softmax(model(x)), asked), images)
    of_loss = gradient_of(lambda x: -tf.math.log(pick(tf.nn.softmax(model(x)), asked)), images)
    np.testing.assert_allclose(of_probability, p * (1 - p) * contrast, atol=1e-6)
    np.testing.assert_allclose(of_loss, -(1 - p) * contrast, atol=1e-6)


def test_with_three_classes_the_probability_weighs_the_other_classes_in(network, images):
    p = tf.nn.softmax(network(images)).numpy()
    every = [np.full(3, d) for d in range(3)]
    of_scores = np.stack([GRADIENT(model=network, images=images, class_index=d) for d in every])
    mean = np.einsum("nd,dnhwk->nhwk", p, of_scores)
    right_side = p[np.arange(3), ASKED][:, None, None, None] * (of_scores[ASKED, np.arange(3)] - mean)
    got = gradient_of(lambda x: pick(tf.nn.softmax(network(x)), ASKED), images)
    np.testing.assert_allclose(got, right_side, atol=1e-6)


def test_a_centred_head_of_two_classes_has_one_map_for_both(images):
    model = tiny_gap_classifier(4, classes=2)
    kernel, bias = model.get_layer("logits").get_weights()
    model.get_layer("logits").set_weights([kernel - kernel.mean(axis=1, keepdims=True), bias - bias.mean()])
    cat, dog = (SALIENCY(model=model, images=images, class_index=np.full(3, label)) for label in (0, 1))
    np.testing.assert_allclose(cat, dog, atol=1e-7)


def test_with_respect_to_raw_rgb_the_map_is_the_same(network):
    raw = np.random.default_rng(0).integers(0, 256, (3, *network.input_shape[1:])).astype(np.float32)
    mean = tf.constant([103.939, 116.779, 123.68])
    of_rgb = gradient_of(lambda x: pick(network(x[..., ::-1] - mean), ASKED), raw)
    of_bgr = GRADIENT(model=network, images=preprocess(raw), class_index=ASKED)
    np.testing.assert_allclose(of_rgb[..., ::-1], of_bgr, atol=1e-6)
    np.testing.assert_allclose(np.abs(of_rgb).max(axis=-1), np.abs(of_bgr).max(axis=-1), atol=1e-6)


# Right answers in other forms: none is rejected.


def promise_in_a_loop(score, gradient, images, moved_images):
    moves = moved_images.astype(np.float64) - images
    return np.array([s + np.vdot(g, move) for s, g, move in zip(score, gradient, moves, strict=True)])


def promise_in_tensorflow(score, gradient, images, moved_images):
    return score + tf.einsum("nhwk,nhwk->n", gradient, moved_images - images)


def gradient_of_each_picture(model, images, class_index):
    gradients = []
    for image, label in zip(images, class_index, strict=True):
        picture = tf.Variable(image[None])
        with tf.GradientTape() as tape:
            score = model(picture)[0, int(label)]
        gradients.append(tape.gradient(score, picture)[0])
    return tf.stack(gradients)


def gradient_by_one_hot(model, images, class_index):
    pictures = tf.cast(images, tf.float32)
    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        tape.watch(pictures)
        logits = model(pictures, training=False)
        total = tf.reduce_sum(logits * tf.one_hot(class_index, logits.shape[1]))
    return tape.gradient(total, pictures).numpy()


def gradient_by_jacobian(model, images, class_index):
    pictures = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(pictures)
        logits = model(pictures)
    every = tape.batch_jacobian(logits, pictures).numpy()
    return every[np.arange(len(images)), class_index].astype(np.float64)


def gradient_in_a_graph(model, images, class_index):
    @tf.function
    def graph(pictures, labels):
        with tf.GradientTape() as tape:
            tape.watch(pictures)
            scores = tf.gather(keras.ops.convert_to_tensor(model(pictures)), labels, axis=1, batch_dims=1)
        return tape.gradient(scores, pictures)

    return graph(tf.constant(images), tf.constant(class_index))


def change_of_the_sign_move(gradient, epsilon):
    move = epsilon * tf.sign(gradient)
    return tf.reduce_sum(gradient * move, axis=[1, 2, 3])


def change_by_norm(gradient, epsilon):
    return epsilon * np.linalg.norm(gradient.reshape(len(gradient), -1), ord=1, axis=1)


def saliency_by_colours(model, images, class_index):
    gradient = np.abs(np.asarray(gradient_by_one_hot(model, images, class_index)))
    return np.maximum(np.maximum(gradient[..., 0], gradient[..., 1]), gradient[..., 2])


def saliency_in_tensorflow(model, images, class_index):
    return tf.reduce_max(tf.abs(gradient_of_each_picture(model, images, class_index)), axis=3)


def saliency_by_norm(model, images, class_index):
    return np.linalg.norm(gradient_by_jacobian(model, images, class_index), ord=np.inf, axis=-1)


def linear_in_a_loop(weights, class_index):
    return np.stack([np.abs(weights[:, :, :, c]).max(axis=2) for c in class_index])


def linear_all_classes_first(weights, class_index):
    every = tf.reduce_max(tf.abs(weights), axis=2)
    return tf.gather(tf.transpose(every, (2, 0, 1)), class_index)


RIGHT = [
    ("first_order_score", promise_in_a_loop),
    ("first_order_score", promise_in_tensorflow),
    ("input_gradient", gradient_of_each_picture),
    ("input_gradient", gradient_by_one_hot),
    ("input_gradient", gradient_by_jacobian),
    ("input_gradient", gradient_in_a_graph),
    ("largest_change", change_of_the_sign_move),
    ("largest_change", change_by_norm),
    ("saliency_map", saliency_by_colours),
    ("saliency_map", saliency_in_tensorflow),
    ("saliency_map", saliency_by_norm),
    ("saliency_of_linear_model", linear_in_a_loop),
    ("saliency_of_linear_model", linear_all_classes_first),
]


@pytest.mark.parametrize(("name", "answer"), RIGHT)
@pytest.mark.parametrize("seed", [0, 11])
def test_a_right_answer_in_another_form_earns_every_point(name, answer, seed):
    verdict = verify(EXERCISES[name], answer, seed=seed)
    assert verdict.passed, verdict.results
