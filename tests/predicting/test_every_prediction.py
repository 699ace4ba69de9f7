"""What every prediction keeps to: replies, letters, lengths, words."""

import re
from collections import Counter

import pytest

from interp_ref.errors import UserError
from interp_ref.exercises import LESSONS
from interp_ref.explorables.questions import QUESTIONS
from interp_ref.predicting import Prediction, all_predictions, prediction, predictions_of

ALL = all_predictions()
EVERY = {**ALL, **QUESTIONS}
each = pytest.mark.parametrize("one", EVERY.values(), ids=EVERY)


def words_of(one):
    return [one.question, one.happened, *one.choices.values(), *one.replies.values(), one.belief]


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_lesson_asks_at_least_three_times(lesson):
    asked = predictions_of(lesson)
    assert len(asked) >= 3
    assert {one.lesson for one in asked.values()} == {lesson}
    assert len({one.right for one in asked.values()}) >= 3


def test_ids_are_unique_in_the_course():
    assert len(ALL) == sum(len(predictions_of(lesson)) for lesson in LESSONS)


def test_the_right_letters_are_spread():
    counts = Counter(one.right for one in ALL.values())
    assert set(counts) == set("abcd")
    assert max(counts.values()) <= 0.35 * len(ALL)


@each
def test_there_are_three_choices_or_more_and_a_reply_to_each(one):
    assert len(one.choices) >= 3
    assert set(one.replies) == set(one.choices)
    assert len(set(one.replies.values())) == len(one.choices)


@each
def test_the_length_of_a_choice_does_not_give_it_away(one):
    lengths = [len(words) for words in one.choices.values()]
    assert max(lengths) <= 1.5 * min(lengths)


def test_the_right_choice_is_seldom_the_longest():
    longest = [
        one for one in ALL.values() if len(one.choices[one.right]) == max(map(len, one.choices.values()))
    ]
    assert len(longest) <= len(ALL) / 3


@each
def test_the_words_are_plain_so_that_a_terminal_a_card_and_the_text_say_the_same(one):
    assert not [words for words in words_of(one) if re.search(r"[$`*_<>{}\\\[\]#|]", words)]


@each
def test_sentences_are_short_and_replies_are_few_sentences(one):
    for words in words_of(one):
        assert max(len(sentence.split()) for sentence in re.split(r"[.?!:;]\s", words)) <= 32, words
    assert all(len(re.findall(r"[.?!](?=\s|$)", reply)) <= 4 for reply in one.replies.values())


@each
def test_nobody_is_told_that_it_is_easy(one):
    said = re.findall(
        r"(?i)\b(?:simply|just|obvious(?:ly)?|easy|easily|trivial(?:ly)?|of course)\b",
        " ".join(words_of(one)),
    )
    assert said == []


def test_most_replies_hold_a_number():
    wrong = [reply for one in ALL.values() for letter, reply in one.replies.items() if letter != one.right]
    assert sum(bool(re.search(r"\d", reply)) for reply in wrong) >= len(wrong) / 2


@pytest.mark.parametrize(
    "belief",
    [
        "A pixel can't have negative evidence.",
        "GAP has coefficients that training finds.",
        "A feature map is a filter, or has a filter for each of its i · j places.",
        "The score and the loss do equally well.",
        "The brightest spot is what the network needs.",
    ],
)
def test_the_beliefs_in_circulation_are_met(belief):
    assert belief in {one.belief for one in ALL.values()}


def test_an_unknown_prediction_or_lesson_is_answered():
    with pytest.raises(UserError, match="did you mean 'bright_pixel'"):
        prediction("bright_pixle")
    with pytest.raises(UserError, match="There is no lesson '02_cams'"):
        predictions_of("02_cams")


def test_a_declaration_without_a_reply_or_with_a_wrong_letter_is_refused():
    fields = {"id": "x", "lesson": "02_cam", "question": "?", "happened": "", "belief": ""}
    with pytest.raises(ValueError, match="every choice needs a reply"):
        Prediction(**fields, choices={"a": "1", "b": "2"}, right="a", replies={"a": ""})
    with pytest.raises(ValueError, match="one of them is right"):
        Prediction(**fields, choices={"a": "1", "c": "2"}, right="a", replies={"a": "", "c": ""})
