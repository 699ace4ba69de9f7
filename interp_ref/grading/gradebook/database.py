"""nbgrader's gradebook and the course's own tables in one database: each piece of work is one transaction."""

from __future__ import annotations

import contextlib
import logging
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from nbgrader.api import Gradebook, InvalidEntry
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, NoSuchModuleError

from interp_ref.errors import UserError
from interp_ref.grading.gradebook import tables
from interp_ref.grading.gradebook.records import GradebookTrouble
from interp_ref.grading.gradebook.troubles import is_passing, say

PATIENCE = 30.0  # seconds until a lock, or a server that does not answer, is an error
BUSY = 2000  # milliseconds in which SQLite itself waits for a lock
READING = "interp_reading"
NBGRADERS_LOG = "tornado.application"  # to which its API writes
T = TypeVar("T")


class Kept(Gradebook):
    """nbgrader's Gradebook, which stays open when a preprocessor that borrowed it closes it."""

    def close(self) -> None:
        """Nothing: the Database that owns it calls `finish`."""

    def finish(self) -> None:
        """Closes the connections."""
        super().close()


class Database:
    """One open database. A piece of work is a function of nbgrader's Gradebook, which it may be given twice.

    patience: seconds after which a lock, or a server that went away, becomes a UserError.
    """

    def __init__(self, url: str, course_id: str, patience: float = PATIENCE):
        self.url, self.patience = make_url(url), patience
        self._file = Path(self.url.database) if self.url.get_backend_name() == "sqlite" else None
        self._identity = None
        self._patiently(lambda: self._open(url, course_id))
        self._identity = self._file and _identity(self._file)

    def _open(self, url: str, course_id: str) -> None:
        logging.getLogger("alembic").setLevel(logging.WARNING)
        try:
            self.gradebook = Kept(url, course_id)
        except (NoSuchModuleError, ModuleNotFoundError) as missing:
            raise UserError(
                f"The gradebook's address begins with {self.url.drivername} and its driver is not installed "
                f"({missing}): for PostgreSQL, pip install psycopg2-binary."
            ) from None
        self.gradebook.finish()
        if self._file:
            _take_over_transactions(self.gradebook.engine)
        tables.METADATA.create_all(self.gradebook.engine)

    def close(self) -> None:
        """Closes the connections."""
        self.gradebook.finish()

    def write(self, work: Callable[[Gradebook], T]) -> T:
        """What `work` gives; all that it stored is there afterwards, or nothing is and it raised."""
        return self._patiently(lambda: self._once(work, reading=False))

    def read(self, work: Callable[[Gradebook], T]) -> T:
        """What `work` gives, from one state of the database."""
        return self._patiently(lambda: self._once(work, reading=True))

    def _once(self, work, reading: bool):
        self._ensure_there()
        with self._transaction(reading):
            return work(self.gradebook)

    @contextlib.contextmanager
    def _transaction(self, reading: bool) -> Iterator[None]:
        """nbgrader commits after each cell; here that only flushes, and the block's end commits."""
        session = self.gradebook.db
        engine = self.gradebook.engine.execution_options(**{READING: reading})
        with _silent(logging.getLogger(NBGRADERS_LOG)), engine.connect() as connection, connection.begin():
            session.remove()
            session.configure(bind=connection, join_transaction_mode="rollback_only")
            try:
                yield
                session.commit()
            finally:
                session.remove()

    def _patiently(self, attempt: Callable[[], T]) -> T:
        """Tries again while the lock is held or the connection lost. Raises GradebookTrouble."""
        ends, pause = time.monotonic() + self.patience, 0.05
        while True:
            try:
                return attempt()
            except (DBAPIError, InvalidEntry) as trouble:
                cause = _database_error(trouble)
                if cause is None:
                    raise
                if not is_passing(cause) or time.monotonic() + pause > ends:
                    raise GradebookTrouble(say(cause, self.url, self.patience)) from trouble
            time.sleep(pause * random.uniform(0.5, 1))
            pause = min(2 * pause, 2.0)

    def _ensure_there(self) -> None:
        """SQLite goes on writing into a file that was deleted: what it writes would be lost."""
        if self._identity is not None and _identity(self._file) != self._identity:
            raise GradebookTrouble(
                f"The gradebook {self._file} was deleted, moved or replaced while it was open: put it back "
                "(a copy, or a new one by nbgrader generate_assignment) and give the same command again."
            )


@contextlib.contextmanager
def _silent(log: logging.Logger) -> Iterator[None]:
    """nbgrader prints the stack trace of what the database refuses; here that becomes a sentence."""
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _database_error(trouble: Exception) -> DBAPIError | None:
    """The database's own error; nbgrader wraps it where it stores a row."""
    cause = trouble if isinstance(trouble, DBAPIError) else trouble.__context__
    return cause if isinstance(cause, DBAPIError) else None


def _take_over_transactions(engine) -> None:
    """The driver begins a transaction at the first change; two of them could then wait for each other."""

    @event.listens_for(engine, "connect")
    def _connected(connection, _record):
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {BUSY}")

    @event.listens_for(engine, "begin")
    def _begin(connection):
        reading = connection.get_execution_options().get(READING)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
