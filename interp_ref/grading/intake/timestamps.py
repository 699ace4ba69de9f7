"""When something was handed in: timestamp.txt where it can be believed, else the file's own time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from interp_ref.grading.intake.incoming import Incoming, Refused, shown
from interp_ref.grading.records import Finding

NAME = "timestamp.txt"
LONGEST = 200
FIRST_YEAR = 2000
CLOCKS_DIFFER = timedelta(hours=1)
WRITTEN = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?) ?"
    r"(?P<zone>[A-Za-z][\w+/-]{0,40}|[+-]\d\d:?\d\d)?",
    re.ASCII,
)


def handed_in(stamp: Incoming | None, notebook: Incoming | None) -> tuple[datetime | None, list[Finding]]:
    """The time in UTC, without a zone, and what was wrong with the one that was written down."""
    of_file = notebook if notebook is not None else stamp
    instead = _of_file(of_file)
    if stamp is None:
        return instead, []
    try:
        text = stamp.read(LONGEST).decode("utf-8-sig").strip()
        return _believable(text), []
    except Refused as trouble:
        if trouble.kind != "too-large":
            return instead, [trouble.finding]
        why = f"it is longer than {LONGEST} characters"
    except ValueError as trouble:
        why = str(trouble) if str(trouble).startswith("it") else "it can't be read"
    said = (
        f"The time in {shown(stamp.name)} is not used ({why}) and the file's own time counts: "
        "see whether that is fair."
    )
    return instead, [Finding("timestamp", said, "mend")]


def _believable(text: str) -> datetime:
    found = WRITTEN.fullmatch(text)
    if not found:
        raise ValueError("it is no date and time with a zone")
    time = datetime.fromisoformat(found["time"]).replace(tzinfo=_zone(found["zone"]))
    try:
        time = time.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        raise ValueError("it lies out of all calendars") from None
    if time.year < FIRST_YEAR:
        raise ValueError("it lies too far back")
    if time > datetime.now(UTC).replace(tzinfo=None) + CLOCKS_DIFFER:
        raise ValueError("it lies in the future")
    return time


def _zone(name: str | None) -> tzinfo:
    """nbgrader writes UTC unless a course is set to another zone."""
    if name in (None, "UTC", "Z", "GMT"):
        return UTC
    if name[0] in "+-":
        hours, minutes = int(name[1:3]), int(name[-2:])
        away = timedelta(hours=hours, minutes=minutes)
        return timezone(-away if name[0] == "-" else away)
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise ValueError("its time zone is not known") from None


def _of_file(file: Incoming | None) -> datetime | None:
    if file is None or file.modified is None:
        return None
    try:
        time = datetime.fromtimestamp(file.modified, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return time.replace(tzinfo=None) if time <= datetime.now(UTC) + CLOCKS_DIFFER else None
