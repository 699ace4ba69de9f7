"""One command, all figures: PNG files small enough to commit, and their alt texts beside them."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import numpy as np

from interp_ref.errors import UserError

REPOSITORY = Path(__file__).resolve().parents[2]
COMMITTED, ALT_TEXTS = "images", "alt.json"
RESOLUTION, LEVELS = 78, 10

FIGURES = (
    "network",
    "three_methods",
    "photo",
    "truth",
    "same_probabilities",
    "sign_trap",
    "layers",
    "bright_is_not_needed",
)
"""The figures by name: the file's, and the function's in `drawing`."""
CARDS = ("card_right", "card_recognised", "card_unrecognised")
"""The pictures of cards, which `interp cards` takes with a browser."""


def make_figures(data: str | Path | None = None, out: str | Path = COMMITTED) -> list[Path]:
    """Make every figure of the course, and `alt.json` with the alt text of each file.

    data: a data source as in `interp_ref.data.load`; out: the folder to write into. What needs masks or
    redrawn parts is made of sketches alone and left out, by name, for photos. Returns the files.
    Raises UserError for an unknown source, and for photos on their way into images/, which is committed.
    """
    from tqdm import tqdm

    out = Path(out)
    _refuse_to_commit_photos(data, out)
    from interp_ref.explorables.subjects import find_subjects
    from interp_ref.figures import drawing

    subjects = find_subjects(data)
    out.mkdir(parents=True, exist_ok=True)
    alt_texts, left_out = {}, []
    for name in tqdm(FIGURES, desc="figures", unit="figure", file=sys.stdout):
        figure = getattr(drawing, name)(subjects)
        if figure is None:
            left_out.append(name)
            continue
        alt_texts[f"{name}.png"] = figure.alt
        (out / f"{name}.png").write_bytes(small_png(figure))
    add_alt_texts(out, alt_texts)
    print(f"{len(alt_texts)} figures and {ALT_TEXTS} with their alt texts are in {out}.")
    if left_out:
        reason = "scikit-image, which has it, is missing" if subjects.drawn else "made of sketches alone"
        print(f"Left out: {', '.join(left_out)} ({reason}).")
    return [out / name for name in alt_texts]


def small_png(figure) -> bytes:
    """A figure as PNG with its alt text as description, rounded to every tenth level of each colour.

    Rounding takes the noise out of textured pictures, which is most of the file; it moves no colour by more
    than 5 of 255, so a colour bar can still be read.
    """
    from PIL import Image, PngImagePlugin

    drawn, small = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=RESOLUTION, bbox_inches="tight")
    exact = np.asarray(Image.open(drawn).convert("RGB"), np.float32)
    rounded = np.minimum(np.round(exact / LEVELS) * LEVELS, 255).astype(np.uint8)
    description = PngImagePlugin.PngInfo()
    description.add_itxt("Description", figure.alt)
    Image.fromarray(rounded).save(small, format="png", optimize=True, pnginfo=description)
    return small.getvalue()


def add_alt_texts(out: Path, alt_texts: dict[str, str]) -> None:
    """Writes new alt texts beside the old ones of pictures that are still there, in the pictures' order."""
    before = json.loads((out / ALT_TEXTS).read_text(encoding="utf-8")) if (out / ALT_TEXTS).is_file() else {}
    kept = {name: alt for name, alt in before.items() if (out / name).is_file()}
    merged = {f"{name}.png": (kept | alt_texts).get(f"{name}.png") for name in FIGURES + CARDS}
    text = json.dumps({name: alt for name, alt in merged.items() if alt}, indent=2, ensure_ascii=False)
    (out / ALT_TEXTS).write_text(text + "\n", encoding="utf-8")


def _refuse_to_commit_photos(data, out: Path) -> None:
    source = data or os.environ.get("INTERP_DATA") or "sketch"
    committed = {Path(COMMITTED).resolve(), REPOSITORY / COMMITTED}
    if source != "sketch" and committed & {out.resolve(), *out.resolve().parents}:
        raise UserError(
            f"Expected a folder of your own for figures of photos, got {out}: no photo may be committed, so "
            "name another one, for example --out my_figures."
        )
