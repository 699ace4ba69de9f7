"""Answers in the checker's own form that hold what no honest answer would: sent before the real one."""

from __future__ import annotations

from attacks.attack import Attack, answers, code

FORGE = """
import json, struct
def send(data):
    from base64 import b64encode
    from IPython import get_ipython
    kernel = get_ipython().kernel
    if isinstance(data, bytes): data = b64encode(data).decode()
    kernel.session.send(kernel.iopub_socket, "display_data",
        {"data": {"application/vnd.interp.answer": data}, "metadata": {}, "transient": {}}, parent=kernel.get_parent("shell"))
def packed(structure, **arrays):
    from safetensors.numpy import save
    text = structure if isinstance(structure, str) else json.dumps(structure)
    return save({**arrays, "structure": np.frombuffer(text.encode(), np.uint8)})
def answer(**fields): return {"record": "Answer", "fields": fields}
"""


def sends(*statements: str, at: str = "channel_weights"):
    """A function that sends what the statements say and returns nothing of use."""
    body = "\n    ".join(
        ("try:", *(f"    {line}" for line in statements), "except Exception as trouble: print(trouble)")
    )
    return code(FORGE.strip() + f"\ndef {at}(*arguments, **inputs):\n    {body}\n    return 0", at=at)


def forged(id: str, tries: str, *statements: str, gentle: str = "") -> Attack:
    return Attack(id, "malformed", tries, sends(*statements), gentle=gentle)


# A model as it would cross, with one layer put in its place.
MODEL = (
    "m = keras.Sequential([keras.Input((4, 4, 3)), keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(2)])",
    "c = json.loads(m.to_json())",
)

