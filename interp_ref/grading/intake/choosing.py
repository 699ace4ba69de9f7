"""Of everything that one student handed in, the one notebook of each lesson that is graded."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

from interp_ref.grading.intake.besides import beside
from interp_ref.grading.intake.catalogue import Catalogue
from interp_ref.grading.intake.incoming import Refused, shown
from interp_ref.grading.intake.layouts import LMS, Claim
from interp_ref.grading.intake.naming import Named
from interp_ref.grading.intake.reading import Read, read
from interp_ref.grading.intake.timestamps import NAME as TIMESTAMP
from interp_ref.grading.intake.timestamps import handed_in
from interp_ref.grading.records import Finding, Submission

MOST_NOTEBOOKS = 12  # of one student and lesson; more are not opened
SAMPLE = 50


def from_tree(student: str, named: Named, catalogue: Catalogue, lesson: str | None) -> Iterator[Submission]:
    """The student's submissions in nbgrader's tree, where the folder says the lesson."""
    folders: dict[str, list[Claim]] = defaultdict(list)
    for one in named.claims:
        folders[one.lesson].append(one)
    general = folders.pop("", [])  # a link in the place of the student's folder
    if general and not folders:
        folders[lesson or ""] = general
    for name in sorted(folders):
        if lesson in (None, name):
            yield _of_folder(student, name, folders[name], named, catalogue)


def _of_folder(
    student: str, lesson: str, claims: list[Claim], named: Named, catalogue: Catalogue
) -> Submission:
    notebooks = [one for one in claims if one.file.is_notebook and "/" not in one.title]
    expected = [one for one in notebooks if one.title == f"{lesson[3:]}.ipynb"]
    looked_at = [read(one, catalogue) for one in (expected or notebooks)[:MOST_NOTEBOOKS]]
    of_lesson = [one for one in looked_at if one.notebook and catalogue.is_of(one.notebook, lesson)]
    best = max(of_lesson or looked_at, key=lambda one: one.order, default=None)
    findings = list(named.findings)
    if best and not expected:
        said = (
            f"The notebook is called {shown(best.claim.title)}, not {lesson[3:]}.ipynb, and is taken for it."
        )
        findings.append(Finding("renamed-notebook", said))
    stamp = next((one.file for one in claims if one.title == TIMESTAMP), None)
    time, doubts = handed_in(stamp, best.claim.file if best else None)
    findings += doubts + _not_graded(one for one in notebooks if not best or one is not best.claim)
    return _submission(student, lesson, best, claims, findings, named.refused, catalogue, time)


def from_class(claims: Mapping[tuple, list[Claim]], catalogue: Catalogue, layout: str) -> Callable:
    """How to choose among a class's notebooks, where their cells say the lesson: an LMS's zip is of one."""
    common = _common_lesson(claims, catalogue) if layout in LMS else None

    def choose(student: str, named: Named, catalogue: Catalogue, lesson: str | None) -> Iterator[Submission]:
        notebooks = sorted(
            (one for one in named.claims if one.file.is_notebook), key=lambda one: one.rank, reverse=True
        )
        looked_at = [read(one, catalogue) for one in notebooks[:MOST_NOTEBOOKS]]
        asked = lesson or common
        for name in [asked] if asked else sorted({one.lesson for one in looked_at}) or [""]:
            yield _of_class(student, name, looked_at, notebooks, named, catalogue)

    return choose


def _of_class(
    student: str,
    lesson: str,
    looked_at: list[Read],
    notebooks: list[Claim],
    named: Named,
    catalogue: Catalogue,
) -> Submission:
    fitting = [one for one in looked_at if one.lesson in (lesson, "") or one.notebook is None]
    best = max(fitting or looked_at, key=lambda one: (one.lesson == lesson, one.order), default=None)
    findings = list(named.findings)
    if best and best.claim.late:
        findings.append(Finding("late", "The LMS marks the submission as late."))
    others = {one.claim.file.name: one.lesson for one in looked_at}
    findings += _not_graded(
        one
        for one in notebooks
        if best and one is not best.claim and others.get(one.file.name, lesson) in (lesson, "")
    )
    unknown_time = not best or best.claim.layout in LMS
    time = None if unknown_time else handed_in(None, best.claim.file)[0]
    return _submission(student, lesson, best, named.claims, findings, named.refused, catalogue, time)


def _common_lesson(claims: Mapping[tuple, list[Claim]], catalogue: Catalogue) -> str | None:
    """The lesson of the most of the first notebooks."""
    notebooks = (one for those in claims.values() for one in those if one.file.is_notebook)
    told = Counter(found for one in islice(notebooks, SAMPLE) if (found := read(one, catalogue).lesson))
    return max(told, key=lambda lesson: (told[lesson], lesson)) if told else None


def _submission(
    student: str,
    lesson: str,
    best: Read | None,
    claims: list[Claim],
    findings: list[Finding],
    refused: bool,
    catalogue: Catalogue,
    time,
) -> Submission:
    files, left_out = beside(one for one in claims if not one.file.is_notebook and one.title)
    left_out += [_trouble(one).finding for one in claims if one.file.trouble and not one.title]
    if best is None:
        findings.append(Finding("no-notebook", _no_notebook(claims), "mend"))
        origin = min((one.file.name for one in claims), default="")
        return Submission(student, lesson, None, {}, time, origin, tuple(findings + left_out))
    findings += best.claim.file.notes
    if best.trouble:
        findings.append(best.trouble)
    elif not lesson:
        said = f"{shown(best.claim.title)} has no exercise of this course: hand in the notebook of a lesson."
        findings.append(Finding("unknown-lesson", said, "mend"))
    elif not catalogue.is_of(best.notebook, lesson):
        of = catalogue.lesson_of(best.notebook)
        said = (
            f"{shown(best.claim.title)} is the notebook of {of}, not of {lesson}: hand in that of {lesson}."
        )
        findings.append(Finding("wrong-lesson", said, "mend"))
    unfit = {"unknown-lesson", "wrong-lesson"} & {finding.kind for finding in findings}
    data = None if unfit or refused else best.data
    return Submission(student, lesson, data, files, time, best.claim.file.name, tuple(findings + left_out))


def _trouble(one: Claim) -> Refused:
    return one.file.trouble


def _no_notebook(claims: list[Claim]) -> str:
    names = [shown(one.title) for one in claims if one.title and one.title != TIMESTAMP][:3]
    got = f"only {', '.join(names)}" if names else "nothing that can be read"
    return f"There is no notebook, {got}: hand in the .ipynb file itself, not packed and not printed."


def _not_graded(others: Iterable[Claim]) -> list[Finding]:
    """A finding that names the notebooks beside the one that is graded."""
    names = [shown(one.title) for one in others]
    if not names:
        return []
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    said = f"Handed in as well and not graded: {', '.join(names[:3])}{more}."
    return [Finding("other-notebooks", said)]
