"""The blocks of a markdown cell: as much of MyST as lessons use, read line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from textwrap import dedent

import yaml

from interp_ref.errors import UserError

LABEL = r"[A-Za-z][\w:.-]*"
FENCE = re.compile(r"^(?P<indent> *)(?P<fence>`{3,}|~{3,}|:{3,})(?P<info>.*)$")
DIRECTIVE = re.compile(r"^\{(?P<name>[\w:-]+)\} *(?P<argument>.*)$")
OPTION = re.compile(r"^:([\w-]+): *(.*)$")
TARGET = re.compile(rf"^\(({LABEL})\)= *$")
MATH_START = re.compile(r"^(?P<indent> *)\$\$(?P<rest>.*)$")
MATH_END = re.compile(rf"^(?P<body>.*?)\$\$(?: *\((?P<label>{LABEL})\))? *$")


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Code:
    """A fenced block that is no directive: kept letter by letter."""

    text: str


@dataclass(frozen=True)
class Target:
    label: str


@dataclass(frozen=True)
class Math:
    indent: str
    body: str
    label: str | None


@dataclass(frozen=True)
class Directive:
    indent: str
    name: str
    argument: str
    body: str
    options: dict[str, str] = field(default_factory=dict)


Block = Text | Code | Target | Math | Directive


def blocks(source: str) -> Iterator[Block]:
    """The blocks of a cell's source in order. Raises UserError for a formula or fence left open."""
    lines, text, at = source.split("\n"), [], 0
    while at < len(lines):
        found = _fence(lines, at) or _math(lines, at) or _target(lines, at)
        if not found:
            text.append(lines[at])
            at += 1
            continue
        if text:
            yield Text("\n".join(text))
            text = []
        block, at = found
        yield block
    if text:
        yield Text("\n".join(text))


def walk(source: str) -> Iterator[Block]:
    """All blocks of a cell, those inside boxes too, in the order of reading."""
    for block in blocks(source):
        yield block
        if isinstance(block, Directive) and block.name not in ("math", "code-block"):
            yield from walk(block.body)


def as_math(directive: Directive) -> Math:
    """A `{math}` directive as the formula that it is."""
    body = "\n".join(part for part in (directive.argument, directive.body) if part)
    return Math(directive.indent, body, directive.options.get("label"))


def _fence(lines: list[str], at: int) -> tuple[Block, int] | None:
    opening = FENCE.match(lines[at])
    if not opening:
        return None
    directive = DIRECTIVE.match(opening["info"].strip())
    if opening["fence"].startswith(":") and not directive:
        return None
    closing = re.compile(rf"^ *{re.escape(opening['fence'])}{opening['fence'][0]}* *$")
    end = next((n for n in range(at + 1, len(lines)) if closing.match(lines[n])), None)
    if end is None:
        raise UserError(f"Expected {opening['fence']} to close {lines[at].strip()!r}, found none: add it.")
    inner = dedent("\n".join(lines[at + 1 : end]))
    if not directive:
        return Code("\n".join(lines[at : end + 1])), end + 1
    options, body = _options(inner)
    return Directive(
        opening["indent"], directive["name"], directive["argument"].strip(), body, options
    ), end + 1


def _options(inner: str) -> tuple[dict[str, str], str]:
    lines = inner.split("\n")
    if lines[0].strip() == "---" and "---" in (later := [line.strip() for line in lines[1:]]):
        end = later.index("---") + 1
        found = yaml.safe_load("\n".join(lines[1:end])) or {}
        return {key: str(value) for key, value in found.items()}, "\n".join(lines[end + 1 :]).strip("\n")
    options = {}
    while lines and (option := OPTION.match(lines[0])):
        options[option[1]] = option[2].strip()
        lines.pop(0)
    return options, "\n".join(lines).strip("\n")


def _math(lines: list[str], at: int) -> tuple[Math, int] | None:
    opening = MATH_START.match(lines[at])
    if not opening:
        return None
    body, line, end = [], opening["rest"], at
    while not (closing := MATH_END.match(line)):
        body.append(line.strip())
        end += 1
        if end == len(lines):
            raise UserError(f"Expected $$ to close the formula {lines[at].strip()!r}, found none: add it.")
        line = lines[end]
    body.append(closing["body"].strip())
    return Math(opening["indent"], "\n".join(body).strip("\n"), closing["label"]), end + 1


def _target(lines: list[str], at: int) -> tuple[Target, int] | None:
    found = TARGET.match(lines[at])
    return (Target(found[1]), at + 1) if found else None
