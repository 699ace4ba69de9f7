"""Puts the sources of the site together: lessons as notebooks, guides, the pages of docs/book, the API."""

from __future__ import annotations

import pkgutil
import re
import shutil
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib import import_module
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from tqdm import tqdm

from interp_ref.authoring.lessons import Lesson
from interp_ref.authoring.writing import write_atomically
from interp_ref.book.executing import executed
from interp_ref.book.lesson_pages import lesson_page

# The parts of the package with functions to call; the others are commands and what stands behind them.
API = ("methods", "models", "data", "show", "exercises", "predicting", "checking", "authoring")
AT_ONCE = 3  # lessons that run, 1.5 GB each: two leave a quarter of two cores idle
OF_A_LESSON = re.compile(r"\.lesson\d")
TITLES = {
    "methods": "The methods, one a file",
    "models": "VGG16, heads and tiny networks",
    "data": "Pictures",
    "show": "Figures",
    "exercises": "How an exercise is declared",
    "predicting": "Predictions",
    "checking": "Running and judging an answer",
    "authoring": "From text to released lesson",
}


def gather(root: Path, lessons: list[Lesson], to: Path, data: str | None, cache: Path) -> None:
    """Fills the folder `to`; without `data` no lesson is run. Raises UserError where a lesson fails."""
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True)
    for page in sorted((root / "docs" / "book").glob("*.md")):
        shutil.copy(page, to)
    shutil.copytree(root / "docs" / "book" / "explorables", to / "explorables")
    (to / "guides").mkdir()
    for page in sorted((root / "docs").glob("*.md")):
        shutil.copy(page, to / "guides")
    shutil.copytree(root / "images", to / "images")
    shutil.copy(root / "references.bib", to)
    for lesson, page in zip(lessons, _pages(lessons, data, cache), strict=True):
        _write_lesson(lesson, page, to)
    _write_contents(lessons, to)
    _write_api(to / "api")


def _pages(lessons: list[Lesson], data: str | None, cache: Path) -> list[NotebookNode]:
    """The lessons' pages in their order, with outputs where `data` says on what they run."""
    pages = [lesson_page(lesson) for lesson in lessons]
    if data is None:
        return pages
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(executed, *one, data, cache) for one in zip(pages, lessons, strict=True)]
        try:
            for done in tqdm(as_completed(running), "Running lessons", len(running), unit="lesson"):
                done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [one.result() for one in running]


def _write_lesson(lesson: Lesson, page: NotebookNode, to: Path) -> None:
    besides = shutil.ignore_patterns("*.md", "*.ipynb", ".*")
    shutil.copytree(lesson.folder, to / lesson.name, ignore=besides)
    place = to / lesson.name / f"{lesson.notebook_name}.ipynb"
    write_atomically(place, nbformat.writes(page).encode("utf-8"))


def _write_contents(lessons: list[Lesson], to: Path) -> None:
    """The first page's table of contents, from the lessons that there are."""
    index = to / "index.md"
    entries = "\n".join(f"{lesson.name}/{lesson.notebook_name}" for lesson in lessons)
    index.write_text(index.read_text(encoding="utf-8").replace("LESSONS", entries), encoding="utf-8")


def _write_api(to: Path) -> None:
    to.mkdir()
    for part in API:
        (to / f"{part}.rst").write_text(_api_page(part), encoding="utf-8")


def _api_page(part: str) -> str:
    lines = [TITLES[part], "=" * len(TITLES[part]), ""]
    lines += [f".. automodule:: interp_ref.{part}", ""]
    for name in _modules(part):
        # matplotlib gives each kind of figure a `set` of its own, which is its matter.
        options = ["   :members:", "   :exclude-members: set"]
        lines += [name, "-" * len(name), "", f".. automodule:: {name}", *options, ""]
    return "\n".join(lines)


def _modules(part: str) -> list[str]:
    """The modules of a part; of the exercises and predictions not those that declare a lesson's."""
    package = import_module(f"interp_ref.{part}")
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return [module.name for module in found if not OF_A_LESSON.search(module.name)]
