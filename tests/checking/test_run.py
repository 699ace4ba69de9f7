"""Each way in which an answer can be bad, and the sentence that it gets."""

import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
import tensorflow as tf

from interp_ref.checking.check import verify
from interp_ref.checking.guard import TimeLimit, deadline, time_limit
from interp_ref.checking.run import run
from interp_ref.exercises import exercise

CAM = exercise("class_activation_map")


def right(features, class_weights, class_index):
    return np.einsum("nhwk,kn->nhw", features, class_weights[:, class_index])


def verdict_on(function, **options):
    return verify(CAM, function, **options)


def only_problem(verdict):
    problems = {r.problem for r in verdict.results if not r.passed}
    assert len(problems) == 1, problems
    return problems.pop()


def test_an_untouched_stub_is_called_not_written_yet():
    def stub(features, class_weights, class_index):
        raise NotImplementedError

    verdict = verdict_on(stub)
    assert verdict.points == 0
    assert "not written yet" in only_problem(verdict)


def test_an_error_shows_the_students_own_line():
    def raises(features, class_weights, class_index):
        return features @ np.ones((2, 2))

    verdict = verdict_on(raises)
    assert "`return features @ np.ones((2, 2))`" in only_problem(verdict)
    assert "ValueError" in only_problem(verdict)


def test_a_function_that_exits_does_not_end_the_kernel():
    def leaves(features, class_weights, class_index):
        raise SystemExit(0)

    assert "SystemExit" in only_problem(verdict_on(leaves))


def test_printing_instead_of_returning_is_named():
    def prints(features, class_weights, class_index):
        print("the map is", right(features, class_weights, class_index).shape)

    verdict = verdict_on(prints)
    assert "returned None" in only_problem(verdict)
    assert "print shows a value" in only_problem(verdict)
    assert "the map is (4, 5, 7)" in verdict.text


TALKATIVE = """
import logging, os, sys, warnings
import numpy as np
from interp_ref import check

logging.basicConfig()

def class_activation_map(features, class_weights, class_index):
    print("printed")
    warnings.warn("warned")
    logging.getLogger("mine").warning("logged")
    os.write(2, b"written below Python")
    return np.einsum("nhwk,kn->nhw", features, class_weights[:, class_index])

print("before", file=sys.stderr, flush=True)
points = check("class_activation_map", class_activation_map)
print("points", points)
print("after", file=sys.stderr, flush=True)
"""

FIRST_OPERATION = """
import sys
import tensorflow as tf
from interp_ref import check

def class_activation_map(features, class_weights, class_index):
    return tf.einsum("nhwk,kn->nhw", features, class_weights[:, class_index])

print("before", file=sys.stderr, flush=True)
print("points", check("class_activation_map", class_activation_map))
print("after", file=sys.stderr, flush=True)
"""


def in_a_fresh_process(source):
    quiet = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, encoding="utf-8", env=quiet
    )
    return done.stdout, done.stderr[done.stderr.index("before\n") :]


def test_a_right_answer_may_print_and_warn():
    stdout, stderr = in_a_fresh_process(TALKATIVE)
    assert "points 3.0" in stdout
    assert stderr == "before\nafter\n"
    for word in ("printed", "warned", "logged", "written below Python"):
        assert word in stdout, word


def test_the_first_tensorflow_operation_may_fall_into_the_check():
    stdout, stderr = in_a_fresh_process(FIRST_OPERATION)
    assert "points 3.0" in stdout
    assert stderr == "before\nafter\n"


def test_a_wrong_shape_says_which_was_expected():
    def one_axis_more(features, class_weights, class_index):
        return right(features, class_weights, class_index)[..., None]

    assert "expected shape (4, 5, 7), got (4, 5, 7, 1)" in verdict_on(one_axis_more).results[0].problem


def test_a_list_is_asked_to_be_an_array():
    def listed(features, class_weights, class_index):
        return right(features, class_weights, class_index).tolist()

    assert "returned a list" in only_problem(verdict_on(listed))


def test_whole_numbers_where_floats_are_due_are_named():
    def whole(features, class_weights, class_index):
        return (100 * right(features, class_weights, class_index)).astype(int)

    assert "expected dtype float32, got int64" in only_problem(verdict_on(whole))


def test_too_few_digits_are_named():
    def half(features, class_weights, class_index):
        return right(features, class_weights, class_index).astype(np.float16)

    assert "got float16, which keeps three digits only" in only_problem(verdict_on(half))


def test_nan_is_counted():
    def holes(features, class_weights, class_index):
        maps = right(features, class_weights, class_index)
        maps[0, 0, 0] = np.nan
        return maps

    assert "1 of 140 values are NaN" in verdict_on(holes).results[0].problem


