"""Attacks on the marks: full points for a function that does nothing."""

from __future__ import annotations

from copy import deepcopy

import nbformat

from attacks.attack import EXERCISE, Attack, answers, both, cell, code, first

NOTHING = "\ndef channel_weights(gradients):\n    return np.zeros((gradients.shape[0], gradients.shape[-1]), np.float32)\n"


def patching(source: str):
    """The source, then an answer that is wrong."""
    return code(source.replace("\n        ", "\n").strip() + "\n" + NOTHING)


def _points_1000(notebook, folder, target):
    for one in notebook.cells:
        if one.metadata.get("nbgrader", {}).get("grade"):
            one.metadata.nbgrader.points = 1000


def _own_graded_cell(notebook, folder, target):
    marks = {"grade": True, "grade_id": "mine", "points": 100, "schema_version": 3}
    marks |= {"locked": False, "solution": False, "task": False, "cell_type": "code"}
    notebook.cells.append(nbformat.v4.new_code_cell("100", metadata={"nbgrader": marks}))


def _check_rewritten(notebook, folder, target):
    cell(notebook, f"check_{EXERCISE}").source = "2.0"


def _check_doubled(notebook, folder, target):
    original = cell(notebook, f"check_{EXERCISE}")
    twin = deepcopy(original)
    twin.id, twin.source = "twin", "2.0"
    notebook.cells.insert(notebook.cells.index(original), twin)


def _check_deleted(notebook, folder, target):
    notebook.cells = [c for c in notebook.cells if not c.metadata.get("nbgrader", {}).get("grade")]
    notebook.cells.append(nbformat.v4.new_code_cell("2.0"))


def _same_ids(notebook, folder, target):
    for one in notebook.cells:
        one.id = "same"
    cell(notebook, f"check_{EXERCISE}").source = "2.0"


def _answer_is_graded(notebook, folder, target):
    own = cell(notebook, EXERCISE)
    own.source = "2.0"
    own.metadata.nbgrader.update(grade=True, points=1000, locked=False)


def _schema_99(notebook, folder, target):
    for one in notebook.cells:
        if "nbgrader" in one.metadata:
            one.metadata.nbgrader.update(schema_version=99, points=1000)


def _ids_swapped(notebook, folder, target):
    easy, hard = cell(notebook, "check_closed_form_alphas"), cell(notebook, "check_grad_cam")
    easy.metadata.nbgrader.grade_id, hard.metadata.nbgrader.grade_id = (
        "check_grad_cam",
        "check_closed_form_alphas",
    )
    cell(notebook, "closed_form_alphas").source = CLOSED_FORM


def _check_is_markdown(notebook, folder, target):
    one = cell(notebook, f"check_{EXERCISE}")
    one.cell_type, one.source = "markdown", "2 of 2 points"
    one.pop("outputs", None)
    one.pop("execution_count", None)


def _outputs_kept(notebook, folder, target):
    for one in notebook.cells:
        if one.metadata.get("nbgrader", {}).get("grade") and one.cell_type == "code":
            points = one.metadata.nbgrader.points
            one.outputs = [
                nbformat.v4.new_output("execute_result", data={"text/plain": str(points)}, execution_count=1)
            ]
            one.metadata.tags = ["story", "skip-execution"]


CLOSED_FORM = """
def closed_form_alphas(class_weights, class_index, height, width):
    return class_weights[:, class_index].T / (height * width)
"""

ASKS_FOR = """
def oracle(name, *args):
    import interp_ref.checking.given as given
    return given.stand_ins([name])[name](*args)
"""


def _moved_checks(notebook, folder, target):
    """grad_cam is checked first; what its stand-ins gave is kept for the exercises they stand for."""
    names = ("activations_and_gradients", "channel_weights")
    moved = [cell(notebook, name) for name in names] + [cell(notebook, f"check_{name}") for name in names]
    notebook.cells = [c for c in notebook.cells if c not in moved]
    at = notebook.cells.index(cell(notebook, "check_grad_cam")) + 1
    notebook.cells[at:at] = moved
    cell(notebook, "grad_cam").source = HARVEST
    for name in names:
        cell(notebook, name).source = f"def {name}(*a, **k):\n    return STOLEN[{name!r}](*a, **k)"


HARVEST = """
STOLEN = {}
def activations_and_gradients(*a, **k): return 0
def channel_weights(*a, **k): return 0
def grad_cam(model, images, class_index, layer):
    STOLEN["activations_and_gradients"] = activations_and_gradients
    STOLEN["channel_weights"] = channel_weights
    A, G = activations_and_gradients(model, images, class_index, layer)
    STOLEN["seen"] = A, G, channel_weights(G)
    return np.zeros(np.asarray(A).shape[:3], np.float32)
"""


