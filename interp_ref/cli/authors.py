"""Commands for those who write or maintain the course."""

from __future__ import annotations

from pathlib import Path

import typer

PANEL = "For authors and maintainers"
bench = typer.Typer(help="Measure: what the suite is too short for.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds this module's commands to the command line."""
    app.command(rich_help_panel=PANEL)(build)
    # Whatever follows `interp test` is pytest's.
    passed_on = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command(rich_help_panel=PANEL, context_settings=passed_on)(test)
    for command in (lint, book, explorables, bank, train_head, train_suspects, cards, resolve, lock):
        app.command(rich_help_panel=PANEL)(command)
    app.add_typer(bench, name="bench", rich_help_panel=PANEL)


def build(
    lessons: list[str] = typer.Argument(None, help="Lessons such as 02_cam; all of them when none is given."),
    force: bool = typer.Option(False, help="Also where a notebook was edited later than its text."),
) -> None:
    """Make notebooks, released lessons and README's map of lessons from the lesson texts."""
    from interp_ref import authoring
    from interp_ref.upkeep.readme import update_readme

    made = authoring.build(lessons or None, force=force) + authoring.release(lessons or None)
    for path in made:
        typer.echo(f"made {path.relative_to(authoring.course_root())}")
    if update_readme():
        typer.echo("made README.md's map of lessons and alt texts")


def test(context: typer.Context) -> None:
    """Run the test suite, or the files named; every option of pytest works."""
    from interp_ref.upkeep.suite import run_suite

    raise typer.Exit(run_suite(context.args))


def lint() -> None:
    """Check style, format and spelling."""
    from interp_ref.upkeep.suite import run_linters

    raise typer.Exit(run_linters())


def book(
    data: str = typer.Option(
        None,
        help="sketch, cats_vs_dogs or a folder of photos; INTERP_DATA, else sketch, where it is not given.",
    ),
    out: Path = typer.Option(Path("build/book"), help="The folder of the pages."),
    lesson: list[str] = typer.Option(None, help="Only this lesson; may be given more than once."),
    run: bool = typer.Option(True, help="Run the lessons; without it pages have no outputs."),
) -> None:
    """Make the book: every lesson as a page of a web site that works without a network."""
    from interp_ref.quiet import load_tensorflow

    load_tensorflow()
    from interp_ref.book.building import build_book

    page = build_book(out, data=data, run=run, lessons=lesson)
    typer.echo(f"made {page}: open it in a browser, or serve it with `python -m http.server -d {out}`")


def explorables(
    names: list[str] = typer.Argument(None, help="Such as build_a_cam; all of them when none is given."),
) -> None:
    """Compute the data of the book's explorables again, on VGG16; about 5 minutes on two cores."""
    from interp_ref.quiet import load_tensorflow

    load_tensorflow()
    from interp_ref.explorables.making import make_explorables

    for path in make_explorables(names or None):
        typer.echo(f"made {path} ({path.stat().st_size / 1000:,.0f} kB)")


def bank(
    exercises: list[str] = typer.Argument(None, help="Exercises by name; all of them when none is given."),
    seeds: int = typer.Option(1, help="How many hidden seeds to try right and wrong answers on, up to 20."),
) -> None:
    """Print what the checks know of wrong answers, and that they reject nobody who is right."""
    from interp_ref.bank.report import report

    raise typer.Exit(report(exercises or None, seeds))


@bench.command("checks")
def bench_checks() -> None:
    """Time the check of every exercise and print the table."""
    from interp_ref.checking.bench import bench_checks as measure

    raise typer.Exit(measure())


@bench.command("methods")
def bench_methods(
    batch: list[int] = typer.Option([1, 8, 32], help="A batch size; may be given more than once."),
    rounds: int = typer.Option(5, help="How often everything is measured, interleaved."),
    only: list[str] = typer.Option(None, help="Only this package, such as 'this course'."),
    out: Path = typer.Option(None, help="A folder for the table and a plot."),
) -> None:
    """Time CAM, Grad-CAM and saliency beside other packages, in forward passes, and print the table.

    The three batch sizes take about an hour on two cores; Ctrl-C prints what has been measured so far.
    """
    from interp_ref.quiet import load_tensorflow

    load_tensorflow()
    from interp_ref.benching.report import bench_methods as measure

    raise typer.Exit(measure(batch, rounds, only or [], out))


@bench.command("grade")
def bench_grade(
    count: int = typer.Option(40, help="How many submissions `interp grade` gets."),
    stock_count: int = typer.Option(6, help="How many stock nbgrader gets; it takes 8 s for each."),
    jobs: int = typer.Option(2, "--jobs", "-j", min=1, help="Processes of `interp grade`."),
) -> None:
    """Grade copies of the sample class with `interp grade` and with stock nbgrader; print the ratio."""
    from interp_ref.grading.bench import bench_grade as measure

    raise typer.Exit(measure(count, stock_count, jobs))


@bench.command("class")
def bench_class(
    count: int = typer.Option(1000, help="How many students there are."),
    jobs: int = typer.Option(2, "--jobs", "-j", min=1, help="Processes of `interp grade`."),
) -> None:
    """Grade a large class in the first lesson; print what each quarter of it took, and the memory."""
    from interp_ref.grading.bench import bench_class as measure

    raise typer.Exit(measure(count, jobs))


@bench.command("lessons")
def bench_lessons(
    lessons: list[str] = typer.Argument(None, help="Lessons such as 02_cam; all of them when none is given."),
) -> None:
    """Run the solution notebooks from top to bottom and print seconds and peak memory."""
    from interp_ref.authoring.bench import bench_lessons as measure

    raise typer.Exit(measure(lessons or None))


@bench.command("explorables")
def bench_explorables(
    book: Path = typer.Argument(Path("build/book"), help="The folder of a book that was built."),
    out: Path = typer.Option(None, help="A folder for pictures of the pages."),
) -> None:
    """Count the redraws a second of the book's explorables in Chromium, and take pictures of them."""
    from interp_ref.book.redraws import bench_explorables as measure

    raise typer.Exit(measure(book, out))


@bench.command("pages")
def bench_pages(
    book: Path = typer.Argument(Path("build/book"), help="The folder of a book that was built."),
) -> None:
    """Print what each page of the book weighs, and how soon it can be used in Chromium."""
    from interp_ref.book.bench import bench_pages as measure

    raise typer.Exit(measure(book))


@bench.command("mutants")
def bench_mutants(
    exercises: list[str] = typer.Argument(None, help="Such as grad_cam; all of them when none is given."),
) -> None:
    """Run small changes of the references as answers: does a check notice each of them?"""
    from interp_ref.bank.mutants import bench_mutants as measure

    raise typer.Exit(measure(exercises or None))


def train_head(
    data: str = typer.Argument("sketch", help="sketch, cats_vs_dogs or a folder of photos."),
    out: Path = typer.Option(None, help="The folder to write into; the package's own heads/ when not given."),
    seed: int = typer.Option(0, help="The seed of every draw."),
) -> None:
    """Train one of the heads that ship with the course, and write its card."""
    from interp_ref.quiet import load_tensorflow

    load_tensorflow()
    from interp_ref.models.training import make_head

    make_head(data, out=out, seed=seed)


def train_suspects(
    numbers: list[int] = typer.Argument(None, help="Networks by number; all of them when none is given."),
    out: Path = typer.Option(None, help="The folder to write into; the package's own when not given."),
) -> None:
    """Train the small networks of lesson 8, one of which every student gets, and write their cards."""
    from interp_ref.quiet import load_tensorflow

    load_tensorflow()
    from interp_ref.models.suspect_training import make_suspects

    for one in make_suspects(numbers or None, out):
        typer.echo(
            f"{one['number']:02d} {one['name']:9} by group {one['accuracy']}, worst group with a new head: "
            f"{one['baseline']:.2f} from the pictures as they are, {one['repaired']:.2f} from both of each"
        )


def cards(
    out: Path = typer.Option(Path("images"), help="The folder to write into."),
) -> None:
    """Take pictures of three cards, right, recognised and unrecognised, with Chromium."""
    from interp_ref.quiet import load_tensorflow

    load_tensorflow()
    from interp_ref.figures.cards import make_cards

    for path in make_cards(out):
        typer.echo(f"made {path}")


def resolve(
    platform: list[str] = typer.Option(None, help="linux, macos or windows; all three when not given."),
    python: list[str] = typer.Option(None, help="3.11, 3.12 or 3.13; all three when not given."),
    newest: bool = typer.Option(False, help="The newest versions the ranges admit, not the tested set."),
) -> None:
    """Ask pip, without installing, whether the requirements can be installed on other systems."""
    from interp_ref.upkeep.resolving import resolve_all

    raise typer.Exit(resolve_all(platform, python, newest=newest))


def lock(
    python: list[str] = typer.Option(None, help="3.11, 3.12 or 3.13; all three when not given."),
) -> None:
    """Make the constraints files again, from a fresh environment for each Python."""
    from interp_ref.upkeep.locking import lock_all

    lock_all(python)
