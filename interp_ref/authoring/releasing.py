"""The lessons that students get, made by nbgrader's own converter under the course's configuration."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from tqdm import tqdm

from interp_ref.authoring.building import build, read_text
from interp_ref.authoring.hidden_seed import VARIABLE
from interp_ref.authoring.lessons import Lesson, chosen, course_root
from interp_ref.authoring.lowering import lower_notebook
from interp_ref.errors import UserError


def release(lessons=None, root: Path | None = None, quiet: bool = True) -> list[Path]:
    """Build and release all or the named lessons; returns the released notebooks.

    Does what `nbgrader generate_assignment NAME --force` does in the course's folder, gradebook included.
    Raises UserError where a lesson cannot be lowered or nbgrader refuses it.
    """
    root = course_root(root)
    wanted = chosen(lessons, root)
    for lesson in wanted:
        # Before nbgrader starts, for it removes the old release when something fails on the way.
        lower_notebook(read_text(lesson), lesson.number, root)
    build(wanted, root)
    _put_scripts_on_path()
    config = _configuration(root)
    for lesson in tqdm(wanted, desc="releasing", unit="lesson", delay=2, leave=False, file=sys.stdout):
        _generate(lesson, config, quiet)
    return [lesson.released for lesson in wanted]


def _configuration(root: Path):
    from traitlets.config import PyFileConfigLoader

    seed = os.environ.get(VARIABLE)
    config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    # The settings hand this course's seed to kernels; a release starts none, and another course may follow.
    os.environ.pop(VARIABLE, None)
    if seed is not None:
        os.environ[VARIABLE] = seed
    return config


def _generate(lesson: Lesson, config, quiet: bool) -> None:
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory

    lines = _Lines()
    log = logging.Logger("interp.release", level=logging.INFO)
    log.addHandler(lines if quiet else logging.StreamHandler())
    coursedir = CourseDirectory(config=config, root=str(lesson.root), assignment_id=lesson.name)
    converter = GenerateAssignment(coursedir=coursedir, config=config, force=True, log=log)
    try:
        converter.start()
    except NbGraderException as error:
        cause = next((line for line in reversed(lines.errors) if "Error" in line), str(error))
        raise UserError(f"nbgrader cannot release {lesson.name}: {cause.strip().splitlines()[-1]}") from error


class _Lines(logging.Handler):
    """Keeps what nbgrader says, to name the cause when it gives up."""

    def __init__(self):
        super().__init__(level=logging.ERROR)
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.errors.append(record.getMessage())


def _put_scripts_on_path() -> None:
    """nbgrader calls `alembic` by name when it makes a gradebook."""
    scripts = str(Path(sys.executable).parent)
    if scripts not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([scripts, os.environ.get("PATH", "")])
