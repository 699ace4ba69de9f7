"""From the options of `interp explain` to a run: what can be refused is, before the first photo."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from interp_ref.errors import UserError
from interp_ref.explaining.photo_files import OnePhoto, PhotoFiles


@dataclass(frozen=True)
class Wanted:
    """The options that choose class, methods, network and masks, as they were typed."""

    asked: str | None = None
    method: str = "grad_cam,saliency"
    head: str = "cats_vs_dogs"
    model: Path | None = None
    preprocess: str | None = None
    classes: str | None = None
    size: int | None = None
    truth: Path | None = None


def explain_wanted(wanted: Wanted, numbers: dict, photos: PhotoFiles | OnePhoto, out: Path) -> int:
    """Explains photos as the options say; returns the exit code. numbers: `Settings` by name.

    Raises UserError for options that do not go together and for all that cannot be done.
    """
    _check(wanted, photos)
    from interp_ref.quiet import load_tensorflow

    load_tensorflow()
    from interp_ref.explaining.catalogue import chosen_methods
    from interp_ref.explaining.command import Run, choose_supported, explain_photos
    from interp_ref.explaining.keeping import ready_folder
    from interp_ref.explaining.settings import Settings

    chosen_methods(wanted.method)  # a misspelt name is said before a network is loaded
    out = ready_folder(out)
    network = _network(wanted)
    asked = network.class_index(wanted.asked)
    settings = Settings(prepare=network.prepare, **numbers)
    settings.check(network.size)
    methods = choose_supported(network, wanted.method, settings)
    return explain_photos(Run(network, methods, settings, asked, wanted.truth), photos, out)


def _check(wanted: Wanted, photos) -> None:
    if wanted.model is None and (wanted.preprocess or wanted.classes):
        raise UserError(
            "--preprocess and --classes belong to a model of your own: name its file with --model, or leave "
            "them out for the course's network."
        )
    if wanted.truth is None:
        return
    if not wanted.truth.exists():
        raise UserError(f"There is no mask {wanted.truth}: give a picture, or a folder of them for a folder.")
    if wanted.truth.is_file() and not isinstance(photos, OnePhoto):
        raise UserError(
            f"One mask, {wanted.truth}, cannot be that of all photos: give a folder with a PNG of each name."
        )


def _network(wanted: Wanted):
    from interp_ref.explaining.network import course_network, own_network

    if wanted.model is None:
        return course_network(wanted.head, wanted.size)
    return own_network(wanted.model, wanted.preprocess, wanted.classes, wanted.size)
