"""The gradebook of one course: what is graded goes in here, and what is reported comes out."""

from __future__ import annotations

import secrets
from pathlib import Path

import interp_ref
from interp_ref.checking.expected import seed_number
from interp_ref.errors import UserError
from interp_ref.exercises import VISIBLE_SEED
from interp_ref.grading.course import REPOSITORY
from interp_ref.grading.gradebook import listing, rows, storing
from interp_ref.grading.gradebook.database import PATIENCE, Database
from interp_ref.grading.gradebook.dry import DryBook
from interp_ref.grading.gradebook.files import Tree
from interp_ref.grading.gradebook.lesson import Lesson, read_lesson
from interp_ref.grading.gradebook.preparing import Prepared, ensure_named, prepare
from interp_ref.grading.gradebook.records import Change, GradebookTrouble, Graded, NotStored
from interp_ref.grading.gradebook.regrade import changes
from interp_ref.grading.gradebook.settings import read_settings
from interp_ref.grading.gradebook.steps import Steps
from interp_ref.grading.records import Finding, Outcome, Submission


class Book:
    """The gradebook and the trees of a course; a context manager, and the only writer while it is open.

    root: the folder with submitted/, autograded/, feedback/ and, unless db_url says otherwise, gradebook.db.
    source: the folder with nbgrader_config.py and the lessons; root itself where that has one.
    db_url: comes before the configuration's; "postgresql+psycopg2://…" for PostgreSQL.
    patience: seconds to wait for a locked gradebook.

    Raises UserError, one sentence with the mend: GradebookTrouble where the database can't be used.
    """

    def __init__(
        self, root: Path, source: Path = REPOSITORY, db_url: str | None = None, patience: float = PATIENCE
    ):
        self.settings = read_settings(root, source, db_url)
        self.steps = Steps(self.settings.config)
        self.tree = Tree(self.settings, self.steps.permissions)
        self.database = Database(self.settings.db_url, self.settings.course_id, patience)
        self._lessons: dict[str, Lesson] = {}
        self._without: dict[str, UserError] = {}
        self._seeds: dict[str, int] = {}

    def __enter__(self) -> Book:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        """Closes the gradebook; all that was stored is in it."""
        self.database.close()

    @property
    def root(self) -> Path:
        """The course's folder."""
        return self.settings.root

    @property
    def submitted(self) -> Path:
        """The folder that nbgrader collects submissions into."""
        return self.tree.submitted()

    @property
    def source(self) -> Path:
        """The folder with nbgrader_config.py and the lessons."""
        return self.settings.source

    @property
    def feedback(self) -> Path:
        """The folder that nbgrader returns feedback from."""
        return self.tree.feedback()

    def notebook(self, student: str, lesson: str) -> Path:
        """Where a graded notebook lies."""
        return self.tree.notebook(student, self.lesson(lesson))

    def comments(self, student: str, lesson: str) -> dict[str, str]:
        """What a person wrote about a submission, by the cell's grade id."""
        return self.database.read(lambda book: listing.comments_of(book, student, lesson))

    def lessons(self) -> list[str]:
        """The lessons that the gradebook knows, in the course's order."""
        return self.database.read(lambda book: sorted(one.name for one in book.assignments))

    def lesson(self, name: str) -> Lesson:
        """What is known of a lesson; a new one is released into the gradebook first."""
        if name in self._without:
            raise self._without[name]
        if name not in self._lessons:
            try:
                self._lessons[name] = read_lesson(name, self.settings, self.database)
            except GradebookTrouble:
                raise
            except UserError as trouble:
                self._without[name] = trouble  # a class of a thousand would try it a thousand times
                raise
        return self._lessons[name]

    def seed(self, lesson: str) -> int:
        """The seed of the lesson's hidden challenges: the course's at first use, from then on the same."""
        if lesson not in self._seeds:
            course = seed_number(self.settings.hidden_seed)
            self._seeds[lesson] = self.database.write(lambda book: rows.seed_of(book, lesson, course))
        return self._seeds[lesson]

    def draw_new_seed(self, lesson: str) -> int:
        """New hidden challenges for a lesson; what was graded with the old ones is not done any more."""
        drawn = secrets.randbits(64)
        while drawn == VISIBLE_SEED:
            drawn = secrets.randbits(64)
        self.database.write(lambda book: rows.keep_seed(book, lesson, drawn))
        self._seeds[lesson] = drawn
        return drawn

    def prepare(self, submission: Submission) -> Prepared:
        """The submission made ready to run. Raises UserError where it can't be graded, and says why."""
        ensure_named(submission)
        lesson, seed = self.lesson(submission.lesson), self.seed(submission.lesson)
        try:
            return prepare(submission, lesson, self.steps, seed, self.settings.db_url)
        except UserError:
            raise
        except Exception as trouble:  # of a notebook that nobody foresaw: it is named, the others go on
            raise UserError(
                f"The notebook of {submission.student} can't be brought into the lesson's shape "
                f"({type(trouble).__name__}: {str(trouble)[:200]}): open it in JupyterLab, save it "
                "and hand it in again."
            ) from trouble

    def is_done(self, submission: Submission) -> bool:
        """Whether the same submission is stored, graded by this version with the lesson's seed."""
        key = (submission.student, submission.lesson)
        found = self.database.read(lambda book: rows.done_with(book, key))
        if found is None or found[0] != submission.digest or found[2] != interp_ref.__version__:
            return False
        same = found[1] == self.seed(submission.lesson)
        return same and self.tree.notebook(submission.student, self.lesson(submission.lesson)).is_file()

    def store(
        self, submission: Submission, prepared: Prepared, outcome: Outcome, allow_lower: bool = False
    ) -> tuple[Finding, ...]:
        """An outcome stored, whole or not at all; safe to repeat. Gives what is to be said of kept marks.

        allow_lower: let marks fall; else the higher one stays. Scores and comments of people always stay.
        Raises NotStored where only this submission failed, GradebookTrouble where the database did.
        """
        ensure_named(submission)
        lesson = self.lesson(submission.lesson)
        parts = (self.tree, self.steps, lesson, submission, prepared, outcome, allow_lower)
        try:
            return self.database.write(lambda book: storing.store(book, *parts))
        except UserError:
            raise
        except Exception as trouble:  # of an outcome that nobody foresaw: it is named, the others go on
            raise NotStored(
                f"What {submission.student} handed in for {lesson.name} could not be stored "
                f"({type(trouble).__name__}: {str(trouble)[:200]}); nothing of it is, the others are."
            ) from trouble

    def refuse(self, submission: Submission, why: str) -> None:
        """That a submission could not be graded: a row for the report, no marks. An earlier grade stays."""
        self.database.write(lambda book: rows.keep_refusal(book, submission, why))

    def graded(self, lesson: str | None = None, student: str | None = None) -> list[Graded]:
        """What is stored, by lesson and student; what could not be graded is there without exercises."""
        return self.database.read(lambda book: listing.read_graded(book, lesson, student))

    def plan(self, outcome: Outcome) -> list[Change]:
        """Which marks of a submission this outcome would change, and by how much; nothing is stored."""
        stored = next(iter(self.graded(outcome.lesson, outcome.student)), None)
        return changes(stored.made, outcome) if stored else []

    def dry(self) -> DryBook:
        """A book that prepares and judges like this one and stores in memory."""
        return DryBook(self)
