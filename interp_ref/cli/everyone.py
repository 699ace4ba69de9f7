"""Commands for everyone: a first look, and whether this machine is ready."""

from __future__ import annotations

from pathlib import Path

import typer

from interp_ref.cli.edition import is_whole

PANEL = "For everyone"


def register(app: typer.Typer) -> None:
    """Adds this module's commands to the command line."""
    for command in (demo, doctor, weights, cache, figures) if is_whole() else (doctor, weights, cache):
        app.command(rich_help_panel=PANEL)(command)


def demo(
    place: Path = typer.Option(Path("demo"), help="The folder for pictures, class and feedback pages."),
) -> None:
    """Explain pictures with all three methods, release the lessons and grade a sample class."""
    from interp_ref.grading.demo import run_demo

    raise typer.Exit(run_demo(place) or 0)


def doctor() -> None:
    """Say what on this machine is ready, and the mend for what is not."""
    from interp_ref.upkeep.doctor import examine
    from interp_ref.upkeep.report import show

    raise typer.Exit(show(examine()))


def weights() -> None:
    """Say where VGG16's weights come from and lie, their digest, licence and credit."""
    from interp_ref.models.weights import report

    said = report()
    width = max(map(len, said))
    for name, value in said.items():
        typer.echo(f"{name:<{width}}  {value}")


def cache(
    clear: bool = typer.Option(False, "--clear", help="Delete what can be made again; the weights stay."),
) -> None:
    """Say where features are kept and how large they are, or delete them."""
    from interp_ref.models import feature_cache

    files, size = feature_cache.cache_size()
    place = feature_cache.features_folder()
    if clear:
        feature_cache.clear_cache()
    done = "deleted from" if clear else "kept in"
    typer.echo(f"Features of {files} pictures, {size / 1e6:.0f} MB, {done} {place}.")


def figures(
    data: str = typer.Option(
        None,
        help="sketch, cats_vs_dogs or a folder of photos; INTERP_DATA, else sketch, where it is not given.",
    ),
    out: Path = typer.Option(Path("images"), help="The folder to write into."),
) -> None:
    """Make every figure of the course, on the sketches or on your own photos."""
    from interp_ref.quiet import load_tensorflow

    load_tensorflow()
    from interp_ref.figures import make_figures

    make_figures(data=data, out=out)
