"""What code in a sandboxed kernel can't reach: network, files, other processes, the kernel's inner doors."""

import json
import os
import socket
from pathlib import Path

import pytest

from interp_ref.grading.conversation import KernelGone
from interp_ref.sandbox.world import USERS

WRITABLE = {"/tmp", "/sandbox/home", "/sandbox/work", "/dev/shm"}


@pytest.fixture
def server():
    """A server on this machine's loopback, its port, and a socket without a name in the file system."""
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as abstract:
        abstract.bind(f"\0interp-{os.getpid()}")
        abstract.listen()
        yield tcp.getsockname()[1], f"interp-{os.getpid()}"


def test_no_network_is_reached(run, server):
    port, name = server
    ran = run(f"""
import socket
for family, address in [(socket.AF_INET, ("1.1.1.1", 53)), (socket.AF_INET, ("127.0.0.1", {port})),
                        (socket.AF_UNIX, "\\0{name}")]:
    try:
        socket.socket(family).connect(address)
        print("reached", address)
    except OSError as trouble:
        print(type(trouble).__name__)
try:
    socket.getaddrinfo("example.org", 80)
    print("reached a name server")
except OSError:
    print("gaierror")
import os
print(os.listdir("/sys/class/net") if os.path.exists("/sys/class/net") else "no devices")
""")
    assert ran.text.split() == ["OSError", "OSError", "ConnectionRefusedError", "gaierror", "no", "devices"]


def test_the_machine_s_files_are_not_there(run, tmp_path):
    secret = tmp_path / "gradebook.db"
    secret.write_text("secret", encoding="utf-8")
    repository = Path(__file__).resolve().parents[2]
    wanted = [
        "/etc/shadow",
        "/etc/hostname",
        "/root/.bashrc",
        "/home",
        "/var",
        "/sys",
        "/mnt",
        "/opt",
        str(secret),
    ]
    wanted += [str(repository / name) for name in ("solutions", "tests", "interp_ref", "pyproject.toml")]
    ran = run(f"import os\nprint([name for name in {wanted!r} if os.path.exists(name)])")
    assert ran.text.strip() == "[]"


