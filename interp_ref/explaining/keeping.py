"""What is written for each photo: the sheet as PNG, the maps as .npz, the numbers as rows of one CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from interp_ref.errors import UserError
from interp_ref.explaining.catalogue import Method
from interp_ref.explaining.numbers import Numbers
from interp_ref.models.atomic import replacing

TABLE = "numbers.csv"
HEAD = ("photo", "method", "asked", "score", "probability", "predicted")


@dataclass(frozen=True)
class Found:
    """All that was found on one photo: pixels [H, W, 3] uint8, logits [C], and by method map and numbers.

    asked, predicted: names of classes; probability: of the asked class.
    """

    name: str
    pixels: np.ndarray
    logits: np.ndarray
    asked: str
    asked_index: int
    predicted: str
    score: float
    probability: float
    maps: dict[str, np.ndarray]
    numbers: dict[str, Numbers]


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """What cannot be written becomes a UserError that says that the rest is there."""
    try:
        yield
    except OSError as error:
        raise UserError(
            f"{path} cannot be written ({error.strerror or error}): make room or name another folder with "
            "--out; what was written before is there."
        ) from error


def ready_folder(out: Path) -> Path:
    """The folder of the results, made where it is missing. Raises UserError where it cannot be written to."""
    out = out.expanduser()
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
        with replacing(out / "may_be_written") as draft:
            draft.touch()
        (out / "may_be_written").unlink()
    return out


class Keeper:
    """Writes results into a folder as they come, and keeps none of them."""

    def __init__(self, out: Path, methods: list[Method]):
        self.out, self.methods = out, methods
        with writing(out / TABLE):
            self._file = (out / TABLE).open("w", encoding="utf-8", newline="", errors="replace")
            self._rows = csv.writer(self._file)
            self._rows.writerow([*HEAD, *(one.name for one in fields(Numbers))])

    def __enter__(self) -> Keeper:
        return self

    def __exit__(self, *_):
        self._file.close()

    def keep(self, found: Found) -> None:
        """Writes the sheet, the maps and the rows of one photo. Raises UserError where that fails."""
        place = self.out / found.name
        with writing(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            self._save_maps(found, place.with_name(f"{place.name}.npz"))
            self._save_sheet(found, place.with_name(f"{place.name}.png"))
            self._write_rows(found)

    def _save_maps(self, found: Found, path: Path) -> None:
        with replacing(path) as draft, draft.open("wb") as file:
            beside = {"picture": found.pixels, "logits": found.logits, "class_index": found.asked_index}
            np.savez_compressed(file, **beside, **found.maps)

    def _save_sheet(self, found: Found, path: Path) -> None:
        from interp_ref import show

        titles = {method.name: method.title for method in self.methods}
        maps = {titles[name]: one for name, one in found.maps.items()}
        fine = [method.title for method in self.methods if method.fine]
        figure = show.sheet(found.pixels, maps, fine=fine, title=_title(found))
        with replacing(path) as draft:
            show.save(figure, draft)

    def _write_rows(self, found: Found) -> None:
        head = (found.asked, f"{found.score:.5g}", f"{found.probability:.5g}", found.predicted)
        for name, numbers in found.numbers.items():
            self._rows.writerow([found.name, name, *head, *map(_short, asdict(numbers).values())])
        self._file.flush()


def _title(found: Found) -> str:
    name = found.name if len(found.name) <= 28 else f"…{found.name[-27:]}"
    return f"{name}\nasked: {found.asked}, {found.score:+.2f}, {found.probability:.1%}"


def _short(value) -> str:
    return "" if value is None else f"{value:.5g}"
