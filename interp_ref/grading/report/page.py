"""Pages of one file: template, style sheet and policy, with whatever a student wrote escaped."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from interp_ref.errors import UserError
from interp_ref.grading.report.marks import number
from interp_ref.grading.report.printable import printable

HERE = Path(__file__).parent
# Nothing is fetched and nothing runs; pictures are in the page, styles are attributes and one sheet.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


@cache
def _environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(
        zip=lambda one, other: zip(one, other, strict=False),
        shown=printable,
        number=number,
        percent=lambda share: f"{100 * share:.0f} %",
    )
    return env


def render(template: str, **values) -> str:
    """A page of one file from a template beside this module.

    Every value is escaped unless it is Markup. The policy in it forbids scripts and requests.
    """
    sheet = Markup((HERE / "page.css").read_text(encoding="utf-8"))
    return _environment().get_template(template).render(policy=POLICY, sheet=sheet, **values)


def write_file(path: str | Path, content: str | bytes) -> Path:
    """Writes a file whole or not at all. Raises UserError where it can't be written."""
    path = Path(path)
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content.encode("utf-8", "replace") if isinstance(content, str) else content)
        os.replace(part, path)
    except OSError as trouble:
        part.unlink(missing_ok=True)
        raise UserError(f"Can't write {path}: {trouble.strerror or trouble}. Choose another place.") from None
    return path