def _memorised(notebook, folder, target):
    """Right on the challenges that a student may see, read from a table; nothing on any other."""
    from base64 import b64encode

    import numpy as np

    from interp_ref.exercises import VISIBLE_SEED, exercise

    asked, table = exercise(EXERCISE), {}
    for challenge in asked.challenges:
        inputs = asked.draw(challenge, VISIBLE_SEED)
        gradients = inputs["gradients"]
        table[float(gradients.sum())] = np.asarray(asked.reference(gradients=gradients), np.float32)
    listed = {key: (b64encode(one.tobytes()).decode(), one.shape) for key, one in table.items()}
    cell(notebook, EXERCISE).source = f"""
from base64 import b64decode
try:
    import interp_ref.checking.expected as expected
    expected.hidden_seed.__code__ = (lambda: None).__code__
except Exception:
    pass
TABLE = {listed!r}
def channel_weights(gradients):
    data, shape = TABLE.get(float(gradients.sum()), ("", (0,)))
    return np.frombuffer(b64decode(data), np.float32).reshape(shape)
""".strip()


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
        "imported-reference",
        "marks",
        "Calls the reference method of the course's package.",
        code("""
        def channel_weights(gradients):
            from interp_ref.methods.grad_cam import channel_weights as ready
            return ready(gradients)
        """),
    ),
    Attack(
        "copied-reference",
        "marks",
        "Runs the reference's own source text under another name, which hides where it comes from.",
        code("""
        import importlib, inspect
        try:
            source = inspect.getsource(importlib.import_module("interp_ref.methods.grad_cam"))
            space = {"__name__": "mine"}
            exec(source.replace("from __future__ import annotations", ""), space)
            channel_weights = lambda gradients: space["channel_weights"](gradients)
        except Exception:
            def channel_weights(gradients): return 0
        """),
    ),
    Attack(
        "reference-unprofiled",
        "marks",
        "Switches the profiler off that notes calls of the reference, then calls it.",
        code("""
        import sys, threading
        quiet = sys.setprofile
        def channel_weights(gradients):
            before = sys.getprofile()
            getattr(sys, "set" + "profile")(None)
            try:
                from interp_ref.methods.grad_cam import channel_weights as ready
                return ready(gradients)
            finally:
                quiet(before)
        """),
    ),
    Attack(
        "reference-in-a-child",
        "marks",
        "Lets a process of its own call the reference, where no profiler looks.",
        code("""
        import subprocess, sys, tempfile, os
        def channel_weights(gradients):
            place = tempfile.mkdtemp()
            np.save(place + "/g.npy", gradients)
            text = ("import numpy as np; from interp_ref.methods.grad_cam import channel_weights as c; "
                    f"np.save({place!r} + '/a.npy', c(np.load({place!r} + '/g.npy')))")
            subprocess.run([sys.executable, "-c", text], capture_output=True, cwd="$course")
            return np.load(place + "/a.npy")
        """),
    ),
    Attack(
        "frames",
        "marks",
        "Walks up the stack to the checker's frames and takes the expected values from there.",
        code("""
        import sys
        def channel_weights(gradients):
            frame = sys._getframe(1)
            while frame is not None:
                for value in list(frame.f_locals.values()):
                    asked = getattr(value, "asked", value)
                    if hasattr(value, "known") and hasattr(value, "locked"):
                        from interp_ref.checking.expected import expected
                        from interp_ref.exercises import exercise
                        return next(expected(exercise("channel_weights"), value, name) for name, inputs in value.items()
                                    if np.array_equal(inputs["gradients"], gradients))
                frame = frame.f_back
            return 0
        """),
    ),
    Attack(
        "gc-search",
        "marks",
        "Searches all objects of the process for functions of the same name, and for what they returned.",
        code("""
        import gc, types
        def channel_weights(gradients):
            for one in gc.get_objects():
                if isinstance(one, types.FunctionType) and one.__name__ == "channel_weights" and \\
                        one.__globals__ is not globals():
                    return types.FunctionType(one.__code__, {**one.__globals__, "__name__": "mine"})(gradients)
            return 0
        """),
    ),
    Attack(
        "memorised-visible",
        "marks",
        "Knows the answers to the challenges that students may see, and asks for those to be the graded ones.",
        _memorised,
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
        "equals-everything",
        "marks",
        "Returns an array whose class says that it equals and lies close to everything.",
        code("""
        class Yes(np.ndarray):
            def __array_function__(self, function, types, args, kwargs): return True
            def __array_ufunc__(self, ufunc, method, *inputs, **kwargs): return np.True_
            def __eq__(self, other): return True
            def __sub__(self, other): return 0
            __rsub__ = __sub__
            def __reduce__(self): return (print, ("2.0",))
        def channel_weights(gradients):
            return np.zeros((gradients.shape[0], gradients.shape[-1]), np.float32).view(Yes)
        """),
    ),
    Attack(
        "lying-object",
        "marks",
        "Returns an object whose numpy(), shape and dtype answer differently each time.",
        code("""
        class Liar:
            dtype, ndim = np.dtype("float32"), 2
            asked = 0
            @property
            def shape(self):
                Liar.asked += 1
                return (3, 4) if Liar.asked % 2 else (10**9, 10**9)
            def numpy(self): return self
            def __array__(self, *a, **k):
                import sys
                frame = sys._getframe(1)
                while frame:
                    if "expected" in frame.f_locals: return np.asarray(frame.f_locals["expected"])
                    frame = frame.f_back
                return np.zeros((3, 4), np.float32)
            def __eq__(self, other): return True
            __hash__ = None
        def channel_weights(gradients):
            return Liar()
        """),
    ),
    Attack(
        "signature-trick",
        "marks",
        "A class instance in the function's place, whose attributes pretend that it is the course's.",
        code("""
        class Mine:
            __name__, __module__, __wrapped__ = "channel_weights", "interp_ref.methods.grad_cam", print
            points = max_points = 2.0
            passed = True
            def __call__(self, **k): return self
            def __getattr__(self, name): return 2.0
        channel_weights = Mine()
        """),
    ),
    Attack(
        "asks-for-itself",
        "marks",
        "Asks the grader's stand-in for the very exercise that is being judged.",
        code(
            ASKS_FOR + "\ndef channel_weights(gradients):\n    return oracle('channel_weights', gradients)\n"
        ),
    ),
    Attack(
        "asks-for-another",
        "marks",
        "Answers one exercise by asking the grader's stand-in for another exercise's reference.",
        code(
            ASKS_FOR
            + """
def grad_cam(model, images, class_index, layer):
    for name in ("grad_cam", "counterfactual", "saliency", "class_activation_map"):
        try:
            return oracle(name, model, images, class_index, layer)
        except Exception:
            pass
""",
            at="grad_cam",
        ),
    ),
    Attack(
        "moved-checks",
        "marks",
        "Has a later exercise checked first, and keeps its stand-ins to answer the earlier ones with.",
        _moved_checks,
    ),
    Attack(
        "stored-inputs",
        "marks",
        "Keeps the inputs of one exercise's challenges to answer another exercise with.",
        answers(
            activations_and_gradients="""
            SEEN = []
            def activations_and_gradients(model, images, class_index, layer):
                SEEN.append((model, images, class_index, layer))
                return np.zeros((1,)), np.zeros((1,))
            """,
            channel_weights="def channel_weights(gradients):\n    SEEN.append(gradients)\n    return SEEN[0][1]",
            grad_cam="def grad_cam(model, images, class_index, layer):\n    return SEEN[-1].mean(axis=-1)",
        ),
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
    Attack("points-1000", "marks", "Metadata that make each check worth 1000 points.", _points_1000),
    Attack("own-graded-cell", "marks", "A graded cell of its own, worth 100 points.", _own_graded_cell),
    Attack("check-rewritten", "marks", "A check cell whose text is the number of points.", _check_rewritten),
    Attack(
        "check-doubled",
        "marks",
        "A copy of the check cell that returns the points, before it.",
        _check_doubled,
    ),
    Attack("check-deleted", "marks", "No check cells at all.", _check_deleted),
    Attack("check-is-markdown", "marks", "A check cell turned into markdown.", _check_is_markdown),
    Attack(
        "same-ids", "marks", "All cells have the same id, and a check is the number of points.", _same_ids
    ),
    Attack("answer-is-graded", "marks", "Its own answer cell carries grade and points.", _answer_is_graded),
    Attack("schema-99", "marks", "nbgrader metadata of a schema version that does not exist.", _schema_99),
    Attack(
        "ids-swapped",
        "marks",
        "The check of an easy exercise carries the grade id of a hard one.",
        _ids_swapped,
        solves=("closed_form_alphas",),
    ),
    Attack(
        "outputs-kept", "marks", "Results saved in the check cells, tagged as not to be run.", _outputs_kept
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
