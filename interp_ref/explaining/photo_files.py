"""Which files of a folder are photos, found anew at each pass so that no list of them is kept."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from interp_ref.errors import UserError

ENDINGS = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".apng", ".gif", ".webp", ".tif", ".tiff"),
    *(".bmp", ".ppm", ".pgm", ".pbm", ".jp2", ".avif"),
)
"""Endings of the formats that `read_photo` reads."""


@dataclass
class PhotoFiles:
    """The photos of a folder and its sub-folders in the order of their names, one by one.

    Hidden files are passed over, and so is `without`, a folder of results; files that by their ending are no
    photos are counted in `others` at each pass. Goes through the folder again at each pass.
    """

    root: Path
    without: Path | None = None
    others: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Path]:
        self.others.clear()
        for folder, folders, files in os.walk(self.root):
            folders[:] = sorted(name for name in folders if self._is_wanted(Path(folder, name)))
            for name in sorted(files):
                if name.lower().endswith(ENDINGS) and not name.startswith("."):
                    yield Path(folder, name)
                elif not name.startswith("."):
                    self.others.append(name)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _is_wanted(self, folder: Path) -> bool:
        return not folder.name.startswith(".") and folder.resolve() != self.without

    def name_of(self, path: Path) -> str:
        """The photo's name from the folder on, with characters that can be written anywhere."""
        return shown(path.relative_to(self.root))


@dataclass
class OnePhoto:
    """One file in the place of a folder."""

    path: Path
    others: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Path]:
        yield self.path

    def __len__(self) -> int:
        return 1

    def name_of(self, path: Path) -> str:
        """The file's name."""
        return shown(Path(path.name))


def find_photos(path: Path, out: Path) -> PhotoFiles | OnePhoto:
    """The photos at a path, a file or a folder; out: where the results go, which is no part of it.

    Raises UserError for a path that is not there, a file that is no picture, a folder without photos, and a
    folder that is to hold the results too.
    """
    path = path.expanduser()
    if path.is_file():
        from interp_ref.data.photo import UnreadablePhoto, read_photo

        try:
            read_photo(path, 8)
        except UnreadablePhoto as reason:
            raise UserError(
                f"{path} cannot be read ({reason}): give a photo, such as a .jpg or .png."
            ) from None
        return OnePhoto(path)
    if not path.is_dir():
        raise UserError(
            f"There is no file or folder {path}: give the path of a photo or of a folder of them."
        )
    if path.resolve() == out.resolve():
        raise UserError(
            f"The results cannot go into {path} itself, where they would be taken for photos the next time: "
            "name another folder with --out."
        )
    found = PhotoFiles(path, out.resolve())
    if not len(found):
        raise UserError(f"There is no photo in {path}: give a folder with files such as .jpg or .png.")
    return found


def shown(path: Path | str) -> str:
    """A path as text; what is no UTF-8 in it, and could not be written, becomes a question mark."""
    return Path(path).as_posix().encode("utf-8", "replace").decode("utf-8")
