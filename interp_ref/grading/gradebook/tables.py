"""The course's own tables, beside nbgrader's in the same database; nbgrader's keep their schema."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Float, LargeBinary, MetaData, String, Table, Text

METADATA = MetaData()
LONGEST_ID = 128  # of nbgrader's own columns

SEEDS = Table(
    "interp_seed",
    METADATA,
    Column("lesson", String(LONGEST_ID), primary_key=True),
    Column("seed", String(16), nullable=False, doc="of the hidden challenges, 16 hexadecimal digits"),
    Column("drawn_at", DateTime, nullable=False),
)

SUBMISSIONS = Table(
    "interp_submission",
    METADATA,
    Column("student", String(LONGEST_ID), primary_key=True),
    Column("lesson", String(LONGEST_ID), primary_key=True),
    Column("digest", String(64), nullable=False, doc="SHA-256 of what was handed in"),
    Column("version", String(64), nullable=False, doc="of the course that graded it"),
    Column("seed", String(16), nullable=False),
    Column("engine", String(32), nullable=False, doc="which sandbox ran it"),
    Column("seconds", Float, nullable=False),
    Column("graded_at", DateTime, nullable=False),
    Column("handed_in_at", DateTime),
    Column("origin", Text, nullable=False, doc="the incoming file's name, as JSON"),
    Column("findings", Text, nullable=False, doc="as JSON: [[kind, text, level], ...]"),
    Column("predictions", Text, nullable=False, doc="as JSON: {id: letter}"),
)

VERDICTS = Table(
    "interp_verdict",
    METADATA,
    Column("student", String(LONGEST_ID), primary_key=True),
    Column("lesson", String(LONGEST_ID), primary_key=True),
    Column("exercise", String(LONGEST_ID), primary_key=True),
    Column("points", Float, nullable=False),
    Column("max_points", Float, nullable=False),
    Column(
        "diagnosis", Text, nullable=False, doc="ids of the recognised misconceptions, with spaces between"
    ),
    Column("digest", String(64), nullable=False),
    Column("version", String(64), nullable=False),
    Column("seed", String(16), nullable=False),
    Column("engine", String(32), nullable=False),
    Column("graded_at", DateTime, nullable=False),
    Column("verdict", LargeBinary, nullable=False, doc="checking.wire.pack of [verdict, visible or None]"),
)

REFUSALS = Table(
    "interp_refusal",
    METADATA,
    Column("student", String(LONGEST_ID), primary_key=True),
    Column("lesson", String(LONGEST_ID), primary_key=True),
    Column("origin_digest", String(64), primary_key=True),
    Column("origin", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("why", Text, nullable=False),
    Column("findings", Text, nullable=False),
    Column("refused_at", DateTime, nullable=False),
)
