"""What a lesson must keep so that grading can skip its story: read off the text, nothing is run."""

from __future__ import annotations

import builtins
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from nbformat import NotebookNode

from interp_ref.authoring.building import read_text
from interp_ref.authoring.cells import grade_id, is_graded, kind, marks
from interp_ref.authoring.lessons import Lesson, find_lesson
from interp_ref.authoring.lowering import lower_notebook
from interp_ref.authoring.names import Names, foreign_imports, imported, names_of
from interp_ref.authoring.predictions import prediction_faults
from interp_ref.errors import UserError
from interp_ref.predicting import Prediction, predictions_of

CHECK_CALL = 'check("{0}", {0})'
PICTURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\((?P<path>[^)\s]+)[^)]*\)")


def lint(
    lesson: str | Lesson,
    root: Path | None = None,
    declared: dict[str, float] | None = None,
    predictions: Mapping[str, Prediction] | None = None,
) -> list[str]:
    """The faults of a lesson, a sentence each; empty if there are none.

    `declared`: points by exercise; by default what interp_ref.exercises declares for the lesson.
    `predictions`: predictions by id; by default what interp_ref.predicting declares for it.
    """
    lesson = find_lesson(lesson, root)
    try:
        notebook = read_text(lesson)
        cells = notebook.cells
        points = declared_points(lesson) if declared is None else declared
        asked = predictions_of(lesson.name) if predictions is None else predictions
        faults = [*_marks(cells), *_code(cells), *_exercises(cells, points), *_reflection(cells)]
        faults += prediction_faults(cells, asked)
        lower_notebook(notebook, lesson.number, lesson.root)
    except UserError as error:
        return [str(error)]
    return [*faults, *_pictures(cells, lesson.folder)]


def declared_points(lesson: Lesson) -> dict[str, float]:
    """Points by exercise, as interp_ref.exercises declares them."""
    from interp_ref.exercises import exercises_of

    return {exercise.name: exercise.points for exercise in exercises_of(lesson.name).values()}


def _marks(cells) -> Iterator[str]:
    names = Counter(name for cell in cells if (name := grade_id(cell)))
    yield from (
        f"The grade id {name!r} is there {n} times: use it once." for name, n in names.items() if n > 1
    )
    for cell in cells:
        if kind(cell) == "unmarked":
            yield f"The code cell {cell.id!r} is of no kind: mark it as set-up, exercise, check or story."
        if marks(cell) and marks(cell).get("schema_version") != 3:
            yield f"The cell {cell.id!r} needs schema_version: 3 in its nbgrader metadata."
        if kind(cell) == "setup" and not marks(cell).get("locked"):
            yield f"The set-up cell {cell.id!r} must be locked with a grade id, so that it can be restored."


def _code(cells) -> Iterator[str]:
    """Imports and names of the cells that grading runs."""
    bound, by_story = set(dir(builtins)) | {"__name__"}, set()
    for cell in (cell for cell in cells if cell.cell_type == "code"):
        names = names_of(cell)
        if kind(cell) == "story":
            by_story |= names.bound
            continue
        if is_graded(cell):
            yield from _imports(cell)
            yield from _unknown_names(cell, names, bound, by_story)
            bound |= names.bound


def _imports(cell: NotebookNode) -> Iterator[str]:
    if foreign := foreign_imports(cell):
        yield (
            f"The {kind(cell)} cell {cell.id!r} imports {', '.join(foreign)}: "
            "only check and the scientific stack are there when grading."
        )
    if kind(cell) == "check" and imported(cell):
        yield f"The check cell {cell.id!r} imports something: import it in the set-up cell."
    if kind(cell) == "exercise" and {"tensorflow", "keras"} & imported(cell):
        yield f"The exercise cell {cell.id!r} imports TensorFlow: import it in the set-up cell."


def _unknown_names(cell: NotebookNode, names: Names, bound: set[str], by_story: set[str]) -> Iterator[str]:
    for name in sorted(names.used - bound - names.bound):
        maker = "only a story cell makes" if name in by_story else "no set-up or exercise cell makes"
        yield f"The {kind(cell)} cell {cell.id!r} uses {name}, which {maker}."


def _exercises(cells, points: dict[str, float]) -> Iterator[str]:
    found = {grade_id(cell): cell for cell in cells if grade_id(cell)}
    written = {grade_id(cell) for cell in cells if kind(cell) == "exercise"}
    yield from (
        f"The exercise {name!r} is declared but not in the lesson." for name in points if name not in written
    )
    for name in sorted(written - set(points)):
        yield f"The exercise {name!r} is in the lesson but not declared."
    for name in sorted(written & set(points)):
        cell = found.get(f"check_{name}")
        if cell is None or kind(cell) != "check":
            yield f"The exercise {name!r} has no check cell with the grade id 'check_{name}'."
        elif cell.source.strip().splitlines()[-1] != CHECK_CALL.format(name):
            yield f"The check cell of {name!r} must end with {CHECK_CALL.format(name)}."
        elif marks(cell).get("points") != points[name]:
            got = marks(cell).get("points")
            yield f"The exercise {name!r} declares {points[name]} points, its check cell {got}."
        if "### BEGIN SOLUTION" not in found[name].source:
            yield f"The exercise {name!r} has no ### BEGIN SOLUTION: its signature would be cut out too."


def _reflection(cells) -> Iterator[str]:
    answers = [cell for cell in cells if kind(cell) == "answer"]
    if len(answers) != 1:
        yield f"A lesson has one reflection that a person grades, this one has {len(answers)}."
    if not any("BEGIN MARK SCHEME" in cell.source for cell in cells if kind(cell) == "locked text"):
        yield "No locked question cell holds a mark scheme (=== BEGIN MARK SCHEME ===)."


def _pictures(cells, folder: Path) -> Iterator[str]:
    for cell in (cell for cell in cells if cell.cell_type == "markdown"):
        for picture in PICTURE.finditer(cell.source):
            if not picture["alt"].strip():
                yield f"The picture {picture['path']} has no alt text: say what a reader should see in it."
            if (
                not re.match(r"(https?|attachment):", picture["path"])
                and not (folder / picture["path"]).is_file()
            ):
                yield f"The picture {picture['path']} is not there: put it beside the lesson's text."
        if re.search(r"<img(?![^>]*\balt=\"[^\"]+\")", cell.source):
            yield f"The cell {cell.id!r} has an <img> without alt text: say what a reader should see in it."
