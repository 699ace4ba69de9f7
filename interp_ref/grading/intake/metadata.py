"""Of a notebook's metadata what grading reads, by name and type; the rest is a stranger's and is dropped."""

from __future__ import annotations

import base64
import re

NBGRADER = {
    "grade": bool,
    "grade_id": str,
    "locked": bool,
    "points": (int, float),
    "schema_version": int,
    "solution": bool,
    "task": bool,
    "cell_type": str,
    "checksum": str,
}
KERNEL = {"name": str, "language": str, "display_name": str}
LANGUAGE = {"name": str}
COURSE = {"lesson": str, "version": str, "release": str}
PICTURES = ("image/png", "image/jpeg", "image/gif")
LONGEST, MOST_TAGS = 100, 20
PICTURE_NAME = re.compile(r"[\w .()-]{1,100}")
PICTURE_BYTES, MOST_PICTURES = 5 * 2**20, 20


def notebook_metadata(found) -> dict:
    """Kernel, language and the course's stamp."""
    wanted = {"kernelspec": KERNEL, "language_info": LANGUAGE, "interp": COURSE}
    made = {name: _kept(_part(found, name), fields) for name, fields in wanted.items()}
    return {name: fields for name, fields in made.items() if fields}


def cell_metadata(found) -> dict:
    """nbgrader's marks, the tags, and the language that VS Code gave the cell."""
    made = {}
    if marks := _kept(_part(found, "nbgrader"), NBGRADER):
        made["nbgrader"] = marks
    tags = found.get("tags") if isinstance(found, dict) else None
    if isinstance(tags, list) and (kept := [tag for tag in tags if _fits(tag, str)][:MOST_TAGS]):
        made["tags"] = kept
    return made


def kept_pictures(found) -> dict:
    """Pasted pictures of a text cell, where they are what they say; an SVG could hold a script."""
    if not isinstance(found, dict):
        return {}
    made = {}
    for name, forms in list(found.items())[:MOST_PICTURES]:
        if PICTURE_NAME.fullmatch(name) and isinstance(forms, dict):
            kept = {form: data for form, data in forms.items() if form in PICTURES and _is_base64(data)}
            made.update({name: kept} if kept else {})
    return made


def _part(found, name: str) -> dict:
    part = found.get(name) if isinstance(found, dict) else None
    return part if isinstance(part, dict) else {}


def _kept(found: dict, fields: dict) -> dict:
    return {name: found[name] for name, kind in fields.items() if name in found and _fits(found[name], kind)}


def _fits(value, kind) -> bool:
    if isinstance(value, str):
        return kind is str and len(value) <= LONGEST and value.isprintable()
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, kind) and value == value and abs(value) < 1e9


def _is_base64(data) -> bool:
    if not isinstance(data, str) or len(data) > PICTURE_BYTES:
        return False
    try:
        base64.b64decode(data.replace("\n", ""), validate=True)
    except ValueError:
        return False
    return True
