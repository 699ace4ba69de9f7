"""TeX as MathML, which browsers draw by themselves: no script, no font, no request."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

import nh3
from latex2mathml.converter import convert

LONGEST = 4000
# Environments that the library does not know, or numbers by itself, and the one that looks the same.
ALIKE = {"aligned": "split", "alignedat": "split", "gathered": "split", "gather": "split", "align": "align*"}
ENVIRONMENT = re.compile(r"\\(begin|end)\{(aligned|alignedat|gathered|gather|align)\*?\}")
TAG = re.compile(r"\\tag\*?\{([^{}]*)\}")
ELEMENTS = {"math", "mrow", "mi", "mo", "mn", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup"}
ELEMENTS |= {"msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mstyle", "mpadded"}
ELEMENTS |= {"mphantom", "menclose", "mmultiscripts", "mprescripts", "none"}
ATTRIBUTES = {"display", "displaystyle", "scriptlevel", "stretchy", "fence", "separator", "form", "minsize"}
ATTRIBUTES |= {"maxsize", "symmetric", "largeop", "movablelimits", "lspace", "rspace", "linethickness"}
ATTRIBUTES |= {"columnalign", "rowspacing", "columnspacing", "mathvariant", "accent", "accentunder"}
ATTRIBUTES |= {"width", "height", "depth", "notation", "linebreak"}


class Unreadable(ValueError):
    """The TeX can't be turned into MathML."""


@lru_cache(maxsize=4096)
def mathml(tex: str, display: bool = False) -> str:
    """A formula as HTML: MathML, with the number of a \\tag beside it; its TeX as code where that fails."""
    try:
        return _mathml(tex, display)
    except Unreadable:
        return f"<code>{escape(tex[:LONGEST])}</code>"


def _mathml(tex: str, display: bool) -> str:
    bare, tags = TAG.sub("", tex), TAG.findall(tex)
    drawn = clean_mathml(converted(bare.strip(), display))
    if not display:
        return drawn
    number = f'<span class="number">({escape(tags[0])})</span>' if tags else ""
    return f'<span class="formula" tabindex="0" role="group" aria-label="Formula">{drawn}{number}</span>'


def converted(tex: str, display: bool = False) -> str:
    """What the library makes of TeX, not yet safe. Raises Unreadable, also for an unknown command."""
    if not tex or len(tex) > LONGEST:
        raise Unreadable(f"{len(tex)} characters of TeX; 1 to {LONGEST} are read.")
    tex = ENVIRONMENT.sub(lambda found: f"\\{found[1]}{{{ALIKE[found[2]]}}}", tex)
    try:
        drawn = convert(tex, display="block" if display else "inline")
    except (Exception, RecursionError) as trouble:
        raise Unreadable(f"{type(trouble).__name__}: {trouble}") from None
    if unknown := re.search(r"<m[iot]\b[^>]*>(\\[A-Za-z]+)", drawn):
        raise Unreadable(f"there is no {unknown[1]}")
    return drawn


def clean_mathml(drawn: str) -> str:
    """MathML alone: `\\text{<script>}` and `\\href` come out of the library as they went in."""
    return nh3.clean(
        drawn,
        tags=ELEMENTS,
        clean_content_tags={"script", "style"},
        attributes={"*": ATTRIBUTES},
        url_schemes=set(),
    )
