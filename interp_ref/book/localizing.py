"""Labels belong to one lesson, the book has them all: each gets its lesson's name in front."""

from __future__ import annotations

import re

from interp_ref.authoring.lessons import Lesson
from interp_ref.authoring.myst import Code, Directive, Math, Target, as_math, blocks
from interp_ref.authoring.references import Reference
from interp_ref.authoring.roles import INLINE, TITLED

FENCE_MARK = re.compile(r"^ *(`{3,})", re.MULTILINE)


def book_label(lesson: str, label: str) -> str:
    """A label of a lesson ("02_cam") as the book calls it."""
    return f"{lesson}-{label}".replace("_", "-")


def localized(source: str, lesson: Lesson, papers: list[Reference]) -> str:
    """The markdown of one cell with the book's labels; {bibliography} becomes the list of `papers`."""
    return "\n".join(block_text(block, lesson, papers) for block in blocks(source))


def block_text(block, lesson: Lesson, papers: list[Reference]) -> str:
    """One block of a cell with the book's labels."""
    match block:
        case Code():
            return block.text
        case Target():
            return f"({book_label(lesson.name, block.label)})="
        case Math():
            return _formula(block, lesson)
        case Directive(name="math"):
            return _formula(as_math(block), lesson)
        case Directive(name="bibliography"):
            return "\n".join(f"- {paper.listed()}" for paper in papers)
        case Directive():
            return _directive(block, lesson, papers)
        case _:
            return INLINE.sub(lambda found: _role(found, lesson), block.text)


def _formula(math: Math, lesson: Lesson) -> str:
    label = f" ({book_label(lesson.name, math.label)})" if math.label else ""
    return _indented(f"$$\n{math.body}\n$${label}", math.indent)


def _directive(block: Directive, lesson: Lesson, papers: list[Reference]) -> str:
    options = dict(block.options)
    if "name" in options:
        options["name"] = book_label(lesson.name, options["name"])
    literal = block.name == "code-block"
    body = block.body if literal else localized(block.body, lesson, papers)
    fence = "`" * (1 + max([2, *map(len, FENCE_MARK.findall(body))]))
    lines = [f"{fence}{{{block.name}}} {block.argument}".rstrip()]
    lines += [f":{key}: {value}".rstrip() for key, value in options.items()]
    return _indented("\n".join([*lines, *([""] if options else []), body, fence]), block.indent)


def _role(found: re.Match, lesson: Lesson) -> str:
    if found["label"] is not None:
        return f"[](#{book_label(lesson.name, found['label'])})"
    if found["role"] == "eq":
        return f"{{eq}}`{book_label(lesson.name, found['content'].strip())}`"
    if found["role"] == "ref":
        titled = TITLED.match(found["content"].strip())
        target = book_label(lesson.name, titled["target"] if titled else found["content"].strip())
        return f"{{ref}}`{titled['title']} <{target}>`" if titled else f"{{ref}}`{target}`"
    if found["role"] == "explorable":
        titled = TITLED.match(found["content"].strip())
        return f"[{titled['title']}](../explorables/{titled['target']}.md)"
    return found[0]


def _indented(text: str, indent: str) -> str:
    return "\n".join(indent + line if line else line for line in text.split("\n"))
