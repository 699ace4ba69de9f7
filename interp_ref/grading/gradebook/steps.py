"""nbgrader's own preprocessors, as the configuration lists them, on a notebook in memory."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterable, Iterator

from nbformat import NotebookNode
from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute
from traitlets.utils.importstring import import_item

from interp_ref.authoring.preprocessors import RepairCells, SkipStory

OURS = (
    RepairCells,
    SkipStory,
)  # done with what is known of the lesson, instead of a file read for each notebook


class Steps:
    """What `nbgrader autograde` does before a notebook is run (`before`) and after it (`after`)."""

    def __init__(self, config):
        from nbgrader.coursedir import CourseDirectory

        quiet = logging.getLogger("interp_ref.grading.gradebook")
        quiet.setLevel(logging.CRITICAL)
        converter = Autograde(coursedir=CourseDirectory(config=config), config=config)
        sanitising, grading = (
            [import_item(one) if isinstance(one, str) else one for one in listed]
            for listed in (converter.sanitize_preprocessors, converter.autograde_preprocessors)
        )
        at = grading.index(Execute) if Execute in grading else 0
        made = {
            kind: kind(parent=converter, config=config, log=quiet)
            for kind in [*sanitising, *grading]
            if kind is not Execute and not issubclass(kind, OURS)
        }
        self.before = [made[kind] for kind in [*sanitising, *grading[:at]] if kind in made]
        # What is checked before is not checked again: between the two only outputs are put in.
        self.after = [made[kind] for kind in grading[at:] if kind in made and made[kind] not in self.before]
        self.permissions = int(str(converter.permissions), 8)


def run(steps: Iterable, notebook: NotebookNode, names: dict, gradebook) -> NotebookNode:
    """The notebook after each of the steps, which ask `gradebook` in the place of one that they open.

    names: student, assignment, notebook and db_url, as nbgrader passes them on.
    """
    resources = {"nbgrader": names, "unique_key": names["notebook"]}
    for step in steps:
        with lent(step, gradebook):
            notebook, resources = step(notebook, resources)
    return notebook


@contextlib.contextmanager
def lent(step, gradebook) -> Iterator[None]:
    """nbgrader's preprocessors each open and close a gradebook of their own; they are given this one."""
    modules = {sys.modules[kind.__module__] for kind in type(step).__mro__}
    homes = [(module, module.Gradebook) for module in modules if hasattr(module, "Gradebook")]
    for module, _ in homes:
        module.Gradebook = lambda *_, **__: gradebook
    try:
        yield
    finally:
        for module, original in homes:
            module.Gradebook = original
