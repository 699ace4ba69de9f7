"""What an attack is, what it may know of its victim, and how cells of a notebook are turned into one."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from string import Template

import nbformat
from nbformat import NotebookNode

LESSON = "03_grad_cam"
NOTEBOOK = "grad_cam.ipynb"
KINDS = (
    "marks",
    "read",
    "others",
    "gradebook",
    "escape",
    "network",
    "exhaustion",
    "malformed",
    "injection",
)
# Worth 2 points and three lines, so most attacks pretend to answer this one.
EXERCISE = "channel_weights"
# The one that no check stands before.
FIRST = "activations_and_gradients"


@dataclass(frozen=True)
class Target:
    """What an attack is told of the machine it meets: more than any student could find out.

    mark: text that only this attack uses; whatever carries it afterwards was left by it.
    course: the course's folder. gradebook: its database. secret: a file of the instructor's. outside: a
    folder of the instructor's, with a file "keep" in it. other: a student who has full marks.
    other_notebook: what that student handed in. port: of a listener on loopback (TCP and UDP). abstract,
    socket: names of listeners on an abstract and on a file's Unix socket. pidns: the process namespace in
    which nothing may be killed. prefix: what stands before these paths for whoever writes the submission,
    who may be outside the machine.
    """

    mark: str
    course: str
    gradebook: str
    secret: str
    outside: str
    other: str
    other_notebook: str
    port: int
    abstract: str
    socket: str
    pidns: str
    prefix: str = ""
    lesson: str = LESSON
    exercise: str = EXERCISE


Make = Callable[[NotebookNode, Path, Target], None]


@dataclass(frozen=True)
class Attack:
    """One attack.

    kind: what it is after. tries: one sentence. make: turns the released notebook, in place, and the folder
    of the submission into the attack; where it writes a notebook file itself, that one is handed in.
    solves: exercises that it answers honestly, whose points are its own. folder: the name of the student's
    folder, where that is the attack. gentle: what was made smaller than an attacker would, so that the
    machine it is tried on survives. archive: it comes as a zip of the LMS, which `make` writes as
    "class.zip" into the folder that it is given.
    """

    id: str
    kind: str
    tries: str
    make: Make
    solves: tuple[str, ...] = ()
    folder: str = ""
    gentle: str = ""
    archive: bool = False

    @property
    def student(self) -> str:
        """The id of the student who hands it in."""
        return self.folder or f"m_{self.id.replace('-', '_')}"


def filled(code: str, target: Target) -> str:
    """The code with $course, $mark … filled in, as Python text without its common indentation."""
    return Template(textwrap.dedent(code).strip()).safe_substitute(asdict(target))


def cell(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    """The cell with this grade id."""
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def code(source: str, at: str = "") -> Make:
    """The source in one exercise's cell: in EXERCISE's where it answers that one, else in the first one.

    What a cell says after a check is not kept by `interp grade`, so whoever prints does it in the first one.
    """
    place = at or (EXERCISE if EXERCISE in source else FIRST)

    def make(notebook, folder, target):
        cell(notebook, place).source = filled(source, target)

    return make


def answers(**sources: str) -> Make:
    """Several exercises' cells, by name."""

    def make(notebook, folder, target):
        for name, source in sources.items():
            cell(notebook, name).source = filled(source, target)

    return make


def first(source: str, then: Make | None = None) -> Make:
    """The source as a cell of the student's own before all others."""

    def make(notebook, folder, target):
        notebook.cells.insert(0, nbformat.v4.new_code_cell(filled(source, target)))
        if then:
            then(notebook, folder, target)

    return make


def both(*makes: Make) -> Make:
    """One after the other."""

    def make(notebook, folder, target):
        for one in makes:
            one(notebook, folder, target)

    return make


def beside(name: str, content: str | bytes, then: Make | None = None) -> Make:
    """A file beside the notebook."""

    def make(notebook, folder, target):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes) else filled(content, target).encode()
        path.write_bytes(data)
        if then:
            then(notebook, folder, target)

    return make


def raw(content: str | bytes | Callable[[NotebookNode], str | bytes]) -> Make:
    """Bytes in the place of the notebook; a callable makes them from the released one."""

    def make(notebook, folder, target):
        data = content(notebook) if callable(content) else content
        (folder / NOTEBOOK).write_bytes(
            data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
        )

    return make
