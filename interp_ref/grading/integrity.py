"""Submissions whose answers are the same up to names and layout, in pairs for a person to judge.

Nothing here gives or takes a point. Two answers to an exercise match where their normal forms are equal
(`normal_form`), unless it is the form of the released cell or of the solution, or more than a quarter of the
class (and more than three) have it. A pair is listed for either of two reasons.

- The matches share SHARED_NODES telling nodes of the syntax tree: calls, expressions, indices, constants and
  so on, but no names. The nodes of a statement count in full if at most two students wrote it, or one in a
  hundred of a larger class, and in proportion less if more did: what six of forty wrote counts a third.
  A statement of the released lesson or the solution, or one that more than a quarter wrote, counts nothing.
- The two match in so many exercises that chance does not explain it. If students found each form
  independently, as often as the class has it, the class would hold `Pair.by_chance` such pairs; it is listed
  from one in BY_CHANCE classes down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import ceil, comb, prod

from nbformat import NotebookNode

from interp_ref.authoring.cells import SET_UP, grade_id, marks, tags
from interp_ref.grading.normal_form import Form, form_of_text, imports_of, normal_form

# Two whole answers of usual size: half of the right answers in tests/right_answers have 24 nodes or more.
SHARED_NODES = 50
BY_CHANCE = 10
FEW, ONE_IN = 2, 100
COMMON, COMMON_SHARE = 3, 4  # more than three students and more than every fourth: anybody's answer
EXCERPT_LINES, EXCERPT_CHARACTERS = 40, 2_000


@dataclass(frozen=True)
class Match:
    """One exercise that two students answered with the same form.

    shared: the telling nodes. holders: how many students have this form. excerpts: what each of the two
    wrote, shortened, and as untrusted as all that students write.
    """

    exercise: str
    shared: float
    holders: int
    excerpts: tuple[str, str]


@dataclass(frozen=True)
class Pair:
    """Two students, `first` before `second` in order, and what they share, the most telling first.

    by_chance: how many pairs with these matches a class would hold whose students work independently.
    """

    first: str
    second: str
    matches: tuple[Match, ...]
    by_chance: float

    @property
    def shared(self) -> float:
        return sum(match.shared for match in self.matches)


def similar_pairs(
    submissions: Mapping[str, NotebookNode], released: NotebookNode, solved: NotebookNode | None = None
) -> list[Pair]:
    """Pairs of students whose answers in one lesson match, those with the most matches first.

    submissions: a notebook by student, its cells marked as in the release. solved: the solution notebook;
    answers like its own are no sign of anything.
    """
    found: dict[tuple[str, str], list[tuple[str, float, int]]] = defaultdict(list)
    aliases, handed_out = _imports(released), _answers(released)
    answers = {student: _answers(notebook) for student, notebook in submissions.items()}
    models = _answers(solved) if solved else {}
    for name, (kind, stub) in handed_out.items():
        form = _former(kind, aliases)
        forms = {student: form(cells[name][1]) for student, cells in answers.items() if name in cells}
        known = [form(stub)] + ([form(models[name][1])] if name in models else [])
        for pair, shared, holders in _matches(forms, known):
            found[pair].append((name, shared, holders))
    pairs = [_pair(who, said, answers) for who, said in found.items() if _is_telling(said, len(answers))]
    return sorted(pairs, key=lambda pair: (-len(pair.matches), -pair.shared, pair.first, pair.second))


def _is_telling(said: list[tuple[str, float, int]], students: int) -> bool:
    return sum(shared for _, shared, _ in said) >= SHARED_NODES or _by_chance(said, students) <= 1 / BY_CHANCE


def _by_chance(said: list[tuple[str, float, int]], students: int) -> float:
    return comb(students, 2) * prod(holders / students for _, _, holders in said)


def _pair(who: tuple[str, str], said: list[tuple[str, float, int]], answers) -> Pair:
    matches = (
        Match(name, shared, holders, tuple(_excerpt(answers[student][name][1]) for student in who))
        for name, shared, holders in said
    )
    in_order = tuple(sorted(matches, key=lambda match: -match.shared))
    return Pair(*who, in_order, _by_chance(said, len(answers)))


def _answers(notebook: NotebookNode) -> dict[str, tuple[str, str]]:
    """Kind of cell and source of each answer cell, by grade id; of two with one id, the first."""
    cells = [cell for cell in notebook.cells if marks(cell).get("solution") and grade_id(cell)]
    return {grade_id(cell): (cell.cell_type, cell.source) for cell in reversed(cells)}


def _imports(released: NotebookNode) -> dict[str, str]:
    """What the set-up cells of a lesson import."""
    sources = [cell.source for cell in released.cells if cell.cell_type == "code" and SET_UP in tags(cell)]
    return {name: full for source in sources for name, full in imports_of(source).items()}


def _former(kind: str, aliases: dict[str, str]):
    """The function that gives the form of an answer of this kind; equal texts are taken apart once."""
    if kind != "code":
        return form_of_text
    return lru_cache(maxsize=4096)(lambda source: normal_form(source, aliases))


def _matches(forms: dict[str, Form], known: list[Form]):
    """((first, second), telling nodes, holders) of every two students with one form that is not anybody's."""
    plain, common = {unit for form in known for unit, _ in form.units}, _common(len(forms))
    writers: dict[bytes, int] = defaultdict(int)
    alike: dict[bytes, list[str]] = defaultdict(list)
    for student in sorted(forms):
        alike[forms[student].digest].append(student)
        for unit in {unit for unit, _ in forms[student].units} - plain:
            writers[unit] += 1
    for form in known:
        alike.pop(form.digest, None)
    for students in alike.values():
        if 1 < len(students) <= common:
            units = forms[students[0]].units
            shared = sum(_telling(nodes, writers.get(unit, 0), len(forms)) for unit, nodes in units)
            yield from ((pair, shared, len(students)) for pair in combinations(students, 2))


def _common(students: int) -> int:
    """How many students may have an answer before it is anybody's."""
    return max(COMMON, ceil(students / COMMON_SHARE))


def _telling(nodes: int, writers: int, students: int) -> float:
    """What a statement of so many nodes counts, when so many of the students wrote it."""
    if not 0 < writers <= _common(students):
        return 0
    return nodes * min(1, max(FEW, students / ONE_IN) / writers)


def _excerpt(source: str) -> str:
    lines = source.splitlines()
    text = "\n".join(lines[:EXCERPT_LINES])[:EXCERPT_CHARACTERS]
    return text if len(text) == len(source.rstrip()) else text.rstrip() + "\n…"
