"""Where a course keeps its trees and its gradebook: nbgrader_config.py as nbgrader itself reads it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from interp_ref.authoring.hidden_seed import VARIABLE
from interp_ref.errors import UserError

CONFIG = "nbgrader_config.py"


@dataclass(frozen=True)
class Settings:
    """What one course's folder says.

    config: traitlets' Config for nbgrader's parts. hidden_seed: the course's, as nbgrader_config.py sets it.
    """

    root: Path
    source: Path
    config: object
    db_url: str
    course_id: str
    hidden_seed: str

    def coursedir(self):
        """nbgrader's CourseDirectory of this course."""
        from nbgrader.coursedir import CourseDirectory

        return CourseDirectory(config=self.config)


def read_settings(root: Path, source: Path, db_url: str | None = None) -> Settings:
    """The settings of the course in `root`.

    A root with an nbgrader_config.py of its own is a course; any other takes the one in `source`, with the
    trees and the gradebook in `root`. db_url comes before the configuration's, and that before
    gradebook.db in the root. Raises UserError where there is no configuration.
    """
    root = Path(root).resolve()
    own = (root / CONFIG).is_file()
    source = root if own else Path(source).resolve()
    if not (source / CONFIG).is_file():
        raise UserError(f"There is no {CONFIG} in {root} or {source}: run this from the course's folder.")
    root.mkdir(parents=True, exist_ok=True)
    config, seed = _load(source)
    if not own:
        for tree in ("submitted", "autograded", "feedback", "release"):
            config.CourseDirectory[f"{tree}_directory"] = str(root / tree)
    asked = db_url or config.CourseDirectory.get("db_url")
    config.CourseDirectory.db_url = _absolute(asked or "sqlite:///gradebook.db", root)
    course = config.CourseDirectory.get("course_id") or "default_course"
    return Settings(root, source, config, config.CourseDirectory.db_url, course, seed)


def _load(source: Path):
    """The configuration and the hidden seed that it put into the environment, which is left as it was."""
    from traitlets.config import PyFileConfigLoader

    before = os.environ.get(VARIABLE)
    try:
        config = PyFileConfigLoader(CONFIG, path=str(source)).load_config()
        return config, os.environ.get(VARIABLE, "")
    finally:
        if before is None:
            os.environ.pop(VARIABLE, None)
        else:
            os.environ[VARIABLE] = before


def _absolute(url: str, root: Path) -> str:
    """The database's address; a SQLite file named relative to the course is given by its whole path."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        made = make_url(url)
    except ArgumentError:
        raise UserError(
            f"db_url is {url!r}, which is no database's address: write sqlite:///gradebook.db or "
            "postgresql+psycopg2://NAME:PASSWORD@HOST/DATABASE."
        ) from None
    if made.get_backend_name() == "sqlite" and made.database not in (None, "", ":memory:"):
        made = made.set(database=str(root / made.database))
    return made.render_as_string(hide_password=False)
