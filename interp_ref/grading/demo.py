"""`make demo`: the whole thread once, on the embedded pictures, and what to do next."""

from __future__ import annotations

import time
from pathlib import Path

from interp_ref.errors import UserError
from interp_ref.exercises import LESSONS, exercise, exercises_of
from interp_ref.grading.course import REPOSITORY, Course
from interp_ref.grading.first_look import explain_pictures
from interp_ref.grading.sample_class import LESSON, STUDENTS, write_submissions
from interp_ref.quiet import load_tensorflow

PLACE = Path("demo")


def run_demo(place: Path = PLACE) -> int:
    """Weights, classifier, maps, release, a graded class, a table; returns the exit code 0."""
    from rich.console import Console

    load_tensorflow()
    console = Console()
    start = time.perf_counter()
    console.rule("1  VGG16 and three explanations")
    picture = explain_pictures(place / "pictures", console)
    console.print(f"Drew {picture}")
    console.rule("2  Lessons released, a class graded")
    course = Course(place / "course")
    students = release_and_hand_in(course, console)
    grade_sample(course, students, console)
    console.rule("3  Who got what, and why")
    console.print(class_table(course, students))
    console.print(legend(), highlight=False)
    console.print("\n", reasons_list(course, students))
    console.print(_next_steps(place, picture), highlight=False)
    console.print(f"Done in {time.perf_counter() - start:.0f} s.", style="dim")
    return 0


def release_and_hand_in(course: Course, console) -> list[str]:
    """Releases every lesson and hands in the sample class's notebooks; returns the students."""
    notebook = f"{LESSON.split('_', 1)[1]}.ipynb"
    with _bar(console) as progress:
        for lesson in progress.track(LESSONS, description="Releasing lessons"):
            course.step("generate_assignment", lesson)
    return write_submissions(
        course.root / "release" / LESSON / notebook,
        REPOSITORY / "solutions" / LESSON / notebook,
        course.root / "submitted",
    )


def grade_sample(course: Course, students: list[str], console) -> None:
    """Grades the class in a sandbox where there is one, else with stock nbgrader; says which."""
    from interp_ref.sandbox import check_engine

    try:
        engine = check_engine(None)
    except UserError as trouble:
        console.print(f"No sandbox here, so stock nbgrader grades in the students' own process. {trouble}")
        _each(course, students, "autograde", "Grading", console)
    else:
        console.print(f"Each notebook runs in a sandbox ({engine}); its answers are judged outside.")
        _grade_in_sandbox(course, engine, console)
    _each(course, students, "generate_feedback", "Writing feedback for", console)


def _grade_in_sandbox(course: Course, engine: str, console) -> None:
    from interp_ref.grading.batch import Wanted, grade_class
    from interp_ref.grading.gradebook import Book

    with Book(course.root, source=course.source) as book, _bar(console) as progress:
        task = progress.add_task("Grading", total=len(STUDENTS))

        def told(name, summary):
            progress.update(task, completed=summary.total, description=f"Graded {name}")

        grade_class(book, Wanted(lesson=LESSON, engine=engine, force=True), told)


def _each(course: Course, students: list[str], step: str, words: str, console) -> None:
    with _bar(console) as progress:
        task = progress.add_task(words, total=len(students))
        for student in students:
            progress.update(task, description=f"{words} {student}")
            course.step(step, LESSON, student)
            progress.advance(task)


def _bar(console):
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<42}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)


def class_table(course: Course, students: list[str]):
    """Students by exercises, numbered as in `legend`: the points in nbgrader's gradebook."""
    from rich.table import Table

    exercises = exercises_of(LESSON)
    table = Table(title=f"{LESSON}: points in nbgrader's gradebook")
    table.add_column("student", no_wrap=True)
    for number, one in enumerate(exercises.values(), start=1):
        table.add_column(f"[b]{number}[/]\n/{one.points:g}", justify="right")
    table.add_column(f"sum\n/{sum(e.points for e in exercises.values()):g}", justify="right", style="bold")
    for student in students:
        scores = course.scores(LESSON, student)
        points = [scores.get(f"check_{name}", 0) or 0 for name in exercises]
        table.add_row(student, *(f"{p:g}" for p in points), f"{sum(points):g}")
    return table


def legend() -> str:
    """The exercises by their number in the table."""
    return "   ".join(f"[b]{number}[/] {name}" for number, name in enumerate(exercises_of(LESSON), start=1))


def reasons_list(course: Course, students: list[str]):
    """For every student who lost points: where, and why."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    lines = []
    for student in students:
        found = reasons(course.verdicts(LESSON, student))
        lines.append(Text(student if found else f"{student}: all right", style="bold"))
        for reason, names in found.items():
            lines.append(Padding(Text.assemble((", ".join(names), "italic"), f": {reason}"), (0, 0, 0, 4)))
    return Group(*lines)


def reasons(verdicts) -> dict[str, list[str]]:
    """Why points are missing, or why an earlier mistake cost none, with the exercises it holds for."""
    found: dict[str, list[str]] = {}
    for verdict in verdicts.values():
        if not verdict.passed or verdict.given:
            found.setdefault(_reason(verdict), []).append(verdict.exercise)
    return found


def _reason(verdict) -> str:
    if verdict.passed:
        return verdict.summary
    known = {m.id: m.belief for m in exercise(verdict.exercise).misconceptions}
    beliefs = " ".join(known[one] for one in verdict.diagnosis if one in known)
    first = next((r for r in verdict.results if not r.passed), None)
    if beliefs:
        return f"Recognised ({', '.join(verdict.diagnosis)}): “{beliefs}”"
    if first is None:
        return verdict.summary
    return "Not written yet." if "not written yet" in first.problem else first.problem


def _next_steps(place: Path, picture: Path) -> str:
    return f"""
[bold]Look at[/]
  the pictures    {picture}
  the feedback    {place / "course" / "feedback"}/STUDENT/{LESSON}/*.html
  the gradebook   {place / "course" / "gradebook.db"} (the reflections wait for a person)

[bold]What next?[/] (first: . .venv/bin/activate)
  a student      make lessons          your own notebooks, in JupyterLab
                 interp check 02_cam   the checks of one lesson, from here
  an instructor  interp report --course {place / "course"}   this class on one page
                 interp grade --help                       your own class
  a reader       solutions/02_cam/cam.md   derivation, code and answers
"""
