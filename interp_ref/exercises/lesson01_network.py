"""Lesson 1, transfer learning: the classifier on a frozen backbone, and the features computed once."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.models import tiny
from interp_ref.models.preprocessing import preprocess

LESSON = "01_transfer_learning"


# build_classifier


def _build_classifier(step, backbone, classes):
    import keras

    step.freeze(backbone)
    images = keras.Input(backbone.input_shape[1:])
    pooled = step.pool(step.features(backbone, images))
    return keras.Model(images, step.score(pooled, classes))


def _freeze(backbone):
    backbone.trainable = False


def _freeze_all_but_the_last(backbone):
    for layer in backbone.layers[:-1]:
        layer.trainable = False


def _freeze_everything(backbone, classes):
    model = BUILD_CLASSIFIER.reference(backbone=backbone, classes=classes)
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


def _hidden_layer(pooled, classes):
    return _dense(_layer("Dense", 16, activation="relu")(pooled), classes)


def _draw_backbone(trainable, dropout=0.0):
    """A small network, frozen already or not; dropout before its last layer shows in which mode it runs."""

    def draw(rng):
        import keras

        network = draws.network(rng, tiny.tiny_backbone, channels=(4, 5))
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
    # Called without `training`, so that a mode that was built in shows: an explicit one would overrule it.
    return np.asarray(model(images)), np.int64(_changed_by_a_step(model, images))


def _head_weights(model):
    return [v for layer in model.layers if type(layer).__name__ == "Dense" for v in layer.weights]


def _changed_by_a_step(model, images):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(images, training=False) ** 2)
    gradients = tape.gradient(loss, model.trainable_variables)
    return sum(int(np.count_nonzero(g)) for g in gradients if g is not None)


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
            "Print len(model.trainable_variables): the linear layer has two, its weights and its bias.",
        ),
        Misconception(
            "last_layer_open",
            "freeze",
            _freeze_all_but_the_last,
            "The last layer of the backbone is the one to be trained.",
            "Print the names of model.trainable_variables: only weights and bias of your new "
            "layer should be there.",
        ),
        Misconception(
            "everything_frozen",
            None,
            _freeze_everything,
            "Freezing the model freezes its backbone.",
            "Print len(model.trainable_variables): with 0 there is nothing left that could "
            "learn. Whose `trainable` should be False?",
        ),
        Misconception(
            "training_mode",
            "features",
            lambda backbone, images: backbone(images, training=True),
            "The model will be trained, so the backbone runs in training mode.",
            "Build on a backbone that ends in dropout, call your model twice on one picture and "
            "print the difference: it should be 0.",
        ),
        Misconception(
            "softmax_head",
            "score",
            _layer("Dense", activation="softmax"),
            "A classifier ends in probabilities.",
            "Print the sum of each row of the model's output: logits have no reason to sum to 1.",
        ),
        Misconception(
            "relu_head",
            "score",
            _layer("Dense", activation="relu"),
            "A score can't be negative.",
            "Print the smallest output of the model over a few pictures with random weights in "
            "the head: about half of all logits should be negative.",
        ),
        Misconception(
            "flatten_head",
            "pool",
            _layer("Flatten"),
            "The linear layer reads every place of every feature map.",
            "Print the shape of the last layer's weights: its first number should be the number "
            "of feature maps.",
        ),
        Misconception(
            "max_pool_head",
            "pool",
            _layer("GlobalMaxPooling2D"),
            "Global pooling keeps the strongest place.",
            "Print the pooled features of one picture beside the mean over height and width of "
            "its feature maps.",
        ),
        Misconception(
            "hidden_layer",
            "score",
            _hidden_layer,
            "A head needs a hidden layer.",
            "Print len(model.trainable_variables): one linear layer has two arrays, its weights "
            "and its bias.",
        ),
        Misconception(
            "one_unit",
            "score",
            lambda pooled, classes: _dense(pooled, 1),
            "One number is enough to decide.",
            "Print model.output_shape: its last number should be the number of classes.",
        ),
    ),
)


# extract_features


def _extract_features(step, backbone, images, batch_size):
    pictures = step.prepare(images)
    starts = step.starts(len(pictures), batch_size)
    batches = [step.run(backbone, pictures[start : start + batch_size]) for start in starts]
    return step.shape(np.concatenate(batches))


def _run(backbone, pictures, training=False):
    return np.asarray(backbone(pictures, training=training))


def _draw_extraction(count, batch_size):
    """Pictures, and a network with batch normalisation whose stored means stand still in either mode."""

    def draw(rng):
        import keras

        network = draws.network(rng, tiny.tiny_backbone)
        norm = keras.layers.BatchNormalization(momentum=1.0, name="norm")
        network = keras.Model(network.input, norm(network.output), name="tiny")
        colour = rng.integers(0, 150, (count, 1, 1, 3))
        pictures = colour + rng.integers(0, 106, (count, *tiny.INPUT_SHAPE))
        return {"backbone": network, "images": pictures.astype(np.uint8), "batch_size": batch_size}

    return draw


EXTRACT_FEATURES = Exercise(
    name="extract_features",
    lesson=LESSON,
    asks="The backbone's activations of pictures 0..255, preprocessed and computed a batch at a time.",
    returns="[N, h, w, K] float32",
    steps={
        "prepare": preprocess,
        "starts": lambda count, size: range(0, count, size),
        "run": _run,
        "shape": lambda features: features,
    },
    body=_extract_features,
    builds_on=("preprocess",),
    criteria={"values": 1, "batches": 1},
    challenges=(
        Challenge("one batch", "values", _draw_extraction(3, 3)),
        Challenge("a last batch that is smaller", "batches", _draw_extraction(5, 2)),
        Challenge("a batch larger than the pictures", "batches", _draw_extraction(2, 8)),
    ),
    misconceptions=(
        Misconception(
            "not_preprocessed",
            "prepare",
            lambda images: images.astype(np.float32),
            "The network takes the pictures as they are.",
            "Print the smallest value of what you hand to the backbone: after preprocessing it is below 0.",
        ),
        Misconception(
            "scaled_instead",
            "prepare",
            lambda images: images.astype(np.float32) / 255,
            "The network takes values in 0..1.",
            "Print the range of what you hand to the backbone: after preprocessing it is about -124 to 151.",
        ),
        Misconception(
            "preprocessed_twice",
            "prepare",
            lambda images: preprocess(preprocess(images)),
            "The pictures are preprocessed once before and once in the loop.",
            "Print the range of what you hand to the backbone: below -124 the mean was taken away twice.",
        ),
        Misconception(
            "last_batch_dropped",
            "starts",
            lambda count, size: range(0, max(count - size, 0) + 1, size),
            "Only whole batches count.",
            "Print len(images) and the length of your result for 5 pictures in batches of 2.",
        ),
        Misconception(
            "training_mode",
            "run",
            lambda backbone, pictures: _run(backbone, pictures, training=True),
            "Features for training are computed in training mode.",
            "Compute the features of one picture alone and of the same picture in a batch, and "
            "print the difference: it should be rounding only.",
        ),
        Misconception(
            "pooled_already",
            "shape",
            lambda features: features.mean(axis=(1, 2)),
            "The features of a picture are one number a channel.",
            "Print the number of axes of your result: the places should still be there, since "
            "lesson 2 asks where the evidence is.",
        ),
        Misconception(
            "channels_first",
            "shape",
            lambda features: features.transpose(0, 3, 1, 2),
            "Channels come before height and width.",
            "Print backbone.output_shape beside the shape of your result.",
        ),
    ),
)
