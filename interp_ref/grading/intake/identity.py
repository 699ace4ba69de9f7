"""The id that a student gave to `my_network`, read from the notebook and compared with who handed it in."""

from __future__ import annotations

from nbformat import NotebookNode

from interp_ref.checking.owner import CALL, ids_in
from interp_ref.grading.records import Finding

LONGEST_SHOWN = 40


def identity_findings(notebook: NotebookNode, student: str) -> list[Finding]:
    """A finding where the notebook works on the network of somebody else.

    It costs nothing by itself: personal exercises are always judged on the network of `student`, the owner of
    the submission, on which what was found out about another one is seldom right.
    """
    given = ids_in(cell.source for cell in notebook.cells if cell.cell_type == "code")
    if not given or _same(given[-1], student):
        return []
    return [
        Finding(
            "other-network",
            f"The notebook gives the id {given[-1][:LONGEST_SHOWN]!r} to {CALL}, and was handed in by "
            f"{student!r}, on whose network it was graded: put the id of the class list there.",
            "mend",
        )
    ]


def _same(given: str, student: str) -> bool:
    return given.strip().casefold() == student.strip().casefold()
