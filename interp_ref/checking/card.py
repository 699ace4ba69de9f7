"""A verdict as a card in HTML: reads in light and dark themes, without colours and to a screen reader.

Colours of text are the page's own. The frame's and the sign's are of middling brightness, at least 3 to 1
against white and against #111. No script, no style sheet, nothing fetched: styles are attributes, pictures
are data, so that a card looks the same in JupyterLab, in nbconvert's pages and in feedback.
"""

from __future__ import annotations

from html import escape

from interp_ref.checking import heat
from interp_ref.checking.answer import Verdict
from interp_ref.checking.said import WROTE, Part, Said, say
from interp_ref.checking.seen import Seen, SeenMap

COLOURS = {"right": "#00795a", "partly right": "#996000", "not yet": "#b84a14"}
BORDER = "1px solid #888"
WIDTH = 13  # of a map, in em
PARAGRAPH = "margin:.5em 0 0"
SMALL = "margin:.2em 0 0;font-size:.92em"
LIST = "margin:.5em 0 0;padding-left:1.4em"


def as_html(verdict: Verdict) -> str:
    """The verdict as a card."""
    said = say(verdict)
    body = [_headline(said), *map(_part, said.parts)]
    if said.maps:
        body.append(_maps(said.maps))
    if said.wrote:
        body.append(_wrote(said.wrote))
    colour = COLOURS[said.state]
    return (
        f"<section role='status' aria-label='{escape(f'{said.headline}, {said.state}')}' "
        f"style='border-left:.35em solid {colour};padding:.3em .5em .5em .9em;margin:.5em 0;"
        f"max-width:46em;line-height:1.45;overflow-wrap:anywhere'>{''.join(body)}</section>"
    )


def _headline(said: Said) -> str:
    sign = (
        f"<span role='img' aria-label='{said.state}' style='display:inline-block;width:1.5em;"
        f"line-height:1.5em;margin-right:.5em;border-radius:50%;text-align:center;"
        f"background:{COLOURS[said.state]};color:#fff'>{said.mark}</span>"
    )
    return f"<p style='margin:0'>{sign}<strong>{escape(said.headline)}</strong></p>"


def _part(part: Part) -> str:
    if part.kind == "problem":
        items = "".join(f"<li style='margin:0'>{escape(line)}</li>" for line in part.lines)
        return f"<ul style='{LIST}'>{items}</ul>"
    return "".join(
        f"<p style='{PARAGRAPH}'>{_label(label)}{escape(sentence)}</p>" for label, sentence in part.labelled
    )


def _label(label: str) -> str:
    return f"<strong>{escape(label)}:</strong> " if label else ""


def _maps(seen: Seen) -> str:
    figures = "".join(map(_figure, seen.maps))
    notes = "".join(f"<p style='{PARAGRAPH}'>{escape(note)}</p>" for note in seen.notes)
    return (
        f"<p style='margin:.8em 0 0'>{escape(seen.title)}</p>"
        f"<div style='display:flex;flex-wrap:wrap;gap:1em 1.5em;margin:.5em 0 0'>{figures}</div>{notes}"
    )


def _figure(one: SeenMap) -> str:
    height, width = one.values.shape
    shown = WIDTH * min(1, width / height)
    return (
        f"<figure style='margin:0;width:{WIDTH}em;max-width:100%'><div><strong>{one.name}</strong></div>"
        f"<img alt='{escape(one.alt)}' src='{heat.data_uri(one)}' style='display:block;box-sizing:border-box;"
        f"width:{shown:g}em;max-width:100%;height:auto;aspect-ratio:{width}/{height};image-rendering:pixelated;"
        f"border:{BORDER};margin:.2em 0 0'>"
        f"{_scale(one)}<figcaption style='{SMALL}'>{escape(one.caption)}</figcaption></figure>"
    )


def _scale(one: SeenMap) -> str:
    """The bar between its end values; below that of the difference, what its colours mean."""
    low, high = one.ends
    meaning = f"<div>{heat.MORE}: yours is larger; {heat.LESS}: smaller</div>" if one.signed else ""
    return (
        f"<div style='{SMALL}'><div style='display:flex;align-items:center;gap:.4em'>"
        f"<span>{low}</span><img alt='to' src='{heat.png_uri(heat.bar(one.signed))}' "
        f"style='flex:1 1 0;min-width:0;height:.7em;border:{BORDER};box-sizing:border-box;margin:0'>"
        f"<span>{high}</span></div>{meaning}</div>"
    )


def _wrote(text: str) -> str:
    return (
        f"<details style='{PARAGRAPH}'><summary style='cursor:pointer'><strong>{WROTE}:</strong></summary>"
        f"<pre style='white-space:pre-wrap;overflow-wrap:anywhere;margin:.3em 0 0'>{escape(text)}</pre>"
        "</details>"
    )
