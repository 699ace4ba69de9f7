"""Predictions of lesson 0: ranges, uint8, what a derivative reacts to, what an overlay can tell."""

from interp_ref.predicting.prediction import Prediction

LESSON = "00_start_here"

PREDICTIONS = (
    Prediction(
        id="constant_map",
        lesson=LESSON,
        question="Map 2 above is 5 at every place. You stretch it as the formula says, in float32, "
        "without any special case. What does NumPy give back?",
        choices={
            "a": "zeros, since nothing stands out",
            "b": "ones, since each is the maximum",
            "c": "an error about dividing by zero",
            "d": "nan, which means: not a number",
        },
        right="d",
        happened="Every place became nan, with a warning and without an error: the formula divides 0 by "
        "0 there.",
        replies={
            "a": "Zeros are what the map should become, and you will have to ask for them. The formula "
            "alone computes (5 − 5) / (5 − 5), and 0 / 0 is not 0.",
            "b": "5 is the maximum, and it is the minimum too: the formula has (5 − 5) / (5 − 5), not 5 "
            "/ 5. A map of ones would say that every place stands out.",
            "c": "Python's own 0 / 0 raises an error, arrays don't: NumPy warns, writes nan into that "
            "place and goes on. So the hole reaches your picture, and you may not notice.",
            "d": "0 / 0 has no value, so floating point numbers keep a special one for it. It spreads: "
            "whatever is calculated with nan becomes nan.",
        },
        belief="A division by zero stops the program, so I would notice.",
    ),
    Prediction(
        id="bright_pixel",
        lesson=LESSON,
        question="A pixel of value 200 is made brighter by 100, in uint8. What comes out?",
        choices={
            "a": "300, because that is the sum",
            "b": "44, because it starts again",
            "c": "255, because it stops at white",
            "d": "an error: out of the range",
        },
        right="b",
        happened="44, in NumPy and in TensorFlow, without a word: a uint8 has 256 values and starts "
        "again after 255, so 300 becomes 300 − 256.",
        replies={
            "a": "300 needs nine bits and a uint8 has eight, so 255 is its largest value. As float32 you "
            "do get 300: convert before you calculate.",
            "b": "Eight bits count in a circle of 256 values. A bright spot turns dark, and nobody warns "
            "you.",
            "c": "Programs for photos often stop at white, because somebody wrote that into them. Arrays "
            "don't: in uint8, 255 + 1 is 0, and 200 + 100 is 44.",
            "d": "Arrays check no ranges, since that would slow down every sum. The number wraps round "
            "to 44, and the picture goes on with a dark pixel.",
        },
        belief="Arithmetic with pixels stops at white.",
    ),
    Prediction(
        id="which_lines",
        lesson=LESSON,
        question="You compute this derivative for a real picture. Where will it be far from 0?",
        choices={
            "a": "in flat regions of one colour",
            "b": "at every line, whichever way",
            "c": "at lines that run up and down",
            "d": "at lines from left to right",
        },
        right="c",
        happened="At lines that run up and down, up to 1.00 on the test picture. Along a line from left "
        "to right it is 0.00, exactly: there each pixel equals its right neighbour.",
        replies={
            "a": "In a flat region each pixel equals both its neighbours, so both brackets of the "
            "derivative are 0. Nothing is as dark in this map as a flat region.",
            "b": "Your eye would find both kinds. This score compares a pixel with its right neighbour "
            "alone, and along a line from left to right these are equal: 0.00. A map shows what its score "
            "reacts to, not what is there.",
            "c": "The step goes to the right, so a line is noticed where you cross it sideways. Another "
            "score would show other lines of the same picture.",
            "d": "Turn it round. Walk one step to the right along such a line, and nothing changes: "
            "0.00. Cross a line that runs up and down, and it does.",
        },
        belief="A map shows what is in the picture, so it shows every edge.",
    ),
    Prediction(
        id="overlay_reading",
        lesson=LESSON,
        question="You get an overlay with α = 0.5 and nothing else. How large is the map at one pixel: "
        "can you tell from the pixel's colour?",
        choices={
            "a": "no: picture and map are mixed",
            "b": "yes: a brighter pixel means more",
            "c": "yes: double it and look it up",
            "d": "no: viridis repeats its colours",
        },
        right="a",
        happened="Two pixels of the same colour: under one the map is 0.2, under the other 0.6. The "
        "mixture alone does not say which.",
        replies={
            "a": "One colour, two unknowns. So an overlay shows where. For how much, show the map alone "
            "beside it, with a colour bar.",
            "b": "A bright pixel may be a bright spot of the photo. Here a map of 0.2 and a map of 0.6 "
            "end in the same brightness, because the pictures under them differ.",
            "c": "Half of the colour is the picture's, and you would have to know it to take it away. "
            "With the picture beside it you could; from the overlay alone, 0.2 and 0.6 look the same.",
            "d": "No is right, the reason isn't: viridis has 256 different colours, lighter all the way. "
            "Alone it can be read. It is the picture under it that spoils the reading.",
        },
        belief="An overlay shows how much, not only where.",
    ),
)
