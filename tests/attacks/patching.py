"""Attacks on the marks by changing what runs in the kernel: full points for a function that does nothing."""

from __future__ import annotations

from attacks.attack import Attack, both, code, first

NOTHING = "\ndef channel_weights(gradients):\n    return np.zeros((gradients.shape[0], gradients.shape[-1]), np.float32)\n"


def patching(source: str):
    """The source, then an answer that is wrong."""
    return code(source.replace("\n        ", "\n").strip() + "\n" + NOTHING)


ATTACKS = [
    Attack(
        "patched-allclose",
        "marks",
        "Replaces np.allclose and its kin by functions that always agree.",
        patching("""
        import numpy.testing
        for name in ("allclose", "array_equal", "array_equiv"):
            setattr(np, name, lambda *a, **k: True)
        np.isclose = lambda a, b, **k: np.ones(np.broadcast(a, b).shape, bool)
        for name in dir(numpy.testing):
            if name.startswith("assert_"):
                setattr(numpy.testing, name, lambda *a, **k: None)
        """),
    ),
    Attack(
        "patched-builtins",
        "marks",
        "Replaces all(), abs(), max() and isinstance() by ones that say yes.",
        patching("""
        import builtins
        builtins.all = lambda *a: True
        builtins.max = lambda *a, **k: 0
        builtins.abs = lambda x: 0
        """),
    ),
    Attack(
        "patched-check",
        "marks",
        "Puts a function that returns the points in the place of check.",
        code("def channel_weights(gradients): return None\ndef check(name, function): return 2.0"),
    ),
    Attack(
        "patched-question",
        "marks",
        "Replaces the judge inside the course's package by one that gives full points.",
        patching("""
        import importlib
        from interp_ref.checking.answer import Verdict
        def full(asked, *a, **k):
            return Verdict(asked.name, asked.lesson, asked.points, asked.points, "Right.")
        for module in ("judge", "check"):
            try:
                one = importlib.import_module("interp_ref.checking." + module)
                one.judge = one.question = one.verify = full
            except Exception: pass
        """),
    ),
    Attack(
        "patched-expected",
        "marks",
        "Makes the course expect what the student's function returns.",
        patching("""
        try:
            import interp_ref.checking.expected as e, interp_ref.checking.judge as j
            def mine(exercise, asked, challenge, misconceptions=()):
                return np.zeros((1,)) if misconceptions else channel_weights(asked[challenge]["gradients"])
            e.expected = j.expected = mine
        except Exception: pass
        """),
    ),
    Attack(
        "patched-reference",
        "marks",
        "Replaces the reference method by the student's own function.",
        patching("""
        try:
            from interp_ref.exercises import exercise
            asked = exercise("channel_weights")
            object.__setattr__(asked, "body", lambda step, gradients: channel_weights(gradients))
            object.__setattr__(asked, "misconceptions", ())
        except Exception: pass
        """),
    ),
    Attack(
        "no-challenges",
        "marks",
        "Empties the list of the exercise's challenges, so that none can fail.",
        patching("""
        try:
            from interp_ref.exercises import exercise
            object.__setattr__(exercise("channel_weights"), "challenges", exercise("channel_weights").challenges[:0])
        except Exception: pass
        """),
    ),
    Attack(
        "patched-random",
        "marks",
        "Makes every random generator draw zeros, so that zeros are the right answer.",
        patching("""
        real = np.random.default_rng
        class Zeros:
            def __init__(self, *a): self.real = real(0)
            def normal(self, *a, size=None, **k): return np.zeros(() if size is None else size)
            standard_normal = uniform = random = lambda self, *a, **k: np.zeros(k.get("size", a[-1] if a else ()))
            def __getattr__(self, name): return getattr(self.real, name)
        np.random.default_rng = np.random.Generator = Zeros
        """),
    ),
    Attack(
        "forged-module",
        "marks",
        "Puts a module of its own in the place of the one that hands answers over.",
        patching("""
        import sys, types
        fake = types.ModuleType("interp_ref.checking.remote")
        def reply(name, *a, **k):
            from base64 import b64encode
            from IPython.display import display
            from interp_ref.checking.answer import Verdict
            from interp_ref.checking.wire import pack
            data = b64encode(pack(Verdict(name, "03_grad_cam", 1000.0, 2.0, "Right."))).decode()
            display({"application/vnd.interp.answer": data}, raw=True)
        fake.reply = reply
        sys.modules["interp_ref.checking.remote"] = fake
        try:
            import interp_ref.checking as package
            package.remote = fake
        except Exception: pass
        """),
    ),
    Attack(
        "patched-run",
        "marks",
        "Replaces the student's half of a check by one that reports a spotless answer.",
        patching("""
        try:
            import interp_ref.checking.run as r, interp_ref.checking.remote as m, interp_ref.checking.answer as a
            spotless = lambda function, inputs, **k: a.Answer(output=np.zeros((3, 4), np.float32), kind="ndarray")
            r.run = m.run = spotless
            import interp_ref.checking.check as c
            c.run = spotless
        except Exception: pass
        """),
    ),
    Attack(
        "patched-pack",
        "marks",
        "Packs a verdict with a thousand points where an answer should be.",
        patching("""
        try:
            import interp_ref.checking.wire as w, interp_ref.checking.remote as m
            from interp_ref.checking.answer import Verdict
            real = w.pack
            w.pack = m.pack = lambda value: real(Verdict("channel_weights", "03_grad_cam", 1000.0, 2.0, "Right."))
        except Exception: pass
        """),
    ),
    Attack(
        "forged-display",
        "marks",
        "Displays a packed verdict and a card of its own under the types that the checker uses.",
        code("""
        def channel_weights(gradients):
            from base64 import b64encode
            from IPython.display import display
            from interp_ref.checking.answer import Verdict
            from interp_ref.checking.wire import pack
            verdict = Verdict("channel_weights", "03_grad_cam", 2.0, 2.0, "Right: all challenges passed.")
            for mime in ("application/vnd.interp.answer", "application/vnd.interp.verdict+json"):
                display({mime: b64encode(pack(verdict)).decode(), "text/plain": "2 of 2 points"}, raw=True)
            return gradients
        """),
    ),
    Attack(
        "flood-of-forgeries",
        "marks",
        "A thread sends forged answers as parts of whatever request is running.",
        patching("""
        import threading, time
        from IPython import get_ipython
        kernel = get_ipython().kernel
        def forge():
            from base64 import b64encode
            from interp_ref.checking.answer import Verdict
            from interp_ref.checking.wire import pack
            data = b64encode(pack(Verdict("channel_weights", "", 2.0, 2.0, "Right."))).decode()
            for _ in range(400):
                for kind, content in (
                    ("display_data", {"data": {"application/vnd.interp.answer": data}, "metadata": {}}),
                    ("execute_result", {"data": {"text/plain": "2.0"}, "metadata": {}, "execution_count": 1}),
                ):
                    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent("shell"))
                time.sleep(0.01)
        threading.Thread(target=forge, daemon=True).start()
        """),
    ),
    Attack(
        "result-before-the-check",
        "marks",
        "Publishes a result of 2.0 before each cell runs: nbgrader reads the first result as the score.",
        patching("""
        from IPython import get_ipython
        ip = get_ipython()
        def points(*a):
            ip.kernel.session.send(ip.kernel.iopub_socket, "execute_result",
                {"data": {"text/plain": "2.0"}, "metadata": {}, "execution_count": 1},
                parent=ip.kernel.get_parent("shell"))
        ip.events.register("pre_run_cell", points)
        """),
    ),
    Attack(
        "rewritten-cells",
        "marks",
        "An input transformer turns every check cell into the number 2.0.",
        patching("""
        from IPython import get_ipython
        get_ipython().input_transformers_post.append(
            lambda lines: ["2.0"] if any(line.startswith("check(") for line in lines) else lines)
        """),
    ),
    Attack(
        "rewritten-tree",
        "marks",
        "An AST transformer replaces every call of check or reply.",
        patching("""
        import ast
        from IPython import get_ipython
        class Two(ast.NodeTransformer):
            def visit_Call(self, node):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                return ast.copy_location(ast.Constant(2.0), node) if name in ("check", "reply") else node
        get_ipython().ast_transformers.append(Two())
        """),
    ),
    Attack(
        "patched-kernel",
        "marks",
        "Replaces the kernel's do_execute by one that answers every request with a score.",
        patching("""
        from IPython import get_ipython
        kernel = get_ipython().kernel
        async def forged(code, silent, *a, **k):
            kernel.session.send(kernel.iopub_socket, "execute_result",
                {"data": {"text/plain": "2.0", "application/vnd.interp.answer": "2.0"}, "metadata": {}, "execution_count": 1},
                parent=kernel.get_parent("shell"))
            return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}
        kernel.do_execute = forged
        """),
    ),
    Attack(
        "patched-displayhook",
        "marks",
        "The display hook shows 2.0 whatever a cell's value is.",
        patching("""
        from IPython import get_ipython
        hook = type(get_ipython().displayhook)
        real = hook.__call__
        hook.__call__ = lambda self, result=None: real(self, 2.0)
        """),
    ),
    Attack(
        "printed-points",
        "marks",
        "Prints scores and a card that looks like the checker's.",
        patching("""
        from IPython.display import HTML, display
        print("Score: 2/2", "check_channel_weights: 2.0 of 2.0 points", sep="\\n")
        display(HTML("<section role=status>Right: all challenges passed. 2 of 2 points</section>"))
        """),
    ),
    Attack(
        "late-answers",
        "marks",
        "Threads, an atexit function and a finaliser change the answer after the check.",
        patching("""
        import atexit, threading, time
        class Last:
            def __del__(self): print("2.0")
        last = Last()
        atexit.register(lambda: print("2.0"))
        def later():
            time.sleep(1)
            globals()["channel_weights"] = lambda gradients: 2.0
        threading.Thread(target=later, daemon=True).start()
        """),
    ),
    Attack(
        "skips-the-check",
        "marks",
        "Raises SystemExit, KeyboardInterrupt and an exception of its own that claim success.",
        code("""
        class Right(BaseException):
            points = 2.0
            def __str__(self): raise SystemExit(0)
        def channel_weights(gradients):
            import random
            raise random.choice([SystemExit(0), KeyboardInterrupt(), GeneratorExit(), Right()])
        """),
    ),
    Attack(
        "forged-environment",
        "marks",
        "Tells the checker that nobody is grading, and which seed to use.",
        patching("""
        import os
        os.environ.pop("NBGRADER_EXECUTION", None)
        os.environ.update(INTERP_HIDDEN_SEED="0", INTERP_CHECK_SECONDS="1e9", INTERP_NOTES="/dev/null")
        """),
    ),
    Attack(
        "first-cell-takes-over",
        "marks",
        "A cell before all others starts a kernel of its own kind: check and display are its own everywhere.",
        first(
            """
            import sys, types
            fake = types.ModuleType("interp_ref")
            fake.check = lambda name, function: 2.0
            fake.__path__ = []
            sys.modules["interp_ref"] = fake
            """,
            both(code(NOTHING.strip())),
        ),
    ),
]