@pytest.mark.parametrize("kind", [np.asarray, tf.constant, tf.Variable, lambda a: a.astype(np.float64)])
def test_arrays_and_tensors_are_both_fine(kind):
    def answer(features, class_weights, class_index):
        return kind(right(features, class_weights, class_index))

    assert verdict_on(answer).passed


def test_a_changed_argument_is_named_and_costs_the_points():
    def changes(features, class_weights, class_index):
        maps = right(features, class_weights, class_index)
        features *= 2
        return maps

    verdict = verdict_on(changes)
    assert verdict.points == 0
    assert "changed its argument `features`" in only_problem(verdict)


def test_an_answer_by_chance_is_named():
    def chance(features, class_weights, class_index):
        return right(features, class_weights, class_index) + np.random.default_rng().normal()

    verdict = verdict_on(chance)
    assert verdict.points == 0
    assert "two different answers" in only_problem(verdict)


def test_an_endless_loop_is_stopped_and_asked_only_once(monkeypatch):
    def endless(features, class_weights, class_index):
        while True:
            pass

    monkeypatch.setenv("INTERP_CHECK_SECONDS", "0.3")
    start = time.perf_counter()
    verdict = verdict_on(endless)
    assert "stopped after 0.3 s" in verdict.results[0].problem
    assert {r.kind for r in verdict.results[1:]} == {"skipped"}
    assert time.perf_counter() - start < 5


def test_the_time_limit_is_ten_seconds_unless_set(monkeypatch):
    monkeypatch.delenv("INTERP_CHECK_SECONDS", raising=False)
    assert time_limit() == 10


def test_endless_recursion_is_an_error_like_others():
    def deeper(features, class_weights, class_index):
        return deeper(features, class_weights, class_index)

    assert "RecursionError" in only_problem(verdict_on(deeper))


def test_an_imported_reference_is_named_even_inside_a_wrapper():
    from interp_ref.methods.cam import class_activation_map

    def wrapper(features, class_weights, class_index):
        return class_activation_map(features, class_weights, class_index)

    verdict = verdict_on(wrapper)
    assert verdict.points == 0
    assert "interp_ref.methods.cam" in only_problem(verdict)


def test_the_reference_is_noticed_in_a_thread_too():
    def elsewhere(features, class_weights, class_index):
        from threading import Thread

        from interp_ref.methods.cam import class_activation_map

        found = []
        thread = Thread(
            target=lambda: found.append(class_activation_map(features, class_weights, class_index))
        )
        thread.start()
        thread.join()
        return found[0]

    assert verdict_on(elsewhere).points == 0


def test_switching_the_watch_off_is_noticed():
    def hides(features, class_weights, class_index):
        watch = sys.getprofile()
        sys.setprofile(None)
        from interp_ref.methods.cam import class_activation_map

        maps = class_activation_map(features, class_weights, class_index)
        sys.setprofile(watch)
        return maps

    verdict = verdict_on(hides)
    assert verdict.points == 0
    assert "sys.setprofile" in only_problem(verdict)


def test_a_stand_in_replaces_a_global_for_the_call_only():
    space = {}
    exec("def helper(x):\n    return x + 1\n\ndef caller(x):\n    return helper(x)", space)
    given = {"helper": lambda x: x + 10}
    x = np.zeros(1)
    assert run(space["caller"], {"x": x}, given=given).output == 10
    assert run(space["caller"], {"x": x}).output == 1


def test_no_thread_is_started_for_each_deadline():
    run(lambda: 1, {})
    before, seen = threading.active_count(), []
    for _ in range(20):
        run(lambda: seen.append(threading.active_count()), {})
    assert set(seen) == {before}


@pytest.mark.parametrize("first", ["long", "short"])
def test_of_two_deadlines_the_earlier_one_rings_first(first):
    stopped = {}

    def wait(name, seconds):
        start = time.monotonic()
        try:
            with deadline(seconds):
                while time.monotonic() < start + 20:
                    time.sleep(0.01)
        except TimeLimit:
            stopped[name] = time.monotonic()

    seconds = {"long": 1.5, "short": 0.2}
    threads = [
        threading.Thread(target=wait, args=(n, seconds[n])) for n in sorted(seconds, reverse=first == "short")
    ]
    for one in threads:
        one.start()
        time.sleep(0.05)
    for one in threads:
        one.join()
    assert stopped["short"] < stopped["long"]


def test_a_ready_made_module_is_noticed_where_the_call_itself_loads_it(tmp_path, monkeypatch):
    (tmp_path / "ready_course_kit.py").write_text("def answer():\n    return 1.0\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    def imports():
        import ready_course_kit

        return ready_course_kit.answer()

    monkeypatch.setattr("interp_ref.checking.guard.READY_MADE", ())
    for _ in range(2):
        assert run(imports, {}, ready_made=("ready_course_kit.",)).borrowed == ("ready_course_kit.answer",)
