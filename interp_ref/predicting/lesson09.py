"""Predictions of lesson 9: a map of NaN, a mistake that does no harm, the gradient of the loss."""

from interp_ref.predicting.prediction import Prediction

LESSON = "09_bug_hunt"

PREDICTIONS = (
    Prediction(
        id="nan_heatmap",
        lesson=LESSON,
        question=(
            "A widely copied recipe cuts a map off below 0 and divides it by its largest value. A map "
            "holds nothing for the class: every value is below 0. What comes out?"
        ),
        choices={
            "a": "an error message",
            "b": "zeros everywhere",
            "c": "no numbers, no error",
            "d": "ones everywhere",
        },
        right="c",
        happened="Every value is NaN, not a number. It is neither larger than 1 nor smaller than 0, and no "
        "error was raised.",
        replies={
            "a": "NumPy and TensorFlow divide by zero without stopping; NumPy may print a warning, once.",
            "b": "That would be a good answer, and it is what you will mend the function to give. The recipe "
            "computes 0 / 0.",
            "c": "0 / 0 is not a number, and it travels on into the figure, which stays empty there.",
            "d": "A number divided by itself is 1, except for one number.",
        },
        belief="A function that goes wrong says so.",
    ),
    Prediction(
        id="harmless_head",
        lesson=LESSON,
        question=(
            "A notebook shows −(map of cat) as the map of dog. Its head began with weights of zero and was "
            "trained with the softmax's cross-entropy, so it is centred. How wrong is its map of dog?"
        ),
        choices={
            "a": "it is upside down",
            "b": "it is not wrong",
            "c": "its scale is wrong",
            "d": "wrong where both are",
        },
        right="b",
        happened="With the centred head the published map of dog is off by 0 %; with the same head uncentred "
        "it is off by far.",
        replies={
            "a": (
                "Its sign is fine here. Whether the negative of one map is the other depends on one thing: "
                "do the two weights of each channel cancel?"
            ),
            "b": (
                "A wrong function can be right on everything that its author ever tried. That is why a "
                "mistake needs a counterexample."
            ),
            "c": "The scale is fine as well, as long as the two weights of each channel cancel.",
            "d": (
                "The places do not matter; the weights do. When they cancel, the function is right "
                "everywhere."
            ),
        },
        belief="A wrong function gives wrong results.",
    ),
    Prediction(
        id="loss_map",
        lesson=LESSON,
        question=(
            "Two classes. A notebook computes Grad-CAM from the gradient of the loss instead of the score, "
            "ReLU included. You ask for cat. Which places does its map light?"
        ),
        choices={
            "a": "those of the other class",
            "b": "those of both classes",
            "c": "those of cat, a little darker",
            "d": "none: the loss is minimal there",
        },
        right="a",
        happened=(
            "Of the lit places not one speaks for the class that was asked for. All of them speak for the "
            "other one."
        ),
        replies={
            "a": "What raises the score lowers the loss. The ReLU throws the evidence for the class away and "
            "keeps what speaks against it.",
            "b": "The ReLU keeps one sign only. Which one?",
            "c": "Darker, yes, by the factor 1 − p. But what raises the score lowers the loss: the sign is "
            "turned round, and the ReLU keeps the other half.",
            "d": (
                "The gradient is 0 at a minimum over the weights, for all pictures together. For one "
                "picture, and with respect to its features, it is not."
            ),
        },
        belief="The score and the loss do equally well.",
    ),
)
