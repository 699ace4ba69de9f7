"""Shows one verdict: a card in a notebook, rich text in a terminal, plain text anywhere."""

from __future__ import annotations

import json
import math
from dataclasses import asdict

from interp_ref.checking.answer import Comparison, Result, Verdict
from interp_ref.checking.card import as_html
from interp_ref.checking.plain import as_failure, as_text

__all__ = [
    "MIME",
    "as_failure",
    "as_html",
    "as_rich",
    "as_text",
    "bundle",
    "show_verdict",
    "verdict_from_json",
]
MIME = "application/vnd.interp.verdict+json"


def show_verdict(verdict: Verdict) -> None:
    """Displays a verdict: a card where IPython runs, else plain text on stdout."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        get_ipython = _nowhere
    if get_ipython() is None:
        print(as_text(verdict))
        return
    display(bundle(verdict), raw=True)


def _nowhere():
    return None


def bundle(verdict: Verdict) -> dict:
    """The verdict as text, as a card and as data, for a notebook's output."""
    return {"text/plain": as_text(verdict), "text/html": as_html(verdict), MIME: _plain(asdict(verdict))}


def as_rich(verdict: Verdict):
    """The verdict as something that rich can print."""
    from interp_ref.checking.console import as_rich as rich_verdict

    return rich_verdict(verdict)


def _plain(value):
    """The value in JSON's own types, with null for what JSON has no number for."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def verdict_from_json(data: dict | str) -> Verdict:
    """The verdict that a card carries beside its picture."""
    data = dict(json.loads(data) if isinstance(data, str) else data)
    data["results"] = tuple(Result(**one) for one in data["results"])
    if data.get("comparison"):
        maps = {k: _rows(v) if isinstance(v, list | tuple) else v for k, v in data["comparison"].items()}
        data["comparison"] = Comparison(**maps)
    return Verdict(**{k: tuple(v) if isinstance(v, list) else v for k, v in data.items()})


def _rows(rows):
    return tuple(map(tuple, rows))
