"""MyST to what JupyterLab and nbconvert show: `\\tag`, links, quoted boxes, `<details>`."""

from __future__ import annotations

import html
import re
from pathlib import Path

from nbformat import NotebookNode

from interp_ref.authoring.labels import Labels, labels_of
from interp_ref.authoring.myst import Block, Code, Directive, Math, Target, Text, as_math, blocks
from interp_ref.authoring.roles import INLINE, lower_roles
from interp_ref.errors import UserError
from interp_ref.predicting import prediction

BOXES = ("note", "tip", "hint", "important", "warning", "caution", "seealso", "admonition", "dropdown")
LEFT = re.compile(
    r"^ *(?:`{3,}|~{3,}|:{3,})\{[\w:-]+\}.*$|\$\$ *\([\w:.-]+\) *$|^\([\w:.-]+\)= *$"
    r"|\{[\w:-]+\}`[^`]+`|\[\]\(#[^)]+\)",
    re.MULTILINE,
)


def lower_notebook(notebook: NotebookNode, number: int, root: Path) -> NotebookNode:
    """Lower the markdown cells in place. Raises UserError naming the cell where something is unknown."""
    labels = labels_of(notebook.cells, number, root)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            try:
                cell.source = lower(cell.source, labels)
            except UserError as error:
                raise UserError(f"In the cell {cell.get('id', '')!r}: {error}") from None
    return notebook


def lower(source: str, labels: Labels, quoted: bool = False) -> str:
    """The markdown of one cell. `quoted` puts a formula on one line, since a box's `>` would get into it."""
    return "\n".join(_block(block, labels, quoted) for block in blocks(source))


def myst_left(source: str) -> list[str]:
    """What of MyST a released markdown cell still holds, quoted code aside."""
    texts = [block.text for block in blocks(source) if isinstance(block, Text)]
    others = [repr(block) for block in blocks(source) if isinstance(block, (Directive, Target))]
    formulas = [block.label for block in blocks(source) if isinstance(block, Math) and block.label]
    without_code = [INLINE.sub(lambda m: "" if m["code"] else m[0], text) for text in texts]
    return others + formulas + [found[0] for text in without_code for found in LEFT.finditer(text)]


def _block(block: Block, labels: Labels, quoted: bool) -> str:
    match block:
        case Code():
            return block.text
        case Target():
            return f'<a id="{block.label}"></a>\n'
        case Math():
            return _formula(block, labels, quoted)
        case Directive():
            return _indented(_directive(block, labels, quoted), block.indent)
        case _:
            return lower_roles(block.text, labels)


def _formula(math: Math, labels: Labels, quoted: bool) -> str:
    tag = f" \\tag{{{labels.equation(math.label)}}}" if math.label else ""
    anchor = f'<a id="{math.label}"></a>\n\n' if math.label else ""
    if quoted:
        return f"{anchor}$$ {' '.join(math.body.split())}{tag} $$"
    return _indented(f"{anchor}$$\n{math.body}{tag}\n$$", math.indent)


def _directive(block: Directive, labels: Labels, quoted: bool) -> str:
    if block.name == "math":
        return _formula(
            as_math(Directive("", block.name, block.argument, block.body, block.options)), labels, quoted
        )
    if block.name in BOXES:
        return _box(block, labels)
    if block.name == "predict":
        return _question(block, labels)
    if block.name in ("figure", "image"):
        return _picture(block, labels)
    if block.name == "code-block":
        return f"```{block.argument}\n{block.body}\n```"
    if block.name == "bibliography":
        return "\n".join(f"- {labels.references[key].listed()}" for key in sorted(labels.cited))
    known = ", ".join([*BOXES, "predict", "math", "figure", "image", "code-block", "bibliography"])
    raise UserError(
        f"Expected one of the directives {known}, got {{{block.name}}}: use one of them or markdown."
    )


def _box(block: Directive, labels: Labels) -> str:
    title = block.argument if block.name in ("admonition", "dropdown") else ""
    body = block.body if title or not block.argument else f"{block.argument}\n{block.body}"
    title = title or {"seealso": "See also"}.get(block.name, block.name.capitalize())
    if block.name == "dropdown" or "dropdown" in block.options.get("class", ""):
        inner = lower(body, labels)
        return f"<details>\n<summary><b>{_summary(title)}</b></summary>\n\n{inner}\n\n</details>"
    return _quoted(title, body, labels)


def _question(block: Directive, labels: Labels) -> str:
    """A prediction's question and choices, from where they are declared."""
    if block.body or not block.argument:
        raise UserError(
            f"Expected {{predict}} with an id and an empty body, got {block.argument!r} and "
            f"{block.body[:40]!r}: the words stand in interp_ref/predicting."
        )
    return _quoted("Predict first", prediction(block.argument).markdown, labels)


def _quoted(title: str, body: str, labels: Labels) -> str:
    inner = lower(f"**{title}**\n\n{body}", labels, quoted=True)
    return "\n".join(f"> {line}".rstrip() for line in inner.split("\n"))


def _summary(title: str) -> str:
    """A title inside an HTML tag, where markdown is not read."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(title, quote=False))


def _picture(block: Directive, labels: Labels) -> str:
    anchor = f'<a id="{block.options["name"]}"></a>\n\n' if "name" in block.options else ""
    picture = f"![{' '.join(block.options.get('alt', '').split())}]({block.argument})"
    caption = f"\n\n*{lower_roles(block.body.strip(), labels)}*" if block.body.strip() else ""
    return anchor + picture + caption


def _indented(text: str, indent: str) -> str:
    return "\n".join(indent + line if line else line for line in text.split("\n"))
