"""Predictions of lesson 7: another fill, who points best, who passes the randomisation."""

from interp_ref.predicting.prediction import Prediction

LESSON = "07_trust"

PREDICTIONS = (
    Prediction(
        id="another_fill",
        lesson=LESSON,
        question="Five maps are ranked by the area of their deletion curves, once with a black fill and once "
        "with the picture's own blur. What happens to the ranking?",
        choices={
            "a": "it stays: the maps are the same",
            "b": "all areas shrink by one factor",
            "c": "it changes, so name the fill too",
            "d": "the random map is last in both",
        },
        right="c",
        happened="The ranking changed. With black the random numbers are level with CAM and ahead of the "
        "rest; with the blur they come last.",
        replies={
            "a": "The maps are the same, the pictures are not. A curve shows what the network says of 1 "
            "picture with specks of black, or of 1 with specks of blur.",
            "b": "One factor would leave the ranking as it is. The fill acts on the network in its own way "
            "at each of the 7 steps.",
            "c": "A deletion score belongs to a map and a fill. A study that names 1 fill has half of the "
            "answer.",
            "d": "Random specks of a strange colour destroy every part of the picture at once, which can "
            "lower the score faster than the removal of 1 part. Compare its place in the two rankings.",
        },
        belief="The deletion score is a property of the map.",
    ),
    Prediction(
        id="who_points_best",
        lesson=LESSON,
        question="A hit is a highest pixel at most 7 pixels from a part that decides, in pictures of 112 "
        "pixels. Which of these three hits most often?",
        choices={
            "a": "the class activation map",
            "b": "the centre of the picture",
            "c": "the activation norm alone",
        },
        right="b",
        happened="The centre, which knows neither network nor picture: 85 %. The class activation map hit "
        "75 %, the activation norm 46 %, of 24 sketches.",
        replies={
            "a": "The map knows the network and the class, but its cells are 16 pixels wide, and its "
            "highest one need not lie on a part. The centre is near a face at no cost.",
            "b": "Animals stand in the middle. A hit rate without the centre's beside it says nothing, and "
            "7 pixels of tolerance help the centre most.",
            "c": "The norm is high wherever something goes on, so in the face too, but also at the paws and "
            "the tail. It comes third of the 3.",
        },
        belief="A high rate in the pointing game shows that the map is right.",
    ),
    Prediction(
        id="who_passes",
        lesson=LESSON,
        question="All weights of the network become random, and a map should change. Whose rank correlation "
        "with the map before is nearest to 0?",
        choices={
            "a": "guided backpropagation's",
            "b": "none: all three change alike",
            "c": "none: all three stay alike",
            "d": "that of random numbers",
        },
        right="d",
        happened="The random numbers have 0.00 at every stop. Guided backpropagation keeps 0.97 with a "
        "random head, and 0.44 when everything is random.",
        replies={
            "a": "It keeps the edges of the picture, and with them a correlation far above 0: the network "
            "forgot, and the map hardly noticed.",
            "b": "Compare the rows of the last stop: one of them is 0.00, one is far above it.",
            "c": "The random numbers are drawn anew each time, so their correlation is 0.00.",
            "d": "They pass best, with 0.00, and explain nothing. To change with the weights is needed, and "
            "it is not enough.",
        },
        belief="A map that passes the randomisation test is right.",
    ),
)
