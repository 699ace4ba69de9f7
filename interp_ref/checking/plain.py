"""A verdict in plain lines: for pytest, for a file, wherever there are no colours."""

from __future__ import annotations

import numpy as np

from interp_ref.checking.answer import Verdict
from interp_ref.checking.said import WROTE, Said, say
from interp_ref.checking.seen import Seen, SeenMap

WIDEST = 100
GAP = "   "
SHADES = " ░▒▓█"
STEPS = ("--", " -", " ·", " +", "++")
MISSING = "??"
MEANING = "+ yours is larger, - smaller"


def as_text(verdict: Verdict) -> str:
    """The verdict in plain lines."""
    said = say(verdict)
    lines = [f"{said.mark} {said.headline}", *said.lines()]
    if said.maps:
        lines += maps_as_lines(said.maps)
    if said.wrote:
        lines.append(f"{WROTE}: {said.wrote}")
    return "\n".join(lines)


def as_failure(verdict: Verdict, challenge: str) -> str:
    """Why one challenge was not passed: its own problem first, then what the whole verdict adds."""
    said = say(verdict)
    problem = next((r.problem for r in verdict.results if r.challenge == challenge), "")
    lines = [problem or verdict.summary, *said.lines("recognised", "hint", "more")]
    lines += _maps_for(said, challenge) + said.lines("passed", "remark")
    if said.wrote:
        lines.append(f"{WROTE}: {said.wrote}")
    return "\n".join(lines)


def _maps_for(said: Said, challenge: str) -> list[str]:
    """The maps where they are this challenge's, else where they can be found."""
    if not said.maps:
        return []
    if said.maps.challenge == challenge:
        return maps_as_lines(said.maps)
    return [f"Yours beside expected is shown with the challenge “{said.maps.challenge}”."]


def maps_as_lines(seen: Seen) -> list[str]:
    """What there is to say about the maps, and their pictures in shades where they fit."""
    blocks = [shaded(one) for one in seen.maps]
    picture = side_by_side(blocks)
    return [*seen.lines, *(picture if _fits(picture, WIDEST) else [])]


def shaded(one: SeenMap) -> list[str]:
    """A map as a block of lines of one width: its name, its values in shades, its scale."""
    cell = 2 if one.values.shape[1] <= 15 else 1
    rows = ["│" + "".join(_cells(one, row, cell)) + "│" for row in one.values]
    low, high = one.ends
    legend = [f"{low} to {high}", MEANING] if one.signed else [f"{low} “{SHADES}” {high}"]
    lines = [one.name, *rows, *legend]
    return [line.ljust(max(map(len, lines))) for line in lines]


def side_by_side(blocks: list[list[str]]) -> list[str]:
    """Blocks of lines in one row."""
    height = max(map(len, blocks))
    filled = [block + [" " * len(block[0])] * (height - len(block)) for block in blocks]
    return [GAP.join(parts).rstrip() for parts in zip(*filled, strict=True)]


def _fits(lines, width) -> bool:
    return len(lines) <= 40 and max(map(len, lines)) <= width


def _cells(one: SeenMap, row, cell: int):
    sign = _step if one.signed else _shade
    for value in row:
        yield (MISSING if np.isnan(value) else sign(value, one.low, one.high))[-cell:]


def _shade(value, low, high) -> str:
    share = (value - low) / (high - low) if high > low else 0.5
    return SHADES[min(int(share * len(SHADES)), len(SHADES) - 1)] * 2


def _step(value, low, high) -> str:
    """One sign from a twentieth of the largest difference on, two from half of it on."""
    share = float(value) / high if high > 0 else 0.0
    return STEPS[2 + (-1 if share < 0 else 1) * ((abs(share) > 0.05) + (abs(share) > 0.5))]
