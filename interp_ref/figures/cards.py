"""`interp cards`: three answers of students, checked for real, as they look in a notebook."""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path

import numpy as np

from interp_ref.checking.answer import Verdict
from interp_ref.checking.check import verify
from interp_ref.checking.render import as_html
from interp_ref.checking.said import say
from interp_ref.exercises import exercise
from interp_ref.figures.browser import open_browser
from interp_ref.figures.making import CARDS, COMMITTED, add_alt_texts

ASKED = "class_activation_map"
WIDTH, COLOURS = 700, 256
PLACE = "<!-- the card -->"


def right(features, class_weights, class_index):
    """What the exercise asks for."""
    return np.einsum("nhwk,kn->nhw", features, class_weights[:, class_index])


def recognised(features, class_weights, class_index):
    """A mistake that many make: evidence against the class is cut off."""
    return np.maximum(right(features, class_weights, class_index), 0)


def unrecognised(features, class_weights, class_index):
    """A mistake that nobody has described yet: pictures as plots have them, the first row at the bottom."""
    return right(features, class_weights, class_index)[:, ::-1]


ANSWERS = dict(zip(CARDS, (right, recognised, unrecognised), strict=True))
"""The answer that each picture's verdict is on."""


def make_cards(out: str | Path = COMMITTED) -> list[Path]:
    """Takes a picture of each card in the light theme, and writes the alt texts beside the others.

    Returns the files. Raises UserError with the install line where there is no Chromium.
    """
    out = Path(out)
    with open_browser() as browser:
        out.mkdir(parents=True, exist_ok=True)
        verdicts = {name: verdict_of(name) for name in CARDS}
        for name, verdict in verdicts.items():
            (out / f"{name}.png").write_bytes(small(photograph(browser, verdict), alt_text(verdict)))
    add_alt_texts(out, {f"{name}.png": alt_text(verdict) for name, verdict in verdicts.items()})
    return [out / f"{name}.png" for name in CARDS]


def verdict_of(name: str) -> Verdict:
    """The verdict on the answer of one card, which may live in this package: nobody watches it."""
    return verify(exercise(ASKED), ANSWERS[name], watch=False)


def photograph(browser, verdict: Verdict, theme: str = "light", width: int = WIDTH) -> bytes:
    """A verdict's card as PNG, in a notebook's page of that theme."""
    page = browser.new_page(viewport={"width": width, "height": 600})
    page.set_content(notebook_page(as_html(verdict), theme))
    picture = page.locator(".jp-OutputArea-output").screenshot()
    page.close()
    return picture


def notebook_page(card: str, theme: str = "light") -> str:
    """The page that nbconvert makes of a notebook with this card, without the scripts, which it would fetch.

    theme: "light" or "dark", those of JupyterLab.
    """
    return _page_around(theme).replace(PLACE, card)


@cache
def _page_around(theme: str) -> str:
    import nbformat
    from nbconvert import HTMLExporter

    shown = nbformat.v4.new_output("display_data", data={"text/html": PLACE})
    cell = nbformat.v4.new_code_cell(f'check("{ASKED}", {ASKED})', outputs=[shown])
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"title": ASKED})
    page, _ = HTMLExporter(theme=theme).from_notebook_node(notebook)
    return re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


def alt_text(verdict: Verdict) -> str:
    """What the card says, for those who do not see its picture."""
    return " ".join(sentences(verdict))


def sentences(verdict: Verdict) -> list[str]:
    """What the card says, one sentence after the other; numbers that the maps show are left to them."""
    said = say(verdict)
    told = [line for part in said.parts if part.kind != "problem" for line in part.lines]
    lines = [f"A card with the verdict on {said.headline}.", *told]
    if said.lines("problem"):
        lines.append("Below, a list of where the answer differs, with places and values.")
    if said.maps:
        lines += [said.maps.title, *(one.alt for one in said.maps.maps)]
    # In Markdown a bracket would end the text.
    return [line.replace("[", "(").replace("]", ")") for line in lines]


def small(picture: bytes, alt: str) -> bytes:
    """A picture with few colours, which a card has, and its alt text as description."""
    from PIL import Image, PngImagePlugin

    description, file = PngImagePlugin.PngInfo(), io.BytesIO()
    description.add_itxt("Description", alt)
    few = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(file, format="png", optimize=True, pnginfo=description)
    return file.getvalue()
