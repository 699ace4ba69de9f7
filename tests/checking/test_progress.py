"""How far a student is: from the notes and the lessons' own marks."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from interp_ref.checking.progress import marks_of, next_step, standings
from interp_ref.exercises import all_exercises
from interp_ref.notes import update_notes

REPOSITORY = Path(__file__).parents[2]
WITHOUT_TENSORFLOW = """
import sys
from interp_ref.cli import main
sys.argv = ["interp", "progress"]
try:
    main()
finally:
    print("tensorflow" in sys.modules)
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    shutil.copytree(REPOSITORY / "lessons", tmp_path / "lessons")
    monkeypatch.setenv("INTERP_NOTES", str(tmp_path / "notes.json"))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def solve(*names):
    for name in names:
        one = all_exercises()[name]
        entry = {"lesson": one.lesson, "points": one.points, "max_points": one.points}
        update_notes(lambda notes, entry=entry, name=name: notes["exercises"].update({name: entry}))


def test_the_marks_are_those_that_the_exercises_declare(course):
    for one in all_exercises().values():
        assert marks_of(one.lesson).exercises[one.name][1] == one.points


def test_a_fresh_student_begins_with_the_first_exercise(course):
    found = standings()
    assert {one.spent for one in found} == {0} and all(one.marks.minutes > 30 for one in found)
    assert next_step(found).startswith("Next: `normalize_map`, about 8 minutes, in lessons")


def test_solved_exercises_count_their_points_and_share_of_the_minutes(course):
    solve("normalize_map", "class_score")
    first, _, third, *_ = standings()
    assert (sum(first.points.values()), first.unsolved) == (3, ["overlay"])
    assert first.spent == round(50 * 8 / 16)
    assert 0 < third.spent < third.marks.minutes
    assert "`overlay`" in next_step(standings())


def test_predictions_are_counted(course):
    from interp_ref.predicting import predictions_of

    name = next(iter(predictions_of("02_cam")))
    update_notes(lambda notes: notes["predictions"].update({name: {"choice": "a"}}))
    assert {one.lesson: one.predicted for one in standings() if one.predicted} == {"02_cam": 1}


def test_everything_solved_is_said(course):
    solve(*all_exercises())
    assert next_step(standings()).startswith("Every exercise is solved")


def test_without_lessons_the_mend_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "interp lessons" in next_step(standings())


def test_the_command_needs_no_tensorflow(course):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TENSORFLOW], capture_output=True, text=True, encoding="utf-8"
    )
    assert "Your progress" in done.stdout and done.stdout.rstrip().endswith("False"), done.stderr
