"""Attacks that use up what the grader needs: memory, disk, processes, time, output."""

from __future__ import annotations

from attacks.attack import Attack, answers, code, first

FOREVER = "gentle enough: stopped by the limit of a cell"

ATTACKS = [
    Attack(
        "fork-bomb",
        "exhaustion",
        "Forks without end.",
        code("""
        import os, time
        made = 0
        while made < 1500:
            try:
                if os.fork() == 0:
                    open('/proc/self/comm', 'w').write('$mark'[:15])
                    time.sleep(25)
                    os._exit(0)
                made += 1
            except OSError: time.sleep(0.001); made += 10
        print(made)
        """),
        gentle="1,500 processes that live 25 s",
    ),
    Attack(
        "thread-bomb",
        "exhaustion",
        "Starts threads without end.",
        code("""
        import threading, time
        try:
            for _ in range(3000): threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
        except RuntimeError as trouble: print(trouble)
        """),
        gentle="3,000 threads that live 20 s",
    ),
    Attack(
        "memory",
        "exhaustion",
        "Takes memory until there is none.",
        code("""
        held = []
        for _ in range(56):
            held.append(np.ones(2**26 // 8))
        print(len(held))
        """),
        gentle="3.5 GB",
    ),
    Attack(
        "memory-of-children",
        "exhaustion",
        "Spreads its memory over many processes, each of them small.",
        code("""
        import os, time
        for _ in range(12):
            if os.fork() == 0:
                open('/proc/self/comm', 'w').write('$mark'[:15])
                held = np.ones(300 * 2**20 // 8)
                time.sleep(15)
                os._exit(0)
        time.sleep(4)
        """),
        gentle="3.6 GB for 15 s",
    ),
    Attack(
        "answer-takes-memory",
        "exhaustion",
        "Takes memory without end while its function is checked.",
        code("""
        def channel_weights(gradients):
            held = []
            for _ in range(56): held.append(np.ones(2**26 // 8))
            return gradients
        """),
        gentle="3.5 GB",
    ),
    Attack(
        "shared-memory",
        "exhaustion",
        "Fills /dev/shm and anonymous shared memory.",
        code("""
        import mmap, os
        try:
            with open("/dev/shm/$mark", "wb") as file:
                for _ in range(400): file.write(b"x" * 2**20)
        except OSError as trouble: print(trouble)
        try:
            handle = os.memfd_create("$mark")
            for _ in range(400): os.write(handle, b"x" * 2**20)
        except OSError as trouble: print(trouble)
        """),
        gentle="400 MB each",
    ),
    Attack(
        "disk",
        "exhaustion",
        "Fills /tmp, its home and its own folder.",
        code("""
        import os
        for place in ("/tmp", os.path.expanduser("~"), ".", "/var/tmp"):
            try:
                for number in range(8):
                    with open(f"{place}/$mark-{number}", "wb") as file:
                        for _ in range(50): file.write(b"x" * 2**20)
            except OSError as trouble: print(trouble)
        """),
        gentle="400 MB in each place",
    ),
    Attack(
        "many-files",
        "exhaustion",
        "Uses up the file system's entries with empty files in deep folders.",
        code("""
        import os
        try:
            for number in range(20000):
                open(f"/tmp/$mark-{number}", "w").close()
            path = "/tmp"
            for _ in range(200):
                path += "/$mark"
                os.mkdir(path)
        except OSError as trouble: print(trouble)
        """),
        gentle="20,000 files",
    ),
    Attack(
        "sparse-file",
        "exhaustion",
        "Leaves a file of a terabyte beside the notebook that holds nothing.",
        lambda notebook, folder, target: (folder / "data.bin").open("wb").truncate(2**40) and None,
    ),
    Attack(
        "open-handles",
        "exhaustion",
        "Opens files, pipes and sockets until none can be opened.",
        code("""
        import os, socket
        held = []
        try:
            while len(held) < 200000: held.append(os.pipe())
        except OSError as trouble: print(len(held), trouble)
        """),
    ),
    Attack(
        "output",
        "exhaustion",
        "Prints without end.",
        code("for _ in range(600):\n    print('x' * 100_000)"),
        gentle="60 MB",
    ),
    Attack(
        "one-huge-output",
        "exhaustion",
        "Displays a single output of 150 MB.",
        code("from IPython.display import HTML, display\ndisplay(HTML('x' * 150_000_000))"),
        gentle="150 MB",
    ),
    Attack(
        "raw-output",
        "exhaustion",
        "Writes to the file descriptors of its output behind Python's back, also from a child.",
        code("""
        import os, subprocess
        for fd in (1, 2):
            for _ in range(300): os.write(fd, b"y" * 100_000)
        subprocess.run("yes $mark | head -c 30000000; yes $mark | head -c 30000000 >&2", shell=True)
        """),
        gentle="120 MB",
    ),
    Attack(
        "messages",
        "exhaustion",
        "Sends big messages faster than the grader reads them, to fill its memory.",
        code("""
        from IPython import get_ipython
        kernel = get_ipython().kernel
        text = "x" * 40_000_000
        for _ in range(60):
            kernel.session.send(kernel.iopub_socket, "stream", {"name": "stdout", "text": text}, parent=kernel.get_parent("shell"))
        """),
        gentle="2.4 GB",
    ),
    Attack(
        "error-without-end",
        "exhaustion",
        "Raises errors whose message and traceback are huge.",
        answers(
            activations_and_gradients="""
            class Huge(Exception):
                def __str__(self): return "x" * 30_000_000
            raise Huge("cell")
            """,
            channel_weights="""
            def channel_weights(gradients):
                raise Huge from RecursionError("y" * 30_000_000)
            """,
        ),
        gentle="30 MB each",
    ),
    Attack("endless-loop", "exhaustion", "Loops without end.", code("while True:\n    pass"), gentle=FOREVER),
    Attack(
        "stubborn-loop",
        "exhaustion",
        "Loops without end and catches every interrupt.",
        code("""
        import signal
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True:
            try:
                while True: pass
            except BaseException: pass
        """),
        gentle=FOREVER,
    ),
    Attack(
        "stubborn-answer",
        "exhaustion",
        "Swallows the interrupt of the course's time limit while its function is checked.",
        code("""
        def channel_weights(gradients):
            while True:
                try:
                    while True: pass
                except BaseException: pass
        """),
        gentle=FOREVER,
    ),
    Attack(
        "loop-in-c",
        "exhaustion",
        "Loops without end in C, where no interrupt arrives.",
        code("sum(iter(int, 1))"),
        gentle=FOREVER,
    ),
    Attack(
        "answer-loops-in-c",
        "exhaustion",
        "Its function loops without end in a regular expression and in NumPy.",
        code("""
        def channel_weights(gradients):
            import re
            re.match("(a+)+$$", "a" * 64 + "b")
            return sum(iter(int, 1))
        """),
        gentle=FOREVER,
    ),
    Attack(
        "sleeps",
        "exhaustion",
        "Sleeps in every cell and every function, for just less than the limits.",
        answers(
            activations_and_gradients="import time\ndef activations_and_gradients(**k): time.sleep(1.5)",
            channel_weights="import time\ndef channel_weights(**k): time.sleep(1.5)",
            grad_cam="def grad_cam(**k): time.sleep(1.5)",
            counterfactual="time.sleep(4)",
        ),
    ),
    Attack(
        "stops-itself",
        "exhaustion",
        "Sends SIGSTOP to itself, so that it neither runs nor ends.",
        code("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"),
        gentle=FOREVER,
    ),
    Attack(
        "exits-in-the-middle",
        "exhaustion",
        "Ends the process in a cell and in a function that is checked.",
        answers(
            channel_weights="import os\ndef channel_weights(gradients): os._exit(0)",
            grad_cam="import os\nos._exit(1)",
        ),
    ),
    Attack(
        "crashes",
        "exhaustion",
        "Makes the process crash: a null pointer, an endless recursion in C, abort.",
        answers(
            channel_weights="def channel_weights(gradients):\n    import ctypes\n    return ctypes.string_at(0)",
            grad_cam="import os\nos.abort()",
        ),
    ),
    Attack(
        "shuts-down",
        "exhaustion",
        "Asks the kernel to shut down and to restart without end.",
        code("""
        from IPython import get_ipython
        kernel = get_ipython().kernel
        kernel.do_shutdown(True)
        try: kernel.io_loop.add_callback(kernel.io_loop.stop)
        except Exception as trouble: print(trouble)
        exit()
        """),
    ),
    Attack(
        "closes-sockets",
        "exhaustion",
        "Closes the kernel's sockets and deletes its connection file, so that nobody can reach it.",
        code("""
        import os
        from IPython import get_ipython
        kernel = get_ipython().kernel
        for fd in range(3, 200):
            try: os.close(fd)
            except OSError: pass
        """),
        gentle=FOREVER,
    ),
    Attack(
        "nice-and-busy",
        "exhaustion",
        "Leaves threads and processes that compute while the others are graded.",
        code("""
        import os, threading
        for _ in range(6):
            if os.fork() == 0:
                open('/proc/self/comm', 'w').write('$mark'[:15])
                import time
                end = time.time() + 25
                while time.time() < end: pass
                os._exit(0)
        """),
        gentle="6 processes for 25 s",
    ),
    Attack(
        "oracle-overworked",
        "exhaustion",
        "Asks the grader's stand-in as often and with as much as it takes.",
        answers(
            activations_and_gradients="def activations_and_gradients(*a, **k): return 0",
            channel_weights="def channel_weights(gradients): return 0",
            grad_cam="""
            def grad_cam(model, images, class_index, layer):
                for _ in range(500):
                    try: channel_weights(np.ones((64, 60, 60, 20), np.float32))
                    except Exception as trouble: print(str(trouble)[:200])
                return 0
            """,
        ),
    ),
    Attack(
        "oracle-with-a-giant",
        "exhaustion",
        "Hands the grader's stand-in a model that would take gigabytes to run: a chain of wide layers.",
        answers(
            activations_and_gradients="def activations_and_gradients(*a, **k): return 0",
            channel_weights="def channel_weights(gradients): return 0",
            grad_cam="""
            def grad_cam(model, images, class_index, layer):
                keras.utils.set_random_seed(0)
                chain = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.ZeroPadding2D(440)] +
                                         [keras.layers.ReLU(name=f"r{n}") for n in range(60)] +
                                         [keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(2)])
                try: return activations_and_gradients(chain, np.ones((8, 8, 8, 3), np.float32), np.zeros(8, int), "r0")
                except Exception as trouble: print(str(trouble)[:300])
                return 0
            """,
        ),
        gentle="60 layers of 75 MB",
    ),
    Attack(
        "oracle-with-a-slow-model",
        "exhaustion",
        "Hands the grader's stand-in a small model that takes hours to run: convolutions with vast kernels.",
        answers(
            activations_and_gradients="def activations_and_gradients(*a, **k): return 0",
            channel_weights="def channel_weights(gradients): return 0",
            grad_cam="""
            def grad_cam(model, images, class_index, layer):
                keras.utils.set_random_seed(0)
                wide = [keras.layers.Conv2D(1, 151, padding="same", name=f"c{n}") for n in range(3)]
                slow = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(1, 1), keras.layers.ZeroPadding2D(500),
                                         *wide, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(2)])
                try: return activations_and_gradients(slow, np.ones((8, 8, 8, 3), np.float32), np.zeros(8, int), "c2")
                except Exception as trouble: print(str(trouble)[:300])
                return 0
            """,
        ),
        gentle="3 layers, a minute or two",
    ),
    Attack(
        "everything-at-the-start",
        "exhaustion",
        "Ends the kernel in its first cell, again and again.",
        first("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"),
    ),
]
