"""A submission of the notebook that was chosen, with what lies beside it and all that is to be said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from interp_ref.grading.intake.besides import beside
from interp_ref.grading.intake.catalogue import Catalogue
from interp_ref.grading.intake.incoming import shown
from interp_ref.grading.intake.layouts import Claim
from interp_ref.grading.intake.reading import Read
from interp_ref.grading.intake.timestamps import NAME as TIMESTAMP
from interp_ref.grading.records import Finding, Submission


@dataclass(frozen=True)
class Choice:
    """What was chosen for one student and lesson.

    best: the notebook, None where there is none. claims: all that came. refused: whether the name of the
    student forbids to grade it.
    """

    student: str
    lesson: str
    best: Read | None
    claims: list[Claim]
    findings: list[Finding]
    refused: bool
    time: datetime | None


def submission(chosen: Choice, catalogue: Catalogue) -> Submission:
    """The submission; its notebook is None where it can't be graded, and a finding says why."""
    best = chosen.best
    unfit = _unfit(chosen, catalogue)
    files, left_out = beside(one for one in chosen.claims if not one.file.is_notebook and one.title)
    # A link or an empty folder in the place of the lesson's folder.
    places = [one.file.trouble.finding for one in chosen.claims if one.file.trouble and not one.title]
    notes = best.claim.file.notes if best else ()
    origins = [best.claim.file.origin] if best else sorted(one.file.origin for one in chosen.claims)
    return Submission(
        student=chosen.student,
        lesson=chosen.lesson,
        notebook=None if unfit or chosen.refused else best.data,
        files=files,
        timestamp=chosen.time,
        origin=origins[0] if origins else "",
        findings=(*chosen.findings, *notes, *unfit, *left_out, *places),
    )


def _unfit(chosen: Choice, catalogue: Catalogue) -> list[Finding]:
    """Why the chosen notebook can't be graded."""
    best, lesson = chosen.best, chosen.lesson
    if best is None:
        return [Finding("no-notebook", _no_notebook(chosen.claims), "mend")]
    if best.trouble:
        return [best.trouble]
    title = shown(best.claim.title)
    if not lesson:
        said = f"{title} has no exercise of this course: hand in the notebook of a lesson."
        return [Finding("unknown-lesson", said, "mend")]
    if not catalogue.is_of(best.notebook, lesson):
        of = catalogue.lesson_of(best.notebook)
        said = f"{title} is the notebook of {of}, not of {lesson}: hand in that of {lesson}."
        return [Finding("wrong-lesson", said, "mend")]
    return []


def _no_notebook(claims: list[Claim]) -> str:
    names = [shown(one.title) for one in claims if one.title and one.title != TIMESTAMP][:3]
    got = f"only {', '.join(names)}" if names else "nothing that can be read"
    return f"There is no notebook, {got}: hand in the .ipynb file itself, not packed and not printed."
