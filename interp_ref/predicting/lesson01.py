"""Predictions of lesson 1: wrong inputs, filters and feature maps, what GAP learns, a head of zeros."""

from interp_ref.predicting.prediction import Prediction

LESSON = "01_transfer_learning"

PREDICTIONS = (
    Prediction(
        id="red_first",
        lesson=LESSON,
        question="You forget to turn the channels round: VGG16 gets red first, with the right means "
        "taken away. Eight pictures go through a trained head. How many get another name than before?",
        choices={
            "a": "about half: the head must guess",
            "b": "hardly any: the names hold out",
            "c": "nearly all: it sees other colours",
        },
        right="b",
        happened="The features changed by a third of their size or more, and the names hardly or not at "
        "all: read the line “red first” above.",
        replies={
            "a": "Half would mean that nothing of the animal is left in the features. Its shapes still "
            "are, and a head with 512 features to lean on survives a change of this size. So a wrong input "
            "can hide for months.",
            "b": "This is the dangerous case: the accuracy looks fine, and every map that you compute is "
            "the map of another picture. Accuracy does not test preprocessing, so compare numbers.",
            "c": "The colours are wrong, and edges, ears and eyes are where they were. The features "
            "change, most of them not enough to turn the answer, so you can't rely on the accuracy to tell "
            "you.",
        },
        belief="If the preprocessing were wrong, the accuracy would tell.",
    ),
    Prediction(
        id="filters",
        lesson=LESSON,
        question="The last convolution turns 14 × 14 × 512 numbers into 14 × 14 × 512 new ones. How many "
        "filters does it slide over them?",
        choices={
            "a": "512: one for each new map",
            "b": "196: one for each place",
            "c": "100,352: one for each number",
            "d": "262,144: one for each two maps",
        },
        right="a",
        happened="The kernel has the shape (3, 3, 512, 512): 512 filters, each of 3 × 3 × 512 numbers. "
        "That makes 2,359,296 weights and 512 biases, and none of them belongs to a place.",
        replies={
            "a": "The filter is what slides, the feature map is what comes out: one filter, applied at "
            "all 196 places, gives one map. K filters give K maps, however large the picture is.",
            "b": "The 196 places are where a filter is applied. One filter of 3 × 3 × 512 numbers makes "
            "all 196 values of its map, and a larger picture would have more places and not one weight "
            "more.",
            "c": "14 · 14 · 512 = 100,352 counts the activations. The 196 values of one map share one "
            "filter, so a feature map is no filter, and it does not hold 196 of them: divide by 196 and "
            "you have 512.",
            "d": "A filter has one 3 × 3 slice for each of the 512 maps below, and adds up what they "
            "give. So 512 · 512 counts slices; 512 of them together are one filter and give one map.",
        },
        belief="A feature map is a filter, or has a filter for each of its i · j places.",
    ),
    Prediction(
        id="gap_numbers",
        lesson=LESSON,
        question="Your classifier has 1,026 numbers that training can change. How many of them belong to "
        "global average pooling?",
        choices={
            "a": "512: a weight for each map",
            "b": "196: a weight for each place",
            "c": "none: a mean learns nothing",
        },
        right="c",
        happened="Pooling has 0 numbers of its own. All 1,026 are in the linear layer: 512 · 2 weights "
        "and 2 biases.",
        replies={
            "a": "You are one layer early. The weights of the maps are in the linear layer, 512 for each "
            "class, where they weigh the means. GAP adds up 196 values and divides by 196.",
            "b": "Every place has the coefficient 1/196, in every picture and for ever: nobody trains "
            "it. That all places count the same is what lesson 2 builds on.",
            "c": "A mean is fixed arithmetic, each value times 1/196. Everything that this head learns "
            "is in the linear layer after it.",
        },
        belief="GAP has coefficients that training finds.",
    ),
    Prediction(
        id="zeros_loss",
        lesson=LESSON,
        question="A head of nothing but zeros has not learned anything. What is its loss on cats and dogs?",
        choices={
            "a": "0, since it claims nothing",
            "b": "0.5, since half of it is right",
            "c": "0.69, since log 2 is that much",
            "d": "infinite: it knows nothing",
        },
        right="c",
        happened="0.693…, which is log 2: equal logits give each of the two classes ½, and minus the "
        "logarithm of ½ is log 2.",
        replies={
            "a": "Zeros as logits do claim something: ½ for cat and ½ for dog. A loss of 0 needs the "
            "probability 1 for the true class of every picture.",
            "b": "0.5 is the probability that it gives to the truth. The loss is minus the logarithm of "
            "it: −log 0.5 = 0.69.",
            "c": "A training curve for two classes that starts elsewhere has a mistake in it, or a head "
            "that does not start from zeros.",
            "d": "Infinite is the price of being sure and wrong: probability 0 for the truth. To know "
            "nothing and say ½ costs 0.69.",
        },
        belief="The loss of an untrained network is the share of its errors.",
    ),
)
