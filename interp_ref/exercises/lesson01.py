"""Lesson 1, transfer learning: the exercises, their challenges and the mistakes that they recognise."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.models import tiny
from interp_ref.models.preprocessing import IMAGENET_MEAN_BGR, preprocess

LESSON = "01_transfer_learning"
MEAN = np.float32(IMAGENET_MEAN_BGR)


# preprocess


def _preprocess(step, images):
    return step.limit(step.centre(step.order(images).astype(np.float32)))


def _draw_pictures(low, high):
    return lambda rng: {"images": rng.integers(low, high, (3, 6, 9, 3), dtype=np.uint8)}


def _torch_style(images):
    mean, deviation = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
    return (images / np.float32(255) - mean) / deviation


PREPROCESS = Exercise(
    name="preprocess",
    lesson=LESSON,
    asks="RGB pictures as VGG16 wants them: blue first, the mean colour of ImageNet taken away, not scaled.",
    returns="[N, H, W, 3] float32, BGR, about -124..151",
    steps={"order": lambda images: images[..., ::-1], "centre": lambda bgr: bgr - MEAN, "limit": lambda x: x},
    body=_preprocess,
    criteria={"values": 1, "dark pictures": 1},
    challenges=(
        Challenge("bright pictures", "values", _draw_pictures(125, 256)),
        Challenge("dark pictures", "dark pictures", _draw_pictures(0, 110)),
    ),
    misconceptions=(
        Misconception("rgb_kept", "order", lambda images: images,
                      "VGG16 reads red first, as the picture does.",
                      "Preprocess one pure red pixel (255, 0, 0) and print it: the largest of the three numbers should "
                      "come last."),
        Misconception("means_in_rgb_order", "centre", lambda bgr: bgr - MEAN[::-1],
                      "The channel means are taken away in the order red, green, blue.",
                      "Preprocess a pixel that has ImageNet's mean colour, red 124, green 117, blue 104, and print it: all "
                      "three numbers should be near 0."),
        Misconception("picture_mirrored", "order", lambda images: images[:, :, ::-1],
                      "The last-but-one axis holds the colours.",
                      "Print images.shape and say what each axis is. Then preprocess a picture whose left half is black: "
                      "which half is dark afterwards?"),
        Misconception("no_mean", "centre", lambda bgr: bgr,
                      "Turning the channels round is all.",
                      "Print the smallest value of your result for a black picture: it should be clearly below 0."),
        Misconception("scaled_to_one", "centre", lambda bgr: bgr / 255,
                      "Every network wants values in 0..1.",
                      "Print the smallest and largest value of your result: VGG16 was trained on about -124 to 151."),
        Misconception("scaled_to_minus_one", "centre", lambda bgr: bgr / np.float32(127.5) - 1,
                      "Every network wants values in -1..1.",
                      "Print the smallest and largest value of your result: VGG16 was trained on about -124 to 151."),
        Misconception("centred_then_scaled", "limit", lambda x: x / 255,
                      "After taking the mean away the values are scaled to about -0.5..0.5.",
                      "Print the difference of your result between a white and a black picture: it should be 255."),
        Misconception("own_mean", "centre", lambda bgr: bgr - bgr.mean(axis=(1, 2), keepdims=True),
                      "Each picture loses its own mean colour.",
                      "Preprocess a white picture and a black one and print both: after your version, can a network "
                      "still tell them apart?"),
        Misconception("negative_clipped", "limit", lambda x: np.maximum(x, 0),
                      "A colour can't be negative.",
                      "Print the share of zeros in your result for a dark picture: what was dark and what was darker should "
                      "stay different."),
        Misconception("torch_style", None, _torch_style,
                      "ImageNet networks want 0..1 minus (0.485, 0.456, 0.406), divided by (0.229, 0.224, 0.225).",
                      "Print the range of your result: those numbers belong to networks trained in PyTorch. This VGG16 was "
                      "trained on values about fifty times as large."),
    ),
    ready_made=("keras.src.applications",),
)


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
    """A small network, frozen already or not; with `dropout` it ends in a layer that shows in which mode it runs."""

    def draw(rng):
        import keras

        network = draws.network(rng, tiny.tiny_backbone, channels=(4, 5))
        if dropout:
            masked = keras.layers.SpatialDropout2D(dropout, seed=draws.seed_of(rng), name="dropout")
            network = keras.Model(network.input, masked(network.output), name="tiny")
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
    asks="The frozen backbone in inference mode, global average pooling, one linear layer with a logit a class.",
    returns="a Keras model from pictures [N, H, W, 3] to logits [N, classes]; compared are (1) its logits for one head, "
            "(2) how many numbers a training step changes",
    steps={"freeze": _freeze, "features": lambda backbone, images: backbone(images, training=False),
           "pool": _gap, "score": _dense},
    body=_build_classifier,
    observe=_observe_classifier,
    criteria={"values": 2, "frozen": 1, "inference mode": 1},
    challenges=(
        Challenge("a backbone that is frozen already", "values", _draw_backbone(trainable=False)),
        Challenge("a backbone that could still learn", "frozen", _draw_backbone(trainable=True)),
        Challenge("a backbone with dropout", "inference mode", _draw_backbone(trainable=False, dropout=0.5)),
    ),
    misconceptions=(
        Misconception("trainable_base", "freeze", lambda backbone: None,
                      "What comes ready-made is not trained.",
                      "Print len(model.trainable_variables): the linear layer has two, its weights and its bias."),
        Misconception("last_layer_open", "freeze", _freeze_all_but_the_last,
                      "The last layer of the backbone is the one to be trained.",
                      "Print the names of model.trainable_variables: only weights and bias of your new layer should be "
                      "there."),
        Misconception("everything_frozen", None, _freeze_everything,
                      "Freezing the model freezes its backbone.",
                      "Print len(model.trainable_variables): with 0 there is nothing left that could learn. Whose "
                      "`trainable` should be False?"),
        Misconception("training_mode", "features", lambda backbone, images: backbone(images, training=True),
                      "The model will be trained, so the backbone runs in training mode.",
                      "Build on a backbone that ends in dropout, call your model twice on one picture and print the "
                      "difference: it should be 0."),
        Misconception("softmax_head", "score", _layer("Dense", activation="softmax"),
                      "A classifier ends in probabilities.",
                      "Print the sum of each row of the model's output: logits have no reason to sum to 1."),
        Misconception("relu_head", "score", _layer("Dense", activation="relu"),
                      "A score can't be negative.",
                      "Print the smallest output of the model over a few pictures with random weights in the head: about "
                      "half of all logits should be negative."),
        Misconception("flatten_head", "pool", _layer("Flatten"),
                      "The linear layer reads every place of every feature map.",
                      "Print the shape of the last layer's weights: its first number should be the number of feature maps."),
        Misconception("max_pool_head", "pool", _layer("GlobalMaxPooling2D"),
                      "Global pooling keeps the strongest place.",
                      "Print the pooled features of one picture beside the mean over height and width of its feature maps."),
        Misconception("hidden_layer", "score", _hidden_layer,
                      "A head needs a hidden layer.",
                      "Print len(model.trainable_variables): one linear layer has two arrays, its weights and its bias."),
        Misconception("one_unit", "score", lambda pooled, classes: _dense(pooled, 1),
                      "One number is enough to decide.",
                      "Print model.output_shape: its last number should be the number of classes."),
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
    """Pictures and a network with batch normalisation, whose running statistics stand still in either mode."""

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
    steps={"prepare": preprocess, "starts": lambda count, size: range(0, count, size), "run": _run,
           "shape": lambda features: features},
    body=_extract_features,
    builds_on=("preprocess",),
    criteria={"values": 1, "batches": 1},
    challenges=(
        Challenge("one batch", "values", _draw_extraction(3, 3)),
        Challenge("a last batch that is smaller", "batches", _draw_extraction(5, 2)),
        Challenge("a batch larger than the pictures", "batches", _draw_extraction(2, 8)),
    ),
    misconceptions=(
        Misconception("not_preprocessed", "prepare", lambda images: images.astype(np.float32),
                      "The network takes the pictures as they are.",
                      "Print the smallest value of what you hand to the backbone: after preprocessing it is below 0."),
        Misconception("scaled_instead", "prepare", lambda images: images.astype(np.float32) / 255,
                      "The network takes values in 0..1.",
                      "Print the range of what you hand to the backbone: after preprocessing it is about -124 to 151."),
        Misconception("preprocessed_twice", "prepare", lambda images: preprocess(preprocess(images)),
                      "The pictures are preprocessed once before and once in the loop.",
                      "Print the range of what you hand to the backbone: below -124 the mean was taken away twice."),
        Misconception("last_batch_dropped", "starts", lambda count, size: range(0, max(count - size, 0) + 1, size),
                      "Only whole batches count.",
                      "Print len(images) and the length of your result for 5 pictures in batches of 2."),
        Misconception("training_mode", "run", lambda backbone, pictures: _run(backbone, pictures, training=True),
                      "Features for training are computed in training mode.",
                      "Compute the features of one picture alone and of the same picture in a batch, and print the "
                      "difference: it should be rounding only."),
        Misconception("pooled_already", "shape", lambda features: features.mean(axis=(1, 2)),
                      "The features of a picture are one number a channel.",
                      "Print the number of axes of your result: the places should still be there, since lesson 2 asks "
                      "where the evidence is."),
        Misconception("channels_first", "shape", lambda features: features.transpose(0, 3, 1, 2),
                      "Channels come before height and width.",
                      "Print backbone.output_shape beside the shape of your result."),
    ),
)


# cross_entropy: a step of the derivation


def _cross_entropy(step, logits, labels):
    return step.reduce(step.pick(step.log_probabilities(logits), labels))


def _log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _softmax(logits):
    return np.exp(_log_softmax(logits))


def _raw_softmax(logits):
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)


def _sigmoid(logits):
    return 1 / (1 + np.exp(-np.float64(logits)))


def _at_labels(values, labels):
    return values[np.arange(len(labels)), labels]


def _draw_logits(count=5, classes=3, scale=2.0):
    def draw(rng):
        logits = scale * rng.normal(0.4, 1.0, (count, classes))
        return {"logits": logits.astype(np.float32), "labels": _labels(rng, count, classes)}

    return draw


def _labels(rng, count, classes):
    """Labels of which every class has one, so that no class can be left out unseen."""
    return rng.permutation(np.arange(count) % classes)


CROSS_ENTROPY = Exercise(
    name="cross_entropy",
    lesson=LESSON,
    asks="The mean over the pictures of minus the logarithm of the probability of the true class.",
    returns="one float32 number",
    steps={"log_probabilities": _log_softmax, "pick": _at_labels, "reduce": lambda picked: -picked.mean()},
    body=_cross_entropy,
    criteria={"values": 1},
    challenges=(
        Challenge("three classes", "values", _draw_logits()),
        Challenge("logits in the thousands", "values", _draw_logits(scale=1500.0)),
    ),
    misconceptions=(
        Misconception("overflow", "log_probabilities", lambda z: np.log(_raw_softmax(z)),
                      "Exponentials of logits stay finite.",
                      "Print np.exp of your largest logit and the probability of the true class: neither infinity nor "
                      "0 is what it should be. What may be taken away from all logits of a picture?"),
        Misconception("small_number_added", "log_probabilities", lambda z: np.log(_softmax(z) + 1e-7),
                      "A small number added to the probability makes the logarithm safe.",
                      "Print your loss for logits (1000, 0) and label 1: it should be 1000."),
        Misconception("softmax_twice", "log_probabilities", lambda z: _log_softmax(_softmax(z)),
                      "The loss takes probabilities, and makes them probabilities.",
                      "Print your loss for logits (20, 0) and label 0: it should be almost 0."),
        Misconception("sigmoid", "log_probabilities", lambda z: -np.logaddexp(0, -z),
                      "Each class has a probability of its own.",
                      "Print the sum over the classes of the exponential of your log-probabilities: 1 for each picture."),
        Misconception("every_class", "pick", lambda log_p, labels: log_p,
                      "The loss is the mean over all classes.",
                      "Change a label and print the loss before and after: it should change."),
        Misconception("sum_for_mean", "reduce", lambda picked: -picked.sum(),
                      "The loss adds the pictures up.",
                      "Print the loss of a batch and of the same batch twice over (np.concatenate): they should be equal."),
        Misconception("sign_turned", "reduce", lambda picked: picked.mean(),
                      "The loss is the logarithm of the probability.",
                      "Print the sign of your loss: a probability is below 1, and the loss should fall to 0 as it rises."),
    ),
)


# logit_gradient: a step of the derivation


def _logit_gradient(step, logits, labels):
    return step.reduce(step.error(step.probabilities(logits), labels))


def _error(probabilities, labels):
    return probabilities - np.eye(probabilities.shape[1], dtype=np.float32)[labels]


def _label_only(probabilities, labels):
    return _error(probabilities, labels) * np.eye(probabilities.shape[1])[labels]


def _softmax_slope(probabilities, labels):
    return probabilities * (1 - probabilities)


_TAPE = ("tensorflow.python.eager.backprop",)
_ERROR_MISCONCEPTIONS = (
    Misconception("sign_turned", "error", lambda p, labels: -_error(p, labels),
                  "The gradient is what is missing to the truth, y − p.",
                  "Take a small step against your gradient and print the loss before and after: it should fall."),
    Misconception("truth_left_out", "error", lambda p, labels: p,
                  "The gradient is the probability.",
                  "Print the sum of each row of your error: probabilities and truth both sum to 1, so it should be 0."),
    Misconception("label_only", "error", _label_only,
                  "Only the true class's logit changes the loss.",
                  "Print the sum of each row of your error: it should be 0. What does raising another class's "
                  "logit do to the probability of the true one?"),
    Misconception("softmax_slope", "error", _softmax_slope,
                  "The gradient of the loss is the slope of the softmax, p(1 − p).",
                  "Change a label and print your gradient before and after: the truth must make a difference."),
    Misconception("sigmoid", "probabilities", _sigmoid,
                  "Each class has a probability of its own.",
                  "Print the sum over the classes of your probabilities: 1 for each picture."),
    Misconception("softmax_over_batch", "probabilities", lambda z: _softmax(z.T).T,
                  "The softmax runs over the first axis.",
                  "Print the sum of your probabilities for one picture over its classes: it should be 1."),
    Misconception("logits_for_probabilities", "probabilities", lambda z: z,
                  "The error is logit minus truth.",
                  "Add 5 to all logits of a picture and print how far your gradient moves: the loss stands still, so "
                  "the gradient should too."),
)


LOGIT_GRADIENT = Exercise(
    name="logit_gradient",
    lesson=LESSON,
    asks="The derivative of the mean cross-entropy with respect to every logit.",
    returns="[N, C] float32",
    steps={"probabilities": _softmax, "error": _error, "reduce": lambda error: error / len(error)},
    body=_logit_gradient,
    criteria={"values": 1},
    challenges=(
        Challenge("three classes", "values", _draw_logits()),
        Challenge("logits in the thousands", "values", _draw_logits(scale=1500.0)),
    ),
    misconceptions=(
        *_ERROR_MISCONCEPTIONS,
        Misconception("sum_for_mean", "reduce", lambda error: error,
                      "The gradient of a mean is the gradient of a sum.",
                      "Move one logit by 0.001 and print the change of the mean loss divided by 0.001, beside your "
                      "gradient there: their ratio is a whole number. What has that many elements?"),
        Misconception("mean_over_classes_too", "reduce", lambda error: error / error.size,
                      "The mean runs over pictures and classes.",
                      "Move one logit by 0.001 and print the change of the mean loss divided by 0.001, beside your "
                      "gradient there: their ratio is a whole number. What has that many elements?"),
        Misconception("overflow", "probabilities", _raw_softmax,
                      "Exponentials of logits stay finite.",
                      "Print np.exp of your largest logit: infinity divided by infinity is not a number. What may be "
                      "taken away from all logits of a picture?"),
    ),
    ready_made=_TAPE,
)


# head_gradient


def _head_gradient(step, pooled, class_weights, bias, labels):
    probabilities = step.probabilities(step.logits(pooled, class_weights, bias))
    error = step.reduce(step.error(probabilities, labels))
    return step.to_weights(pooled, error), step.to_bias(error)


def _draw_head_gradient(count):
    def draw(rng):
        pooled = draws.features(rng, count).mean(axis=(1, 2))
        weights, bias = draws.head(rng)
        return {"pooled": pooled, "class_weights": weights, "bias": bias, "labels": _labels(rng, count, draws.CLASSES)}

    return draw


HEAD_GRADIENT = Exercise(
    name="head_gradient",
    lesson=LESSON,
    asks="The gradient of the mean cross-entropy with respect to a linear head's weights and bias, in closed form.",
    returns="a tuple of [K, C] and [C] float32: the gradients with respect to class_weights and bias",
    steps={"logits": lambda pooled, w, b: pooled @ w + b, "probabilities": _softmax, "error": _error,
           "reduce": lambda error: error / len(error), "to_weights": lambda pooled, error: pooled.T @ error,
           "to_bias": lambda error: error.sum(axis=0)},
    body=_head_gradient,
    builds_on=("logit_gradient",),
    criteria={"values": 2, "batch": 1},
    challenges=(
        Challenge("one picture", "values", _draw_head_gradient(1)),
        Challenge("five pictures", "batch", _draw_head_gradient(5)),
    ),
    misconceptions=(
        *_ERROR_MISCONCEPTIONS,
        Misconception("sum_for_mean", "reduce", lambda error: error,
                      "The gradient adds the pictures up.",
                      "Print your gradient for a batch and for the same batch twice over (np.concatenate): they should be "
                      "equal."),
        Misconception("bias_left_out", "logits", lambda pooled, w, b: pooled @ w,
                      "The bias is not needed for the gradient of the weights.",
                      "Print your logits and pooled @ class_weights for the first picture: the two should differ by b."),
        Misconception("bias_averaged_again", "to_bias", lambda error: error.mean(axis=0),
                      "The bias' gradient is the mean of the error.",
                      "Print your bias gradient for a batch and for the same batch twice over: they should be equal. Which "
                      "step has divided by N already?"),
        Misconception("transposed", "to_weights", lambda pooled, error: error.T @ pooled,
                      "The gradient has one row a class.",
                      "Print the shapes of your first result and of class_weights: they should be equal."),
        Misconception("mean_of_each", "to_weights",
                      lambda pooled, error: np.outer(pooled.mean(axis=0), error.sum(axis=0)),
                      "The mean of a product is the product of the means.",
                      "Print the rank of your weight gradient for five pictures (np.linalg.matrix_rank): it should be "
                      "more than 1."),
    ),
    ready_made=_TAPE,
)


# accuracy


def _accuracy(step, logits, labels):
    return np.float32(step.reduce(step.right(logits, labels)))


def _right(logits, labels):
    return logits.argmax(axis=1) == labels


_ACCURACY_MISCONCEPTIONS = (
    Misconception("percent", "reduce", lambda right: 100 * right.mean(),
                  "Accuracy is a number of percent.",
                  "Print your accuracy where every answer is right: it should be 1."),
    Misconception("count", "reduce", lambda right: right.sum(),
                  "Accuracy counts the right answers.",
                  "Print your result for a batch and for the same batch twice over (np.concatenate): they should be equal."),
    Misconception("errors", "right", lambda z, labels: z.argmax(axis=1) != labels,
                  "What is counted are the pictures where prediction and label differ.",
                  "Print your accuracy where every answer is right: it should be 1."),
    Misconception("threshold_half", "right", lambda z, labels: (z[:, 1] > 0.5) == labels,
                  "A class is predicted when its output is above one half.",
                  "Add 5 to all logits of a batch: the probabilities stand still. Print your accuracy before and after."),
    Misconception("largest_size", "right", lambda z, labels: np.abs(z).argmax(axis=1) == labels,
                  "The logit of the largest size wins.",
                  "Print the logits of a picture that you count as wrong: can a very negative score win?"),
    Misconception("smallest", "right", lambda z, labels: z.argmin(axis=1) == labels,
                  "The class with the smallest score is predicted, as for a distance.",
                  "Print the logits of one picture beside its probabilities: which class has the largest of both?"),
    Misconception("mean_probability", "right", lambda z, labels: _at_labels(_softmax(z), labels),
                  "Accuracy is the mean probability of the true class.",
                  "Multiply your result by the number of pictures: it should be a whole number."),
)


def _draw_predictions(classes):
    """Logits of 20 pictures, drawn again until no wrong way of counting gives the right number by accident."""

    def draw(rng):
        while True:
            logits = rng.normal(size=(20, 1)) * 3 + rng.normal(size=(20, classes))
            labels = np.where(rng.random(20) < 0.7, logits.argmax(axis=1), rng.integers(classes, size=20))
            right, *wrong = (float(np.mean(way(logits, labels))) for way in _ways_of_counting())
            # Between two classes, the smaller logit's class is the wrong one: these two ways agree there.
            if right not in wrong and right != 0.5 and len(set(wrong)) == len(wrong) - (classes == 2):
                return {"logits": logits.astype(np.float32), "labels": labels}

    return draw


def _ways_of_counting():
    return [_right, *(m.replacement for m in _ACCURACY_MISCONCEPTIONS if m.step == "right")]


ACCURACY = Exercise(
    name="accuracy",
    lesson=LESSON,
    asks="The share of pictures whose true class has the largest logit.",
    returns="one float32 number in 0..1",
    steps={"right": _right, "reduce": lambda right: right.mean()},
    body=_accuracy,
    criteria={"values": 1, "three classes": 1},
    challenges=(
        Challenge("cats and dogs", "values", _draw_predictions(2)),
        Challenge("three classes", "three classes", _draw_predictions(3)),
    ),
    misconceptions=_ACCURACY_MISCONCEPTIONS,
)

EXERCISES = (PREPROCESS, BUILD_CLASSIFIER, EXTRACT_FEATURES, CROSS_ENTROPY, LOGIT_GRADIENT, HEAD_GRADIENT, ACCURACY)
