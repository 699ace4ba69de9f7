"""What `interp bench methods` prints and writes: a Markdown table, what did not run, and a plot."""

from __future__ import annotations

import platform
from pathlib import Path

from interp_ref.benching.measuring import Row, measure
from interp_ref.benching.packages import PACKAGES
from interp_ref.errors import UserError

HEAD = (
    "| method | package | runs on | forward passes | spread | ms an image | first call [s] | peak [GB] |",
    "|---|---|---|---:|---:|---:|---:|---:|",
)


def bench_methods(batches: list[int], rounds: int, only: list[str], out: Path | None) -> int:
    """Measures, prints the table, and writes speed.md and speed.png into `out`; returns the exit code 0.

    Raises UserError for an unknown package and for a batch or a number of rounds below 1.
    """
    from interp_ref.benching.environment import bench_python

    unknown = sorted(set(only) - PACKAGES.keys())
    if unknown or min([rounds, *batches]) < 1:
        raise UserError(
            f"Expected packages of {', '.join(PACKAGES)}, and batches and rounds from 1 on, got "
            f"{', '.join(unknown) or [*batches, rounds]}: mend the options."
        )
    rows = measure(bench_python(), only or list(PACKAGES), sorted(set(batches)), rounds)
    text = markdown(rows, rounds)
    print(text)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / "speed.md").write_text(text + "\n", encoding="utf-8")
        plot(rows, out / "speed.png")
        print(f"\nWritten: {out / 'speed.md'} and {out / 'speed.png'}")
    return 0


def markdown(rows: list[Row], rounds: int) -> str:
    """The tables, one for each batch size, and the packages that did not run with their errors."""
    parts = [_preface(rounds)]
    for batch in sorted({row.batch for row in rows}):
        measured = [row for row in rows if row.batch == batch and row.ratios]
        parts += [f"\n## Batch of {batch}\n", *HEAD, *map(_line, sorted(measured, key=_order))]
    failed = dict.fromkeys(f"- {row.package}, {row.method}: {row.error}" for row in rows if row.error)
    return "\n".join([*parts, *(["\n## What did not run\n", *failed] if failed else [])])


def plot(rows: list[Row], path: Path) -> None:
    """Bars of forward passes and of milliseconds an image, for the batch size in the middle."""
    from matplotlib.figure import Figure

    sizes = sorted({row.batch for row in rows})
    batch = sizes[len(sizes) // 2]
    chosen = sorted((row for row in rows if row.batch == batch and row.ratios), key=_order)[::-1]
    figure = Figure(figsize=(10, 0.3 * len(chosen) + 1.5), layout="constrained")
    values = {
        "forward passes": [row.ratio for row in chosen],
        "ms an image": [1000 * row.per_image for row in chosen],
    }
    for ax, (title, numbers) in zip(figure.subplots(1, 2, sharey=True), values.items(), strict=True):
        ours = ["tab:orange" if row.package == "this course" else "tab:gray" for row in chosen]
        bars = ax.barh([f"{row.method}, {row.package}" for row in chosen], numbers, color=ours)
        ax.bar_label(bars, fmt="%.3g", padding=2)
        ax.set_xlabel(f"{title} (batch of {batch})")
        ax.margins(x=0.15)
    figure.savefig(path, dpi=120)


def _preface(rounds: int) -> str:
    import os

    import keras
    import tensorflow as tf

    return (
        "# How long the methods take\n\nVGG16 with global average pooling and two logits, 224 x 224, made by "
        f"`interp bench methods`: median, smallest and largest of {rounds} rounds. A forward pass is that of "
        "the same network in the same framework, compiled, measured just before and after each call. "
        f"TensorFlow {tf.__version__}, Keras {keras.__version__}, {platform.machine()}, "
        f"{os.cpu_count()} processors, Python {platform.python_version()}."
    )


def _order(row: Row) -> tuple:
    return not row.method.startswith("forward"), row.method, row.framework != "TensorFlow", row.ratio


def _line(row: Row) -> str:
    spread = f"{min(row.ratios):.2f} to {max(row.ratios):.2f}"
    return (
        f"| {row.method} | {row.package} | {row.framework} | {row.ratio:.2f} | {spread} | "
        f"{1000 * row.per_image:.0f} | {row.first:.2f} | {row.peak / 1e9:.2f} |"
    )
