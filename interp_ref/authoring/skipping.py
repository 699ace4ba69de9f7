"""The story is not run in grading: training and figures cost minutes and carry no points."""

from __future__ import annotations

from nbformat import NotebookNode

from interp_ref.authoring.cells import STORY, grade_id, is_story, tags
from interp_ref.authoring.predictions import blank

SKIP = "skip-execution"  # the tag that nbclient passes over
NOTE = "# Story: not run in grading. Helpers of your own belong in a cell of their own.\n"


def skip_story(notebook: NotebookNode, released: NotebookNode | None) -> int:
    """Mark the story cells of a submission so that nbclient passes over them; returns how many.

    A story cell is one of the release, by its id or its source, a prediction's letter aside. A cell that
    only inherited the tag, such as a copied story cell in which the student wrote a helper, is run. Where
    there is no release, the tag decides.
    """
    originals = [] if released is None else [original for original in released.cells if is_story(original)]
    is_story_here = is_story if released is None else _Among(originals)
    story = [cell for cell in notebook.cells if _may_be_story(cell) and is_story_here(cell)]
    for cell in story:
        cell.metadata["tags"] = [*tags(cell), SKIP]
        cell.source = NOTE + cell.source
        cell.outputs, cell.execution_count = [], None
    return len(story)


def _may_be_story(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and not grade_id(cell) and SKIP not in tags(cell)


class _Among:
    """Whether a cell is one of the release's story cells."""

    def __init__(self, originals: list[NotebookNode]):
        self.sources = {original.source.strip() for original in originals}
        self.ids = {original.get("id") for original in originals}

    def __call__(self, cell: NotebookNode) -> bool:
        if blank(cell.source).strip() in self.sources:
            return True
        # Colab saves without ids; the tag is then all there is.
        return STORY in tags(cell) and ("id" not in cell or cell.id in self.ids)
