"""Predictions of lesson 2: negative evidence, what a map does not determine, a rival, shares and effects."""

from interp_ref.predicting.prediction import Prediction

LESSON = "02_cam"

PREDICTIONS = (
    Prediction(
        id="negative_evidence",
        lesson=LESSON,
        question="You will see each picture with its map of class cat and its map of class dog. The "
        "activations come from a ReLU, so none of them is below 0. Do the maps hold negative numbers?",
        choices={
            "a": "no: a place is for it, or silent",
            "b": "yes, both: weights have signs",
            "c": "only that of the losing class",
            "d": "only if the bias is negative",
        },
        right="b",
        happened="Every map has places above 0 and places below 0, that of the winning class too: read "
        "the smallest and largest value in each line above.",
        replies={
            "a": "A ReLU leaves no negative activation, true. The map weighs activations: 2 with the "
            "weight −0.3 is −0.6, evidence against the class, at that place.",
            "b": "A channel with a negative weight speaks against the class wherever it is active. A map "
            "that somebody shows you from 0 upwards has lost this half.",
            "c": "The score of the winner is a mean, and a mean above 0 has room for places below it: +5 "
            "and −1 have the mean +2. Its map has blue places too.",
            "d": "The map holds no bias: it is the sum of weights times activations. The bias comes "
            "after the mean, and has no place.",
        },
        belief="A pixel can't have negative evidence.",
    ),
    Prediction(
        id="map_freedom",
        lesson=LESSON,
        question="Add one vector v to the weights of every class. How much can you change the map of a "
        "class of one picture in this way, without changing one probability of any picture in the world? "
        "There are 512 numbers in v, and 196 in the map.",
        choices={
            "a": "not at all: the one fixes the other",
            "b": "a little: all places move alike",
            "c": "a lot, but the animal stays visible",
            "d": "at will: into a face that you draw",
        },
        right="d",
        happened="Into a face, drawn by hand, while no probability moved by more than rounding: 196 "
        "equations with 512 unknowns nearly always have a solution.",
        replies={
            "a": "A probability sees the difference of two scores, and v drops out of it. The map of one "
            "class still holds v, so the probabilities don't fix it.",
            "b": "All scores of a picture move alike, its places don't: place (x, y) moves by the sum of "
            "v times the activations there, and these differ from place to place.",
            "c": "Nothing protects the animal. The change can cancel the old map at each place and put "
            "another one there: 512 numbers are more than enough for 196 places.",
            "d": "So the map of one class is not determined by what the network says. What is determined "
            "is the contrast of two classes; it comes next.",
        },
        belief="Two networks that say the same have the same map.",
    ),
    Prediction(
        id="centre_box",
        lesson=LESSON,
        question="Two true boxes: one around the whole animal, one around its head with all that is on "
        "it. For which of them does the map's box beat the centre box?",
        choices={
            "a": "for the head alone",
            "b": "for the animal alone",
            "c": "for both of them",
            "d": "for neither of them",
        },
        right="a",
        happened="On the sketches for the head alone: a mean IoU of 0.65 against 0.35. For the whole "
        "animal the centre box is ahead, 0.62 against 0.31.",
        replies={
            "a": "What tells a cat from a dog in these sketches is all on the head. The map shows what "
            "decides, not what is there.",
            "b": "The map was never asked for an animal, only for what tells cat from dog. Bodies, paws "
            "and tails are the same for both here, so it leaves them out: 0.31, and 0.65 on the head.",
            "c": "On the head, yes. But the map does not outline the object: bodies are the same for "
            "both classes, so they decide nothing, and a box that never looks is better, 0.62 against 0.31.",
            "d": "A centre box is a strong rival, and it wins on the whole animal. On the head, which is "
            "not in the centre, it gets 0.35, and the map, which looks, 0.65.",
        },
        belief="The map shows the object.",
    ),
    Prediction(
        id="muzzle_or_whiskers",
        lesson=LESSON,
        question="In the sketches' maps of their own class the muzzle holds 0.18 of the score and the "
        "whiskers hold 0.04. Each is left out in turn, and the score is measured. Which costs more?",
        choices={
            "a": "the muzzle, about four times as much",
            "b": "neither: both cost about the same",
            "c": "the whiskers, though they hold less",
            "d": "neither: only the ears cost anything",
        },
        right="c",
        happened="On the sketches leaving out the whiskers cost 0.54 and leaving out the muzzle 0.28. "
        "The map's order is the other way round.",
        replies={
            "a": "0.18 against 0.04 is how the score of this picture is split up. Without the muzzle it "
            "is another picture, with other features: 0.28 was lost, and 0.54 without the whiskers. A "
            "bright spot is not a needed spot.",
            "b": "The map says four to one, the measurement about one to two, 0.28 against 0.54. Neither "
            "says the same for both.",
            "c": "A share is not an effect. A hair is one pixel wide, a cell of the map is 16, and each "
            "cell has seen 196 × 196 pixels: the evidence of the whiskers lies beside them.",
            "d": "The ears come first by far, at 1.40. But without whiskers the score falls by 0.54 of "
            "2.24, which is no rounding.",
        },
        belief="The brightest spot is what the network needs.",
    ),
)
