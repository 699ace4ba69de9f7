"""One command, all figures: PNG files small enough to commit, and their alt texts beside them."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

from interp_ref.errors import UserError

REPOSITORY = Path(__file__).resolve().parents[2]
COMMITTED, ALT_TEXTS = "images", "alt.json"
RESOLUTION, COLOURS = 75, 128

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


def make_figures(data: str | Path | None = None, out: str | Path = COMMITTED) -> list[Path]:
    """Make every figure of the course, and `alt.json` with the alt text of each file.

    data: a data source as in `interp_ref.data.load`; out: the folder to write into. What needs masks or
    redrawn parts is made of sketches alone and left out, by name, for photos. Returns the files.
    Raises UserError for an unknown source, and for photos on their way into images/, which is committed.
    """
    from tqdm import tqdm

    out = Path(out)
    _refuse_to_commit_photos(data, out)
    from interp_ref.figures import drawing
    from interp_ref.figures.subjects import find_subjects

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
    text = json.dumps(alt_texts, indent=2, ensure_ascii=False) + "\n"
    (out / ALT_TEXTS).write_text(text, encoding="utf-8")
    print(f"{len(alt_texts)} figures and {ALT_TEXTS} with their alt texts are in {out}.")
    if left_out:
        print(f"Made of sketches alone, and left out: {', '.join(left_out)}.")
    return [out / name for name in alt_texts]


def small_png(figure) -> bytes:
    """A figure as PNG with its alt text as description, reduced to few colours so that it stays small."""
    from PIL import Image, PngImagePlugin

    drawn, small = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=RESOLUTION, bbox_inches="tight")
    description = PngImagePlugin.PngInfo()
    description.add_itxt("Description", figure.alt)
    image = Image.open(drawn).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    image.save(small, format="png", optimize=True, pnginfo=description)
    return small.getvalue()


def _refuse_to_commit_photos(data, out: Path) -> None:
    source = data or os.environ.get("INTERP_DATA") or "sketch"
    committed = {Path(COMMITTED).resolve(), REPOSITORY / COMMITTED}
    if source != "sketch" and committed & {out.resolve(), *out.resolve().parents}:
        raise UserError(
            f"Expected a folder of your own for figures of photos, got {out}: no photo may be committed, so name "
            "another one, for example --out my_figures."
        )
