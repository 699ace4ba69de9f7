"""Saliency: numbers by hand, the linear model, the sign left out, one class an image."""

import keras
import numpy as np
from keras import layers

from interp_ref.methods.saliency import input_gradient, saliency


def linear_model(weights, bias):
    model = keras.Sequential(
        [keras.Input(weights.shape[:3]), layers.Flatten(), layers.Dense(weights.shape[3])]
    )
    model.layers[-1].set_weights([weights.reshape(-1, weights.shape[3]), bias])
    return model


def test_the_saliency_of_a_linear_model_is_the_largest_absolute_weight_of_each_pixel():
    random = np.random.default_rng(1)
    weights = random.normal(size=(5, 4, 3, 2)).astype("float32")
    model, images = (
        linear_model(weights, np.ones(2, "float32")),
        random.normal(size=(2, 5, 4, 3)).astype("float32"),
    )
    expected = np.abs(weights).max(axis=2)
    np.testing.assert_allclose(
        saliency(model, images, [1, 0]), [expected[..., 1], expected[..., 0]], rtol=1e-6
    )


def test_the_numbers_of_a_picture_of_two_by_two_come_out():
    # One class; the score is w . I, so its gradient is w: per pixel the colours' weights are
    # (1,-4,2) -> 4; (0,0,0) -> 0; (-1,-1,-1) -> 1; (3,2,1) -> 3
    weights = np.array([[[1, -4, 2], [0, 0, 0]], [[-1, -1, -1], [3, 2, 1]]], "float32")
    both = np.stack([weights * 0, weights], axis=-1)
    model = linear_model(both, np.zeros(2, "float32"))
    picture = np.full((1, 2, 2, 3), 9.0, "float32")
    np.testing.assert_array_equal(input_gradient(model, picture, 1), weights[None])
    np.testing.assert_array_equal(saliency(model, picture, 1), [[[4, 0], [1, 3]]])


def test_the_gradient_predicts_a_small_change_of_the_score(images):
    # tanh and mean pooling have no kinks, so halving the step halves nothing but the rounding.
    body = [
        layers.Conv2D(5, 3, activation="tanh"),
        layers.AveragePooling2D(2),
        layers.Conv2D(6, 3, activation="tanh"),
    ]
    model = keras.Sequential([keras.Input((12, 8, 3)), *body, layers.Flatten(), layers.Dense(4)])
    gradient = input_gradient(model, images, [2, 0, 3])
    step = 1e-2 * np.random.default_rng(2).normal(size=images.shape).astype("float32")
    logits = [model(moved).numpy()[range(3), [2, 0, 3]] for moved in (images - step, images + step)]
    np.testing.assert_allclose(
        logits[1] - logits[0], 2 * (gradient * step).sum(axis=(1, 2, 3)), rtol=1e-2, atol=1e-4
    )


def test_a_batch_gives_what_its_images_give_one_by_one(gap_model, images):
    together = saliency(gap_model, images, [2, 0, 3])
    singles = [saliency(gap_model, images[i : i + 1], c)[0] for i, c in enumerate([2, 0, 3])]
    np.testing.assert_allclose(together, singles, rtol=1e-5, atol=1e-7)


def test_the_asked_class_need_not_be_the_predicted_one(gap_model, images):
    predicted = gap_model(images).numpy().argmax(axis=1)
    asked = (predicted + 1) % 4
    assert not np.allclose(saliency(gap_model, images, asked), saliency(gap_model, images, predicted))
