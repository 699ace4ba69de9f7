"""The trust table: means with intervals, and the paired difference to the best baseline without a class."""

from __future__ import annotations

import csv
import io
import textwrap
from dataclasses import dataclass

import numpy as np

from interp_ref.comparing.scoring import BASELINES, Scores
from interp_ref.explaining.catalogue import CATALOGUE
from interp_ref.methods.bootstrap import Interval, bootstrap_interval, paired_difference

TITLES = {method.name: method.title for method in (*CATALOGUE.values(), *BASELINES)}
CLASS_FREE = tuple(method.name for method in BASELINES)
MEASURES = ("hits", "energy")


@dataclass(frozen=True)
class Cell:
    """A measure of one method: its mean, and the mean difference to the best baseline, None for that one."""

    own: Interval
    ahead: Interval | None


@dataclass(frozen=True)
class Table:
    """The cells by method and measure, the best baseline of each measure, and what is measured, in words."""

    cells: dict[str, dict[str, Cell]]
    best: dict[str, str]
    caption: str


def make_table(scores: Scores, names: list[str], caption: str, seed: int) -> Table:
    """The table of the named methods, baselines first; seed: of the bootstrap."""
    rows = [*CLASS_FREE, *(name for name in names if name not in CLASS_FREE)]
    kept = {"hits": scores.hits, "energy": scores.energy}
    best = {measure: max(CLASS_FREE, key=lambda name: np.mean(kept[measure][name])) for measure in MEASURES}

    def cell(name: str, measure: str) -> Cell:
        own, rival = kept[measure][name], kept[measure][best[measure]]
        ahead = None if name == best[measure] else paired_difference(own, rival, seed)
        return Cell(bootstrap_interval(own, seed), ahead)

    return Table({name: {one: cell(name, one) for one in MEASURES} for name in rows}, best, caption)


def as_markdown(table: Table) -> str:
    """The table in Markdown, its caption first, with percentages and percentage points."""
    hits, energy = (TITLES[table.best[measure]] for measure in MEASURES)
    head = ("method", "hits, %", f"hits ahead of {hits}", "energy inside, %", f"energy ahead of {energy}")
    lines = [textwrap.fill(table.caption, 118), "", f"| {' | '.join(head)} |", "|---|---:|---:|---:|---:|"]
    for name, cells in table.cells.items():
        values = [text for one in MEASURES for text in (_mean(cells[one].own), _ahead(cells[one].ahead))]
        lines.append(f"| {' | '.join([_title(name), *values])} |")
    return "\n".join(lines)


def as_csv(table: Table) -> str:
    """The table with plain numbers, shares from 0 to 1, one row a method and measure."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    head = ["method", "knows_class", "measure", "mean", "low", "high"]
    writer.writerow([*head, "best_baseline", "ahead", "ahead_low", "ahead_high"])
    for name, cells in table.cells.items():
        for measure, cell in cells.items():
            ahead = _plain(cell.ahead) if cell.ahead else ["", "", ""]
            start = [name, "no" if name in CLASS_FREE else "yes", measure]
            writer.writerow([*start, *_plain(cell.own), table.best[measure], *ahead])
    return file.getvalue()


def _title(name: str) -> str:
    title = TITLES[name]
    return title if name not in CLASS_FREE or "no class" in title else f"{title}, no class"


def _plain(interval: Interval) -> list[str]:
    return [f"{value:.5f}" for value in (interval.mean, interval.low, interval.high)]


def _mean(one: Interval) -> str:
    return f"{100 * one.mean:.1f} [{100 * one.low:.1f}, {100 * one.high:.1f}]"


def _ahead(one: Interval | None) -> str:
    if one is None:
        return "–"
    return f"{100 * one.mean:+.1f} [{100 * one.low:+.1f}, {100 * one.high:+.1f}]".replace("-", "−")
