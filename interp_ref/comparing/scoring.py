"""Each method's pointing hits and energy inside, picture by picture, kept after each method."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from interp_ref.comparing.subjects import Subjects
from interp_ref.explaining.catalogue import CATALOGUE, Method
from interp_ref.explaining.settings import Settings
from interp_ref.methods.baselines import center_map, random_map
from interp_ref.methods.energy import energy_inside
from interp_ref.methods.maps import resize_map
from interp_ref.methods.pointing_game import pointing_game
from interp_ref.models.atomic import replacing

AT_ONCE = 8
BASELINES = (
    Method(
        "random", "random numbers", lambda model, images, asked, s: random_map(model, images, asked, s.seed)
    ),
    Method("center", "centre pixel", lambda model, images, asked, s: center_map(model, images)),
    CATALOGUE["activation_norm"],
)
"""Maps that know no class; the first two do not know the network either."""


@dataclass
class Scores:
    """Per method hits and energy, a number a picture, and the settings that they belong to."""

    settings: dict
    hits: dict[str, list[float]] = field(default_factory=dict)
    energy: dict[str, list[float]] = field(default_factory=dict)


def kept_scores(path: Path, settings: dict) -> Scores:
    """What an earlier run with the same settings has left; nothing where there is none, or with others."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        found = Scores(kept["settings"], kept["hits"], kept["energy"])
    except (OSError, ValueError, KeyError, TypeError):
        return Scores(settings)
    return found if found.settings == settings else Scores(settings)


def keep_scores(scores: Scores, path: Path) -> None:
    """Writes the scores in one step, so that a run that is stopped leaves those before."""
    with replacing(path) as draft:
        draft.write_text(json.dumps(vars(scores)), encoding="utf-8")


def score(method: Method, subjects: Subjects, settings: Settings, tolerance: float, advance) -> tuple:
    """(hits [N], energy [N]) of a method asked for each picture's own class.

    tolerance: of the pointing game, in pixels; advance: called with the number of pictures just done.
    """
    hits, energy = [], []
    for start in range(0, len(subjects.labels), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        images, masks = subjects.images[some], subjects.deciding[some]
        own = replace(settings, seed=settings.seed + start)
        maps = resize_map(method.work(subjects.model, images, subjects.labels[some], own), *masks.shape[1:])
        hits.append(pointing_game(maps, masks, tolerance))
        energy.append(energy_inside(maps, masks))
        advance(len(images))
    return np.concatenate(hits).tolist(), np.concatenate(energy).tolist()
