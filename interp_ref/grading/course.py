"""nbgrader's own converters over one course folder, student by student, with the verdicts read back."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

import nbformat

from interp_ref.checking.answer import Verdict
from interp_ref.checking.render import MIME, verdict_from_json
from interp_ref.errors import UserError
from interp_ref.quiet import redirected

REPOSITORY = Path(__file__).resolve().parents[2]


class Course:
    """nbgrader's trees (submitted, autograded, feedback) and gradebook in one folder.

    root: where the trees and the gradebook lie; source: the folder with nbgrader_config.py and solutions/.
    """

    def __init__(self, root: Path, source: Path = REPOSITORY):
        self.root, self.source = Path(root).resolve(), source
        if not (source / "nbgrader_config.py").is_file():
            raise UserError(
                f"There is no nbgrader_config.py in {source}: run this from the course's repository."
            )
        self.root.mkdir(parents=True, exist_ok=True)
        self._api = None

    @property
    def api(self):
        """nbgrader's API with the repository's configuration, its output kept off the terminal."""
        if self._api is None:
            from nbgrader.apps.api import NbGraderAPI

            _put_programs_on_path()
            logging.getLogger("traitlets").setLevel(logging.CRITICAL)
            self._api = NbGraderAPI(config=self.config())
        return self._api

    def config(self):
        """nbgrader_config.py as it is, with the trees and the gradebook in `root`."""
        from traitlets.config import PyFileConfigLoader

        config = PyFileConfigLoader("nbgrader_config.py", path=str(self.source)).load_config()
        for tree in ("submitted", "autograded", "feedback", "release"):
            config.CourseDirectory[f"{tree}_directory"] = str(self.root / tree)
        config.CourseDirectory.db_url = f"sqlite:///{self.root / 'gradebook.db'}"
        return config

    def step(self, name: str, lesson: str, student: str | None = None) -> None:
        """Runs generate_assignment, autograde or generate_feedback. UserError where it fails."""
        create = {} if name == "generate_feedback" else {"create": True}
        whom = [student] if student else []
        with redirected(2):  # kernels write start-up notes to the terminal that they inherit
            result = getattr(self.api, name)(lesson, *whom, force=True, **create)
        if not result["success"]:
            last = [line for line in str(result.get("log", "")).splitlines() if line.strip()][-1:]
            raise UserError(f"nbgrader {name} {lesson} {student or ''} failed: {' '.join(last)}")

    def verdicts(self, lesson: str, student: str) -> dict[str, Verdict]:
        """The verdicts that stand on the cards of a graded notebook, by exercise."""
        found = {}
        for path in sorted((self.root / "autograded" / student / lesson).glob("*.ipynb")):
            for cell in nbformat.read(path, 4).cells:
                for output in cell.get("outputs", []):
                    if MIME in output.get("data", {}):
                        verdict = verdict_from_json(output["data"][MIME])
                        found[verdict.exercise] = verdict
        return found

    def scores(self, lesson: str, student: str) -> dict[str, float]:
        """The points in nbgrader's gradebook, by the check cell's grade id."""
        from nbgrader.api import Gradebook

        with Gradebook(self.config().CourseDirectory.db_url) as gradebook:
            submission = gradebook.find_submission(lesson, student)
            return {g.name: g.score for notebook in submission.notebooks for g in notebook.grades}


def _put_programs_on_path() -> None:
    """nbgrader calls `alembic` by name, which is not on the path of an environment that isn't activated."""
    programs = str(Path(sys.executable).parent)
    if programs not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([programs, os.environ.get("PATH", "")])
