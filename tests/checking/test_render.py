"""One verdict in every medium: the same sentences, the first failure first, what passed as well."""

import html
import json
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from interp_ref.checking.answer import Comparison, Result, Verdict
from interp_ref.checking.render import MIME, as_failure, as_html, as_rich, as_text, bundle, verdict_from_json
from interp_ref.checking.said import MORE, say

YOURS = ((0.0, 0.25, None), (1.0, 0.0, 0.0))
EXPECTED = ((-0.5, 0.25, 0.5), (1.0, 0.0, 2.0))
VERDICT = Verdict(
    "grad_cam",
    "03_grad_cam",
    1.0,
    3.0,
    "Partly right: values right; sign not yet.",
    (
        Result("one", "values", True),
        Result("two", "sign", False, "values", "at [0] expected <1>, got -1"),
        Result("three", "sign", False, "values", "at [0] expected <1>, got -1"),
    ),
    diagnosis=("no_relu",),
    beliefs=("The map is the weighted sum.",),
    hints=("Print the smallest value of your map.", "Look where you hand the map over.", "Compare with 0."),
    remarks=("It wrote 2 MB.",),
    comparison=Comparison("two", "picture 2 of 3", YOURS, EXPECTED),
    text="I <b>printed</b> this",
)
RIGHT = Verdict("grad_cam", "03_grad_cam", 3.0, 3.0, "Right: all 2 challenges passed.")
LARGE = tuple(map(tuple, np.linspace(0, 1, 64 * 63).reshape(64, 63).tolist()))
VERDICTS = {
    "maps": VERDICT,
    "two hints": replace(VERDICT, level=2),
    "unrecognised": replace(VERDICT, diagnosis=(), beliefs=(), hints=()),
    "right": RIGHT,
    "large map": replace(VERDICT, comparison=Comparison("two", "p", LARGE, LARGE[::-1])),
    "no number": replace(VERDICT, comparison=Comparison("two", "p", ((None,) * 3,) * 2, EXPECTED)),
    "constant": replace(VERDICT, comparison=Comparison("two", "p", ((0.0,) * 3,) * 2, ((1.0,) * 3,) * 2)),
    "many problems": replace(
        VERDICT, results=tuple(Result(str(i), "values", False, "values", f"problem {i}") for i in range(6))
    ),
}


def words(text):
    return " ".join(re.sub(r"[│╭╮╰╯─•]", " ", text).split())


def on_console(verdict, **options):
    console = Console(record=True, file=open("/dev/null", "w", encoding="utf-8"), **options)  # noqa: SIM115
    with console.capture() as capture:
        console.print(as_rich(verdict))
    return capture.get()


def without_tags(card):
    return words(html.unescape(re.sub(r"<[^>]*>", " ", card)))


def card_lines(card):
    """The card's text, a label and what follows it in one line."""
    return words(html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"</(p|li|div|figcaption|pre)>", "\n", card))))


@pytest.mark.parametrize("verdict", VERDICTS.values(), ids=VERDICTS)
def test_every_sentence_of_the_text_is_on_the_card_and_in_the_terminal(verdict):
    text, card, terminal = (
        as_text(verdict),
        card_lines(as_html(verdict)),
        words(on_console(verdict, width=80)),
    )
    said = say(verdict)
    for line in [said.headline, *said.lines(), *said.wrote.splitlines()]:
        assert line in text
        assert words(line) in card and words(line) in terminal
    for one in said.maps.maps if said.maps else ():
        assert f"{one.name}: {one.caption}" in text
        assert words(f"{one.name}: {one.caption}") in terminal
        assert f"{one.name} " in f"{card} " and one.caption in without_tags(as_html(verdict))
    for line in [said.maps.title, *said.maps.notes] if said.maps else ():
        assert line in text and line in card and line in terminal


def test_the_order_is_verdict_mistake_hint_first_failure_what_passed_maps_output():
    expected = [
        "◐ grad_cam: 1 of 3 points",
        "Partly right: values right; sign not yet.",
        "Recognised: “The map is the weighted sum.”",
        "Hint: Print the smallest value of your map.",
        MORE,
        "On “two” and 1 more: at [0] expected <1>, got -1",
        "Passed: one.",
        "It wrote 2 MB.",
        "Yours beside expected, on “two”, picture 2 of 3. Rows and columns count from 0.",
    ]
    lines = as_text(VERDICT).splitlines()
    assert lines[: len(expected)] == expected
    assert lines[-1] == "Your function wrote: I <b>printed</b> this"


def test_a_more_concrete_hint_is_promised_only_while_there_is_one():
    assert "Hint 1: Print the smallest" in as_text(replace(VERDICT, level=2))
    assert "Hint 2: Look where" in as_text(replace(VERDICT, level=2)) and MORE in as_text(
        replace(VERDICT, level=2)
    )
    for last in (replace(VERDICT, level=3), replace(VERDICT, points=3.0), RIGHT):
        assert MORE not in as_text(last)


def test_three_problems_are_shown_and_the_others_counted():
    text = as_text(VERDICTS["many problems"])
    assert "problem 2" in text and "problem 3" not in text
    assert "… and 3 other differences." in text


