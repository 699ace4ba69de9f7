"""No answer is in the sandbox: not in a file, not in memory, not in an open file."""

import ast
import os
from pathlib import Path

import psutil
import pytest

import interp_ref
from interp_ref.sandbox.small import small_package

PACKAGE = Path(interp_ref.__file__).parent
HIDDEN = ("methods", "models", "show", "exercises", "bank", "grading", "predicting")
ENOUGH = 45  # characters that no other program has by chance


def _texts() -> dict[str, list[bytes]]:
    """By hidden file: the first lines of its docstrings and its longest lines of code."""
    shown = b"\n".join(small_package().values())
    found = {}
    for folder in HIDDEN:
        for path in sorted((PACKAGE / folder).rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            lines = {_first_line(node) for node in ast.walk(ast.parse(source)) if isinstance(node, _DOCUMENTED)}
            lines |= set(sorted((line.strip() for line in source.splitlines()), key=len)[-6:])
            found[str(path.relative_to(PACKAGE))] = [
                line.encode() for line in sorted(lines) if len(line) >= ENOUGH and line.encode() not in shown
            ]
    return {name: lines for name, lines in found.items() if lines}


_DOCUMENTED = (ast.Module, ast.FunctionDef, ast.ClassDef)


def _first_line(node) -> str:
    return (ast.get_docstring(node) or "").split("\n")[0]


@pytest.fixture(scope="module")
def texts():
    return _texts()


def test_every_reference_is_looked_for(texts):
    references = {f"methods/{one.name}" for one in (PACKAGE / "methods").glob("*.py")} - {"methods/__init__.py"}
    assert references <= set(texts)


def test_no_file_in_the_sandbox_holds_an_answer(start, texts):
    needles = b"\n".join(line for lines in texts.values() for line in lines)
    with start({"needles": needles}) as run:
        found = run(
            "import subprocess\n"
            "command = ['grep', '-rlaF', '--exclude-dir=proc', '--exclude=needles', '-f', 'needles', '/']\n"
            "print(subprocess.run(command, capture_output=True, text=True).stdout)",
            300,
        )
        control = run("import subprocess\nprint(subprocess.run(['grep', '-c', '', 'needles'], capture_output=True).stdout)")
    assert found.text.strip() == "" and not found.ended, found
    assert control.text.strip() != "b'0\\n'"


def test_no_file_or_folder_is_named_like_a_hidden_part(run):
    found = run("""
import os, sys
for root in dict.fromkeys([*filter(None, sys.path), "/sandbox", "/tmp"]):
    for folder, below, files in os.walk(root):
        below[:] = [one for one in below if "interp" in one or folder.startswith("/sandbox")]
        print(*(os.path.join(folder, one) for one in [*below, *files] if "interp" in one and ".py" not in one), sep="\\n")
""")
    places = {one for one in found.text.split() if "/sandbox/course/interp_ref" not in one and "interp_ref" in one}
    assert {Path(one).suffix for one in places} <= {".dist-info"}
    listed = run(f"import os\nprint([os.listdir(one) for one in {sorted(places)!r}])")
    assert set(eval(listed.text)[0] if places else []) == set()


def _readable(pid: int):
    """Each mapped, readable piece of a process's memory."""
    with open(f"/proc/{pid}/maps", encoding="ascii", errors="replace") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            area, access, *rest = line.split()
            if "r" not in access or (len(rest) > 3 and rest[3].startswith("[v")):
                continue
            start, end = (int(one, 16) for one in area.split("-"))
            if rest[2] != "0" and "w" not in access:
                continue  # a library's own file, which the search of the file system has read
            memory.seek(start)
            try:
                yield memory.read(end - start)
            except OSError:
                continue


def _kernel_process() -> int:
    (pid,) = [p.pid for p in psutil.process_iter() if p.uids().real >= 10**9]
    return pid


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="reading another process's memory takes root")


@needs_root
def test_no_answer_is_in_the_memory_of_kernel_or_zygote(start, sandbox, texts):
    marker = os.urandom(8).hex()
    with start() as run:
        run(f"kept = {marker!r} * 2\nimport interp_ref.checking.remote\nfrom interp_ref.methods import cam")
        for pid in (_kernel_process(), sandbox._zygote.pid):
            pieces = list(_readable(pid))
            found = {name for name, lines in texts.items() for line in lines if any(line in one for one in pieces)}
            assert found == set()
            seen = any((marker * 2).encode() in one for one in pieces)
            assert seen == (pid != sandbox._zygote.pid)  # the search does find what is there


@needs_root
def test_the_zygote_learns_nothing_of_what_a_kernel_was_given(start, sandbox):
    secret = os.urandom(20).hex().encode()
    with start({"secret.txt": secret}) as run:
        key = run.kernel.connection["key"].encode()
        assert run("print(open('secret.txt').read())").text.strip() == secret.decode()
    pieces = list(_readable(sandbox._zygote.pid))
    assert not any(secret in one or key in one for one in pieces)


def test_no_module_function_or_code_of_the_reference_is_loaded(run):
    loaded = run("""
import gc, sys, types
import interp_ref.checking.remote
names = sorted(one for one in sys.modules if one.startswith("interp_ref"))
code = {one.__code__.co_filename for one in gc.get_objects() if isinstance(one, types.FunctionType)}
print(names)
print(sorted(one for one in code if "interp" in one))
""")
    names, code = map(eval, loaded.text.splitlines())
    allowed = {name[:-3].replace("/", ".").removesuffix(".__init__") for name in small_package()}
    assert set(names) <= allowed
    assert all(one.startswith("/sandbox/course/interp_ref/") for one in code)


def test_no_open_file_leads_to_the_course(run):
    links = run("import os\nprint([os.readlink(f'/proc/self/fd/{one}') for one in os.listdir('/proc/self/fd')[:-1]])")
    strangers = [one for one in eval(links.text) if not one.startswith(("socket:", "pipe:", "anon_inode:", "/dev/null"))]
    assert strangers == []
