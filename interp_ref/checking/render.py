"""One verdict, three ways to show it: a card in a notebook, rich text in a terminal, plain text anywhere."""

from __future__ import annotations

import json
from dataclasses import asdict
from html import escape

from interp_ref.checking.answer import Verdict

MIME = "application/vnd.interp.verdict+json"
SHOWN_PROBLEMS = 3


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
    display({"text/plain": as_text(verdict), "text/html": as_html(verdict), MIME: asdict(verdict)}, raw=True)


def _nowhere():
    return None


def verdict_from_json(data: dict | str) -> Verdict:
    """The verdict that a card carries beside its picture."""
    from interp_ref.checking.answer import Comparison, Result

    data = dict(json.loads(data) if isinstance(data, str) else data)
    data["results"] = tuple(Result(**one) for one in data["results"])
    if data.get("comparison"):
        maps = {k: _rows(v) if isinstance(v, list | tuple) else v for k, v in data["comparison"].items()}
        data["comparison"] = Comparison(**maps)
    return Verdict(**{k: tuple(v) if isinstance(v, list) else v for k, v in data.items()})


def _rows(rows):
    return tuple(map(tuple, rows))


def headline(verdict: Verdict) -> str:
    """Exercise and points in one line."""
    return f"{verdict.exercise}: {verdict.points:g} of {verdict.max_points:g} points"


def mark(verdict: Verdict) -> str:
    """A sign that needs no colour: right, partly right, not yet."""
    return "✔" if verdict.passed else "◐" if verdict.points else "✘"


def problems(verdict: Verdict) -> list[str]:
    """What is wrong, first failure first, each sentence once with the challenges that it came from."""
    by_sentence: dict[str, list[str]] = {}
    for result in verdict.results:
        if not result.passed and result.kind != "skipped":
            by_sentence.setdefault(result.problem, []).append(result.challenge)
    return [f"{_named(challenges)}: {sentence}" for sentence, challenges in by_sentence.items()]


def _named(challenges) -> str:
    more = f" and {len(challenges) - 1} more" if len(challenges) > 1 else ""
    return f"On “{challenges[0]}”{more}"


def as_text(verdict: Verdict) -> str:
    """The verdict in plain lines."""
    lines = [f"{mark(verdict)} {headline(verdict)}", verdict.summary]
    found = problems(verdict)
    lines += found[:SHOWN_PROBLEMS]
    if len(found) > SHOWN_PROBLEMS:
        lines.append(f"… and {len(found) - SHOWN_PROBLEMS} other differences.")
    passed = [r.challenge for r in verdict.results if r.passed]
    if passed and not verdict.passed:
        lines.append(f"Passed: {', '.join(passed)}.")
    if verdict.hint:
        lines.append(f"Hint: {verdict.hint}")
    if verdict.text:
        lines.append(f"Your function wrote: {verdict.text.strip()}")
    return "\n".join(lines)


def as_html(verdict: Verdict) -> str:
    """The verdict as a card that reads in light and dark themes and to a screen reader."""
    colour = "#1b7f5c" if verdict.passed else "#b36b00"
    parts = [
        f"<p style='margin:0 0 .4em'><strong>{mark(verdict)} {escape(headline(verdict))}</strong><br>"
        f"{escape(verdict.summary)}</p>"
    ]
    if verdict.hint:
        parts.append(f"<p style='margin:.4em 0'><strong>Hint.</strong> {escape(verdict.hint)}</p>")
    found = problems(verdict)
    if found:
        items = "".join(f"<li>{escape(one)}</li>" for one in found[:SHOWN_PROBLEMS])
        parts.append(f"<ul style='margin:.4em 0'>{items}</ul>")
    passed = [r.challenge for r in verdict.results if r.passed]
    if passed and not verdict.passed:
        parts.append(f"<p style='margin:.4em 0'>Passed: {escape(', '.join(passed))}.</p>")
    if verdict.text:
        parts.append(
            "<details><summary>What your function wrote</summary>"
            f"<pre style='white-space:pre-wrap'>{escape(verdict.text)}</pre></details>"
        )
    return (
        f"<section role='status' aria-label='{escape(headline(verdict))}' "
        f"style='border-left:.4em solid {colour};padding:.5em 1em;margin:.5em 0'>{''.join(parts)}</section>"
    )


def as_rich(verdict: Verdict):
    """The verdict as a rich panel for a terminal."""
    from rich.panel import Panel
    from rich.text import Text

    body = Text("\n".join(as_text(verdict).splitlines()[1:]))
    style = "green" if verdict.passed else "yellow"
    return Panel(body, title=f"{mark(verdict)} {headline(verdict)}", title_align="left", border_style=style)
