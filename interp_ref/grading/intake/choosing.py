"""Of everything that one student handed in, the one notebook of each lesson that is graded."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

from interp_ref.grading.intake.catalogue import Catalogue
from interp_ref.grading.intake.incoming import shown
from interp_ref.grading.intake.layouts import LMS, Claim
from interp_ref.grading.intake.making import Choice, submission
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
            yield submission(_of_folder(student, name, folders[name], named, catalogue), catalogue)


def _of_folder(student: str, lesson: str, claims: list[Claim], named: Named, catalogue: Catalogue) -> Choice:
    notebooks = [one for one in claims if one.file.is_notebook and "/" not in one.title]
    expected = [one for one in notebooks if one.title == f"{lesson[3:]}.ipynb"]
    looked_at = [read(one, catalogue) for one in (expected or notebooks)[:MOST_NOTEBOOKS]]
    of_lesson = [one for one in looked_at if one.notebook and catalogue.is_of(one.notebook, lesson)]
    best = max(of_lesson or looked_at, key=lambda one: one.order, default=None)
    findings = list(named.findings)
    if best and not expected:
        title = shown(best.claim.title)
        said = f"The notebook is called {title}, not {lesson[3:]}.ipynb, and is taken for it."
        findings.append(Finding("renamed-notebook", said))
    stamp = next((one.file for one in claims if one.title == TIMESTAMP), None)
    time, doubts = handed_in(stamp, best.claim.file if best else None)
    findings += doubts + _others(notebooks, looked_at, best)
    return Choice(student, lesson, best, claims, findings, named.refused, time)


def from_class(claims: Mapping[tuple, list[Claim]], catalogue: Catalogue, layout: str) -> Callable:
    """How to choose among a class's notebooks, where their cells say the lesson: an LMS's zip is of one."""
    common = _common_lesson(claims, catalogue) if layout in LMS else None

    def choose(student: str, named: Named, catalogue: Catalogue, lesson: str | None) -> Iterator[Submission]:
        notebooks = [one for one in named.claims if one.file.is_notebook]
        last = sorted(notebooks, key=lambda one: one.rank, reverse=True)[:MOST_NOTEBOOKS]
        looked_at = [read(one, catalogue) for one in last]
        told = sorted({one.lesson for one in looked_at} - {""}) or [""]
        for name in [lesson or common] if lesson or common else told:
            yield submission(_of_class(student, name, looked_at, notebooks, named), catalogue)

    return choose


def _of_class(
    student: str, lesson: str, looked_at: list[Read], notebooks: list[Claim], named: Named
) -> Choice:
    fitting = [one for one in looked_at if one.lesson in (lesson, "") or one.notebook is None]
    best = max(fitting or looked_at, key=lambda one: (one.lesson == lesson, one.order), default=None)
    findings = list(named.findings)
    if best and best.claim.late:
        findings.append(Finding("late", "The LMS marks the submission as late."))
    elsewhere = {id(one.claim) for one in looked_at if one not in fitting}
    findings += _others([one for one in notebooks if id(one) not in elsewhere], fitting, best)
    # An LMS packs its files anew: their times are those of the download.
    of_lms = best is None or best.claim.layout in LMS
    time = None if of_lms else handed_in(None, best.claim.file)[0]
    return Choice(student, lesson, best, named.claims, findings, named.refused, time)


def _common_lesson(claims: Mapping[tuple, list[Claim]], catalogue: Catalogue) -> str | None:
    """The lesson of the most of the first students' notebooks, one of each student."""
    firsts = (next((one for one in those if one.file.is_notebook), None) for those in claims.values())
    sample = islice((one for one in firsts if one), SAMPLE)
    told = Counter(found for one in sample if (found := read(one, catalogue).lesson))
    return max(told, key=lambda lesson: (told[lesson], lesson)) if told else None


def _others(notebooks: Iterable[Claim], looked_at: Iterable[Read], best: Read | None) -> list[Finding]:
    """What is to be said of the notebooks beside the one that is graded."""
    names = [shown(one.file.parts[-1]) for one in notebooks if best is None or one is not best.claim]
    if not names:
        return []
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    said = f"Handed in as well and not graded: {', '.join(names[:3])}{more}."
    why = [one.trouble for one in looked_at if one is not best and one.trouble]
    return [Finding("other-notebooks", said), *why]
