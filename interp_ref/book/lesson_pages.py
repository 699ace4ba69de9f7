"""A lesson as a page: stubs, folded hints and solutions, questions that answer without Python."""

from __future__ import annotations

import ast
import re

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from interp_ref.authoring.building import read_text
from interp_ref.authoring.cells import PREDICTION, SET_UP, grade_id, kind, tags
from interp_ref.authoring.labels import Labels, labels_of
from interp_ref.authoring.lessons import Lesson
from interp_ref.authoring.myst import Directive, Text, blocks
from interp_ref.authoring.predictions import HAPPENED
from interp_ref.authoring.roles import INLINE
from interp_ref.book.localizing import block_text

SOLUTION = re.compile(r"^( *)### BEGIN SOLUTION\n.*?### END SOLUTION", re.MULTILINE | re.DOTALL)
SOLUTION_MARK = re.compile(r"^ *### (?:BEGIN|END) SOLUTION\n?", re.MULTILINE)
STUB = r"\1# YOUR CODE HERE\n\1raise NotImplementedError()"
MARK_SCHEME = re.compile(r"=== BEGIN MARK SCHEME ===\n(.*?)=== END MARK SCHEME ===", re.DOTALL)
CITES = ("cite", "cite:p", "cite:t")


def lesson_page(lesson: Lesson) -> NotebookNode:
    """The notebook that becomes the lesson's page: what runs is what the lesson runs."""
    notebook = read_text(lesson)
    papers = _papers(notebook.cells, labels_of(notebook.cells, lesson.number, lesson.root))
    cells, waiting = [], []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            found = list(blocks(_reading(cell)))
            texts = [block_text(block, lesson, papers) for block in found]
            cell.source, waiting = _with_solutions(found, texts, waiting), []
            cells.append(cell)
        else:
            cells += _shown(cell)
            waiting += [_solution(cell)] if kind(cell) == "exercise" else []
    notebook.cells = cells + [new_markdown_cell(one) for one in waiting]
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)
    return notebook


def _papers(cells, labels: Labels) -> list:
    roles = (
        found for cell in cells if cell.cell_type == "markdown" for found in INLINE.finditer(cell.source)
    )
    keys = {key.strip() for found in roles if found["role"] in CITES for key in found["content"].split(",")}
    return [labels.paper(key) for key in sorted(keys)]


def _reading(cell: NotebookNode) -> str:
    """A text cell as a reader meets it: rubric and model answer are folded."""
    if kind(cell) == "answer":
        return folded("A model answer", cell.source)
    return MARK_SCHEME.sub(lambda found: folded("How it is marked", found[1].strip()), cell.source)


def folded(title: str, body: str) -> str:
    """A box that is closed until the reader opens it, in MyST."""
    return f"``````{{admonition}} {title}\n:class: dropdown\n\n{body}\n``````\n"


def _shown(cell: NotebookNode) -> list[NotebookNode]:
    """The cells that stand on the page for one code cell."""
    name = kind(cell)
    if name == "exercise":
        stub = new_markdown_cell(f"```python\n{SOLUTION.sub(STUB, cell.source).strip()}\n```")
        cell.source = SOLUTION_MARK.sub("", cell.source)
        return [stub, _tagged(cell, "remove-cell")]
    if name == "check":
        return [_tagged(cell, "hide-cell", "The check, on the solution")]
    if PREDICTION in tags(cell) or _only_imports(cell.source):
        return [_tagged(cell, "remove-cell")]
    if name == SET_UP:
        return [_tagged(cell, "hide-input", "The set-up of this lesson")]
    asked = [found["id"] for found in HAPPENED.finditer(cell.source)]
    cell.source = without_outcome(cell.source)
    outcomes = [new_markdown_cell(f"```{{happened}} {name}\n```") for name in asked]
    return [_tagged(cell, "hide-input", "The code of this experiment"), *outcomes]


def _tagged(cell: NotebookNode, tag: str, prompt: str = "") -> NotebookNode:
    cell.metadata["tags"] = [*tags(cell), tag]
    if prompt:
        cell.metadata["mystnb"] = {"code_prompt_show": prompt, "code_prompt_hide": prompt}
    return cell


def _only_imports(source: str) -> bool:
    return all(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.parse(source).body)


def without_outcome(source: str) -> str:
    """A result cell without its call of `happened`, whose place a question of the page takes."""
    left = "\n".join(line for line in source.split("\n") if not HAPPENED.match(line.strip())).rstrip()
    body = ast.parse(left).body
    shows = left != source.rstrip() and body and isinstance(body[-1], ast.Expr)
    # The last value was not shown before, since the call stood below it.
    return f"{left};" if shows and not left.endswith(";") else left


def _solution(cell: NotebookNode) -> str:
    return folded(f"Solution of {grade_id(cell)}", f"```python\n{cell.source.strip()}\n```")


def _with_solutions(blocks_of_cell, texts: list[str], solutions: list[str]) -> str:
    """A text cell with the solutions of the exercise before it, below the folded help it begins with."""
    helps = next((n for n, block in enumerate(blocks_of_cell) if not _is_help(block)), len(texts))
    return "\n".join([*texts[:helps], *solutions, *texts[helps:]])


def _is_help(block) -> bool:
    if isinstance(block, Text):
        return not block.text.strip()
    return isinstance(block, Directive) and "dropdown" in block.options.get("class", "")
