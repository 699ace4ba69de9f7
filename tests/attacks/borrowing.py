"""Attacks on the marks by answers that are somebody else's: the reference's, the stand-in's, a liar's."""

from __future__ import annotations

from attacks.attack import EXERCISE, Attack, answers, cell, code

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
]
