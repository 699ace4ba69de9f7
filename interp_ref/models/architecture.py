"""The architecture of class activation mapping: convolutions, their mean over the picture, one linear layer.

Zhou et al. 2016 (Learning Deep Features for Discriminative Localization, arXiv:1512.04150), section 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from interp_ref.errors import UserError
from interp_ref.models import weights as imagenet
from interp_ref.models.heads import Head

if TYPE_CHECKING:
    import keras

SMALLEST_SIDE = 32
"""Five halvings leave one place of a picture of this size."""

_AFTER_THE_FEATURES = (
    "MaxPooling2D",
    "AveragePooling2D",
    "GlobalMaxPooling2D",
    "GlobalAveragePooling2D",
    "Dropout",
    "SpatialDropout2D",
    "Flatten",
    "Reshape",
    "Dense",
)


def vgg16_backbone(input_shape=(224, 224, 3), weights=None, progress: bool = True) -> keras.Model:
    """Keras' VGG16 without top, with its ImageNet weights: "vgg16", which ends in block5_pool.

    input_shape: (height, width, 3) of at least 32x32, or None for a side that may vary. weights: a path to
    .weights.h5 or .npz, else they are found as `interp_ref.models.weights.find` says. Takes `preprocess`ed
    pictures [N,H,W,3] and returns [N, H//32, W//32, 512]. Raises UserError without weights, or on another
    shape.
    Simonyan & Zisserman 2015, configuration D.
    """
    import keras

    _require_input_shape(input_shape)
    found = imagenet.find(weights, progress)
    backbone = keras.applications.VGG16(include_top=False, weights=None, input_shape=tuple(input_shape))
    backbone.set_weights(found.arrays)
    return backbone


def cut_after_last_conv(backbone: keras.Model) -> keras.Model:
    """The same network up to the activation after its last convolution.

    VGG16 then ends in block5_conv3, whose maps are 14x14 for pictures of 224x224.
    Layers and weights are shared; pooling, dropout, reshaping and dense layers at the end are left out. A
    network that ends there already comes back as it is. Raises UserError where no such activation is left.
    """
    import keras

    layers = list(backbone.layers)
    while layers and type(layers[-1]).__name__ in _AFTER_THE_FEATURES:
        layers.pop()
    if not layers or isinstance(layers[-1], keras.layers.InputLayer) or len(layers[-1].output.shape) != 4:
        raise UserError(
            f"Expected a convolutional network, got {backbone.name!r} without an activation [N, h, w, K]: "
            "give a backbone such as `vgg16_backbone()`."
        )
    if layers[-1].output is backbone.outputs[0]:
        return backbone
    # The input itself, not the list that holds it: else Keras warns at each call with one array.
    return keras.Model(backbone.inputs[0], layers[-1].output, name=backbone.name)


def classifier(backbone: keras.Model, classes: int = 2) -> keras.Model:
    """CAM's architecture on a frozen backbone: logit_c = sum_k w_kc * mean_xy A_k(x, y) + b_c (no softmax).

    The backbone, cut after its last convolution, is one layer of the model: frozen (its layers too, wherever
    else they are used) and in inference mode. Then GlobalAveragePooling2D ("gap") and Dense ("logits"), which
    starts from zero: no class has a map yet. 1,026 trained parameters on VGG16 with 2 classes. Maps
    preprocessed pictures [N,H,W,3] to logits [N,classes]. Zhou et al. 2016, section 2.
    """
    import keras

    backbone = cut_after_last_conv(backbone)
    backbone.trainable = False
    pictures = keras.Input(backbone.input_shape[1:])
    features = backbone(pictures, training=False)
    pooled = keras.layers.GlobalAveragePooling2D(name="gap")(features)
    logits = keras.layers.Dense(classes, kernel_initializer="zeros", name="logits")(pooled)
    return keras.Model(pictures, logits, name="classifier")


def with_head(model: keras.Model, head: Head) -> keras.Model:
    """Put a head's weights [K,C] and bias [C] into the last layer of `model`, which is changed and returned.

    Raises UserError where the last layer is not a dense one of that shape.
    """
    dense = model.layers[-1]
    shapes = [tuple(array.shape) for array in dense.weights]
    if shapes != [head.weights.shape, head.bias.shape]:
        raise UserError(
            f"Expected a last layer with arrays {head.weights.shape} and {head.bias.shape}, got "
            f"{dense.name!r} with {shapes}: build it with `classifier(backbone, classes={head.bias.size})`."
        )
    dense.set_weights([head.weights, head.bias])
    return model


def _require_input_shape(shape) -> None:
    sides = [side for side in tuple(shape)[:2] if side is not None]
    if len(shape) != 3 or shape[2] != 3 or any(side < SMALLEST_SIDE for side in sides):
        raise UserError(
            f"Expected an input shape (height, width, 3) of at least {SMALLEST_SIDE}x{SMALLEST_SIDE}, got "
            f"{tuple(shape)}: resize the pictures."
        )
