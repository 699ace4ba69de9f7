"""`interp bench mutants`: does a check notice every small change of a right answer?"""

from __future__ import annotations

from collections import Counter

from interp_ref.bank.operators import operators
from interp_ref.quiet import load_tensorflow

LEFT_OUT = {
    "not run": "no challenge runs them",
    "one way": "in tests that come out the same on every challenge, such as those for bad input",
    "no other program": "no Python, or the same program",
}


def bench_mutants(names: list[str] | None = None) -> int:
    """Tries the mutants of the exercises named, all when none is, and prints the table.

    Returns 1 where a mutant survives or a proof has no mutant any more, else 0. Raises UserError for an
    unknown exercise, or without cosmic-ray.
    """
    operators()
    load_tensorflow()
    from rich.console import Console
    from rich.progress import track

    from interp_ref.bank.trial import try_mutants
    from interp_ref.exercises import compared_exercises, exercise

    chosen = [exercise(name) for name in names] if names else list(compared_exercises().values())
    console = Console()
    trials = [try_mutants(one) for one in track(chosen, "Trying mutants", console=console, transient=True)]
    console.print(_table(trials))
    for sentence in [*totals(trials), *complaints(trials)]:
        console.print(sentence, markup=False, highlight=False)
    return 1 if any(one.surviving or one.stale for one in trials) else 0


def _table(trials):
    from rich.box import SIMPLE_HEAD
    from rich.table import Column, Table

    headings = ("mutants", "killed", "equivalent", "surviving", "seconds")
    table = Table(
        Column("exercise", no_wrap=True),
        *(Column(one, justify="right") for one in headings),
        title="Mutants of the references, each run as a student's answer",
        box=SIMPLE_HEAD,  # the words of the heading fit into 80 columns
    )
    for one in trials:
        counts = (one.tried, one.killed.total(), len(one.equivalent), len(one.surviving))
        table.add_row(one.exercise, *map(str, counts), f"{one.seconds:.1f}")
    return table


def totals(trials) -> list[str]:
    """The sums over the exercises, in two sentences."""
    killed = sum((one.killed for one in trials), Counter())
    left_out = sum((one.left_out for one in trials), Counter())
    kinds = ", ".join(f"{count} by {kind}" for kind, count in killed.most_common())
    reasons = "; ".join(f"{left_out[reason]} {words}" for reason, words in LEFT_OUT.items())
    return [
        f"{sum(one.tried for one in trials)} mutants: {killed.total()} killed ({kinds}), "
        f"{sum(len(one.equivalent) for one in trials)} equivalent, "
        f"{sum(len(one.surviving) for one in trials)} surviving; "
        f"{sum(one.seconds for one in trials):.0f} s.",
        f"Changes in the same functions that were not tried: {reasons}.",
    ]


def complaints(trials) -> list[str]:
    """What is to be mended: a sentence for each survivor and for each proof without a mutant."""
    survivors = [
        f"{trial.exercise}: a mutant earns full points: {one.key} (was: {one.before}): make a challenge "
        "tell the two apart, or prove in interp_ref/bank/equivalent.py that they are the same."
        for trial in trials
        for one in trial.surviving
    ]
    stale = [
        f"{trial.exercise}: no mutant earns full points as {key}: take its proof out of "
        "interp_ref/bank/equivalent.py."
        for trial in trials
        for key in trial.stale
    ]
    return survivors + stale
