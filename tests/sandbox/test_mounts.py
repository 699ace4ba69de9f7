"""What of the machine a sandbox may show, decided before any is started."""

import sys
from pathlib import Path

import interp_ref
from interp_ref.sandbox import mounts


def test_an_installed_course_is_covered_however_it_was_installed(monkeypatch, tmp_path):
    packages = tmp_path / "site-packages"
    for name in ("interp_ref", "interp_ref-0.1.0.dist-info", "numpy"):
        (packages / name).mkdir(parents=True)
    for name in ("__editable__.interp_ref-0.1.0.pth", "__editable___interp_ref_0_1_0_finder.py", "six.py"):
        (packages / name).touch()
    monkeypatch.setattr(sys, "path", [str(packages)])
    folders, files = mounts.installed_course()
    assert {packages / "interp_ref", packages / "interp_ref-0.1.0.dist-info"} <= set(folders)
    names = {one.name for one in files if one.parent == packages}
    assert names == {"__editable__.interp_ref-0.1.0.pth", "__editable___interp_ref_0_1_0_finder.py"}
    assert packages in mounts.python_paths()


def test_a_course_that_lies_below_a_system_folder_is_covered(monkeypatch):
    monkeypatch.setattr(mounts, "course_folders", lambda: [Path("/usr/src/course")])
    made = mounts.system_arguments()
    at = made.index("/usr/src/course")
    assert made[at - 1] == "--tmpfs" and made.index("/usr") < at


def test_the_repository_is_not_mounted_though_the_environment_may_lie_in_it():
    repository = Path(interp_ref.__file__).resolve().parents[1]
    assert repository not in mounts.python_paths()
    options = [*mounts.system_arguments(), *mounts.python_arguments()]
    bound = {b for a, b in zip(options, options[1:], strict=False) if a in ("--ro-bind", "--bind")}
    assert not any(repository.is_relative_to(one) for one in bound)


def test_nothing_is_mounted_for_writing():
    assert not {"--bind", "--dev-bind"} & {*mounts.system_arguments(), *mounts.python_arguments()}


def test_a_folder_is_reachable_wherever_it_lies():
    made = mounts.read_only(Path("/root/deep/thing"))
    assert made == [
        "--dir",
        "/root",
        "--dir",
        "/root/deep",
        "--ro-bind",
        "/root/deep/thing",
        "/root/deep/thing",
    ]
