"""Where the predictions are declared: one file a lesson, found by id here.

No TensorFlow here: `predict` answers at once.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib import import_module

from interp_ref.errors import UserError
from interp_ref.exercises import LESSONS, find_lesson
from interp_ref.predicting.asking import happened, predict
from interp_ref.predicting.prediction import Prediction

__all__ = ["Prediction", "all_predictions", "happened", "predict", "prediction", "predictions_of"]


@cache
def predictions_of(lesson: str) -> dict[str, Prediction]:
    """A lesson's predictions by id, in the lesson's order. Raises UserError for an unknown lesson."""
    lesson = find_lesson(lesson)
    declared = import_module(f"interp_ref.predicting.{LESSONS[lesson]}").PREDICTIONS
    return {one.id: one for one in declared}


def all_predictions() -> dict[str, Prediction]:
    """Every prediction of the course by id, in the course's order."""
    return {name: one for lesson in LESSONS for name, one in predictions_of(lesson).items()}


def prediction(name: str) -> Prediction:
    """The prediction of that id. Raises UserError, with the close match, where there is none."""
    known = all_predictions()
    if name not in known:
        close = get_close_matches(str(name), known, n=1)
        mend = f"did you mean {close[0]!r}?" if close else "the id stands in the cell as it was handed out."
        raise UserError(f"There is no prediction {name!r}: {mend}")
    return known[name]
