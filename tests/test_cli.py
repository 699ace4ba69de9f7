"""The command `interp` as a person meets it."""

import json
import os
import subprocess
import sys

from typer.testing import CliRunner

from interp_ref import bootstrap, cli
from interp_ref.upkeep import doctor, packages, settings

LESSONS = bootstrap.ROOT / "lessons"


def interp(*arguments, cwd=None, **variables):
    """Runs the command line in a process of its own, as a shell would."""
    command = [sys.executable, "-m", "interp_ref", *map(str, arguments)]
    environment = {**os.environ, "TERM": "dumb", "COLUMNS": "200", **variables}
    return subprocess.run(
        command, cwd=cwd or bootstrap.ROOT, env=environment, capture_output=True, text=True, encoding="utf-8"
    )


def help_of(*arguments):
    """What --help says, as one line of words."""
    said = CliRunner().invoke(cli.app, [*arguments, "--help"], env={"COLUMNS": "200", "TERM": "dumb"})
    assert said.exit_code == 0, said.output
    return " ".join(said.output.split())


def assert_one_sentence(done):
    """A user's error: exit code 2, one line on stderr, no trace."""
    assert done.returncode == 2, done.stdout + done.stderr
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("interp: ") and len(line) < 500


def test_interp_alone_shows_a_student_an_instructor_and_a_reader_the_way_in():
    done = interp()
    assert done.returncode == 0
    for who in ("student", "instructor", "reader"):
        assert f"You are a{'n' if who[0] == 'i' else ''} {who}" in done.stdout
    assert "interp doctor" in done.stdout


def test_every_command_that_the_orientation_names_exists():
    commands = {command.name or command.callback.__name__ for command in cli.app.registered_commands}
    named = {line[0].split()[1] for lines in cli.welcome.JOURNEYS.values() for line in lines}
    assert named <= commands


def test_help_names_every_command_with_a_line_of_its_own():
    said = help_of()
    for command in cli.app.registered_commands:
        name = (command.name or command.callback.__name__).replace("_", "-")
        first_line = " ".join(command.callback.__doc__.split("\n")[0].split())
        assert f"{name} " in said
        assert first_line in said.replace(" │ │ ", " ")


def test_the_version_is_the_packages():
    from interp_ref import __version__

    assert CliRunner().invoke(cli.app, ["--version"]).output.strip() == __version__


def test_a_misspelt_command_gets_the_close_match_and_exit_code_2():
    done = interp("dcotor")
    assert done.returncode == 2
    assert "doctor" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_lesson_is_one_sentence_with_the_close_match():
    done = interp("check", "03_grad_camm")
    assert_one_sentence(done)
    assert "03_grad_cam'" in done.stderr


def test_an_unknown_data_source_is_one_sentence_with_the_close_match(tmp_path):
    done = interp("figures", "--data", "scetch", "--out", tmp_path)
    assert_one_sentence(done)
    assert "sketch" in done.stderr


def test_a_photo_folder_that_is_not_there_or_empty_is_one_sentence(tmp_path):
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "nowhere"):
        assert_one_sentence(interp("figures", "--data", folder, "--out", tmp_path))


def test_an_unknown_system_or_python_is_one_sentence():
    assert_one_sentence(interp("resolve", "--platform", "amiga"))
    assert_one_sentence(interp("lock", "--python", "2.7"))


def test_a_bug_of_ours_shows_its_trace():
    program = (
        "from interp_ref import cli\n"
        "@cli.app.command()\n"
        "def broken(): raise RuntimeError('ours')\n"
        "import sys; sys.argv = ['interp', 'broken']; cli.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 1
    assert "Traceback" in done.stderr and "RuntimeError: ours" in done.stderr


def test_help_and_doctor_start_without_tensorflow():
    program = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from interp_ref import cli\n"
        "CliRunner().invoke(cli.app, ['--help'])\n"
        "CliRunner().invoke(cli.app, ['doctor'])\n"
        "sys.exit(bool({'tensorflow', 'keras'} & sys.modules.keys()))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr


def test_lessons_are_placed_once_and_a_second_time_left_alone(tmp_path):
    first = interp("lessons", "--target", tmp_path, "--no-open")
    assert first.returncode == 0, first.stderr
    placed = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*/*.ipynb")}
    assert len(placed) == len(list(LESSONS.glob("*/*.ipynb")))
    assert interp("lessons", "--target", tmp_path, "--no-open").returncode == 0
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("*/*.ipynb")} == placed


def test_the_doctor_names_interpreter_kernel_memory_disk_weights_and_data():
    names = " ".join(finding.name for finding in doctor.examine())
    for thing in (
        "Python",
        "Environment",
        "Packages",
        "Kernel",
        "nbgrader",
        "Memory",
        "Disk",
        "weights",
        "Data",
    ):
        assert thing in names


def test_the_doctor_has_a_mend_for_everything_that_can_be_wrong():
    for finding in doctor.examine():
        assert finding.mend.endswith(".") or finding.name == "Tested set"


def test_the_doctor_leaves_with_1_and_says_the_mend_when_weights_are_missing(tmp_path):
    done = interp("doctor", INTERP_CACHE=str(tmp_path))
    assert done.returncode == 1
    assert "interp weights" in done.stdout and str(tmp_path) in done.stdout


def test_the_doctor_finds_a_kernel_that_runs_another_python(tmp_path, monkeypatch):
    kernel = tmp_path / "kernels" / "python3"
    kernel.mkdir(parents=True)
    argv = ["/opt/other/bin/python", "-m", "ipykernel_launcher"]
    spec = json.dumps({"argv": argv, "display_name": "x", "language": "python"})
    (kernel / "kernel.json").write_text(spec, encoding="utf-8")
    assert doctor.kernel().ready
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    found = doctor.kernel()
    assert not found.ready
    assert "/opt/other/bin/python" in found.found and "ipykernel install" in found.mend


def test_the_doctor_finds_a_misspelt_variable_and_a_folder_that_is_not_there(monkeypatch):
    monkeypatch.setenv("INTERP_DATTA", "sketch")
    assert not settings.variables().ready
    assert "INTERP_DATA" in settings.variables().found
    monkeypatch.setenv("INTERP_DATA", "/nowhere/photos")
    assert not settings.data().ready
    monkeypatch.setenv("INTERP_DATA", "sketch")
    assert settings.data().ready


def test_the_doctor_finds_commands_that_are_not_on_path(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not doctor.grading_commands().ready
    assert "nbgrader and alembic" in doctor.grading_commands().found


def test_the_doctor_tells_a_missing_package_from_one_out_of_range():
    from packaging.requirements import Requirement

    assert packages.out_of_range(Requirement("no-such-package>=1")) == "no-such-package is missing"
    assert "wanted >=999" in packages.out_of_range(Requirement("pytest>=999"))
    assert packages.out_of_range(Requirement("pytest>=1")) == ""
    assert packages.out_of_range(Requirement('no-such-package ; sys_platform == "amiga"')) == ""


def test_the_course_knows_every_variable_that_its_code_reads():
    import re

    sources = (bootstrap.ROOT / "interp_ref").rglob("*.py")
    read = {
        name
        for path in sources
        for name in re.findall(r"INTERP_[A-Z0-9_]+", path.read_text(encoding="utf-8"))
    }
    assert read <= settings.VARIABLES.keys()


def test_options_of_pytest_reach_the_suite():
    done = interp("test", "tests/test_cli.py", "--collect-only", "-q", "-k", "misspelt_command")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "test_a_misspelt_command_gets_the_close_match_and_exit_code_2" in done.stdout
    assert "1/" in done.stdout
