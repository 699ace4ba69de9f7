"""What the course adds to nbgrader: lowered MyST, blank predictions, stamped releases, repairs, no story."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

import interp_ref
from interp_ref.authoring.building import KERNEL
from interp_ref.authoring.digest import stamp
from interp_ref.authoring.lowering import lower_notebook
from interp_ref.authoring.predictions import blank
from interp_ref.authoring.repairing import repair
from interp_ref.authoring.skipping import skip_story
from interp_ref.checking.owner import VARIABLE


class LowerMyst(NbGraderPreprocessor):
    """On release: MyST to plain markdown, before nbgrader stores the cells and their checksums."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        number = int(resources["nbgrader"]["assignment"][:2])
        return lower_notebook(nb, number, _root(self)), resources


class BlankPredictions(NbGraderPreprocessor):
    """On release: a question mark in place of the right letter of every prediction."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.source = blank(cell.source)
        return nb, resources


class RecordRelease(NbGraderPreprocessor):
    """On release, last: course version and digest, and nothing of the editor that saved the source."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        nb.metadata = nbformat.from_dict({"kernelspec": KERNEL})
        stamp(nb, resources["nbgrader"]["assignment"], interp_ref.__version__)
        return nb, resources


class RepairCells(NbGraderPreprocessor):
    """Before grading, first: each cell of the release once, with its own marks; what was mended is said."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        released = released_notebook(self, resources)
        for sentence in repair(nb, released) if released else []:
            self.log.warning("%s: %s", resources["nbgrader"]["student"], sentence)
        return nb, resources


class SkipStory(NbGraderPreprocessor):
    """Before execution: the story cells are passed over, and the kernel is told whose notebook it runs."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        os.environ[VARIABLE] = resources["nbgrader"]["student"]
        skipped = skip_story(nb, released_notebook(self, resources))
        self.log.debug("%d story cells are not run", skipped)
        return nb, resources


def released_notebook(preprocessor: NbGraderPreprocessor, resources: dict) -> NotebookNode | None:
    """The notebook that students were given, for the one at work; None, and said, where it is not there."""
    names = resources["nbgrader"]
    coursedir = getattr(_converter(preprocessor), "coursedir", None)
    release = coursedir.release_directory if coursedir else "lessons"
    path = _root(preprocessor) / release / names["assignment"] / f"{names['notebook']}.ipynb"
    if path.is_file():
        return nbformat.read(path, as_version=4)
    preprocessor.log.warning(
        "No release at %s: accidents in the notebook are not repaired. Release it first.", path
    )
    return None


def _converter(preprocessor: NbGraderPreprocessor):
    """nbgrader's converter, the parent of the exporter that holds the preprocessor."""
    return getattr(preprocessor.parent, "parent", None)


def _root(preprocessor: NbGraderPreprocessor) -> Path:
    coursedir = getattr(_converter(preprocessor), "coursedir", None)
    return Path(coursedir.root if coursedir else ".").resolve()
