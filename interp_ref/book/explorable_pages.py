"""An explorable on its page: the question, the stage that opens after a guess, the replies, the scripts."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path

from interp_ref.authoring.writing import write_atomically
from interp_ref.errors import UserError
from interp_ref.explorables.making import DATA, NAMES, SITE, as_script
from interp_ref.explorables.questions import QUESTIONS
from interp_ref.predicting.page import outcome_html, question_html

PLACE = "../_static/explorables"
FRAME = """<section class="explorable" data-explorable="{name}" data-source="{place}/{name}.data.js">
{question}
<noscript><p>What follows here needs JavaScript, which is off or not there. The text of this page and the
lesson work without it.</p></noscript>
<p class="trouble" role="alert" hidden></p>
<button type="button" class="open" hidden>Show it without a guess</button>
<div class="stage" hidden>
{fragment}<p class="words" role="status"></p>
</div>
{outcome}
<p>{lesson}.</p>
</section>
<link rel="stylesheet" href="{place}/explorable.css">
<script defer src="{place}/explorable.js"></script>
<script defer src="{place}/{name}.js"></script>
"""


def explorable_html(name: str, pages: Collection[str] = ()) -> str:
    """The HTML of one explorable, with a link to its lesson where that is one of the book's `pages`.

    Raises UserError where there is no explorable of that name.
    """
    if name not in NAMES:
        raise UserError(f"Expected an explorable of {', '.join(NAMES)}, got {name!r}.")
    asked = QUESTIONS[name]
    return FRAME.format(
        name=name,
        place=PLACE,
        lesson=lesson_link(asked.lesson, pages),
        question=question_html(asked),
        fragment=(SITE / f"{name}.html").read_text(encoding="utf-8"),
        outcome=outcome_html(asked),
    )


def lesson_link(lesson: str, pages: Collection[str]) -> str:
    """The way back to the lesson, for a book that has it."""
    found = [page for page in pages if page.startswith(f"{lesson}/")]
    words = f"Belongs to lesson {int(lesson[:2])}"
    return f'<a href="../{found[0]}.html">{words}</a>' if found else words


def write_scripts(to: Path) -> None:
    """The scripts and styles of all explorables, and their data as scripts, into the folder `to`."""
    to.mkdir(parents=True, exist_ok=True)
    for file in [*SITE.glob("*.js"), *SITE.glob("*.css")]:
        shutil.copy(file, to)
    for file in DATA.glob("*.json"):
        write_atomically(to / f"{file.stem}.data.js", as_script(file.stem).encode("utf-8"))
