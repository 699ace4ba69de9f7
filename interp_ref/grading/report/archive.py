"""Feedback pages in the zip that a learning platform takes, with the grade sheet beside it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from interp_ref.errors import UserError
from interp_ref.grading.records import Graded
from interp_ref.grading.report.canvas import fill_canvas, write_canvas
from interp_ref.grading.report.feedback import feedback_path
from interp_ref.grading.report.marks import is_graded, lessons_in
from interp_ref.grading.report.moodle import fill_moodle, write_moodle
from interp_ref.grading.report.page import write_file
from interp_ref.grading.report.platforms import incoming, known_platform

ALWAYS = (2000, 1, 1, 0, 0, 0)  # equal feedback, equal archive


@dataclass(frozen=True)
class Archive:
    """What was written: the zip, the grade sheet, entry by student, and why others are not in it."""

    path: Path
    sheet: Path
    entries: dict[str, str]
    left_out: dict[str, str]


def write_archive(
    graded: Sequence[Graded],
    feedback_dir: str | Path,
    out: str | Path,
    for_: str = "moodle",
    sheet: str | Path | None = None,
    column: str = "",
    scale: bool = False,
) -> Archive:
    """Packs one lesson's feedback pages for Moodle or Canvas, and writes the grade sheet beside them.

    feedback_dir: the tree that `feedback_path` names. out: the zip; the sheet gets the same name with .csv.
    for_: "moodle" ("Upload multiple feedback files in a zip", and "Upload grading worksheet") or "canvas"
    ("Upload Submissions", and the gradebook's "Import").
    sheet: the worksheet, or the gradebook, that the platform exported; without it a sheet in its format is
    made.
    column: Canvas' assignment; the lesson's name where it is not given. scale: turn points into the
    platform's. Raises UserError for several lessons at once, or where no incoming name is that platform's.
    """
    known_platform(for_)
    if len(lessons_in(graded)) != 1:
        raise UserError(f"An archive holds one lesson, here are {len(lessons_in(graded))}: name one.")
    out, table = Path(out), Path(out).with_suffix(".csv")
    if sheet is not None and Path(sheet).resolve() == table.resolve():
        raise UserError(f"The grade sheet would overwrite {sheet}: choose another name for the archive.")
    pages, entries, left_out = _collected(graded, feedback_dir, for_)
    if not pages:
        why = next(iter(left_out.values()), "there is no submission")
        raise UserError(f"No feedback can be packed for {for_}: {why}.")
    filled = _sheet(graded, sheet, table, for_, column, scale)
    return Archive(write_file(out, _zipped(pages)), filled, entries, left_out)


def _collected(graded, feedback_dir, platform: str):
    """(page by entry, entry by student, reason by student who has none)."""
    pages: dict[str, bytes] = {}
    entries, left_out = {}, {}
    for one in sorted(graded, key=lambda one: one.student):
        came, page = incoming(one.origin, platform), feedback_path(feedback_dir, one)
        if came is None:
            left_out[one.student] = f"the incoming name {one.origin[:80]!r} is none that {platform} gives"
        elif page.is_symlink() or not page.is_file():
            left_out[one.student] = "there is no feedback page: run `interp feedback` first"
        elif came.entry in pages:
            left_out[one.student] = f"another submission came in as {came.entry[:80]!r} too"
        else:
            pages[came.entry], entries[one.student] = page.read_bytes(), came.entry
    return pages, entries, left_out


def _zipped(pages: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, page in pages.items():
            about = zipfile.ZipInfo(entry, ALWAYS)
            about.compress_type, about.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(about, page)
    return made.getvalue()


def _sheet(graded, sheet, out: Path, platform: str, column: str, scale: bool) -> Path:
    done = [one for one in graded if is_graded(one)]
    named = column or graded[0].lesson
    if platform == "moodle":
        return fill_moodle(done, sheet, out, scale).path if sheet else write_moodle(done, out)
    return fill_canvas(done, sheet, out, named, scale).path if sheet else write_canvas(done, out, named)
