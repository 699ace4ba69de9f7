"""`interp explain`: maps and numbers of a photo or of a folder of them, written as they come."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from interp_ref.errors import UserError
from interp_ref.explaining.catalogue import ALL, Method, chosen_methods
from interp_ref.explaining.keeping import TABLE, Found, Keeper
from interp_ref.explaining.masks import mask_path, read_mask
from interp_ref.explaining.network import Network
from interp_ref.explaining.numbers import numbers_of
from interp_ref.explaining.photo_files import OnePhoto, PhotoFiles
from interp_ref.explaining.preparing import raw
from interp_ref.explaining.settings import Settings
from interp_ref.explaining.stream import explain_many
from interp_ref.explaining.support import note_on_size, require, supported

AT_ONCE = 4
NAMES_SHOWN = 8


@dataclass
class Run:
    """One call of the command: what explains what, where to, and what could not be done."""

    network: Network
    methods: list[Method]
    settings: Settings
    asked: int | None
    masks: Path | None = None

    def maps_of(self, model, pixels: np.ndarray, asked: np.ndarray, bar: tqdm) -> list[dict]:
        """Per picture of a batch its pixels, logits and maps; pixels: raw RGB [N, H, W, 3] float32."""
        images = self.network.prepare(pixels)
        logits, maps = self.network.logits(images), {}
        for method in self.methods:
            bar.set_postfix_str(method.name)
            maps[method.name] = method.work(model, images, asked, self.settings)
            bar.update(len(images))
        return [
            {"pixels": pixels[n], "logits": logits[n], "maps": {name: of[n] for name, of in maps.items()}}
            for n in range(len(images))
        ]

    def classes_of(self, pixels: np.ndarray) -> np.ndarray:
        """The asked class of each picture, or the one with the highest score where none was asked."""
        if self.asked is not None:
            return np.full(len(pixels), self.asked)
        return _highest(self.network.logits(self.network.prepare(pixels)))


def explain_photos(run: Run, photos: PhotoFiles | OnePhoto, out: Path) -> int:
    """Writes what the methods find on each photo into `out`, says what was done; returns the exit code.

    A photo or mask that cannot be read is named, the others are done, and the code is 2. Raises UserError
    where nothing could be done, where the methods do not take the pictures, and for a full disk.
    """
    skipped, seen, last = [], Counter(), None
    with _bar(len(photos) * len(run.methods)) as bar, Keeper(out, run.methods) as keeper:
        for last in _found(run, photos, skipped, bar):
            keeper.keep(last)
            seen[last.predicted] += 1
        bar.total = bar.n  # photos that could not be read have no maps
    done = sum(seen.values())
    if not done:
        raise UserError(f"None of the photos could be explained: {_listed(skipped)}.")
    if done == 1:
        print_table(last, run.methods)
    _say(done, seen, photos, out)
    if skipped:
        print(f"interp: {_left(done, skipped)}", file=sys.stderr)
    return 2 if skipped else 0


def _found(run: Run, photos, skipped: list[str], bar: tqdm) -> Iterator[Found]:
    """What was found on each photo, in their order; what could not be done is added to `skipped`."""
    stream = explain_many(
        run.network.model,
        photos,
        run.classes_of,
        lambda model, pixels, asked: run.maps_of(model, pixels, asked, bar),
        batch_size=AT_ONCE,
        prepare=raw,
        progress=False,
        skipped=skipped,
    )
    for one in stream:
        yield _with_numbers(run, photos, Path(one.name), one.class_index, one.map, skipped)


def _with_numbers(run: Run, photos, path: Path, asked: int, found: dict, skipped: list[str]) -> Found:
    from interp_ref.methods.class_scores import class_probability
    from interp_ref.methods.scores import class_score

    name, logits, names = photos.name_of(path), found["logits"], run.network.class_names
    mask = _mask(run, path, name, skipped)
    return Found(
        name=name,
        pixels=found["pixels"].astype(np.uint8),
        logits=logits,
        asked=names[asked],
        asked_index=asked,
        predicted=names[int(_highest(logits[None])[0])],
        score=float(class_score(logits[None], asked)[0]),
        probability=float(class_probability(logits[None], asked)[0]),
        maps=found["maps"],
        numbers={key: numbers_of(one, run.network.size, mask) for key, one in found["maps"].items()},
    )


def _mask(run: Run, path: Path, name: str, skipped: list[str]) -> np.ndarray | None:
    if run.masks is None:
        return None
    try:
        return read_mask(mask_path(run.masks, name), path, run.network.size)
    except UserError as error:
        skipped.append(f"{name} ({error})")
        return None


def _highest(logits: np.ndarray) -> np.ndarray:
    return (logits[:, 0] > 0).astype(int) if logits.shape[1] == 1 else logits.argmax(axis=1)


def choose_supported(network: Network, named: str, settings: Settings) -> list[Method]:
    """The named methods, or of all those that the model supports; says which are left out and why.

    Raises UserError for a layer or a named method that the model does not have or support.
    """
    methods, reasons = supported(chosen_methods(named), network.model, settings.layer, network.size)
    everything = ALL in named.split(",")
    require(methods, reasons, everything)
    if everything:
        print(f"{len(methods)} methods: {', '.join(method.name for method in methods)}.")
        for name, reason in reasons.items():
            print(f"Left out: {name}. {reason}")
    note = note_on_size(network.model, settings.layer, network.size)
    if note:
        print(note)
    return methods


def print_table(found: Found, methods: list[Method]) -> None:
    """The numbers of one photo, for a terminal."""
    from rich.console import Console
    from rich.table import Table

    masked = any(numbers.hit is not None for numbers in found.numbers.values())
    table = Table("method", "maximum (row, column)", "positive", "half in", *(["hit", "inside"] * masked))
    for method in methods:
        one = found.numbers[method.name]
        place = "nowhere, it is constant" if one.row is None else f"({one.row}, {one.column})"
        shares = [one.positive_share, one.half_in, *([one.hit, one.energy_inside] * masked)]
        table.add_row(method.title, place, *("–" if value is None else f"{value:.1%}" for value in shares))
    print(
        f"{found.name}: {found.predicted} is predicted; {found.asked} has the score {found.score:+.2f}, "
        f"probability {found.probability:.1%}."
    )
    Console(highlight=False).print(table)
    print(
        "positive: share of the map's values that speak for the class; half in: share of the picture that "
        "holds half of them."
    )


def _bar(total: int) -> tqdm:
    # Standard output, as all bars of the course: a notebook, a terminal and a log file show it.
    return tqdm(total=total, desc="Explaining", unit=" maps", file=sys.stdout)


def _say(done: int, seen: Counter, photos, out: Path) -> None:
    if done > 1:
        counts = ", ".join(f"{count} {name}" for name, count in seen.most_common(NAMES_SHOWN))
        print(f"{done} photos explained; predicted: {counts}.")
    if photos.others:
        print(f"Passed over, no photos by their ending: {_listed(photos.others)}.")
    print(f"In {out}: a .png and an .npz for each photo, and {TABLE}.")


def _left(done: int, skipped: list[str]) -> str:
    return f"{done} explained; trouble with {len(skipped)}: {_listed(skipped)}. Mend or remove what is named."


def _listed(names) -> str:
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return ", ".join(names[:NAMES_SHOWN]) + more
