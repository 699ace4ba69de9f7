"""`interp explorables`: one JSON file a page, computed on VGG16 from the course's own sketches."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

from interp_ref.errors import UserError
from interp_ref.models.atomic import replacing

NAMES = ("build_a_cam", "occluder", "sign_lab", "colour_maps", "randomise")
"""The explorables by name: a module here, a file in `data`, a script and a fragment in `site`, a page."""
HERE = Path(__file__).parent
DATA, SITE = HERE / "data", HERE / "site"


def make_explorables(names: list[str] | None = None, out: Path = DATA) -> list[Path]:
    """Computes the data of the explorables, of sketches alone: no photo is ever committed.

    names: which of NAMES, all of them where none is given. Returns the files in `out`. Raises UserError for
    a name that is none.
    """
    for name in names or ():
        if name not in NAMES:
            raise UserError(f"Expected an explorable of {', '.join(NAMES)}, got {name!r}.")
    from interp_ref.explorables.subjects import find_subjects

    subjects, made = find_subjects("sketch"), []
    out.mkdir(parents=True, exist_ok=True)
    for name in names or NAMES:
        content = import_module(f"interp_ref.explorables.{name}").make(subjects)
        with replacing(out / f"{name}.json") as draft:
            draft.write_text(json.dumps(content, separators=(",", ":")) + "\n", encoding="utf-8")
        made.append(out / f"{name}.json")
    return made


def data_of(name: str) -> dict:
    """What the committed file of an explorable holds."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def as_script(name: str) -> str:
    """The data as a script that hands them to the page, which may have no server to fetch JSON from."""
    return f"explorable.receive({json.dumps(name)}, {(DATA / f'{name}.json').read_text(encoding='utf-8')});\n"
