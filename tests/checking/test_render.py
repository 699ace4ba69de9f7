"""One verdict in three media."""

import json
from dataclasses import asdict

from rich.console import Console

from interp_ref.checking.answer import Result, Verdict
from interp_ref.checking.render import as_html, as_rich, as_text, verdict_from_json

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
    hints=("Print the smallest value of your map.", "Look where you hand the map over."),
    text="I <b>printed</b> this",
)


def test_the_text_says_points_first_failure_hint_and_what_passed():
    text = as_text(VERDICT)
    assert text.splitlines()[0] == "◐ grad_cam: 1 of 3 points"
    assert "On “two” and 1 more: at [0] expected <1>, got -1" in text
    assert "Hint: Print the smallest value" in text
    assert "Passed: one." in text


def test_the_card_escapes_what_a_student_wrote_and_needs_no_colour():
    html = as_html(VERDICT)
    assert "<b>printed</b>" not in html and "&lt;b&gt;printed&lt;/b&gt;" in html
    assert "◐" in html and "aria-label='grad_cam: 1 of 3 points'" in html


def test_the_terminal_shows_the_same(capsys):
    Console(width=100, force_terminal=False).print(as_rich(VERDICT))
    shown = capsys.readouterr().out
    assert "grad_cam: 1 of 3 points" in shown and "Print the smallest value" in shown


def test_the_verdict_beside_the_card_is_the_verdict():
    assert verdict_from_json(json.dumps(asdict(VERDICT))) == VERDICT
