"""Predictions of lesson 8: what a mean hides, what a map shows of a tint, and what a new head learns."""

from interp_ref.predicting.prediction import Prediction

LESSON = "08_cheating_network"

PREDICTIONS = (
    Prediction(
        id="worst_group",
        lesson=LESSON,
        question="The network is right on nearly all of its sketches. How often is it right on dogs without "
        "a tag?",
        choices={
            "a": "about as often: it is a good network",
            "b": "in every second picture: it guesses",
            "c": "in few of them: it calls them cats",
        },
        right="c",
        happened="On dogs without a tag and on cats with one it is wrong nearly always; the two other groups "
        "are all of the pictures that it was judged by.",
        replies={
            "a": "The accuracy was taken on pictures in which every dog bears a tag. It says nothing about "
            "the others.",
            "b": "Who guesses knows nothing. This network knows something: no tag means cat, and it is sure.",
            "c": "The absence of a mark is evidence too. A network that goes by the tag does not hesitate "
            "where there is none; it says cat.",
        },
        belief="A high accuracy holds for every kind of picture.",
    ),
    Prediction(
        id="tint_on_a_map",
        lesson=LESSON,
        question="A network goes by a tint of the whole picture. What does Grad-CAM for the tint's class "
        "show?",
        choices={
            "a": "the same brightness everywhere",
            "b": "some places, as for any network",
            "c": "nothing: every value is zero",
            "d": "the animal, since there the tint matters",
        },
        right="b",
        happened="The maps light up some places and not others, fur in one picture and the wall in another, "
        "and none of them says that every pixel has changed. The two shares above them do.",
        replies={
            "a": "The evidence is everywhere, the features are not: the network's channels answer more to "
            "some colours and textures than to others, and the map shows these places.",
            "b": "A map always has a highest place. That there is one is no sign that the evidence has a "
            "place.",
            "c": "The tint raises the score of its class, and what raises the score shows on the map. It "
            "shows at places that mean nothing.",
            "d": "Where the fur is warm in colour it lights up, and in another picture the wall does. "
            "Compare all the rows: the tint is in every pixel of every second one.",
        },
        belief="What a network goes by has a place, and a map shows it.",
    ),
    Prediction(
        id="more_of_the_same",
        lesson=LESSON,
        question="The head is fitted again, to the given pictures as they are. What becomes of the worst "
        "group?",
        choices={
            "a": "it stays far behind: the tag still pays",
            "b": "it is repaired: the new head starts from zero",
            "c": "it gets worse than before: a head alone knows less",
        },
        right="a",
        happened="From the pictures as they are the new head learns the tag again. From each picture with "
        "and without a tag it can't: the tag says nothing there.",
        replies={
            "a": "What is fitted to the same pictures finds the same shortcut. It takes other pictures, and "
            "you made them yourself.",
            "b": "The head was not bad by bad luck. In the given pictures the tag is always right, and "
            "whoever minimises the error uses it.",
            "c": "The features are the same, and the head is the best for its pictures. Compare the 2 "
            "numbers with the table above.",
        },
        belief="Training again repairs what training has done.",
    ),
)
