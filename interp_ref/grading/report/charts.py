"""Bars as SVG in the page: words and numbers in the text, every chart with what it shows as its name."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

WIDTH, HEIGHT, FOOT, TOP = 340, 130, 26, 16
STATES = ("right", "partly", "wrong")


def bar(count: int, total: int, kind: str = "bar") -> Markup:
    """A bar of a share; what it says stands in words beside it."""
    share = 100 * count / total if total else 0
    return Markup(
        '<svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="track" width="100" height="4"/><rect class="{}" width="{:.4g}" height="4"/></svg>'
    ).format(kind, share)


def states_bar(counts: Sequence[int]) -> Markup:
    """Right, partly right and not yet, side by side; the numbers stand in words beside it."""
    total, start, parts = sum(counts) or 1, 0.0, []
    for kind, count in zip(STATES, counts, strict=True):
        width = 100 * count / total
        parts.append(Markup('<rect class="{}" x="{:.4g}" width="{:.4g}" height="4"/>').format(kind, start, width))
        start += width
    whole = Markup("").join(parts)
    return Markup('<svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">{}</svg>').format(whole)


def histogram(counts: Sequence[int], labels: Sequence[str], name: str) -> Markup:
    """Columns with their counts above and their labels below; `name` and the numbers are its alt text.

    counts: students by column. labels: what stands below each of them.
    """
    told = "; ".join(f"{label}: {count}" for label, count in zip(labels, counts, strict=True))
    step, most = WIDTH / len(counts), max(counts) or 1
    columns = Markup("").join(
        _column(place * step, step, count / most, count, label)
        for place, (count, label) in enumerate(zip(counts, labels, strict=True))
    )
    return Markup(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}'
        '<line class="axis" x1="0" x2="{}" y1="{y}" y2="{y}"/></svg>'
    ).format(WIDTH, HEIGHT, escape(f"{name}. {told}."), columns, WIDTH, y=HEIGHT - FOOT)


def _column(left: float, step: float, share: float, count: int, label: str) -> Markup:
    room = HEIGHT - FOOT - TOP
    top, middle = TOP + room * (1 - share), left + step / 2
    number = Markup('<text x="{:.4g}" y="{:.4g}" text-anchor="middle">{}</text>').format(middle, top - 4, count)
    return Markup(
        '<rect class="bar" x="{:.4g}" y="{:.4g}" width="{:.4g}" height="{:.4g}"/>{}'
        '<text x="{:.4g}" y="{}" text-anchor="middle">{}</text>'
    ).format(left + 2, top, step - 4, room * share, number if count else "", middle, HEIGHT - 10, label)
