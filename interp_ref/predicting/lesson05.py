"""Predictions of lesson 5: noise on purpose, saturation, a black baseline, guided backpropagation's class."""

from interp_ref.predicting.prediction import Prediction

LESSON = "05_sharper_gradients"

PREDICTIONS = (
    Prediction(
        id="noise_on_purpose",
        lesson=LESSON,
        question="You add noise that everybody can see to a picture, 16 times, and take the mean of the 16 "
        "gradients. How much of the map lies in the parts that decide, compared with the map of the clean "
        "picture?",
        choices={
            "a": "less: noise hides the parts",
            "b": "as much: noise averages out",
            "c": "more: nearly twice as much",
        },
        right="c",
        happened="The share rose from 9.9 % with the clean picture to 18.4 % with 16 noisy copies. One copy "
        "alone had 14.1 %.",
        replies={
            "a": "The parts are large compared with the grain of the noise, and all 16 copies have them in "
            "the same place. What the noise drowns is smaller than an ear.",
            "b": "The noise averages out of the 16 pictures. The gradient is not linear in the picture, so "
            "the mean of 16 gradients is not the gradient of the mean picture.",
            "c": "What is left is what the neighbourhood of the picture agrees on. And you chose how large "
            "that neighbourhood is.",
        },
        belief="A mean over noise gives back what was there without noise.",
    ),
    Prediction(
        id="saturated_by_hand",
        lesson=LESSON,
        question="The score is 1 minus the ReLU of 1 minus x. From x = 0 to x = 2 it rose from 0 to 1. What "
        "does SmoothGrad say of x at x = 2, with noise of standard deviation 0.25?",
        choices={
            "a": "about 0.5, half of the slope",
            "b": "about 1, what x has given",
            "c": "about 0.25, as the noise is",
            "d": "about 0, as the gradient is",
        },
        right="d",
        happened="With noise of 0.25 the mean slope is 0.00003 by the formula, and no draw or next to none "
        "found the slope. With noise of 1.0 it is 0.16.",
        replies={
            "a": "That would be so at the kink, x = 1, where half of the copies land on the slope. It lies 4 "
            "standard deviations from x = 2.",
            "b": "1 is what x has given since x = 0. To find that, somebody has to walk the whole way from 0 "
            "to 2, and that is the next section.",
            "c": "The mean slope is the chance that a copy lands below 1. For that the noise has to be below "
            "−4 standard deviations: 3 in 100,000.",
            "d": "Noise looks around the picture. The switch is 4 standard deviations away, and noise never "
            "goes there.",
        },
        belief="SmoothGrad repairs what is wrong with gradients.",
    ),
    Prediction(
        id="black_on_black",
        lesson=LESSON,
        question="The eyes of a sketch are painted black, and the score depends on them. You take Integrated "
        "Gradients from a black picture to this one. How much of the score goes to the pixels of the eyes?",
        choices={
            "a": "what the eyes are worth",
            "b": "nothing, whatever they do",
            "c": "a share below their worth",
            "d": "most, since eyes decide",
        },
        right="b",
        happened="With a black baseline every value of the black eyes got exactly 0. With a white baseline "
        "they got 3.5 logits together.",
        replies={
            "a": "Look at the first factor: value minus baseline. For a black pixel and a black baseline it "
            "is 0, and 0 times any gradient is 0.",
            "b": "The attribution is a product, and its first factor is 0 there. A baseline can't see what "
            "looks like it.",
            "c": "A share would need a factor above 0. Value minus baseline is 0 at every one of these "
            "pixels.",
            "d": "They may decide as much as they like: these pixels did not change on the way from the "
            "baseline, so 0 of the change is put down to them.",
        },
        belief="What adds up to the score has found all the evidence.",
    ),
    Prediction(
        id="guided_other_class",
        lesson=LESSON,
        question="With two classes and a centred head, the gradients of cat and dog are each other's "
        "negative: correlation −1. What is the correlation of the two guided maps, with their signs?",
        choices={
            "a": "near +1: much the same",
            "b": "near 0: little in common",
            "c": "near −1: the negative",
        },
        right="a",
        happened="The correlation of the two guided maps is +0.96, and that of the two gradients −1.00.",
        replies={
            "a": "The class decides at the top which channels get through, and 13 ReLUs later little of that "
            "is left. The open ReLUs draw the picture.",
            "b": "The two classes do begin with different channels, 0 in common. But below them, 12 more "
            "rules let only what is positive through, and the picture decides what that is.",
            "c": "A negative of a guided signal does not survive the first ReLU: what is below 0 is cut off, "
            "13 times.",
        },
        belief="A map that is asked for a class shows what speaks for that class.",
    ),
)
