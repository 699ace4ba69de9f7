"""Small random networks that check, in milliseconds, what is true of VGG16 too.

Their inputs are not square, their biases are not zero and their class count is three: many mistakes show no
difference on a square picture, without biases or between two classes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras

INPUT_SHAPE = (20, 28, 3)
CHANNELS = (4, 6, 5)
START = "zeros"  # the kernels are drawn below, from the seed: Keras need not draw them too
INPUT = "images"  # Keras would count its inputs up, and no two networks would have the same configuration


def tiny_images(seed: int, count: int = 4, input_shape=INPUT_SHAPE) -> np.ndarray:
    """Random inputs for the networks below: [count, H, W, 3] float32, as if they were preprocessed.

    Each picture has its own colour and contrast under the noise, so that the scores of a batch differ.
    """
    rng = np.random.default_rng([seed, 1])
    contrast = rng.uniform(0.5, 1.5, size=(count, 1, 1, 1))
    colour = rng.normal(size=(count, 1, 1, input_shape[-1]))
    return (colour + contrast * rng.normal(size=(count, *input_shape))).astype(np.float32)


def tiny_backbone(seed: int, input_shape=INPUT_SHAPE, channels=CHANNELS) -> keras.Model:
    """A convolutional network named "tiny": 3x3 convolutions with ReLU named conv1, conv2 …, no top.

    A 2x2 max-pool (pool1) follows the first convolution. Maps [N,H,W,3] to [N, H//2, W//2, channels[-1]].
    """
    import keras

    inputs = x = keras.Input(input_shape, name=INPUT)
    for number, filters in enumerate(channels, start=1):
        convolve = keras.layers.Conv2D(
            filters, 3, padding="same", activation="relu", name=f"conv{number}", kernel_initializer=START
        )
        x = convolve(x)
        if number == 1:
            x = keras.layers.MaxPooling2D(2, name="pool1")(x)
    return _seeded(keras.Model(inputs, x, name="tiny"), seed)


def tiny_gap_classifier(
    seed: int,
    input_shape=INPUT_SHAPE,
    channels=CHANNELS,
    classes: int = 3,
    nested: bool = True,
    dropout: float = 0.0,
) -> keras.Model:
    """CAM's architecture: `tiny_backbone`, GlobalAveragePooling2D ("gap"), Dense ("logits"), no softmax.

    With `nested` the backbone is one layer of the model, else its layers are the model's own. With `dropout`
    there is a Dropout before the logits, which shows in which mode the model runs. The same seed computes the
    same function in all these ways. Maps [N,H,W,3] to logits [N,classes].
    """
    import keras

    return _with_top(
        keras.layers.GlobalAveragePooling2D(name="gap"), seed, input_shape, channels, classes, nested, dropout
    )


def tiny_dense_classifier(
    seed: int,
    input_shape=INPUT_SHAPE,
    channels=CHANNELS,
    classes: int = 3,
    nested: bool = True,
    dropout: float = 0.0,
) -> keras.Model:
    """`tiny_backbone`, Flatten ("flatten"), Dense ("logits") without activation: CAM can't explain this one.

    Arguments and result as in `tiny_gap_classifier`.
    """
    import keras

    to_vector = keras.layers.Flatten(name="flatten")
    return _with_top(to_vector, seed, input_shape, channels, classes, nested, dropout)


def linear_model(seed: int, input_shape=INPUT_SHAPE, classes: int = 3) -> keras.Model:
    """Flatten and Dense ("logits"): the score of class c is the sum of w_c * I, plus b_c.

    `model.get_layer("logits").kernel` reshaped to [H,W,3,classes] are the weights in the image's own shape.
    """
    import keras

    inputs = keras.Input(input_shape, name=INPUT)
    logits = keras.layers.Dense(classes, name="logits", kernel_initializer=START)(
        keras.layers.Flatten(name="flatten")(inputs)
    )
    return _seeded(keras.Model(inputs, logits, name="linear"), seed)


def _with_top(
    to_vector, seed: int, input_shape, channels, classes: int, nested: bool, dropout: float
) -> keras.Model:
    import keras

    backbone = tiny_backbone(seed, input_shape, channels)
    inputs = keras.Input(input_shape, name=INPUT) if nested else backbone.input
    features = backbone(inputs) if nested else backbone.output
    dense = keras.layers.Dense(classes, name="logits", kernel_initializer=START)
    vector = to_vector(features)
    vector = keras.layers.Dropout(dropout, seed=0, name="dropout")(vector) if dropout else vector
    model = keras.Model(inputs, dense(vector), name="tiny_classifier")
    _draw_weights(dense, np.random.default_rng([seed, 2]))
    return model


def _seeded(model: keras.Model, seed: int) -> keras.Model:
    rng = np.random.default_rng([seed, 0])
    for layer in model.layers:
        if layer.weights:
            _draw_weights(layer, rng)
    return model


def _draw_weights(layer, rng: np.random.Generator) -> None:
    """He-normal kernels, so that scores stay near 1 in size, and biases that are clearly not zero."""
    kernel, bias = layer.weights
    fan_in = int(np.prod(kernel.shape[:-1]))
    values = rng.normal(0.0, np.sqrt(2.0 / fan_in), size=kernel.shape)
    sizes, signs = rng.uniform(0.1, 0.4, size=bias.shape), rng.choice([-1.0, 1.0], size=bias.shape)
    if values.ndim == 4:
        # Activations are never negative: a kernel of mean zero and a positive bias keep every channel alive.
        values -= values.mean(axis=(0, 1, 2))
        signs = np.abs(signs)
    layer.set_weights([values.astype(np.float32), (signs * sizes).astype(np.float32)])
