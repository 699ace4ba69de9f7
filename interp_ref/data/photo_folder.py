"""A folder of photos, one sub-folder a class: the layout that Keras and TFDS read too."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tqdm import tqdm

from interp_ref.data.photo import UnreadablePhoto, read_photo
from interp_ref.data.pictures import Pictures, check_count, check_size, choose
from interp_ref.errors import UserError

SPLIT_FOLDERS = {"train": ("train",), "validation": ("val", "validation", "valid"), "test": ("test",)}
NAMES_SHOWN = 8


def folder(
    path: Path | str, split: str = "train", size: int = 224, limit: int | None = None, seed: int = 0
) -> Pictures:
    """The photos under `path`, a class per sub-folder in alphabetical order, as far as they can be read.

    Where `path` holds train/ and val/ (or validation/), `split` picks one of them; otherwise four fifths of
    the files, chosen by a hash of their names, are "train" and the others "validation"; "all" is all of them.
    `limit` photos are shared evenly among the classes; `seed` shuffles. Files that hold no picture are left
    out, counted and named. Raises UserError on a missing folder, one without photos, and an unknown split.
    """
    root = Path(path).expanduser()
    size = check_size(size)
    choose("split", split, (*SPLIT_FOLDERS, "all"))
    try:
        classes = _class_files(root, split)
    except OSError as error:
        raise UserError(f"{root} cannot be read ({error.strerror}); check its permissions") from error
    total = check_count(sum(map(len, classes.values())), limit, size)
    images, labels, files, skipped = _read_evenly(list(classes.values()), total, size, seed)
    _say_skipped(root, skipped, len(images))
    if not images:
        raise UserError(f"no photo could be read in {root}; put photos (.jpg, .png) into its sub-folders")
    names = tuple(_shown(file.relative_to(root)) for file in files)
    return Pictures(
        np.stack(images),
        np.array(labels),
        tuple(classes),
        None,
        str(root),
        files=names,
        skipped=tuple(skipped),
    )


def _class_files(root: Path, split: str) -> dict[str, list[Path]]:
    if not root.is_dir():
        raise UserError(f"no folder {root}; give the path of a folder that has a sub-folder per class")
    ready_made = [root / name for name in SPLIT_FOLDERS.get(split, ()) if _has_classes(root / name)]
    if ready_made:
        return _files(ready_made[0])
    if any(_has_classes(root / name) for names in SPLIT_FOLDERS.values() for name in names):
        raise UserError(f"{root} has no folder for the split {split!r}; choose one of those it has")
    if not _has_classes(root):
        raise UserError(f"{root} has no sub-folder with files; put the photos into one sub-folder per class")
    chosen = {name: [f for f in files if _is_in(f, split)] for name, files in _files(root).items()}
    if not any(chosen.values()):
        raise UserError(f"{root} has too few photos for the split {split!r}; add photos or use split='all'")
    return chosen


def _has_classes(root: Path) -> bool:
    return root.is_dir() and bool(_files(root))


def _files(root: Path) -> dict[str, list[Path]]:
    kinds = sorted((p for p in root.iterdir() if p.is_dir() and not p.name.startswith(".")), key=_by_name)
    found = {kind.name: sorted(f for f in kind.iterdir() if _may_be_photo(f)) for kind in kinds}
    return {name: files for name, files in found.items() if files}


def _by_name(path: Path) -> tuple[str, str]:
    return path.name.casefold(), path.name


def _may_be_photo(path: Path) -> bool:
    # A pipe or a device would block the reader; a broken link is worth a word.
    return not path.name.startswith(".") and (path.is_file() or path.is_symlink()) and not path.is_dir()


def _hash(path: Path, salt: str) -> int:
    name = f"{salt}/{path.parent.name}/{path.name}".encode("utf-8", "surrogateescape")
    return int.from_bytes(hashlib.sha256(name).digest()[:8], "big")


def _shown(path: Path) -> str:
    # A name that is no UTF-8 could not be printed.
    return str(path).encode("utf-8", "replace").decode("utf-8")


def _is_in(path: Path, split: str) -> bool:
    if split == "all":
        return True
    return split == ("train" if _hash(path, "split") % 5 else "validation")


def _read_evenly(classes: list[list[Path]], total: int, size: int, seed: int):
    images, labels, files, skipped = [], [], [], []
    readers = [
        _readable(sorted(paths, key=lambda f: _hash(f, str(seed))), size, skipped) for paths in classes
    ]
    waiting = list(enumerate(readers))
    with tqdm(
        total=total, desc="reading photos", unit=" photos", delay=2, mininterval=0.5, leave=False
    ) as bar:
        while waiting and len(images) < total:
            label, reader = waiting.pop(0)
            path, image = next(reader, (None, None))
            if path is not None:
                images.append(image), labels.append(label), files.append(path), bar.update()
                waiting.append((label, reader))
    return images, labels, files, skipped


def _readable(paths: list[Path], size: int, skipped: list[str]) -> Iterator[tuple[Path, np.ndarray]]:
    for path in paths:
        try:
            yield path, read_photo(path, size)
        except UnreadablePhoto as error:
            skipped.append(f"{_shown(Path(path.parent.name, path.name))} ({error})")


def _say_skipped(root: Path, skipped: list[str], read: int):
    if skipped:
        more = f" and {len(skipped) - NAMES_SHOWN} more" if len(skipped) > NAMES_SHOWN else ""
        print(f"{root}: {read} photos read, {len(skipped)} skipped: {', '.join(skipped[:NAMES_SHOWN])}{more}")
