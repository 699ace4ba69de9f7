"""No answer is in the sandbox: not in a file, not in memory, not in an open file."""

import ast
import os
import subprocess
import threading
from pathlib import Path

import pytest

import interp_ref
from interp_ref.sandbox.small import small_package

PACKAGE = Path(interp_ref.__file__).parent
HIDDEN = ("methods", "models", "show", "exercises", "bank", "grading", "predicting")
KINDS = "py pyc pyi pth txt md rst json ipynb yml toml cfg csv html npz zip whl log"
COMMON = b'raise AttributeError(f"module {__name__!r} has no attribute {name!r}")'
ENOUGH = 45  # characters that no other program has by chance


def _texts() -> dict[str, list[bytes]]:
    """By hidden file: the first lines of its docstrings and its longest lines of code."""
    shown = b"\n".join([*small_package().values(), COMMON])
    found = {}
    for folder in HIDDEN:
        for path in sorted((PACKAGE / folder).rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            lines = {
                _first_line(node) for node in ast.walk(ast.parse(source)) if isinstance(node, _DOCUMENTED)
            }
            lines |= set(sorted((line.strip() for line in source.splitlines()), key=len)[-3:])
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
    references = {f"methods/{one.name}" for one in (PACKAGE / "methods").glob("*.py")} - {
        "methods/__init__.py"
    }
    assert references <= set(texts)


def test_no_file_in_the_sandbox_holds_an_answer(start, texts):
    needles = b"\n".join(line for lines in texts.values() for line in lines)
    with start({"needles": needles, "planted.py": b"x\n" + needles.splitlines()[-1]}) as run:
        found = run(
            "import subprocess\n"
            f"kinds = ['--include=*.' + one for one in {KINDS!r}.split()]\n"
            "import os\n"
            "roots = ['/' + one for one in os.listdir('/') if one not in ('proc', 'usr')]\n"
            "roots = [one for one in roots if not os.path.islink(one)]\n"  # /lib is /usr/lib
            "command = ['grep', '-rlaF', *kinds, '-f', 'needles', *roots]\n"
            "print(subprocess.run(command, capture_output=True, text=True, env={'LC_ALL': 'C'}).stdout)",
            400,
        )
    assert found.text.split() == ["/sandbox/work/planted.py"], found


def test_no_file_of_the_hidden_parts_is_there_by_name(run):
    names = {str(one.relative_to(PACKAGE.parent)) for one in PACKAGE.rglob("*.py")} - set(small_package())
    found = run(f"""
import os, sys
names = {sorted(names)!r}
roots = dict.fromkeys([*filter(None, sys.path), "/sandbox/course", "/sandbox", "/tmp"])
paths = [os.path.join(root, name) for root in roots for name in names]
print([path for path in paths if os.path.exists(path)])
""")
    assert found.text.strip() == "[]"


def _readable(pid: int):
    """Each mapped, readable piece of a process's memory."""
    with (
        open(f"/proc/{pid}/maps", encoding="ascii", errors="replace") as maps,
        open(f"/proc/{pid}/mem", "rb", 0) as memory,
    ):
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


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="reading another process's memory takes root")


@needs_root
def test_no_answer_is_in_the_memory_of_kernel_or_zygote(start, sandbox, processes, texts, tmp_path):
    marker, needles = os.urandom(8).hex(), tmp_path / "needles"
    needles.write_bytes(
        b"\n".join([*(line for lines in texts.values() for line in lines), (marker * 2).encode()])
    )
    with start() as run:
        run(f"kept = {marker!r} * 2\nimport interp_ref.checking.remote\nfrom interp_ref.methods import cam")
        in_kernel = _found(needles, processes()[0].pid)
        in_zygote = _found(needles, sandbox._zygote.pid)
    assert in_kernel == {(marker * 2).encode()}  # the search does find what is there
    assert in_zygote == set()


def _found(needles: Path, pid: int) -> set[bytes]:
    """Which lines of a file are somewhere in a process's memory."""
    search = ["grep", "-aozF", "-f", str(needles)]  # memory has more zeros than line ends
    with subprocess.Popen(search, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={"LC_ALL": "C"}) as grep:
        feed = threading.Thread(target=_feed, args=(grep.stdin, pid))
        feed.start()
        found = grep.stdout.read()
        feed.join()
    return set(found.split(b"\0")) - {b""}


def _feed(pipe, pid: int) -> None:
    with pipe:
        for piece in _readable(pid):
            pipe.write(piece)


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
    links = run(
        "import os\nprint([os.readlink(f'/proc/self/fd/{one}') for one in os.listdir('/proc/self/fd')[:-1]])"
    )
    strangers = [
        one
        for one in eval(links.text)
        if not one.startswith(("socket:", "pipe:", "anon_inode:", "/dev/null"))
    ]
    assert strangers == []
