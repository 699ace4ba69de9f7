"""What a lesson's links can point to: equation numbers, named places, papers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from interp_ref.authoring.building import read_text
from interp_ref.authoring.lessons import Lesson, find_lesson
from interp_ref.authoring.myst import Directive, Math, Target, Text, as_math, walk
from interp_ref.authoring.references import Reference, load_references
from interp_ref.errors import UserError


@dataclass
class Labels:
    """Equation numbers ("2.3") and titles of places by label, papers by key, and the papers cited so far."""

    equations: dict[str, str]
    places: dict[str, str]
    references: dict[str, Reference]
    cited: list[str] = field(default_factory=list)

    def equation(self, label: str) -> str:
        """The number of an equation. Raises UserError if the lesson has no such label."""
        return self._found(self.equations, label, "an equation's label in this lesson")

    def place(self, label: str) -> str:
        """What a link to a place says when the author gives no text."""
        return self._found(self.places, label, "a label in this lesson")

    def paper(self, key: str) -> Reference:
        """A paper, which from now on belongs to the lesson's bibliography."""
        paper = self._found(self.references, key, "a key of references.bib")
        if key not in self.cited:
            self.cited.append(key)
        return paper

    @staticmethod
    def _found(table: dict, label: str, expected: str):
        if label not in table:
            raise UserError(
                f"Expected {expected}, got {label!r}: there are {', '.join(sorted(table)) or 'none'}."
            )
        return table[label]


def labels_of(cells, number: int, root: Path) -> Labels:
    """The labels of a lesson's cells. Raises UserError where a label is given twice."""
    equations, places = {}, {}
    for source in (cell.source for cell in cells if cell.cell_type == "markdown"):
        for label, title in _defined(source):
            if label in equations or label in places:
                raise UserError(f"Expected each label once in a lesson, got {label!r} twice: rename one.")
            if title is None:
                equations[label] = f"{number}.{len(equations) + 1}"
            else:
                places[label] = title
    return Labels(equations, places, load_references(root))


def equations(lesson: str | Lesson, root: Path | None = None) -> dict[str, str]:
    """The numbers of a lesson's labelled equations, as students see them: {"eq-score": "2.1", …}."""
    lesson = find_lesson(lesson, root)
    return labels_of(read_text(lesson).cells, lesson.number, lesson.root).equations


def _defined(source: str):
    """Label and title of each place of a cell; the title of an equation is None."""
    waiting = None
    for block in walk(source):
        if waiting and isinstance(block, Text):
            heading = re.match(r"\s*#+ +(.+)", block.text)
            yield waiting, heading[1].strip() if heading else waiting
            waiting = None
        if isinstance(block, Target):
            waiting = block.label
        elif isinstance(block, Directive) and block.name != "math" and "name" in block.options:
            yield block.options["name"], block.argument
        elif label := _equation_label(block):
            yield label, None
    if waiting:
        yield waiting, waiting


def _equation_label(block) -> str | None:
    if isinstance(block, Directive) and block.name == "math":
        block = as_math(block)
    return block.label if isinstance(block, Math) else None
