"""Maps of a stream of pictures of any length, in bounded memory: results come while it runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

from interp_ref.errors import UserError
from interp_ref.models.preprocessing import preprocess

if TYPE_CHECKING:
    import keras

METHODS = ("cam", "grad_cam", "saliency")
NAMES_SHOWN = 8
DEFAULT_SIDE = 224
"""The side of photos for a model that takes any size."""


@dataclass(frozen=True)
class Explanation:
    """The map [h, w] float32 of one picture for the asked class, and the picture's name: file or number.

    A method of your own may put something else in the map's place.
    """

    name: str
    class_index: int
    map: np.ndarray


def explain_many(
    model: keras.Model,
    pictures,
    class_index: int | Callable[[np.ndarray], np.ndarray],
    method: str | Callable = "grad_cam",
    *,
    batch_size: int = 8,
    prepare: Callable[[np.ndarray], np.ndarray] = preprocess,
    progress: bool = True,
    skipped: list[str] | None = None,
) -> Iterator[Explanation]:
    """One Explanation after the other, in the order of the pictures, as soon as its batch is done.

    pictures: the path of a folder (its photos, sub-folders too), a tf.data.Dataset, or anything that can be
    iterated over; each [H, W, 3], a batch of them [N, H, W, 3], or the pathlib.Path of a photo; of a pair,
    such as (picture, label), the first part is the picture. Whole numbers are RGB pixels 0..255: they are
    stretched to the size that the model takes and `prepare`d; floats go in as they are. class_index: the
    class asked of all pictures, or a function from a prepared batch [N, H, W, 3] to classes [N]. method:
    "cam", "grad_cam" or "saliency", or a function (model, images, class_index) of your own that returns
    [N, h, w], or N of whatever you need.

    No more than one batch is in memory. A picture that cannot be read or does not fit is left out, and named
    when the stream is over, or added to the list `skipped` as "name (reason)" where one is given. Raises
    UserError for a stream without pictures to explain (with the list: without any), an unknown method, and a
    source that breaks off, after what came before it has been explained.
    """
    explain, size = _method(method), _size(model)
    left_out, done = [] if skipped is None else skipped, 0
    readable = _fitting(_named(pictures), size, prepare, left_out)
    # Standard output, because nbgrader counts anything on standard error as a wrong answer.
    bar = {"desc": "Explaining", "unit": " pictures", "file": sys.stdout, "disable": not progress}
    with tqdm(total=_length(pictures), **bar) as meter:
        for names, images in _batches(readable, batch_size):
            asked = class_index(images) if callable(class_index) else np.full(len(images), class_index)
            for name, one, shown in zip(names, asked, explain(model, images, asked), strict=True):
                yield Explanation(name, int(one), shown)
            done += len(images)
            meter.update(len(images))
    _say(done, left_out, aloud=skipped is None)


def _method(method: str | Callable) -> Callable:
    if callable(method):
        return method
    if method not in METHODS:
        raise UserError(f"Expected a method of {', '.join(METHODS)}, or a function, got {method!r}.")
    from importlib import import_module

    return getattr(import_module(f"interp_ref.methods.{method}"), method)


def _size(model) -> tuple[int | None, int | None]:
    shape = getattr(model, "input_shape", None)
    return tuple(shape[1:3]) if isinstance(shape, tuple) and len(shape) == 4 else (None, None)


def _length(pictures) -> int | None:
    """How many pictures there will be, where the source says so without being read."""
    return len(pictures) if isinstance(pictures, np.ndarray | list | tuple) else None


def _named(pictures) -> Iterator[tuple[str, object]]:
    """(name, picture) one by one; an Exception in the place of a picture that cannot be read."""
    if isinstance(pictures, str | Path):
        yield from _photos(Path(pictures).expanduser())
        return
    number = 0
    for item in _surviving(pictures):
        picture = item[0] if isinstance(item, tuple) and item else item
        several = not isinstance(picture, Exception) and np.ndim(picture) == 4
        for one in np.asarray(picture) if several else [picture]:
            yield str(one if isinstance(one, Path) else number), one
            number += 1


def _surviving(source: Iterable) -> Iterator:
    """The items of a source; for an element that tf.data cannot make an Exception, and then the next ones."""
    import tensorflow as tf

    items = iter(source)
    while True:
        try:
            yield next(items)
        except StopIteration:
            return
        except tf.errors.OpError as error:
            yield UserError(error.message.splitlines()[0][:120])
        except Exception as error:
            raise UserError(
                f"The source of pictures broke off with {type(error).__name__}: {error!s:.200}. "
                "What came before has been explained: mend the source and go on from there."
            ) from error


def _photos(folder: Path) -> Iterator[tuple[str, Path]]:
    if not folder.is_dir():
        raise UserError(f"There is no folder {folder}: give the path of a folder with photos.")
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            yield str(path.relative_to(folder)), path


def _fitting(named: Iterable, size: tuple, prepare: Callable, skipped: list[str]) -> Iterator[tuple]:
    """(name, image as the model takes it); what cannot be one is added to `skipped` with the reason."""
    for name, picture in named:
        try:
            yield name, _image(picture, size, prepare)
        except UserError as error:
            skipped.append(f"{name} ({error})")


def _image(picture, size: tuple, prepare: Callable) -> np.ndarray:
    if isinstance(picture, Exception):
        raise picture
    picture = _read(picture, size) if isinstance(picture, Path) else _array(picture)
    if picture.ndim != 3 or picture.shape[2] != 3 or not picture.size:
        raise UserError(f"expected [H, W, 3], got {list(picture.shape)}")
    if picture.dtype.kind in "iu":
        return np.asarray(prepare(_stretched(picture, size)), np.float32)
    if any(want not in (None, got) for want, got in zip(size, picture.shape, strict=False)):
        raise UserError(
            f"expected floats of {size[0]} x {size[1]}, got {picture.shape[0]} x {picture.shape[1]}"
        )
    return picture.astype(np.float32)


def _array(picture) -> np.ndarray:
    try:
        picture = np.asarray(picture)
    except Exception as error:
        raise UserError(f"no array: {error!s:.100}") from error
    if picture.dtype.kind not in "iuf":
        raise UserError(f"expected numbers, got {type(picture).__name__} of {picture.dtype}")
    return picture


def _read(path: Path, size: tuple) -> np.ndarray:
    from interp_ref.data.photo import read_photo

    return read_photo(path, max(side or DEFAULT_SIDE for side in size))


def _stretched(pixels: np.ndarray, size: tuple) -> np.ndarray:
    """Pixels 0..255 made as large as the model takes them, as photos are when they are read."""
    from PIL import Image

    if pixels.min() < 0 or pixels.max() > 255:
        raise UserError(f"expected pixels 0..255, got {pixels.min()}..{pixels.max()}")
    height, width = (side or own for side, own in zip(size, pixels.shape, strict=False))
    picture = Image.fromarray(pixels.astype(np.uint8))
    return np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR))


def _batches(named: Iterable, batch_size: int) -> Iterator[tuple[list[str], np.ndarray]]:
    """(names, images [N, H, W, 3]), one size a batch; where the source breaks off, what was waiting first."""
    names, images, trouble = [], [], None
    try:
        for name, image in named:
            if images and (len(images) == batch_size or image.shape != images[0].shape):
                yield names, np.stack(images)
                names, images = [], []
            names, images = [*names, name], [*images, image]
    except UserError as error:
        trouble = error
    if images:
        yield names, np.stack(images)
    if trouble:
        raise trouble


def _say(explained: int, skipped: list[str], aloud: bool) -> None:
    if skipped and aloud:
        more = f" and {len(skipped) - NAMES_SHOWN} more" if len(skipped) > NAMES_SHOWN else ""
        shown = ", ".join(skipped[:NAMES_SHOWN])
        print(f"{explained} pictures explained, {len(skipped)} skipped: {shown}{more}")
    if not explained and (aloud or not skipped):
        raise UserError(
            "There was no picture to explain: give a folder with photos, or a source of arrays [H, W, 3]."
        )
