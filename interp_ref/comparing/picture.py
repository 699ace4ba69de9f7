"""The trust table as a picture: a dot and its interval for each method, the best baseline as a line."""

from __future__ import annotations

from interp_ref.comparing.table import CLASS_FREE, MEASURES, TITLES, Table
from interp_ref.methods.bootstrap import Interval
from interp_ref.show.alt import Picture

# Two of the Okabe-Ito colours, which colour-blind readers can tell apart; the markers differ too.
KNOWS, DOES_NOT = "#0072B2", "#D55E00"
HEADS = {"hits": "pointing hits, %", "energy": "energy inside the deciding parts, %"}


def draw(table: Table) -> Picture:
    """A panel for each measure; the figure's `alt` names the best method and the best baseline of each."""
    names = list(table.cells)
    figure = Picture(figsize=(9, 0.32 * len(names) + 1.3), dpi=110, layout="constrained", alt=describe(table))
    for ax, measure in zip(figure.subplots(1, 2, sharey=True), MEASURES, strict=True):
        for row, name in enumerate(names):
            _draw_row(ax, row, table.cells[name][measure].own, name in CLASS_FREE)
        rival = table.cells[table.best[measure]][measure].own.mean
        ax.axvline(100 * rival, color=DOES_NOT, linestyle=":", linewidth=1)
        ax.set(xlabel=HEADS[measure], xlim=(0, None), ylim=(len(names) - 0.5, -0.5))
        ax.set_yticks(range(len(names)))
        ax.set_yticklabels([TITLES[name] for name in names])
        ax.grid(axis="x", alpha=0.3)
        ax.spines[["top", "right"]].set_visible(False)
    figure.suptitle(
        "filled: asked for a class; squares: know no class; dotted: the best of those", fontsize="small"
    )
    return figure


def _draw_row(ax, row: int, one: Interval, class_free: bool) -> None:
    colour, marker = (DOES_NOT, "s") if class_free else (KNOWS, "o")
    face = "white" if class_free else colour
    ax.plot([100 * one.low, 100 * one.high], [row, row], color=colour, linewidth=2)
    ax.plot(100 * one.mean, row, marker, color=colour, markerfacecolor=face)


def describe(table: Table) -> str:
    """The picture in words."""
    lines = ["Two panels with a dot and its 95 % interval for each method."]
    for measure in MEASURES:
        asked = {
            name: cells[measure].own.mean for name, cells in table.cells.items() if name not in CLASS_FREE
        }
        best, rival = max(asked, key=asked.get, default=None), table.best[measure]
        without = (
            f"of the maps without a class {TITLES[rival]} with {table.cells[rival][measure].own.mean:.0%}"
        )
        ahead = f"{TITLES[best]} is highest with {asked[best]:.0%}, " if best else ""
        lines.append(f"{HEADS[measure].removesuffix(', %').capitalize()}: {ahead}{without}.")
    return " ".join(lines)
