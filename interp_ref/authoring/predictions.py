"""Predictions in a notebook: the call that holds a letter, the letter taken out, and the rules they keep."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from nbformat import NotebookNode

from interp_ref.authoring.cells import PREDICTION, STORY, kind, tags
from interp_ref.authoring.myst import Directive, walk
from interp_ref.predicting.prediction import Prediction

AT_LEAST = 3
PREDICT = re.compile(
    r"""\bpredict\(\s*(?P<quote>["'])(?P<id>[\w-]+)(?P=quote)\s*,\s*(?:answer\s*=\s*)?(?P<mark>["'])"""
    r"""(?P<letter>[^"'\n]*)(?P=mark)\s*,?\s*\)"""
)
HAPPENED = re.compile(r"""\bhappened\(\s*(["'])(?P<id>[\w-]+)\1\s*\)""")
STEPS = ("question", "predict", "happened")


def blank(source: str) -> str:
    """A code cell's source with a question mark for the letter of each predict call."""
    return PREDICT.sub(lambda call: f'predict("{call["id"]}", "?")', source)


def predicted(cell: NotebookNode) -> str | None:
    """The id in a prediction cell into which a letter was put; None for any other cell."""
    call = PREDICT.search(cell.source) if PREDICTION in tags(cell) else None
    return call["id"] if call and call["letter"].strip() not in ("", "?") else None


def asked(cell: NotebookNode) -> str | None:
    """The id in a prediction cell, with or without a letter; None for any other cell."""
    call = PREDICT.search(cell.source) if PREDICTION in tags(cell) else None
    return call["id"] if call else None


def prediction_faults(cells, declared: Mapping[str, Prediction]) -> Iterator[str]:
    """What a lesson's predictions miss, a sentence each: question, letter, result, once and in this order."""
    if len(declared) < AT_LEAST:
        yield f"The lesson has {len(declared)} predictions, at least {AT_LEAST} are asked for: declare more."
    steps = list(_steps(cells))
    for name in dict.fromkeys(name for _, name in steps):
        if name not in declared:
            yield f"The prediction {name!r} is in the lesson but not declared for it (interp_ref/predicting)."
    for name, one in declared.items():
        found = [step for step, of in steps if of == name]
        if not found:
            yield f"The prediction {name!r} is declared but not in the lesson."
        elif tuple(found) != STEPS:
            yield (
                f"The prediction {name!r} needs its question, one predict cell and one happened call, "
                f"in this order; the lesson has {', '.join(found)}."
            )
        else:
            yield from _cell_faults(cells, one)


def _steps(cells) -> Iterator[tuple[str, str]]:
    """(step, id) of all predictions in the order of reading."""
    for cell in cells:
        if cell.cell_type == "markdown":
            directives = [block for block in walk(cell.source) if isinstance(block, Directive)]
            yield from (("question", block.argument) for block in directives if block.name == "predict")
        elif cell.cell_type == "code":
            calls = [*PREDICT.finditer(cell.source), *HAPPENED.finditer(cell.source)]
            for call in sorted(calls, key=lambda call: call.start()):
                yield ("predict" if call.re is PREDICT else "happened"), call["id"]


def _cell_faults(cells, one: Prediction) -> Iterator[str]:
    call = f'predict("{one.id}", "{one.right}")'
    code = [cell for cell in cells if cell.cell_type == "code"]
    holder = next(cell for cell in code if one.id in {m["id"] for m in PREDICT.finditer(cell.source)})
    if holder.source.strip() != call:
        yield f"The cell of the prediction {one.id!r} must be the one line {call}, its right letter."
    if not {STORY, PREDICTION} <= set(tags(holder)):
        yield f"The cell of the prediction {one.id!r} must be tagged [story, prediction]."
    result = next(cell for cell in code if one.id in {m["id"] for m in HAPPENED.finditer(cell.source)})
    if kind(result) != STORY or result.source.strip().splitlines()[-1] != f'happened("{one.id}")':
        yield f'The result of {one.id!r} must be a story cell that ends with happened("{one.id}").'
