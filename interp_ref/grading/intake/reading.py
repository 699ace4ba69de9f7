"""A student's notebooks, read and told apart: which is readable, and of which lesson."""

from __future__ import annotations

from dataclasses import dataclass

from nbformat import NotebookNode

from interp_ref.grading.intake.catalogue import Catalogue
from interp_ref.grading.intake.incoming import NOTEBOOK_BYTES, Refused, shown
from interp_ref.grading.intake.layouts import Claim
from interp_ref.grading.intake.parsing import Unreadable, parse
from interp_ref.grading.records import Finding


@dataclass(frozen=True)
class Read:
    """A notebook that was looked at. data: its bytes, None where it is refused, and `trouble` says why.

    lesson: by its cells, else by its name; "" where neither tells.
    """

    claim: Claim
    data: bytes | None
    lesson: str
    trouble: Finding | None = None
    notebook: NotebookNode | None = None

    @property
    def order(self) -> tuple:
        """The one to grade is the greatest: readable, last handed in."""
        file = self.claim.file
        return self.data is not None, self.claim.rank, file.modified or 0.0, file.name


def read(claim: Claim, catalogue: Catalogue) -> Read:
    """Reads and parses the notebook of a claim; never raises for what is in it."""
    try:
        data = claim.file.read(NOTEBOOK_BYTES)
        notebook = parse(data)
    except Refused as trouble:
        return Read(claim, None, claim.lesson, trouble.finding)
    except Unreadable as trouble:
        said = f"{str(trouble).removesuffix('.')} ({shown(claim.file.parts[-1])})."
        return Read(claim, None, claim.lesson, Finding("unreadable-notebook", said, "mend"))
    return Read(claim, data, catalogue.lesson_of(notebook) or claim.lesson, None, notebook)
