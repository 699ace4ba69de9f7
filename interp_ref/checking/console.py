"""A verdict in a terminal: the same sentences in a frame, the maps as blocks of colour."""

from __future__ import annotations

from rich.color import Color
from rich.console import Group
from rich.constrain import Constrain
from rich.panel import Panel
from rich.segment import Segment
from rich.style import Style
from rich.table import Table
from rich.text import Text

from interp_ref.checking import heat, plain
from interp_ref.checking.answer import Verdict
from interp_ref.checking.said import WROTE, Part, say
from interp_ref.checking.seen import Seen, SeenMap

STYLES = {"right": "green", "partly right": "yellow", "not yet": "red"}
LARGE_CELLS = 15  # up to so many columns a value is two characters wide, beyond it half of one


def as_rich(verdict: Verdict):
    """The verdict as something that rich can print."""
    said = say(verdict)
    body = [line for part in said.parts for line in _lines(part)]
    if said.maps:
        body += [Text(), *map(Text, said.maps.lines), Text(), Maps(said.maps)]
    if said.wrote:
        body.append(Text.assemble((f"{WROTE}: ", "bold"), said.wrote))
    panel = Panel(
        Group(*body),
        title=Text(f"{said.mark} {said.headline}", "bold"),
        title_align="left",
        border_style=STYLES[said.state],
    )
    return Constrain(panel, plain.WIDEST)


def _lines(part: Part):
    if part.kind == "problem":
        yield Text()
        yield _bullets(part.lines)
        return
    for label, sentence in part.labelled:
        yield Text.assemble((f"{label}: " if label else "", "bold"), sentence)


def _bullets(lines) -> Table:
    table = Table.grid(padding=(0, 1, 0, 0))
    for line in lines:
        table.add_row("•", Text(line))
    return table


class Maps:
    """The three maps: in colour where the console has enough of them, else in shades; stacked if narrow."""

    def __init__(self, seen: Seen):
        self.seen = seen

    def __rich_console__(self, console, options):
        """Yields the maps in one row where they fit, else one below the other."""
        coloured = console.color_system in ("256", "truecolor", "windows")
        blocks = [(Coloured if coloured else Shaded)(one) for one in self.seen.maps]
        if sum(one.width for one in blocks) + 2 * len(plain.GAP) <= options.max_width:
            row = Table.grid(padding=(0, len(plain.GAP), 0, 0))
            row.add_row(*blocks)
            yield row
        elif all(one.width <= options.max_width for one in blocks):
            yield from blocks


class Shaded:
    """One map in shades of grey."""

    def __init__(self, one: SeenMap):
        self.lines = plain.shaded(one)
        self.width = len(self.lines[0])

    def __rich_measure__(self, console, options):
        """As wide as its lines."""
        return _exactly(self.width)

    def __rich_console__(self, console, options):
        """Yields its lines."""
        yield from (Text(line, no_wrap=True) for line in self.lines)


class Coloured:
    """One map in colours: name, values, scale and, for the difference, what its colours mean."""

    def __init__(self, one: SeenMap):
        self.one = one
        low, high = one.ends
        self.legend = [f"{low} {' ' * 8} {high}"]
        self.legend += [f"{heat.MORE}: yours is larger", f"{heat.LESS}: smaller"] if one.signed else []
        columns = one.values.shape[1]
        self.large = columns <= LARGE_CELLS
        self.width = max(columns * (1 + self.large), *map(len, [one.name, *self.legend]))

    def __rich_measure__(self, console, options):
        """As wide as the picture or the longest line."""
        return _exactly(self.width)

    def __rich_console__(self, console, options):
        """Yields the lines of the block."""
        yield Text(self.one.name, "bold")
        for row in _blocks(heat.pixels(self.one), self.large):
            yield from row
            yield Segment.line()
        low, high = self.one.ends
        yield Segment(f"{low} ")
        yield from _row(heat.bar(self.one.signed)[0, ::8], " ")
        yield Segment(f" {high}\n")
        yield from map(Text, self.legend[1:])


def _blocks(colours, large: bool):
    """Rows of coloured segments: two blanks a value, or half blocks with two values above one another."""
    if large:
        return [_row(row, "  ") for row in colours]
    pairs = zip(colours[::2], [*colours[1::2], None], strict=False)
    return [_halves(above, below) for above, below in pairs]


def _row(colours, text: str):
    return [Segment(text, Style(bgcolor=_colour(one))) for one in colours]


def _halves(above, below):
    backs = [None] * len(above) if below is None else map(_colour, below)
    return [
        Segment("▀", Style(color=_colour(top), bgcolor=back)) for top, back in zip(above, backs, strict=True)
    ]


def _colour(pixel) -> Color:
    return Color.from_rgb(*map(int, pixel))


def _exactly(width: int):
    from rich.measure import Measurement

    return Measurement(width, width)