def test_the_card_escapes_what_a_student_wrote_and_needs_no_colour():
    card = as_html(VERDICT)
    assert "<b>printed</b>" not in card and "&lt;b&gt;printed&lt;/b&gt;" in card
    assert "expected &lt;1&gt;" in card
    assert "◐" in card and "aria-label='grad_cam: 1 of 3 points, partly right'" in card
    bad = replace(VERDICT, exercise="'><script>", comparison=replace(VERDICT.comparison, title="'><script>"))
    assert "<script>" not in as_html(bad)


def test_maps_are_described_in_numbers():
    yours, expected, difference = say(VERDICT).maps.maps
    assert yours.caption == "2 × 3, from 0 to 1, largest at row 1, column 0; 1 of 6 NaN or infinite, hatched"
    assert expected.alt == "Expected map: 2 by 3 values from −0.5 to 2, largest at row 1, column 2."
    assert difference.caption == (
        "yours − expected, from −2 to 0.5, furthest from 0 at row 1, column 2: 0 where 2 is expected"
    )
    assert difference.alt == (
        "Difference: 1 of 6 values are larger than expected, 1 smaller, 3 equal; "
        "1 of 6 NaN or infinite, hatched."
    )


def test_yours_and_expected_share_one_scale_and_the_difference_is_symmetric():
    yours, expected, difference = say(VERDICT).maps.maps
    assert (yours.low, yours.high) == (expected.low, expected.high) == (-0.5, 2.0)
    assert (difference.low, difference.high) == (-2.0, 2.0)


def test_a_map_that_looks_empty_on_the_shared_scale_is_named():
    far = replace(VERDICT, comparison=Comparison("two", "p", ((0.0, 100.0),), ((0.0, 1.0),)))
    assert "expected looks flat: the scale is 100 times as wide." in as_text(far)
    assert "looks flat" not in as_text(VERDICT)


def test_plain_text_shows_the_maps_in_shades_where_they_fit():
    rows = [re.findall("│(.*?)│", line) for line in as_text(VERDICT).splitlines() if "│" in line]
    assert rows == [["░░░░??", "  ░░▒▒", " + ·??"], ["▓▓░░░░", "▓▓░░██", " · ·--"]]
    for verdict in VERDICTS.values():
        maps = as_text(verdict).split("counts from 0.")[-1]
        assert all(len(line) <= 100 for line in maps.splitlines() if "│" in line)
    assert "│" not in as_text(VERDICTS["large map"])


def test_a_console_with_colours_gets_blocks_of_colour_and_one_without_gets_shades():
    options = {"width": 100, "force_terminal": True}
    coloured = on_console(VERDICT, color_system="truecolor", **options)
    assert "48;2;253;231;3" in coloured, "viridis' yellow for the largest expected value"
    assert "orange: yours is larger" in coloured and "▓" not in coloured
    large = on_console(VERDICTS["large map"], color_system="truecolor", **options)
    assert "▀" in large
    assert "▓" in on_console(VERDICT, color_system=None, **options)


@pytest.mark.parametrize("colours", [None, "truecolor"])
def test_a_narrow_console_stacks_the_maps_and_no_line_is_too_wide(colours):
    for width in (36, 60, 100, 160):
        for verdict in VERDICTS.values():
            shown = on_console(verdict, width=width, force_terminal=True, color_system=colours)
            lines = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()
            assert max(map(len, lines)) <= min(width, 100)
    narrow = on_console(VERDICT, width=36, force_terminal=True, color_system=None)
    assert not re.search(r"yours +expected", narrow)


def test_a_failed_challenge_of_pytest_begins_with_its_own_problem():
    lines = as_failure(VERDICT, "two").splitlines()
    assert lines[:3] == [
        "at [0] expected <1>, got -1",
        "Recognised: “The map is the weighted sum.”",
        "Hint: Print the smallest value of your map.",
    ]
    assert any(line.startswith("yours: 2 × 3") for line in lines)
    assert lines.index("Passed: one.") > lines.index(MORE)


def test_maps_of_another_challenge_are_named_instead_of_repeated():
    text = as_failure(VERDICT, "three")
    assert "shown with the challenge “two”" in text and "yours: 2 × 3" not in text


@pytest.mark.parametrize("verdict", VERDICTS.values(), ids=VERDICTS)
def test_the_verdict_beside_the_card_is_the_verdict(verdict):
    data = json.dumps(bundle(verdict)[MIME], allow_nan=False)
    assert verdict_from_json(data) == verdict


def test_a_number_that_json_does_not_know_does_not_break_the_notebook():
    odd = replace(VERDICT, comparison=Comparison("two", "p", ((np.nan, 1.0),), ((0.0, 1.0),)))
    data = json.dumps(bundle(odd)[MIME], allow_nan=False)
    assert verdict_from_json(data).comparison.yours == ((None, 1.0),)


def test_a_right_answer_does_not_wait_for_a_plotting_library():
    source = (
        "import sys\n"
        "from interp_ref.checking.answer import Verdict\n"
        "from interp_ref.checking.render import bundle\n"
        "bundle(Verdict('e', 'l', 1.0, 1.0, 'Right.'))\n"
        "print([name for name in ('matplotlib', 'PIL', 'rich') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
