"""The student edition: what is in it, what is not, and that it works where there is no repository."""

import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement

from interp_ref import bootstrap, installing
from interp_ref.authoring.lessons import course_root
from interp_ref.errors import UserError
from interp_ref.exercises import LESSONS
from interp_ref.grading.handout import make_handout
from interp_ref.grading.handout.wheel import LEFT_OUT, NOT_FOR_STUDENTS, student_wheel

ROOT = bootstrap.ROOT
NORMALIZE_MAP = """
def normalize_map(maps):
    maps = np.asarray(maps, np.float32)
    low, high = (f(maps, axis=(1, 2), keepdims=True) for f in (np.min, np.max))
    return (maps - low) / np.where(high > low, high - low, 1)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_handout(ROOT, tmp_path_factory.mktemp("made") / "course.zip")


@pytest.fixture(scope="module")
def course(made, tmp_path_factory):
    """The zip, unpacked where no repository is."""
    place = tmp_path_factory.mktemp("a student's folder")
    shutil.unpack_archive(made.path, place)
    return place / "course"


@pytest.fixture(scope="module")
def wheel(course, made):
    return zipfile.ZipFile(course / made.wheel)


@pytest.fixture(scope="module")
def student(course, made, tmp_path_factory):
    """A virtual environment with the wheel, which finds all else among this environment's packages."""
    place = tmp_path_factory.mktemp("environment") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    python = bootstrap.environment_python(place)
    (packages,) = installing.site_packages(python)
    install = [python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--disable-pip-version-check"]
    subprocess.run([*install, course / made.wheel], check=True)
    # After the wheel's own place on the path, so the repository's package is not what is imported.
    (packages / "others.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


def elsewhere():
    """The environment of a shell that knows nothing of the repository."""
    return {k: v for k, v in os.environ.items() if not k.startswith("INTERP_") and k != "PYTHONPATH"}


def interp(python, folder, *arguments, **variables):
    """A command of the course in the student's environment, in `folder`."""
    environment = {**elsewhere(), "COLUMNS": "200", "TERM": "dumb", **variables}
    command = [str(python), "-m", "interp_ref", *map(str, arguments)]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=300
    )


def modules(wheel):
    """The wheel's modules: name and syntax tree."""
    for name in wheel.namelist():
        if name.endswith(".py"):
            yield name, ast.parse(wheel.read(name))


def imported(node):
    """The modules that an import statement names, in full."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return []


def test_the_same_course_gives_the_same_bytes(made, tmp_path):
    again = make_handout(ROOT, tmp_path / "another_name.zip")
    assert again.path.read_bytes() == made.path.read_bytes()


def test_the_zip_holds_one_folder_with_lessons_wheel_requirements_and_how_to_start(made, course):
    names = zipfile.ZipFile(made.path).namelist()
    assert all(name.startswith("course/") for name in names)
    inside = {name.removeprefix("course/") for name in names}
    lessons = {f"lessons/{name}/{name[3:]}.ipynb" for name in LESSONS}
    assert lessons <= inside
    assert inside - lessons == {
        *("README.md", "start.py", "colab.ipynb", "handout.json", "requirements.txt", made.wheel),
        *("LICENSE", "LICENSE-CONTENT", "NOTICE"),
        *(f"constraints/py{major}{minor}.txt" for major, minor in bootstrap.SUPPORTED),
    }


def test_lessons_are_those_that_were_released_byte_for_byte(course):
    for lesson in (course / "lessons").rglob("*.ipynb"):
        assert lesson.read_bytes() == (ROOT / lesson.relative_to(course)).read_bytes()
        assert "### BEGIN SOLUTION" not in lesson.read_text(encoding="utf-8")


def test_neither_solutions_nor_tests_nor_seeds_nor_what_instructors_use_is_in_it(wheel, course):
    named = [*wheel.namelist(), *(str(path.relative_to(course)) for path in course.rglob("*"))]
    for part in (
        "solutions",
        "tests",
        "docs",
        "hidden_seed.txt",
        ".hidden_seed",
        "gradebook",
        "nbgrader_config",
    ):
        assert not [name for name in named if part in name.split("/")], part
    for part in LEFT_OUT:
        assert (ROOT / "interp_ref" / part).is_dir()
        assert not [name for name in named if name.startswith(f"interp_ref/{part}/")]
    texts = "\n".join(
        wheel.read(name).decode("utf-8")
        for name in named
        if name.endswith((".py", ".md")) and name in wheel.namelist()
    )
    seed = ROOT / ".hidden_seed"
    assert not seed.is_file() or seed.read_text(encoding="utf-8").strip() not in texts
    assert str(ROOT) not in texts


def test_what_the_wheel_imports_is_in_it_or_required(wheel):
    requires = (Requirement(line.removeprefix("Requires-Dist: ")).name for line in metadata(wheel))
    required = {re.sub(r"[-_.]+", "-", name).lower() for name in requires}
    owners = packages_distributions()
    for name, tree in modules(wheel):
        for one in [module for node in ast.walk(tree) for module in imported(node)]:
            top = one.split(".")[0]
            if top != "interp_ref" and top not in sys.stdlib_module_names:
                known = {re.sub(r"[-_.]+", "-", owner).lower() for owner in owners.get(top, [top])}
                # cosmic_ray and its like are for maintainers, whose commands say so.
                assert known & required or name.startswith("interp_ref/upkeep/"), f"{name} imports {one}"


def metadata(wheel):
    (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    lines = wheel.read(name).decode("utf-8").splitlines()
    return [line for line in lines if line.startswith("Requires-Dist: ") and "extra ==" not in line]


def test_no_module_needs_a_part_that_was_left_out_except_commands_that_are_left_out_too(wheel):
    for name, tree in modules(wheel):
        gone = [
            module
            for node in ast.walk(tree)
            for module in imported(node)
            if module.split(".")[:1] == ["interp_ref"]
            and module.split(".")[1:2]
            and module.split(".")[1] in LEFT_OUT
        ]
        assert not gone or name.startswith("interp_ref/cli/"), f"{name} imports {gone}"


def test_a_student_can_put_an_explorable_into_a_notebook(wheel, tmp_path):
    wheel.extractall(tmp_path)
    code = "from interp_ref import explorable; print(explorable('build_a_cam').html)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    assert "<iframe" in done.stdout and "Build a CAM" in done.stdout


def test_entry_points_of_the_wheel_lead_somewhere(wheel):
    (name,) = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]
    for module in re.findall(r"= ([\w.]+)", wheel.read(name).decode("utf-8")):
        path = module.replace(".", "/")
        assert {f"{path}.py", f"{path}/__init__.py"} & set(wheel.namelist()), module


def test_requirements_are_the_courses_without_what_only_graders_need(course):
    own = bootstrap.requirement_lines(course / "requirements.txt")
    whole = bootstrap.requirement_lines(ROOT / "requirements.txt")
    left = {Requirement(line).name for line in set(whole) - set(own)}
    assert left and left <= set(NOT_FOR_STUDENTS)
    assert set(own) <= set(whole)


def test_the_manifest_names_wheel_and_lessons(course, made):
    told = json.loads((course / "handout.json").read_text(encoding="utf-8"))
    assert told["wheel"] == made.wheel
    assert told["lessons"] == list(made.lessons) == list(LESSONS)
    assert course_root(course / "lessons") == course.resolve()


def test_the_way_in_can_be_read_by_an_old_python(course):
    ast.parse((course / "start.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_the_readme_says_that_the_reference_is_on_the_students_machine_and_what_counts(course):
    text = (course / "README.md").read_text(encoding="utf-8")
    assert "you can read it" in text and "Points in the gradebook come from other" in text
    for system in ("Linux", "macOS", "Windows", "Colab"):
        assert system in text


def test_the_cell_for_colab_does_nothing_elsewhere(course):
    notebook = nbformat.read(course / "colab.ipynb", as_version=4)
    nbformat.validate(notebook)
    from IPython.core.inputtransformer2 import TransformerManager

    source = TransformerManager().transform_cell(notebook.cells[1].source)
    said = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, encoding="utf-8")
    assert said.stdout.startswith("This is not Colab") and said.returncode == 0, said.stderr


@pytest.fixture(scope="module")
def placed(student, course):
    return interp(student, course, "lessons", "--no-open")


def test_the_package_is_the_wheels_and_not_the_repositorys(student, course):
    command = [student, "-c", "import interp_ref; print(interp_ref.__file__)"]
    found = subprocess.run(
        command, cwd=course, env=elsewhere(), capture_output=True, text=True, encoding="utf-8"
    )
    assert str(student.parent.parent) in found.stdout, found.stdout + found.stderr


def test_lessons_are_placed_beside_the_handout(placed, course):
    assert placed.returncode == 0, placed.stderr
    mine = course / "my_lessons" / "00_start_here" / "start_here.ipynb"
    assert mine.read_bytes() == (course / "lessons" / "00_start_here" / "start_here.ipynb").read_bytes()


def test_a_right_answer_is_checked_and_counts_as_progress(student, course, placed, tmp_path):
    mine = course / "my_lessons" / "00_start_here" / "start_here.ipynb"
    notebook = nbformat.read(mine, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "normalize_map":
            cell.source = NORMALIZE_MAP
    nbformat.write(notebook, mine)
    notes = str(tmp_path / "notes.json")
    done = interp(student, course, "check", "00_start_here", INTERP_NOTES=notes)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "normalize_map: 3 of 3 points" in done.stdout and "overlay: 0 of 2 points" in done.stdout
    shown = interp(student, course, "progress", INTERP_NOTES=notes)
    assert "3 of 5" in shown.stdout, shown.stdout + shown.stderr
    assert "Next: `overlay`" in shown.stdout


def test_the_student_edition_offers_no_command_that_it_can_not_run(student, course):
    help_ = interp(student, course, "--help").stdout
    for command in ("check", "lessons", "progress", "doctor", "weights"):
        assert f" {command} " in help_
    for command in ("grade", "demo", "handout", "bench", "bank", "release"):
        assert not re.search(rf"[│ ] {command} ", help_), command
    assert "You are an instructor" not in interp(student, course).stdout


def test_outside_its_folder_it_says_where_to_go(student, tmp_path):
    done = interp(student, tmp_path, "lessons", "--no-open")
    assert done.returncode == 2
    assert "handout.json" in done.stderr and "Traceback" not in done.stderr


def test_start_makes_the_environment_and_runs_a_command_in_it(tmp_path):
    """A small handout whose wheel and one requirement install in seconds."""
    course = small_handout(tmp_path / "a folder" / "course")
    first = start(course, "progress")
    assert f"ran ['progress'] in {course / '.venv'} at {course}" in first.stdout, first.stdout + first.stderr
    assert first.returncode == 7
    again = start(course)
    assert "ran ['lessons']" in again.stdout and "Installing" not in again.stdout


def test_a_newer_handout_of_the_same_version_is_installed(tmp_path):
    course = small_handout(tmp_path / "course")
    assert "ran ['lessons']" in start(course).stdout
    small_handout(course, word="went")
    newer = start(course)
    assert "went ['lessons']" in newer.stdout, newer.stdout + newer.stderr


def start(course, *arguments):
    command = [sys.executable, str(course / "start.py"), *arguments]
    return subprocess.run(
        command,
        cwd=course.parent,
        env=elsewhere(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )


COMMAND_LINE = """
import os, sys
def main():
    print("WORD", sys.argv[1:], "in", sys.prefix, "at", os.getcwd())
    sys.exit(7)
"""


def small_handout(course, word="ran"):
    """An unpacked handout with start.py and the way in as they are, and a command that says a word."""
    source = course.parent / f"source {word}"
    (source / "interp_ref").mkdir(parents=True)
    for name in ("__init__.py", "__main__.py", "bootstrap.py", "installing.py"):
        shutil.copy(ROOT / "interp_ref" / name, source / "interp_ref")
    (source / "interp_ref" / "cli.py").write_text(COMMAND_LINE.replace("WORD", word), encoding="utf-8")
    (source / "requirements.txt").write_text("setuptools>=77\n", encoding="utf-8")
    extras = ROOT.glob("requirements-*.txt")
    for path in (
        *extras,
        *(ROOT / name for name in ("pyproject.toml", "LICENSE", "LICENSE-CONTENT", "NOTICE")),
    ):
        shutil.copy(path, source)
    name, wheel = student_wheel(source, "small")
    course.mkdir(exist_ok=True)
    (course / name).write_bytes(wheel)
    for file in (source / "requirements.txt", ROOT / "interp_ref" / "grading" / "handout" / "start.py"):
        shutil.copy(file, course)
    told = {"wheel": name, "sha256": hashlib.sha256(wheel).hexdigest()}
    (course / "handout.json").write_text(json.dumps(told), encoding="utf-8")
    return course


def small_course(place):
    """The course's files without its history, for tests that change something."""
    for name in ("interp_ref", "lessons", "solutions", "constraints"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.iterdir():
        if path.is_file() and not path.name.startswith(".") and path.suffix != ".zip":
            shutil.copy(path, place)
    return place


def test_a_lesson_with_answers_in_it_is_not_handed_out(tmp_path):
    course = small_course(tmp_path)
    notebook = course / "lessons" / "02_cam" / "cam.ipynb"
    shutil.copy(course / "solutions" / "02_cam" / "cam.ipynb", notebook)
    with pytest.raises(UserError, match="interp release 02_cam"):
        make_handout(course, tmp_path / "course.zip")
    notebook.unlink()
    with pytest.raises(UserError, match="Not released yet: 02_cam"):
        make_handout(course, tmp_path / "course.zip")
    assert not (tmp_path / "course.zip").exists()


def test_what_lies_beside_a_lesson_goes_along_unless_it_is_not_for_students(tmp_path):
    course = small_course(tmp_path)
    folder = course / "lessons" / "02_cam"
    for name in ("figures/cam.png", ".ipynb_checkpoints/cam.ipynb", "old.ipynb", "cam.md", "gradebook.db"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"x")
    os.symlink(course / "solutions" / "02_cam" / "cam.ipynb", folder / "answers.txt")
    (course / "interp_ref" / ".hidden_seed").write_text("5eed", encoding="utf-8")
    made = make_handout(course, tmp_path / "course.zip")
    names = [n for n in zipfile.ZipFile(made.path).namelist() if n.startswith("course/lessons/02_cam/")]
    assert sorted(names) == ["course/lessons/02_cam/cam.ipynb", "course/lessons/02_cam/figures/cam.png"]


def test_where_the_package_can_not_be_built_the_cause_is_one_sentence(tmp_path):
    course = small_course(tmp_path)
    project = (course / "pyproject.toml").read_text(encoding="utf-8")
    (course / "pyproject.toml").write_text(
        project.replace('readme = "README.md"', "readme = 3"), encoding="utf-8"
    )
    with pytest.raises(UserError, match="setuptools could not build"):
        make_handout(course, Path(tmp_path / "course.zip"))
