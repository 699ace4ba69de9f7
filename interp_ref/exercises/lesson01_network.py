"""Lesson 1, transfer learning: the classifier on a frozen backbone."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.models import tiny

LESSON = "01_transfer_learning"


# build_classifier


def _build_classifier(step, backbone, classes):
    import keras

    step.freeze(backbone)
    images = keras.Input(backbone.input_shape[1:])
    pooled = step.pool(step.features(backbone, images))
    return step.model(images, step.score(pooled, classes))


def _freeze(backbone):
    backbone.trainable = False


def _freeze_all_but_the_last(backbone):
    for layer in backbone.layers[:-1]:
        layer.trainable = False


def _model(images, logits):
    import keras

    return keras.Model(images, logits)


def _frozen_model(images, logits):
    model = _model(images, logits)
    model.trainable = False
    return model


def _layer(name, *arguments, **options):
    """A step that puts one Keras layer on what it is given."""

    def apply(tensor, classes=None):
        import keras

        sizes = arguments if classes is None else (classes,)
        return getattr(keras.layers, name)(*sizes, **options)(tensor)

    return apply


_gap, _dense = _layer("GlobalAveragePooling2D"), _layer("Dense")


def _pooled_once_more(features):
    return _gap(_layer("MaxPooling2D")(features))


def _hidden_layer(pooled, classes):
    return _dense(_layer("Dense", 16, activation="relu")(pooled), classes)


def _normalised(pooled, classes):
    return _dense(_layer("BatchNormalization")(pooled), classes)


def _draw_backbone(trainable, dropout=0.0):
    """A small network, frozen already or not; dropout before its last layer shows in which mode it runs."""

    def draw(rng):
        import keras

        network = draws.network(rng, tiny.tiny_backbone, input_shape=(10, 14, 3), channels=(4, 5))
        if dropout:
            masked = keras.layers.SpatialDropout2D(dropout, seed=draws.seed_of(rng), name="dropout")
            drawn = keras.initializers.GlorotUniform(draws.seed_of(rng))
            last = keras.layers.Conv2D(
                5, 3, padding="same", activation="relu", kernel_initializer=drawn, name="conv3"
            )
            network = keras.Model(network.input, last(masked(network.output)), name="tiny")
        network.trainable = trainable
        return {"backbone": network, "classes": 3}

    return draw


def _observe_classifier(model, backbone, classes):
    """Logits [3, classes] with seeded numbers in the head, and how many numbers one training step changes."""
    rng = np.random.default_rng(classes)
    for variable in _head_weights(model):
        variable.assign(rng.normal(size=variable.shape) / np.sqrt(variable.shape[0]))
    images = tiny.tiny_images(0, 3, backbone.input_shape[1:])
    return _logits_and_changes(model, images)


def _head_weights(model):
    return [
        v for layer in model.layers if type(layer).__name__ in ("Dense", "EinsumDense") for v in layer.weights
    ]


def _logits_and_changes(model, images):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        # Called without `training`, which would overrule a mode that was built in.
        logits = model(images)
        loss = tf.reduce_sum(logits**2)
    gradients = tape.gradient(loss, model.trainable_variables)
    return np.asarray(logits), np.int64(sum(np.count_nonzero(g) for g in gradients if g is not None))


BUILD_CLASSIFIER = Exercise(
    name="build_classifier",
    lesson=LESSON,
    asks="The frozen backbone in inference mode, global average pooling, one linear layer with a logit a "
    "class.",
    returns="a Keras model from pictures [N, H, W, 3] to logits [N, classes]; compared are (1) its logits "
    "for one head, (2) how many numbers a training step changes",
    steps={
        "freeze": _freeze,
        "features": lambda backbone, images: backbone(images, training=False),
        "pool": _gap,
        "score": _dense,
        "model": _model,
    },
    where={
        "freeze": "say what may learn",
        "features": "call the backbone on the pictures",
        "pool": "turn feature maps into one row of numbers a picture",
        "score": "turn the pooled features into logits",
        "model": "make a model of it all and hand it over",
    },
    body=_build_classifier,
    observe=_observe_classifier,
    criteria={"values": 2, "frozen": 1, "inference mode": 1},
    challenges=(
        Challenge("a backbone that is frozen already", "values", _draw_backbone(trainable=False)),
        Challenge("a backbone that could still learn", "frozen", _draw_backbone(trainable=True)),
        Challenge("a backbone with dropout", "inference mode", _draw_backbone(trainable=False, dropout=0.5)),
    ),
    misconceptions=(
        Misconception(
            "trainable_base",
            "freeze",
            lambda backbone: None,
            "What comes ready-made is not trained.",
            "Print len(model.trainable_variables): it should be 2, the linear layer's weights and its "
            "bias. Whose are the others?",
        ),
        Misconception(
            "last_layer_open",
            "freeze",
            _freeze_all_but_the_last,
            "The last layer of the backbone is the one to be trained.",
            "Print len(model.trainable_variables): it should be 2, weights and bias of your new "
            "layer. Print their names: which of them belong to the backbone?",
        ),
        Misconception(
            "training_mode",
            "features",
            lambda backbone, images: backbone(images, training=True),
            "The model will be trained, so the backbone runs in training mode.",
            "Build on a backbone that ends in dropout, call your model twice on one picture and "
            "print the largest difference: it should be 0. In which mode does dropout drop?",
        ),
        Misconception(
            "scaled_inside",
            "features",
            lambda backbone, images: backbone(_layer("Rescaling", 1 / 255)(images), training=False),
            "The model brings its pictures to 0..1 itself.",
            "Print the largest difference between what your backbone gets and what your model gets: "
            "it should be 0, since the pictures come preprocessed.",
        ),
        Misconception(
            "flatten_head",
            "pool",
            _layer("Flatten"),
            "The linear layer reads every place of every feature map.",
            "Print the shape of the last layer's weights: its first number should be the number of "
            "feature maps, the last one of backbone.output_shape.",
        ),
        Misconception(
            "max_pool_head",
            "pool",
            _layer("GlobalMaxPooling2D"),
            "Global pooling keeps the strongest place.",
            "Print the pooled features of one picture beside the mean over height and width of its "
            "feature maps: they should be equal.",
        ),
        Misconception(
            "pooled_once_more",
            "pool",
            _pooled_once_more,
            "VGG16 ends in a max-pooling, so one comes before the mean.",
            "Print the pooled features of one picture beside the mean over height and width of the "
            "backbone's own feature maps: they should be equal. What stands between the two?",
        ),
        Misconception(
            "softmax_head",
            "score",
            _layer("Dense", activation="softmax"),
            "A classifier ends in probabilities.",
            "Print the sum of each row of the model's output: for logits it may be anything, in "
            "yours it is always 1. Which layer makes it so?",
        ),
        Misconception(
            "relu_head",
            "score",
            _layer("Dense", activation="relu"),
            "A score can't be negative.",
            "Print the smallest output of the model over a few pictures with random weights in the "
            "head: it should be negative, as about half of all logits are.",
        ),
        Misconception(
            "hidden_layer",
            "score",
            _hidden_layer,
            "A head needs a hidden layer.",
            "Print len(model.trainable_variables): it should be 2, the weights and the bias of one "
            "linear layer.",
        ),
        Misconception(
            "normalised_first",
            "score",
            _normalised,
            "Features are normalised before a linear layer reads them.",
            "Print len(model.trainable_variables): it should be 2, the weights and the bias of one "
            "linear layer. What else learns in yours?",
        ),
        Misconception(
            "no_bias",
            "score",
            _layer("Dense", use_bias=False),
            "After a mean a bias makes no difference.",
            "Print len(model.trainable_variables): it should be 2. What is the logit of a picture "
            "whose features are all 0, by the formula and in your model?",
            seen="Zhou et al. 2016, section 2, who set the bias to 0",
        ),
        Misconception(
            "one_unit",
            "score",
            lambda pooled, classes: _dense(pooled, 1),
            "One number is enough to decide.",
            "Print model.output_shape: its last number should be the number of classes.",
        ),
        Misconception(
            "everything_frozen",
            "model",
            _frozen_model,
            "Freezing the model freezes its backbone.",
            "Print len(model.trainable_variables): it should be 2, with 0 there is nothing left that "
            "could learn. Whose `trainable` should be False?",
        ),
    ),
)
