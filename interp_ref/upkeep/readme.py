"""What README.md takes from elsewhere, so that it cannot go stale: the map of lessons and the alt texts."""

from __future__ import annotations

import json
import re
from pathlib import Path

from interp_ref.bootstrap import ROOT

BEGIN, END = "<!-- lessons -->", "<!-- /lessons -->"
BLOCK = re.compile(f"{BEGIN}.*?{END}", re.DOTALL)
PICTURE = re.compile(r"!\[[^\]]*\]\(images/([^)]+)\)")


def update_readme(readme: Path = ROOT / "README.md") -> bool:
    """Brings the map of lessons and the alt texts up to date; returns whether anything changed."""
    text = readme.read_text(encoding="utf-8")
    new = up_to_date(text, readme.parent)
    if new != text:
        readme.write_text(new, encoding="utf-8", newline="\n")
    return new != text


def up_to_date(text: str, root: Path = ROOT) -> str:
    """The text of README.md with the map of lessons and the alt texts as they are now."""
    described = json.loads((root / "images" / "alt.json").read_text(encoding="utf-8"))
    of_a_figure = {name: f"![{alt}](images/{name})" for name, alt in described.items()}
    text = PICTURE.sub(lambda found: of_a_figure.get(found[1], found[0]), text)
    return BLOCK.sub(lambda _: f"{BEGIN}\n{lesson_map(root)}\n{END}", text)


def lesson_map(root: Path = ROOT) -> str:
    """A Markdown table with a row for each released lesson: title, minutes, points, paper."""
    lines = ["| lesson | minutes | points | paper |", "|---|---:|---:|---|"]
    for notebook in sorted(root.glob("lessons/[0-9][0-9]_*/*.ipynb")):
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        words = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        where = notebook.parent.relative_to(root).as_posix()
        title = first(r"^# +(?:Lesson +\d+ *[:.·–—-] *)?(.+)$", words) or notebook.stem
        minutes, paper = first(r"\*\*Minutes\*\*: *(\d+)", words), first(r"\*\*Papers?\*\*: *(.+)$", words)
        link = f"[{notebook.parent.name[:2]} {title}]({where})"
        lines.append(f"| {link} | {minutes} | {points(cells)} | {one_line(paper)} |")
    return "\n".join(lines)


def points(cells: list[dict]) -> str:
    """Points that checks give, and those that a person gives to the reflection."""
    graded = [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade")]
    checked = sum(cell["metadata"]["nbgrader"]["points"] for cell in graded if cell["cell_type"] == "code")
    read = sum(cell["metadata"]["nbgrader"]["points"] for cell in graded if cell["cell_type"] == "markdown")
    return f"{checked:g} + {read:g}" if read else f"{checked:g}"


def first(pattern: str, text: str) -> str:
    """What a pattern's group first holds in a text, empty where it is not found."""
    match = re.search(pattern, text, re.MULTILINE)
    return match.group(1).strip() if match else ""


def one_line(paper: str) -> str:
    """A paper's mention as a table cell: no bar, no full stop at the end."""
    return paper.replace("|", "\\|").rstrip(" .")
