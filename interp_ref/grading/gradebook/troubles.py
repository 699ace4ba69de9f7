"""What a database complains of, told apart and put into a sentence with the mend."""

from __future__ import annotations

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

LOCKED = ("database is locked", "database table is locked", "deadlock detected", "could not serialize")
AWAY = (
    "could not connect",
    "connection refused",
    "server closed the connection",
    "terminating connection",
    "connection already closed",
    "the database system is",
    "could not translate host name",
    "timeout expired",
)
AGAIN = "then give the same command again: what was graded is stored, and it goes on from there."
SENTENCES = (
    (
        LOCKED,
        "is locked by another program (tried for {patience:g} s): close formgrader or whatever holds it, ",
    ),
    (AWAY, "can't be reached: start the database server, "),
    (("disk is full", "no space left", "disk i/o error"), "can't be written, the disk is full: make room, "),
    (("readonly", "read-only", "permission denied"), "may not be written: give yourself the right to, "),
    (("unable to open",), "can't be opened: see that its folder is there and yours, "),
    (("not a database", "malformed"), "is damaged: put back a copy of it, "),
    (
        ("no such table", "no such column", "has no column", "undefinedtable", "undefinedcolumn"),
        "has the tables of another nbgrader: run `nbgrader db upgrade`, ",
    ),
    (("does not exist",), "is not there: make it with createdb, or correct db_url, "),
    (("authentication failed",), "refuses the name or the password in db_url: correct them, "),
)


def is_passing(trouble: DBAPIError) -> bool:
    """Whether waiting may help."""
    return bool(trouble.connection_invalidated) or any(one in _text(trouble) for one in LOCKED + AWAY)


def say(trouble: DBAPIError, url: URL, patience: float) -> str:
    """One sentence; a password in the address is not shown."""
    where = url.database if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
    for signs, sentence in SENTENCES:
        if any(sign in _text(trouble) for sign in signs):
            return f"The gradebook {where} {sentence.format(patience=patience)}{AGAIN}"
    if trouble.connection_invalidated:
        return f"The gradebook {where} went away: start the database server, {AGAIN}"
    return f"The gradebook {where} refused what was to be stored ({str(trouble.orig).strip()[:200]})."


def _text(trouble: DBAPIError) -> str:
    return f"{type(trouble.orig).__name__} {trouble.orig}".lower()
