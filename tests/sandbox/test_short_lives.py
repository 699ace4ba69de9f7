"""A kernel lives for a second: what makes its one second cheap changes nothing that anyone sees."""

import textwrap

from interp_ref.sandbox import DRIVEN

WATCHES = """
from interp_ref.checking.guard import Watch
print(Watch(("kit.",)).has_something_to_see())
"""


def test_the_package_alone_is_nothing_to_watch_for(start):
    with start({"kit.py": b"def answer(): pass"}) as talk:
        talk(DRIVEN)
        talk("import interp_ref, keras\nfrom interp_ref import methods")
        assert talk(WATCHES).text.split() == ["False"]
        talk("import kit")
        assert talk(WATCHES).text.split() == ["True"]


def test_an_operation_runs_without_a_function_around_it(start):
    wrong = "import tensorflow as tf\ntf.matmul(tf.ones((2, 3)), tf.ones((2, 3)))"
    with start() as talk:
        talk(DRIVEN)
        error = talk(wrong).error
    assert "Matrix size-incompatible" in error and "__wrapped__" not in error


def test_a_network_computes_what_it_computes_here(start):
    code = textwrap.dedent("""
        import keras, numpy as np, tensorflow as tf

        def gradient():
            keras.utils.set_random_seed(5)
            model = keras.Sequential([keras.layers.Conv2D(8, 3, activation="relu"), keras.layers.Flatten(),
                                      keras.layers.Dense(4)])
            pictures = tf.constant(np.random.default_rng(0).random((2, 12, 12, 3), "float32"))
            with tf.GradientTape() as tape:
                tape.watch(pictures)
                scores = tf.reduce_sum(model(pictures)[:, 1])
            return np.asarray(tape.gradient(scores, pictures), np.float64)
    """)
    with start() as talk:
        talk(DRIVEN)
        there = talk(f"{code}\nprint(*gradient().ravel().tolist())").text
    names = {}
    exec(code, names)
    here = names["gradient"]().ravel()
    there = list(map(float, there.split()))
    assert len(there) == len(here) and abs(here).max() > 0.01
    assert max(abs(a - b) for a, b in zip(there, here, strict=True)) < 1e-6 * abs(here).max()


def test_text_and_displays_keep_their_order(run):
    code = """
    import sys
    from IPython.display import display
    print("one")
    display({"text/plain": "two"}, raw=True)
    sys.stdout.write("three")
    sys.stdout.flush()
    print("four", file=sys.stderr)
    display({"text/plain": "five"}, raw=True)
    print("six", end="")
    """
    found = [one.get("text") or one["data"]["text/plain"] for one in run(textwrap.dedent(code)).outputs]
    assert found == ["one\n", "two", "three", "four\n", "five", "six"]


def test_each_answer_beside_a_request_has_its_own_time(start):
    code = """
    import time
    from IPython.display import display
    for one in get_ipython().kernel.get_parent("shell")["buffers"]:
        time.sleep(2)
        display({"text/plain": bytes(one).decode()}, raw=True)
    """
    with start() as talk:
        in_time = talk(textwrap.dedent(code), 5, beside=[b"a", b"b", b"c"]).outputs
        late = talk(textwrap.dedent(code).replace("2", "30"), 2, beside=[b"a", b"b", b"c"])
        assert [one["data"]["text/plain"] for one in in_time] == ["a", "b", "c"]
        assert late.outputs[-1]["ename"] == "TimeLimit"
        assert talk("print(len(In))").text.strip() == "2"  # what the grader asks is in no history
