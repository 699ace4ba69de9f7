"""nbgrader's own commands, from the course's folder, on a sample class."""

import csv
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest

TINY = "07_tiny"
FULL = {"check_double": 2.0, "check_quadruple": 2.0}


def automatic(course, student):
    return {name: auto for name, (auto, _, _) in course.scores(student, TINY).items() if name != "reflection"}


def for_a_person(course, student):
    return [name for name, (_, _, needed) in course.scores(student, TINY).items() if needed]


def test_right_answers_have_full_marks_and_leave_the_reflection_for_a_person(sample_class):
    course, _ = sample_class
    assert automatic(course, "right") == FULL
    assert for_a_person(course, "right") == ["reflection"]


def test_a_lesson_handed_in_as_it_is_scores_nothing_and_leaves_nothing_to_grade_by_hand(sample_class):
    course, _ = sample_class
    scores = course.scores("untouched", TINY)
    assert set(scores) == {"check_double", "check_quadruple", "reflection"}
    assert all((auto or 0) == 0 and not needed for auto, _, needed in scores.values())


def test_half_the_answers_have_half_the_marks_and_an_error_stops_only_its_own_exercise(sample_class):
    course, _ = sample_class
    assert automatic(course, "half") == {"check_double": 2.0, "check_quadruple": 0.0}


def test_a_check_that_gives_part_of_the_points_is_stored_as_such(sample_class):
    course, _ = sample_class
    assert automatic(course, "partial")["check_double"] == 1.0


def test_copied_cells_cost_nothing_and_are_named(sample_class):
    course, done = sample_class
    assert automatic(course, "copied") == FULL
    for name in ("double", "check_double", "check_quadruple"):
        assert f"copied: The cell '{name}' was there 2 times; one of them is graded." in done.stderr


def test_deleted_cells_are_put_back_cost_nothing_and_are_named(sample_class):
    course, done = sample_class
    assert automatic(course, "deleted") == FULL
    assert for_a_person(course, "deleted") == ["reflection"]
    for name in ("setup", "check_double", "reflection_question"):
        assert f"deleted: The cell '{name}' was missing; it was put back as it was handed out." in done.stderr
    notes = [cell.source for cell in course.graded("deleted", TINY).cells if "Repaired before" in cell.source]
    assert len(notes) == 3


def test_a_file_that_is_no_notebook_is_named_and_the_others_are_graded(sample_class):
    course, done = sample_class
    assert done.returncode != 0
    assert f"There was an error processing assignment '{TINY}' for student 'broken'" in done.stderr
    assert automatic(course, "right") == FULL


def test_the_story_is_not_run(sample_class):
    course, _ = sample_class
    story = [cell for cell in course.graded("right", TINY).cells if "story" in cell.metadata.get("tags", [])]
    assert len(story) == 7  # one, and two for each prediction
    assert all(cell.source.startswith("# Story: not run in grading.") for cell in story)
    assert all(cell.outputs == [] for cell in story)


def test_the_rubric_is_there_for_the_person_who_grades(sample_class):
    course, _ = sample_class
    question = next(cell for cell in course.graded("right", TINY).cells if cell.id == "reflection_question")
    assert "1 point: not below zero." in question.source


def test_the_kernel_has_the_courses_hidden_seed(sample_class, handed_out):
    course, _ = sample_class
    seed = (course.root / ".hidden_seed").read_text(encoding="utf-8")
    asked = "import os\ndouble = lambda x: 2 * x\nprint(os.environ['INTERP_HIDDEN_SEED'])"
    notebook = nbformat.from_dict(handed_out)
    double = next(cell for cell in notebook.cells if cell.get("id") == "double")
    double.source, kept = asked, double.source
    course.submit("curious", TINY, notebook)
    double.source = kept
    assert course.nbgrader("autograde", TINY, "--student", "curious").returncode == 0
    printed = next(
        cell for cell in course.graded("curious", TINY).cells if cell.get("id") == "double"
    ).outputs
    assert printed[0].text.strip() == seed


def test_validate_passes_the_right_answers_and_names_the_checks_that_fail(sample_class):
    course, _ = sample_class
    # `validate` ends with exit code 0 in both cases; only its words tell them apart.
    assert "Success!" in course.nbgrader("validate", f"submitted/right/{TINY}/tiny.ipynb").stdout
    said = course.nbgrader("validate", f"submitted/untouched/{TINY}/tiny.ipynb").stdout
    assert "VALIDATION FAILED ON 3 CELL(S)" in said
    assert 'check("double", double)' in said and 'check("quadruple", quadruple)' in said


def test_feedback_is_a_page_a_student(sample_class):
    course, _ = sample_class
    done = course.nbgrader("generate_feedback", TINY)
    assert done.returncode == 0, done.stderr
    page = (course.root / "feedback" / "right" / TINY / "tiny.html").read_text(encoding="utf-8")
    assert "check_double" in page and "\\tag{7.1}" in page


def test_export_is_a_table_of_the_class(sample_class):
    course, _ = sample_class
    done = course.nbgrader("export", "--to", "grades.csv")
    assert done.returncode == 0, done.stderr
    with (course.root / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert float(rows["right"]["raw_score"]) == 4.0
    assert float(rows["right"]["max_score"]) == 5.0
    assert float(rows["untouched"]["raw_score"]) == 0.0


def test_formgrader_starts_and_lists_the_lesson(sample_class, tmp_path):
    course, _ = sample_class
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyter", "server", "--no-browser", "--ip=127.0.0.1", f"--port={port}",
         "--allow-root", "--IdentityProvider.token=secret", "--ServerApp.port_retries=0",
         "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}"],
        cwd=course.root, stdout=subprocess.DEVNULL, stderr=(tmp_path / "log").open("w", encoding="utf-8"),
        env={**os.environ, "JUPYTER_RUNTIME_DIR": str(tmp_path)},
    )  # fmt: skip
    try:
        listed = json.loads(fetched(port, "formgrader/api/assignments", server))
        assert [one["name"] for one in listed] == [TINY]
        assert listed[0]["status"] == "released" or listed[0]["num_submissions"] >= 6
        assert "formgrader" in fetched(port, "formgrader", server).lower()
    except AssertionError:
        print((tmp_path / "log").read_text(encoding="utf-8")[-3000:])
        raise
    finally:
        server.terminate()
        server.wait(timeout=30)


def fetched(port, path, server):
    """The page, once the server answers; at most a minute."""
    for _ in range(120):
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}?token=secret") as page:
                return page.read().decode("utf-8")
        except urllib.error.HTTPError as error:
            pytest.fail(f"formgrader answered {error.code}")
        except urllib.error.URLError:
            time.sleep(0.5)
    pytest.fail("the server did not answer in a minute")
