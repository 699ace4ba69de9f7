"""`interp bank`: per exercise what is known of wrong and right answers, and one line of totals."""

from __future__ import annotations

import math

from interp_ref.bank.measuring import HIDDEN_SEEDS, Figures, measure
from interp_ref.bank.right_answers import FOLDER
from interp_ref.checking.bench import measure as seconds
from interp_ref.checking.bench import unrecognised
from interp_ref.errors import UserError
from interp_ref.exercises import compared_exercises, exercise
from interp_ref.quiet import load_tensorflow

COLUMNS = ("exercise", "wrong", "killed", "named", "apart", "pairs", "right", "check")
LEGEND = """wrong: misconceptions; killed: those losing points on visible and on hidden challenges;
named: those recognised from their numbers alone. apart: smallest difference between any two, in tolerances.
pairs: two mistakes at once that are named exactly, of those of which neither hides the other (+ the others).
right: right answers that are accepted. check: seconds for a right and for an unrecognised answer."""


def report(names: list[str] | None = None, seeds: int = 1) -> int:
    """Prints the table; returns 1 where a figure falls short of what an exercise must reach, else 0."""
    load_tensorflow()
    from rich import box
    from rich.console import Console
    from rich.progress import track
    from rich.table import Column, Table

    if not FOLDER.is_dir():
        raise UserError(f"The bank of right answers is not at {FOLDER}: run this in a clone of the course.")
    if not 1 <= seeds <= len(HIDDEN_SEEDS):
        raise UserError(f"Expected 1 to {len(HIDDEN_SEEDS)} seeds, got {seeds}.")
    asked = [exercise(name) for name in names] if names else list(compared_exercises().values())
    console, found = Console(), []
    columns = (
        Column(name, no_wrap=True, justify="left" if not n else "right") for n, name in enumerate(COLUMNS)
    )
    table = Table(
        *columns, title="The bank", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False
    )
    for one in track(asked, "Measuring", console=console, transient=True):
        found.append(measure(one, HIDDEN_SEEDS[:seeds]))
        table.add_row(*_row(found[-1], _cost(one)))
    console.print(table)
    console.print(" ".join(LEGEND.split()), highlight=False)
    faults = [fault for figures in found for fault in shortcomings(figures)]
    console.print(*faults, sep="\n", style="red", highlight=False)
    console.print(totals(found, seeds), style="bold", highlight=False, soft_wrap=True)
    return 1 if faults else 0


def _cost(one) -> tuple[float, float]:
    return seconds(one, one.reference, 1)[1], seconds(one, unrecognised(one), 1)[1]


def _row(one: Figures, cost) -> tuple[str, ...]:
    wrong = one.misconceptions
    return (
        one.exercise,
        str(wrong),
        f"{one.killed_visible} {one.killed_hidden}",
        str(one.named),
        "∞" if math.isinf(one.separation) else f"{one.separation:.0f}",
        f"{one.pairs.exact}/{one.pairs.total - one.pairs.masked}+{one.pairs.masked}",
        str(one.right) if not one.rejected else f"{one.right - len(one.rejected)}/{one.right}",
        " ".join(f"{s:.1f}" for s in cost),
    )


def shortcomings(one: Figures) -> list[str]:
    """What an author must mend: in sentences, empty where all is well."""
    faults = [f"{answer} is right and was not accepted as such." for answer in one.rejected]
    for where, killed in (("visible", one.killed_visible), ("hidden", one.killed_hidden)):
        if killed < one.misconceptions:
            lost = one.misconceptions - killed
            faults.append(f"{one.exercise}: {lost} misconceptions pass on {where} challenges.")
    if one.named < one.misconceptions:
        lost = one.misconceptions - one.named
        faults.append(f"{one.exercise}: {lost} misconceptions are not named, or not alone.")
    if one.separation <= 1:
        a, b = one.closest
        faults.append(f"{one.exercise}: {a} and {b} give the same numbers, which is not declared as a tie.")
    return faults


def totals(found: list[Figures], seeds: int) -> str:
    """One line over all exercises."""

    def total(name: str) -> int:
        return sum(getattr(figures, name) for figures in found)

    wrong, rejected = total("misconceptions"), sum(len(f.rejected) for f in found)
    exact, masked, pairs = (sum(getattr(f.pairs, k) for f in found) for k in ("exact", "masked", "total"))
    ties = sum(len(figures.ties) for figures in found)
    return (
        f"{len(found)} exercises; {wrong} misconceptions, {total('killed_visible')} killed on visible, "
        f"{total('killed_hidden')} on hidden challenges, {total('named')} named; "
        f"{ties} ties; of {pairs} pairs {exact / max(pairs, 1):.1%} named and "
        f"{masked / max(pairs, 1):.1%} with one mistake hiding the other; "
        f"{rejected} of {total('right')} right answers rejected in {seeds + 1} seeds."
    )
