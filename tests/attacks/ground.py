"""The course that is attacked: its honest students, its secrets, and the attacks handed in."""

from __future__ import annotations

import copy
import os
import re
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

from attacks.attack import LESSON, NOTEBOOK, Attack, Target, cell

REPOSITORY = Path(__file__).resolve().parents[2]
SETTINGS = ("nbgrader_config.py", "jupytext.toml", "references.bib")
SECRET = re.compile(r"SECRET-[a-z]+-[0-9a-f]{16}")
MARK = re.compile(r"ATTACK-[a-z0-9-]+-[0-9a-f]{6}")
HONEST = "anna"
ENVIRONMENT = "ATTACK_SECRET"


def new_secret(name: str) -> str:
    """Text that is a secret of the instructor's, and says which one."""
    return f"SECRET-{name}-{secrets.token_hex(8)}"


def write_template(place: Path) -> Path:
    """A course with one released lesson, a known student and secrets in it; gives its folder."""
    course = place / "course"
    for name in (LESSON,):
        shutil.copytree(REPOSITORY / "solutions" / name, course / "solutions" / name)
    for name in SETTINGS:
        shutil.copy(REPOSITORY / name, course)
    (course / ".hidden_seed").write_text(secrets.token_hex(8), encoding="utf-8")
    solution = course / "solutions" / LESSON / NOTEBOOK
    notebook = nbformat.read(solution, 4)
    # In the part that is cut out on release.
    one = cell(notebook, "grad_cam")
    one.source = one.source.replace(
        "### BEGIN SOLUTION", f"### BEGIN SOLUTION\n    # {new_secret('solution')}", 1
    )
    nbformat.write(notebook, solution)
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", LESSON],
        cwd=course,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    if done.returncode:
        raise RuntimeError(f"generate_assignment failed: {done.stderr[-2000:]}")
    add_student(course, HONEST, new_secret("gradebook"))
    return course


def add_student(course: Path, student: str, last_name: str) -> None:
    """A student in nbgrader's gradebook."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        book.update_or_create_student(student, last_name=last_name)


class Ground:
    """A course in a folder, whom it belongs to, and what is handed in there.

    place: an empty folder, which gets the course and what else is the instructor's. seen: the same folder
    as the attacked know it, where they have another root. port and the sockets' names: of the listeners.
    """

    def __init__(self, place: Path, template: Path, seen: str = "", port: int = 9, abstract: str = ""):
        self.place, self.seen = place, seen or str(place)
        self.course = place / "course"
        shutil.copytree(template, self.course, symlinks=True)
        self.outside = place / "outside"
        self.outside.mkdir()
        (self.outside / "keep").write_text("kept\n", encoding="utf-8")
        (place / "private").mkdir()
        self.secret = place / "private" / "secret.txt"
        self.secret.write_text(new_secret("file") + "\n", encoding="utf-8")
        self.environment = {ENVIRONMENT: new_secret("env")}
        self.port, self.abstract = port, abstract
        self.marks: dict[str, str] = {}
        self.released = nbformat.read(self.course / "lessons" / LESSON / NOTEBOOK, 4)

    def target(self, attack: Attack) -> Target:
        """What this attack is told."""
        mark = self.marks.setdefault(attack.id, f"ATTACK-{attack.id}-{secrets.token_hex(3)}")
        return Target(
            mark=mark,
            course=f"{self.seen}/course",
            gradebook=f"{self.seen}/course/gradebook.db",
            secret=f"{self.seen}/private/secret.txt",
            outside=f"{self.seen}/outside",
            other=HONEST,
            other_notebook=f"{self.seen}/course/submitted/{HONEST}/{LESSON}/{NOTEBOOK}",
            port=self.port,
            abstract=self.abstract,
            socket=f"{self.seen}/socket",
            pidns=os.readlink("/proc/self/ns/pid"),
            prefix=str(self.place).removesuffix(self.seen),
        )

    def hand_in(self, attack: Attack) -> None:
        """Writes the attack's submission; an archive's goes to archives/ID/class.zip."""
        notebook = copy.deepcopy(self.released)
        if attack.archive:
            folder = self.place / "archives" / attack.id
            folder.mkdir(parents=True)
            attack.make(notebook, folder, self.target(attack))
            return
        folder = self.course / "submitted" / attack.student / LESSON
        folder.mkdir(parents=True)
        attack.make(notebook, folder, self.target(attack))
        path = folder / NOTEBOOK
        if not folder.is_symlink() and not os.path.lexists(path):
            nbformat.write(notebook, path)

    def hand_in_honest(self, student: str) -> None:
        """A right notebook, with a secret of the student's in it."""
        from interp_ref.grading.sample_class import REFLECTION, _as_students_see_it

        solved = nbformat.read(self.course / "solutions" / LESSON / NOTEBOOK, 4)
        notebook = _as_students_see_it(self.released, solved)
        own = cell(notebook, "grad_cam")
        own.source = SECRET.sub("mine", own.source)
        cell(notebook, "reflection").source = f"{REFLECTION} {new_secret('other')}"
        folder = self.course / "submitted" / student / LESSON
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / NOTEBOOK)


def hidden_inputs(seed: int) -> set[str]:
    """What attacks print of the hidden challenges' inputs, as they print it."""
    import numpy as np

    from interp_ref.exercises import exercise

    asked = exercise("channel_weights")
    drawn = (asked.draw(one, seed) for one in asked.challenges)
    return {f"HIDDEN {float(np.sum(inputs['gradients'])):.9e}" for inputs in drawn}
