"""Pictures to look at: drawn cats and dogs with the truth about every part, and real photos."""

from importlib import import_module

from interp_ref.data.canvas import PARTS
from interp_ref.data.pictures import Pictures
from interp_ref.data.sketch import CLASSES, DECIDING_PARTS, Pair, Sketch, draw, draw_pair, redraw
from interp_ref.data.sources import load

# Pillow and tensorflow_datasets wait until a photo is asked for.
_PHOTOS = {"cats_vs_dogs": "tfds_photos", "folder": "photo_folder", "read_photo": "photo"}

__all__ = [
    "CLASSES",
    "DECIDING_PARTS",
    "PARTS",
    "Pair",
    "Pictures",
    "Sketch",
    "draw",
    "draw_pair",
    "load",
    "redraw",
    *_PHOTOS,
]


def __getattr__(name: str):
    if name in _PHOTOS:
        return getattr(import_module(f"interp_ref.data.{_PHOTOS[name]}"), name)
    raise AttributeError(f"module 'interp_ref.data' has no attribute {name!r}")
