"""MyST inside a line: roles and links, lowered to plain markdown."""

from __future__ import annotations

import re

from interp_ref.authoring.labels import Labels
from interp_ref.errors import UserError

# Code is matched first, so that a role that is quoted as code stays as it was written.
INLINE = re.compile(
    r"(?<![`}])(?P<ticks>`+)(?!`)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|\{(?P<role>[a-zA-Z][\w:-]*)\}`(?P<content>[^`]+)`"
    r"|\[\]\(#(?P<label>[^)\s]+)\)",
    re.DOTALL,
)
TITLED = re.compile(r"^(?P<title>.+?)\s*<(?P<target>[^<>]+)>$", re.DOTALL)


def lower_roles(text: str, labels: Labels) -> str:
    """The text with each role as markdown. Raises UserError for an unknown role, label or key."""

    def replaced(found: re.Match) -> str:
        if found["code"] is not None:
            return found[0]
        if found["label"] is not None:
            return _link(found["label"], labels)
        return lower_role(found["role"], found["content"].strip(), labels)

    return INLINE.sub(replaced, text)


def lower_role(role: str, content: str, labels: Labels) -> str:
    """One role as markdown."""
    if role in ("cite", "cite:p", "cite:t"):
        return _citation(content, role == "cite:t", labels)
    if role not in ROLES:
        known = ", ".join(sorted([*ROLES, "cite", "cite:p", "cite:t"]))
        raise UserError(
            f"Expected one of the roles {known}, got {{{role}}}: use one of them or plain markdown."
        )
    return ROLES[role](content, labels)


def _equation(content: str, labels: Labels) -> str:
    return f"[({labels.equation(content)})](#{content})"


def _link(label: str, labels: Labels) -> str:
    return _equation(label, labels) if label in labels.equations else _reference(label, labels)


def _reference(content: str, labels: Labels) -> str:
    title, label = _title_and_target(content)
    found = labels.place(label)
    return f"[{title or found}](#{label})"


def _document(content: str, labels: Labels) -> str:
    title, path = _title_and_target(content)
    return f"[{title or path.rsplit('/', 1)[-1].replace('_', ' ')}]({path}.ipynb)"


def _explorable(content: str, labels: Labels) -> str:
    """A notebook has no link to it: the page is one of the book's, which lies elsewhere or nowhere."""
    return f"*{_title_and_target(content)[0]}*, a page of the course's web book"


def _citation(content: str, textual: bool, labels: Labels) -> str:
    papers = [labels.paper(key.strip()).cited(textual) for key in content.split(",")]
    return ", ".join(papers) if textual else f"({', '.join(papers)})"


def _title_and_target(content: str) -> tuple[str, str]:
    titled = TITLED.match(content)
    return (titled["title"], titled["target"]) if titled else ("", content)


ROLES = {
    "eq": _equation,
    "ref": _reference,
    "doc": _document,
    "explorable": _explorable,
    "math": lambda content, labels: f"${content}$",
    "term": lambda content, labels: _title_and_target(content)[0] or content,
    "sub": lambda content, labels: f"<sub>{content}</sub>",
    "sup": lambda content, labels: f"<sup>{content}</sup>",
}