def test_only_its_own_folders_are_mounted_for_writing(run):
    ran = run("""
for line in open("/proc/self/mountinfo"):
    place, options = line.split()[4:6]
    if options.startswith("rw"):
        print(place)
""")
    devices = {f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom", "tty", "pts")}
    assert set(ran.text.split()) - WRITABLE - devices == {"/proc"}


def test_nothing_outside_its_own_folders_can_be_written(run):
    ran = run("""
import os, sys, numpy, interp_ref
folders = ["/", "/sandbox", "/usr/lib", "/dev", "/proc", "/etc", sys.prefix, *sys.path]
for folder in [*folders, interp_ref.__path__[0]]:
    try:
        open(os.path.join(folder, "new"), "w")
        print("wrote in", folder)
    except OSError:
        pass
    try:
        os.rename(interp_ref.__file__, interp_ref.__file__ + ".old")
        print("renamed")
    except OSError:
        pass
kernels = ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger"]
for name in (numpy.__file__, interp_ref.__file__, sys.executable, *kernels):
    try:
        open(name, "r+b")
        print("opened", name)
    except OSError:
        pass
""")
    assert ran.text == "wrote in \n" or ran.text == "", ran.text


def test_no_capability_is_left_and_none_can_come_back(run):
    ran = run("""
for line in open("/proc/self/status"):
    if line.startswith(("Cap", "NoNewPrivs", "Seccomp:", "Groups", "Uid")):
        print(line.strip())
""")
    lines = dict(line.split(":\t", 1) for line in ran.text.splitlines() if ":\t" in line)
    assert [held for name, held in lines.items() if name.startswith("Cap")] == ["0" * 16] * 5
    assert (lines["NoNewPrivs"], lines["Seccomp"]) == ("1", "2")
    assert set(lines["Uid"].split()) != {"0"}


def test_the_doors_into_the_kernel_are_shut(run):
    ran = run("""
import ctypes, mmap, os, subprocess
libc = ctypes.CDLL(None, use_errno=True)
def tried(name, *arguments):
    print(name, getattr(libc, name)(*arguments) < 0)
tried("unshare", 0x10000000)
tried("unshare", 0x00020000)
tried("mount", b"none", b"/tmp", b"tmpfs", 0, None)
tried("ptrace", 16, 1, 0, 0)
tried("memfd_create", b"x", 0)
tried("shmget", 0, 10**9, 0o1600)
tried("setns", 0, 0)
tried("chroot", b"/tmp")
tried("syscall", 425, 8, 0)     # io_uring_setup
tried("syscall", 321, 0, 0, 0)  # bpf, or another call on another machine
try:
    mmap.mmap(-1, 4096)
    print("shared", False)
except OSError:
    print("shared", True)
print("setuid", os.access("/usr/bin/su", os.X_OK) and subprocess.run(["/usr/bin/su", "-c", "true"],
      stdin=subprocess.DEVNULL, capture_output=True).returncode != 0)
""")
    assert ran.text and all(line.endswith(("True",)) for line in ran.text.splitlines()), ran.text


def test_threads_and_processes_still_start(run):
    ran = run("""
import subprocess, threading, multiprocessing
threading.Thread(target=print, args=("thread",)).start()
print(subprocess.run(["echo", "program"], capture_output=True, text=True).stdout)
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(pool.map(abs, [-1, -2]))
""")
    assert "thread" in ran.text and "program" in ran.text and "[1, 2]" in ran.text, ran


def test_no_other_process_is_in_sight(run):
    ran = run("""
import os
print([int(one) for one in os.listdir("/proc") if one.isdigit()], os.getpid(), os.getppid())
""")
    assert ran.text.strip() == "[1] 1 0"


def test_a_kernel_has_no_descriptor_of_its_maker(start, sandbox):
    zygote = Path(f"/proc/{sandbox._zygote.pid}/fd")
    with start() as run:
        ours = {os.readlink(one) for one in zygote.iterdir()} - {"/dev/null"}
        theirs = set(json.loads(run("""
import json, os
links = []
for one in os.listdir("/proc/self/fd"):
    try:
        links.append(os.readlink(f"/proc/self/fd/{one}"))
    except OSError:
        pass
print(json.dumps(links))
""").text))  # fmt: skip
    assert any(one.startswith("socket:") for one in ours)
    assert not ours & theirs


def test_two_sandboxes_do_not_see_each_other(bubblewrap, start):
    from interp_ref.grading.conversation import Conversation
    from interp_ref.sandbox.limits import Limits

    limits = Limits()
    with (
        start() as first,
        bubblewrap.BubblewrapSandbox() as other,
        other.kernel({}, limits) as kernel,
        Conversation(kernel, limits) as second,
    ):
        first("open('/tmp/mine', 'w').write('x'); open('/dev/shm/mine', 'w').write('x')")
        (seen,) = second.execute(
            "import os; print(os.listdir('/tmp'), os.listdir('/dev/shm'), os.getuid())", 10
        )
        uid = first("print(os.getuid())" if False else "import os; print(os.getuid())").text.strip()
    assert seen["text"].startswith("[] []")
    if os.geteuid() == 0:
        assert seen["text"].split()[-1] != uid


@pytest.mark.skipif(os.geteuid() != 0, reason="a kernel has a user id of its own where the grader is root")
def test_a_kernel_runs_as_nobody_else(start, processes):
    with start() as run:
        inside = int(run("import os; print(os.getuid())").text)
        assert inside >= USERS
        assert [p.uids().real for p in processes()] == [inside]


def test_what_a_kernel_leaves_is_gone_for_the_next_one(start, processes):
    with start({"data.csv": b"1,2"}) as run:
        run("""
import os, subprocess
for folder in ("/tmp", "/dev/shm", os.path.expanduser("~"), "."):
    open(os.path.join(folder, "left"), "w").write("x")
subprocess.Popen(["sh", "-c", "trap '' TERM HUP; sleep 1000"], start_new_session=True)
import builtins, numpy
builtins.left = numpy.left = True
""")
    with start() as run:
        ran = run("""
import builtins, numpy, os
print([os.listdir(one) for one in ("/tmp", "/dev/shm", os.path.expanduser("~"), ".")])
processes = [one for one in os.listdir("/proc") if one.isdigit()]
print(hasattr(builtins, "left") or hasattr(numpy, "left"), processes)
""")
    lines = ran.text.splitlines()
    assert [one for one in eval(lines[0]) if set(one) - {".ipython", ".cache", ".config"}] == []
    assert lines[1] == "False ['1']"
    assert processes() == []


def test_a_kernel_finds_its_files(run):
    ran = run(
        "print(open('data.csv').read(), open('sub/more.txt').read())",
        files={"data.csv": b"1,2", "sub/more.txt": b"x"},
    )
    assert ran.text.strip() == "1,2 x"


def test_files_that_lead_out_stop_the_kernel(run):
    with pytest.raises(KernelGone, match="exited"):
        run("print(1)", files={"../../etc/passwd": b"x"})
