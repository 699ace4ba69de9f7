"""Predictions of lesson 4: invisible changes, two classes, of which number, what a bright pixel tells."""

from interp_ref.predicting.prediction import Prediction

LESSON = "04_saliency"

PREDICTIONS = (
    Prediction(
        id="invisible_change",
        lesson=LESSON,
        question="Every value of a picture moves by one grey level of 255, which no eye can see. In one "
        "copy a plan says up or down, so that the score falls; in another a coin does. What happens to the "
        "score?",
        choices={
            "a": "it falls by plan, hardly moves by coin",
            "b": "next to nothing, by plan and by coin",
            "c": "much the same by plan and by coin",
            "d": "it moves by coin more than by plan",
        },
        right="a",
        happened="At one grey level the plan moved the score many times as far as the coins did: compare "
        "the two columns above.",
        replies={
            "a": "150,528 small effects add up when they all point one way, and cancel when half of them "
            "point back.",
            "b": "Each effect is small, but there are 150,528 of them, and the plan makes all of them "
            "point one way. What the eye can't see, a sum can.",
            "c": "Every value moves as far under the coins, but half of them the wrong way: their "
            "effects cancel. The plan knows the direction for each value, and that is the sign of a "
            "derivative.",
            "d": "Chance is a weak opponent here: with 150,528 coins about half of the effects go up and "
            "half go down, and the sum stays near 0.",
        },
        belief="A change that I can't see can't change the answer.",
    ),
    Prediction(
        id="two_saliencies",
        lesson=LESSON,
        question="You ask the network of lesson 2 for the saliency of cat, then of dog, on the same "
        "picture. It has two classes and a centred head. How do the two maps differ?",
        choices={
            "a": "each is bright on its own animal",
            "b": "one is the negative of the other",
            "c": "that of the winner is the brighter",
            "d": "not at all, on every picture",
        },
        right="d",
        happened="The largest difference between the two maps is 0 or rounding, also on the picture that "
        "holds both animals.",
        replies={
            "a": "That was lesson 2, whose map has a sign: for the one class +0.3, for the other −0.3. "
            "Here the sign is dropped, and both are 0.3.",
            "b": "You are right about the gradients. The map takes their absolute value, and then −0.3 "
            "and +0.3 are the same number.",
            "c": "The winner has the higher score, not the steeper one: the two scores are each other's "
            "negative, so whatever moves the one moves the other as fast.",
            "d": "The map says “the score answers here”. It can't say for whom.",
        },
        belief="The saliency map of a class shows what speaks for that class.",
    ),
    Prediction(
        id="sure_network",
        lesson=LESSON,
        question="Two pictures have the same gradient of the score difference. For one the network says "
        "dog with p = 0.6, for the other with p = 0.999. How bright is the saliency of the probability for "
        "the sure one?",
        choices={
            "a": "brighter: it reacts more",
            "b": "the same: same gradient",
            "c": "darker, some 240 times",
            "d": "darker, less than twice",
        },
        right="c",
        happened="The factor p (1 − p) is 0.24 at p = 0.6 and 0.001 at p = 0.999: some 240 times darker. "
        "On VGG16 the sure picture is the darker one by far as well, for the probability and for the loss.",
        replies={
            "a": "Sure means flat: at p = 0.999 there is only 0.001 left to gain. The surer the network, "
            "the less its probability answers to anything.",
            "b": "The score's saliency is the same, and that is why you take the score. The probability "
            "multiplies it by p (1 − p), the loss by 1 − p: three numbers that do not do equally well.",
            "c": "The probability saturates, and so does the loss. The scores have no ceiling: take the "
            "logit.",
            "d": "p itself grows by 0.999 / 0.6, less than twice. The slope goes with p (1 − p), and 1 − "
            "p has shrunk from 0.4 to 0.001.",
        },
        belief="The score, the probability and the loss do equally well.",
    ),
    Prediction(
        id="brightest_pixel",
        lesson=LESSON,
        question="Ears, eyes, muzzle and whiskers decide. Two rivals that know nothing of the network "
        "stand beside the map. Which of the three pixels is most often in a deciding part?",
        choices={
            "a": "the picture's centre",
            "b": "the strongest edge",
            "c": "the map's brightest",
        },
        right="b",
        happened="The strongest edge, in all 16 sketches, and it has never seen the network. The centre "
        "was in a deciding part in 44 %, the brightest pixel of the map in 25 %; these parts cover 8 % of "
        "the picture.",
        replies={
            "a": "The centre does well, 44 %, since animals are drawn into the middle. The edges of eyes "
            "and whiskers do better. Both are rivals that a map has to beat, and this one doesn't.",
            "b": "These edges look like the animal too. So a map that looks like the animal proves "
            "nothing about the network.",
            "c": "The brightest pixel is where one small step changes the score most. That need not be "
            "what the network needs: it was in a deciding part in 25 % of the sketches, the blind centre "
            "in 44 %.",
        },
        belief="The brightest spot is what the network needs.",
    ),
)
