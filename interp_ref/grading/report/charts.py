"""Bars as SVG in the page: words and numbers in the text, every chart with what it shows as its name."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

WIDTH, HEIGHT, FOOT, TOP, SIDE = 340, 130, 26, 16, 14
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
        parts.append(
            Markup('<rect class="{}" x="{:.4g}" width="{:.4g}" height="4"/>').format(kind, start, width)
        )
        start += width
    whole = Markup("").join(parts)
    return Markup('<svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">{}</svg>').format(
        whole
    )


def histogram(counts: Sequence[int], edges: Sequence[str], name: str) -> Markup:
    """Columns with their counts above and the edges between them below; `name` and all that is its alt text.

    counts: students by column. edges: one more than columns.
    """
    told = "; ".join(f"{edges[i]} to {edges[i + 1]}: {count}" for i, count in enumerate(counts))
    step, most = (WIDTH - 2 * SIDE) / len(counts), max(counts) or 1
    columns = [_column(SIDE + i * step, step, count / most, count) for i, count in enumerate(counts)]
    labels = [_text(SIDE + i * step, HEIGHT - 10, edge) for i, edge in enumerate(edges)]
    return Markup(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}'
        '<line class="axis" x1="{}" x2="{}" y1="{y}" y2="{y}"/></svg>'
    ).format(
        WIDTH,
        HEIGHT,
        f"{name}. {told}.",
        Markup("").join(columns + labels),
        SIDE,
        WIDTH - SIDE,
        y=HEIGHT - FOOT,
    )


def _column(left: float, step: float, share: float, count: int) -> Markup:
    room = HEIGHT - FOOT - TOP
    top = TOP + room * (1 - share)
    number = _text(left + step / 2, top - 4, str(count)) if count else ""
    return Markup('<rect class="bar" x="{:.4g}" y="{:.4g}" width="{:.4g}" height="{:.4g}"/>{}').format(
        left + 2, top, step - 4, room * share, number
    )


def _text(x: float, y: float, words: str) -> Markup:
    return Markup('<text x="{:.4g}" y="{:.4g}" text-anchor="middle">{}</text>').format(x, y, words)