ATTACKS = [
    forged(
        "declares-8-gb",
        "A header of an array file that declares 8 GB.",
        'head = json.dumps({"structure": {"dtype": "F64", "shape": [10**9], "data_offsets": [0, 8 * 10**9]}}).encode()',
        'send(struct.pack("<Q", len(head)) + head + b"x" * 100)',
    ),
    forged(
        "declares-a-long-header",
        "An array file whose header is said to be longer than the file.",
        'send(struct.pack("<Q", 2**63) + b"{}")',
        'send(struct.pack("<Q", 99_000_000) + b"{" * 1000)',
    ),
    forged(
        "empty-but-vast",
        "An array without elements whose shape is astronomically large.",
        'head = json.dumps({"a0": {"dtype": "F32", "shape": [2**40, 0, 2**40], "data_offsets": [0, 0]}, "structure": '
        '{"dtype": "U8", "shape": [56], "data_offsets": [0, 56]}}).encode()',
        'body = json.dumps(answer(output={"array": "a0"})).encode()[:56].ljust(56)',
        'send(struct.pack("<Q", len(head)) + head + body)',
    ),
    forged(
        "not-base64",
        "Something that is no base64 and no text.",
        'send("%%%")',
        "send(5)",
        'send(["x"])',
        'send({"a": 1})',
    ),
    forged(
        "deep-structure",
        "A structure nested 100,000 deep.",
        'send(packed("[" * 100_000 + "]" * 100_000))',
        "send(packed('{\"tuple\": [' * 50_000 + ']}' * 50_000))",
    ),
    forged(
        "wide-structure",
        "A structure of ten million empty lists, which takes a hundred times its size in memory.",
        'send(packed("[" + "[]," * 10_000_000 + "[]]"))',
        gentle="30 MB",
    ),
    forged(
        "not-a-number",
        "NaN, infinities and numbers of 4,000 digits where a number belongs.",
        'send(packed(answer(output=None, seconds=float("nan"), written=10**4000)))',
        'send(packed(\'{"record": "Answer", "fields": {"seconds": 1e999, "written": -1}}\'))',
    ),  # fmt: skip
    forged(
        "number-of-4000-digits",
        "An answer that took a number of seconds with 4,000 digits.",
        "send(packed(answer(output={'array': 'a0'}, seconds=10**4000, kind='ndarray'), a0=np.zeros((3, 4), np.float32)))",
    ),
    forged(
        "wrong-types",
        "Records whose members have the wrong types.",
        'send(packed(answer(output={"dict": {"a": 1}}, kind=5, borrowed=7, outside={"tuple": [[]]}, inputs_after=None)))',
        'send(packed(answer(error={"record": "Failure", "fields": {"type": [], "message": {}}})))',
    ),
    forged(
        "unknown-members",
        "Records with members and classes that do not exist.",
        'send(packed({"record": "Verdict", "fields": {"exercise": "channel_weights", "lesson": "", "points": 1000.0, '
        '"max_points": 2.0, "summary": ""}}))',
        'send(packed({"record": "__import__", "fields": {"name": "os"}}))',
        "send(packed(answer(__class__=1, __init__=2)))",
    ),
    forged(
        "a-tuple-of-thousands",
        "An answer of a hundred arrays, and one array of 30 MB.",
        "many = {'a' + str(n): np.zeros(1) for n in range(100)}",
        "send(packed(answer(output={'tuple': [{'array': k} for k in many]}, kind='tuple'), **many))",
    ),
    forged(
        "an-array-of-30-mb",
        "One array of 30 MB where twelve numbers belong.",
        "send(packed(answer(output={'array': 'a0'}, kind='ndarray'), a0=np.zeros((1, 7_500_000), np.float32)))",
    ),
    forged(
        "odd-dtypes",
        "Arrays of numbers that NumPy does not know, of 64 dimensions, and of none.",
        'for kind in ("BF16", "F8_E4M3", "I64", "BOOL"):\n'
        '            head = json.dumps({"structure": {"dtype": kind, "shape": [1] * 64, "data_offsets": [0, 8]}}).encode()\n'
        '            send(struct.pack("<Q", len(head)) + head + b"x" * 8)',
        "send(packed(answer(output={'array': 'a0'}), a0=np.zeros((), np.float64)))",
    ),
    forged(
        "not-finite",
        "NaN and infinity in every place, so that each comparison is neither true nor false.",
        "send(packed(answer(output={'array': 'a0'}, kind='ndarray'), a0=np.full((3, 4), np.nan, np.float32)))",
    ),
    forged(
        "model-with-a-lambda",
        "A model with a Lambda layer that holds code.",
        *MODEL,
        'c["config"]["layers"].insert(1, {"class_name": "Lambda", "module": "keras.layers", "config": {"name": "x", '
        '"function": {"class_name": "__lambda__", "config": {"code": "4wAAAA==", "defaults": None, "closure": None}}}, '
        '"registered_name": None})',
        'send(packed(answer(output={"live": {"model": json.dumps(c), "weights": []}}, kind="Sequential")))',
    ),
    forged(
        "model-of-another-module",
        "A model whose layer is said to be a function of another module.",
        *MODEL,
        'c["config"]["layers"].append({"class_name": "Dense", "module": "os", "config": {"command": "touch $outside/$mark"}, '
        '"registered_name": "system"})',
        'send(packed(answer(output={"live": {"model": json.dumps(c), "weights": []}}, kind="Sequential")))',
    ),
    forged(
        "model-with-a-giant",
        "A model with a Dense layer of 10^12 weights, none of which is sent.",
        *MODEL,
        'c["config"]["layers"][-1]["config"]["units"] = 10**12',
        'send(packed(answer(output={"live": {"model": json.dumps(c), "weights": []}}, kind="Sequential")))',
    ),
    forged(
        "model-of-paddings",
        "A model whose padding layers make a picture of 10^12 pixels.",
        *MODEL,
        'c["config"]["layers"][1:1] = [{"class_name": "ZeroPadding2D", "module": "keras.layers", "config": {"name": "z" + str(n), '
        '"padding": [[10**5, 10**5], [10**5, 10**5]], "data_format": "channels_last"}, "registered_name": None} for n in range(5)]',
        'send(packed(answer(output={"live": {"model": json.dumps(c), "weights": []}}, kind="Sequential")))',
    ),
    Attack(
        "oracle-with-lambda",
        "malformed",
        "Hands the grader's stand-in models with code in them, of other modules, and endless configurations.",
        answers(
            activations_and_gradients="def activations_and_gradients(*a, **k): return 0",
            channel_weights="def channel_weights(gradients): return 0",
            grad_cam=FORGE
            + """
def grad_cam(model, images, class_index, layer):
    from base64 import b64encode
    from IPython import get_ipython
    m = keras.Sequential([keras.Input((4, 4, 3)), keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(2)])
    for layer_config in (
        {"class_name": "Lambda", "module": "keras.layers", "config": {"function": "os.system"}, "registered_name": None},
        {"class_name": "Dense", "module": "keras", "config": {"units": 10**12}, "registered_name": None},
        {"class_name": "TFSMLayer", "module": "keras.layers", "config": {"filepath": "$secret"}, "registered_name": None},
        {"class_name": "Functional", "module": "builtins", "config": {"fn": "eval"}, "registered_name": "eval"},
    ):
        c = json.loads(m.to_json())
        c["config"]["layers"].insert(1, layer_config)
        model = {"live": {"model": json.dumps(c), "weights": []}}
        ask = {"dict": {"exercise": "activations_and_gradients", "args": {"list": [model, {"array": "a0"}, 0, "logits"]}, "kwargs": {"dict": {}}}}
        prompt = "interp-given:" + b64encode(packed(ask, a0=np.zeros((1, 4, 4, 3), np.float32))).decode()
        try: print(get_ipython().kernel.raw_input(prompt)[:100])
        except Exception as trouble: print(trouble)
    return 0
""",
        ),
    ),
    Attack(
        "broken-messages",
        "malformed",
        "Sends messages without the members that they should have, with wrong types and wrong signatures.",
        code("""
        from IPython import get_ipython
        kernel = get_ipython().kernel
        def broken():
            parent = kernel.get_parent("shell")
            for kind, content in (
                ("error", {}), ("error", {"ename": 5, "evalue": [], "traceback": "x"}), ("stream", {}),
                ("stream", {"name": "stdout", "text": 5}), ("stream", {"name": "stdout", "text": None}),
                ("display_data", {"data": ["application/vnd.interp.answer"], "metadata": []}),
                ("display_data", {"data": "application/vnd.interp.answer"}), ("display_data", {"data": None, "metadata": None}),
                ("execute_result", {"data": {"text/plain": 5}}), ("status", {}), ("clear_output", 5), (["list"], {}), ("status", []),
            ):
                try: kernel.session.send(kernel.iopub_socket, kind, content, parent=parent)
                except Exception as trouble: print(trouble)
            kernel.iopub_socket.send_multipart([b"x", b"<IDS|MSG>", b"0" * 64, b"{}", b"{}", b"{}", b"{}"])
            kernel.iopub_socket.send_multipart([b""])
        broken()
        def channel_weights(gradients):
            broken()
            return 0
        """),
    ),
    Attack(
        "early-idle",
        "malformed",
        "Says that it is idle and has replied before it has run.",
        code("""
        from IPython import get_ipython
        kernel = get_ipython().kernel
        def channel_weights(gradients):
            parent = kernel.get_parent("shell")
            for _ in range(3):
                kernel.session.send(kernel.iopub_socket, "status", {"execution_state": "idle"}, parent=parent)
            return 0
        """),
    ),
]
