"""From a bare Python to a command that runs, in a small course that needs one package."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from interp_ref import bootstrap, installing

ROOT = bootstrap.ROOT
BARE_FILES = ("__init__.py", "__main__.py", "bootstrap.py", "installing.py")

PROJECT = """
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"
[project]
name = "interp-ref"
version = "0"
[tool.setuptools]
packages = ["interp_ref"]
"""

COMMAND_LINE = """
import sys
def main():
    import iniconfig
    print("ran", sys.argv[1:], "in", sys.prefix)
    sys.exit(7)
"""


def write(path, text):
    path.write_text(text, encoding="utf-8")


def small_course(root, requirements="setuptools>=77\niniconfig>=2,<3  # a reason\n"):
    """The way in as it is, before a command line and requirements that are small enough to install here."""
    package = root / "interp_ref"
    package.mkdir(parents=True)
    for name in BARE_FILES:
        shutil.copy(ROOT / "interp_ref" / name, package)
    write(package / "cli.py", COMMAND_LINE)
    write(root / "requirements.txt", requirements)
    write(root / "requirements-dev.txt", "toml\n")
    write(root / "requirements-book.txt", "toml\n")
    write(root / "pyproject.toml", PROJECT)
    return root


def run(python, root, *arguments):
    command = [str(python), "-m", "interp_ref", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, encoding="utf-8", timeout=300)


@pytest.fixture(scope="module")
def bare_python(tmp_path_factory):
    """A Python with no package at all, as a system's own may be."""
    place = tmp_path_factory.mktemp("bare") / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    return bootstrap.environment_python(place)


@pytest.fixture(scope="module")
def course(tmp_path_factory, bare_python):
    """A small course whose first command has run."""
    root = small_course(tmp_path_factory.mktemp("course with a space") / "clone")
    first = run(bare_python, root, "demo", "--option", "a b")
    return root, first


def environment_of(root):
    return root / ".venv"


def log_time(root):
    return (environment_of(root) / "install.log").stat().st_mtime_ns


def test_a_bare_python_makes_the_environment_and_runs_the_command_in_it(course):
    root, first = course
    assert f"ran ['demo', '--option', 'a b'] in {environment_of(root)}" in first.stdout, (
        first.stdout + first.stderr
    )
    assert "Fetching   [" in first.stdout


def test_the_exit_code_of_the_command_is_passed_on(course):
    assert course[1].returncode == 7


def test_a_second_run_installs_nothing(course, bare_python):
    root, before = course[0], log_time(course[0])
    again = run(bare_python, root, "demo")
    assert again.returncode == 7
    assert "Installing" not in again.stdout
    assert log_time(root) == before


def test_tests_need_more_than_the_demo_and_leave_the_demo_ready(course, bare_python):
    root = course[0]
    assert run(bare_python, root, "test").returncode == 7
    assert list(environment_of(root).glob("**/toml-*.dist-info"))
    before = log_time(root)
    assert run(bare_python, root, "demo").returncode == 7
    assert log_time(root) == before


def test_a_changed_range_is_installed(course, bare_python):
    root = course[0]
    write(root / "requirements.txt", "setuptools>=77\niniconfig<2.1\n")
    assert run(bare_python, root, "demo").returncode == 7
    assert list(environment_of(root).glob("**/iniconfig-2.0*.dist-info"))


def test_what_importing_may_not_compile_is_compiled_when_it_is_installed(course, bare_python, monkeypatch):
    root = course[0]
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    write(root / "requirements.txt", "setuptools>=77\niniconfig>=2.1\n")
    done = run(bare_python, root, "demo")
    assert done.returncode == 7 and "Compiling" in done.stdout
    assert list(environment_of(root).glob("**/iniconfig/__pycache__/*.pyc"))


def test_an_interrupted_install_is_repaired_by_the_next_run(course, bare_python):
    root = course[0]
    (metadata,) = environment_of(root).glob("**/iniconfig-*.dist-info")
    # What pip leaves when it is killed between a package's files and their record.
    shutil.rmtree(metadata.parent / "iniconfig")
    (metadata / "RECORD").unlink()
    (environment_of(root) / "interp_ref-installed.json").unlink()
    mended = run(bare_python, root, "demo")
    assert mended.returncode == 7, mended.stdout + mended.stderr


def test_an_environment_whose_interpreter_is_gone_is_made_again(course, bare_python):
    root = course[0]
    bootstrap.environment_python(environment_of(root)).unlink()
    mended = run(bare_python, root, "demo")
    assert mended.returncode == 7, mended.stdout + mended.stderr


def test_what_pip_cannot_install_is_one_sentence_and_is_tried_again(tmp_path, bare_python):
    root = small_course(tmp_path / "clone", "iniconfig==999\n")
    refused = run(bare_python, root, "demo")
    assert refused.returncode == 2
    assert "pip stopped with" in refused.stderr and "run the same command again" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert bootstrap.read_stamp(environment_of(root) / "interp_ref-installed.json") == {}


def test_an_environment_of_ones_own_that_has_everything_is_used_as_it_is(tmp_path):
    root = small_course(tmp_path / "clone", "iniconfig>=2,<3\n")
    done = run(sys.executable, root, "demo")
    assert done.returncode == 7, done.stderr
    assert not environment_of(root).exists()


def test_a_version_out_of_range_is_not_everything(tmp_path):
    requirements = tmp_path / "requirements.txt"
    write(requirements, "iniconfig>=999\n")
    assert not bootstrap.has_everything([requirements])
    write(requirements, "iniconfig>=1\n")
    assert bootstrap.has_everything([requirements])


def test_an_unsupported_python_is_told_which_to_install(tmp_path, bare_python):
    root = small_course(tmp_path / "clone")
    place = root / "interp_ref" / "bootstrap.py"
    source = place.read_text(encoding="utf-8")
    write(place, source.replace("SUPPORTED = ((3, 11), (3, 12), (3, 13))", "SUPPORTED = ((3, 999),)"))
    refused = run(bare_python, root, "demo")
    assert refused.returncode == 2
    assert "needs Python 3.11, 3.12 or 3.13, this is" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_another_python_on_path_is_taken_only_if_it_runs(tmp_path, monkeypatch):
    shim = tmp_path / ("python3.13.bat" if sys.platform == "win32" else "python3.13")
    write(shim, "#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not bootstrap.answers([str(shim)], (3, 13))
    assert bootstrap.answers([sys.executable], sys.version_info[:2])


@pytest.mark.parametrize("name", BARE_FILES)
def test_the_way_in_can_be_read_by_an_old_python(name):
    source = (ROOT / "interp_ref" / name).read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 7))


def test_pins_of_other_systems_and_of_development_do_not_count_for_the_demo(tmp_path):
    constraints = tmp_path / "py311.txt"
    write(constraints, f'# why\na==1\nb==2 ; sys_platform == "win32"\n\n{installing.DEV_SECTION}\nc==3\n')
    assert installing.count_pins(constraints, with_dev=False) == 1
    assert installing.count_pins(constraints, with_dev=True) == 2
    assert installing.count_pins(Path("nowhere.txt"), with_dev=True) == 0
