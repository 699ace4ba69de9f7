"""Predictions of lesson 6: finer layers, what the alphas do, the class that is not there."""

from interp_ref.predicting.prediction import Prediction

LESSON = "06_cam_family"

PREDICTIONS = (
    Prediction(
        id="finer_with_places",
        lesson=LESSON,
        question="From the last convolution, 7 × 7, down to block 3, 28 × 28, the share of the Grad-CAM map "
        "on the deciding parts falls. What does the share of the LayerCAM map do?",
        choices={
            "a": "it rises: places count",
            "b": "it falls: edges are edges",
            "c": "it stays: it is one network",
        },
        right="a",
        happened="On the sketches LayerCAM rose from 17 % at 7 × 7 to 22 % at 28 × 28, while Grad-CAM fell "
        "from 24 % to 12 %. The parts cover 9 % of the area.",
        replies={
            "a": "One weight for 784 places can't say that an edge counts at the ears. A weight for each "
            "place can.",
            "b": "The channels are edges, that is right. But LayerCAM asks at each place whether the edge "
            "there raises the score: 22 %, and Grad-CAM is left with 12 %.",
            "c": "It is one network, cut at two layers. A finer cell fits a part better, if the weight may "
            "differ from cell to cell: 17 % became 22 %.",
        },
        belief="Early layers can't give class maps, whatever one does with them.",
    ),
    Prediction(
        id="what_alphas_do",
        lesson=LESSON,
        question="Grad-CAM++ takes second and third derivatives to weigh the places. Leave that out and "
        "average the positive gradients instead: how alike are the two maps, by rank correlation?",
        choices={
            "a": "hardly alike: about 0",
            "b": "half alike: about 0.5",
            "c": "nearly one map: above 0.9",
            "d": "the same map: 1.000",
        },
        right="c",
        happened="On the sketches 0.996 below the pooling, and 0.933 below Flatten, where the logits are "
        "ten times as large.",
        replies={
            "a": "Above 0.9 on both heads. The middle alpha is 1/2 below the pooling, so the long formula "
            "all but multiplies by a constant.",
            "b": "0.5 would be a method of its own. It is above 0.9 on both heads; Grad-CAM itself is "
            "further away, at about 0.7.",
            "c": "Where g times the channel's sum is far below 2, alpha is 1/2. The ReLU on the gradients "
            "is what makes the map, and the alphas hardly touch it.",
            "d": "Close: 0.996 below the pooling. The alphas are exactly 1/2 only where the gradient times "
            "the channel's sum is 0, and a network with large logits is far from that.",
        },
        belief="Higher derivatives make a sharper map.",
    ),
    Prediction(
        id="absent_class",
        lesson=LESSON,
        question="Every map is made twice: for the class in the picture and for the class that is not there. "
        "Which method has the smaller sum for the absent class, beside that of the class shown?",
        choices={
            "a": "Grad-CAM++: it is more exact",
            "b": "LayerCAM: it weighs each place",
            "c": "none of them: all three alike",
            "d": "Grad-CAM: it counts both signs",
        },
        right="d",
        happened="At the last layer below the pooling Grad-CAM has 14 % for the absent class, LayerCAM 56 % "
        "and Grad-CAM++ 58 %.",
        replies={
            "a": "58 %, and its two maps go up and down together, with a rank correlation of 0.23. It has "
            "no gradients against the class to weigh in.",
            "b": "56 %. Each place weighs itself, but only by what speaks for the class there, and some "
            "channel does so almost everywhere.",
            "c": "14 % against 56 % and 58 %. Cutting the gradients off before the sum is a small change "
            "in the code and a large one in the map.",
            "d": "What speaks for the class is weighed against what speaks for the other one first. The "
            "others cut too early, and an absent class keeps more than half of its map.",
        },
        belief="A later method of the family is the better one.",
    ),
)
