"""One submission through a real kernel: what it costs when a cell or an answer misbehaves."""

import re
from base64 import b64decode, b64encode

import numpy as np
import pytest

from interp_ref.checking.wire import pack, unpack
from interp_ref.exercises import exercise
from interp_ref.grading import task
from interp_ref.grading.records import Job, JobCell
from interp_ref.grading.task import grade
from interp_ref.sandbox import open_sandbox
from interp_ref.sandbox.limits import Limits

SEED = 20_26
SETUP = "import numpy as np\nfrom interp_ref import check"
RIGHT = {
    "channel_weights": "def channel_weights(gradients):\n    return np.mean(gradients, axis=(1, 2))",
    "closed_form_alphas": (
        "def closed_form_alphas(class_weights, class_index, height, width):\n"
        "    return class_weights[:, class_index].T / (height * width)"
    ),
}
FULL = {name: exercise(name).points for name in RIGHT}


@pytest.fixture(scope="module")
def sandbox():
    with open_sandbox() as opened:
        yield opened


def job(*cells: str | tuple[str, str], lesson="03_grad_cam") -> Job:
    """Code cells in order; a pair is (source, name of the exercise that is checked after it)."""
    made = [JobCell(0, "run", SETUP)]
    for cell in cells:
        source, checked = cell if isinstance(cell, tuple) else (cell, "")
        made.append(JobCell(len(made), "run", source))
        if checked:
            made.append(JobCell(len(made), "check", f'check("{checked}", {checked})', checked))
    return Job("ada", lesson, tuple(made), SEED)


def answers(**replaced) -> list[tuple[str, str]]:
    return [({**RIGHT, **replaced}[name], name) for name in RIGHT]


def points(outcome) -> dict[str, float]:
    return {name: outcome.exercises[name].verdict.points for name in RIGHT}


def kinds(outcome) -> list[str]:
    return [finding.kind for finding in outcome.findings]


def test_right_answers_have_full_points_and_every_exercise_of_the_lesson_has_a_verdict(sandbox):
    outcome = grade(job(*answers()), sandbox)
    assert points(outcome) == FULL and outcome.findings == ()
    assert "Not judged" in outcome.exercises["grad_cam"].verdict.summary
    assert outcome.engine == sandbox.engine and outcome.seed == SEED


def test_a_recognised_mistake_is_named_and_shown_on_visible_challenges(sandbox):
    wrong = "def channel_weights(gradients):\n    return np.mean(gradients, axis=-1)"
    outcome = grade(job(*answers(channel_weights=wrong)), sandbox)
    judged = outcome.exercises["channel_weights"]
    assert judged.verdict.points == 0 and judged.verdict.diagnosis
    assert judged.visible.diagnosis == judged.verdict.diagnosis
    assert points(outcome)["closed_form_alphas"] == FULL["closed_form_alphas"]


def test_a_function_is_asked_at_its_check_cell_not_as_a_later_cell_leaves_it(sandbox):
    outcome = grade(job(*answers(), "def channel_weights(gradients):\n    return 0"), sandbox)
    assert points(outcome) == FULL


def test_a_cell_that_ends_the_kernel_costs_nothing_else(sandbox):
    outcome = grade(job(answers()[0], "import os\nos._exit(1)", answers()[1]), sandbox)
    assert points(outcome) == FULL
    assert [f.level for f in outcome.findings] == ["stopped"]
    assert "ended the kernel: it ended its own process" in outcome.findings[0].text


def test_an_answer_that_ends_the_kernel_costs_its_own_points(sandbox):
    fatal = "def channel_weights(gradients):\n    import os\n    os._exit(1)"
    outcome = grade(job(*answers(channel_weights=fatal)), sandbox)
    assert points(outcome) == {**FULL, "channel_weights": 0.0}
    assert "channel_weights ended the kernel" in outcome.exercises["channel_weights"].verdict.summary


def test_a_cell_without_end_is_stopped_and_the_rest_is_graded(sandbox):
    endless = "while True:\n    pass"
    outcome = grade(job(endless, *answers()), sandbox, Limits(cell=2))
    assert points(outcome) == FULL and kinds(outcome) == ["timeout"]


def test_a_cell_that_will_not_be_interrupted_is_left_out(sandbox):
    stubborn = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass"
    outcome = grade(job(stubborn, *answers()), sandbox, Limits(cell=2))
    assert points(outcome) == FULL
    assert outcome.findings[0].kind == "timeout" and "did not stop" in outcome.findings[0].text


def test_output_without_end_is_cut_and_the_rest_is_graded(sandbox):
    loud = "for _ in range(200):\n    print('x' * 100_000)"
    outcome = grade(job(loud, *answers()), sandbox)
    assert points(outcome) == FULL
    assert "more bytes of output were not kept" in outcome.outputs[1][-1]["text"]
    assert sum(len(o.get("text", "")) for o in outcome.outputs[1]) < 3 * 2**20


def test_a_cell_that_floods_the_driver_is_left_out_and_the_rest_is_graded(sandbox):
    loud = "import time\nwhile True:\n    print('x' * 100_000)\n    time.sleep(0.005)"
    outcome = grade(job(loud, *answers()), sandbox, Limits(output=5 * 2**20))
    assert points(outcome) == FULL and kinds(outcome) == ["output"]
    assert "wrote more than a submission may" in outcome.findings[0].text


def test_an_error_in_a_cell_is_a_note_and_stops_only_that_cell(sandbox):
    outcome = grade(job("1 / 0", *answers()), sandbox)
    assert points(outcome) == FULL
    assert kinds(outcome) == ["error"] and "ZeroDivisionError" in outcome.findings[0].text


def test_input_in_a_cell_fails_instead_of_waiting(sandbox):
    outcome = grade(job("input('name? ')", *answers()), sandbox, Limits(cell=20))
    assert points(outcome) == FULL and "StdinNotImplementedError" in outcome.findings[0].text


KEEPS = """
kept = []
def closed_form_alphas(class_weights, class_index, height, width):
    kept.append(class_weights)
    return kept[0][:, class_index].T
"""


def test_a_function_that_keeps_hidden_inputs_can_t_have_them_shown(sandbox):
    outcome = grade(job(*answers(closed_form_alphas=KEEPS)), sandbox)
    judged = outcome.exercises["closed_form_alphas"]
    asked = exercise("closed_form_alphas")
    hidden = asked.draw(asked.challenges[0], SEED)["class_weights"]
    visible = asked.draw(asked.challenges[0])["class_weights"]
    said = " ".join(result.problem for result in judged.visible.results)
    numbers = {float(one) for one in re.findall(r"-?\d+\.\d+", said)}
    assert numbers and judged.verdict.points == 0
    assert not any(np.isclose(n, hidden, rtol=1e-3).any() for n in numbers if abs(n) > 0.01)
    assert any(np.isclose(n, visible, rtol=1e-3).any() for n in numbers)


MINE = {
    "activations_and_gradients": (
        "def activations_and_gradients(model, images, class_index, layer):\n    return 1"
    ),
    "channel_weights": "def channel_weights(gradients):\n    return np.mean(gradients, axis=-1)",
    "grad_cam": (
        "def grad_cam(model, images, class_index, layer):\n"
        "    A, G = activations_and_gradients(model, images, class_index, layer)\n"
        "    alphas = channel_weights(G)\n"
        "    return np.maximum(np.einsum('nhwk,nk->nhw', np.asarray(A), np.asarray(alphas)), 0)"
    ),
}


def test_a_mistake_costs_once_though_the_reference_is_not_in_the_kernel(sandbox):
    outcome = grade(job(*[(source, name) for name, source in MINE.items()]), sandbox)
    verdict = outcome.exercises["grad_cam"].verdict
    assert verdict.points == verdict.max_points
    assert verdict.given == ("activations_and_gradients", "channel_weights")
    assert outcome.exercises["channel_weights"].verdict.points == 0


@pytest.mark.parametrize(
    ("own", "earned"),
    [("-np.ones((1, 1, 9))", 1), ("np.ones((1, 1, 9))", 2), ("undefined", 2)],
)
def test_a_property_is_asked_about_the_counterexample_in_the_same_kernel(sandbox, own, earned):
    """The property is wrong on maps of one row of nine, which only the student's own arrays are."""
    counterexample = f"def counterexample_scaled_heatmap():\n    return {own}"
    holds = (
        "def holds_scaled_heatmap(maps, outputs):\n"
        "    return maps.shape == (1, 1, 9) or bool(((outputs >= 0) & (outputs <= 1)).all())"
    )
    outcome = grade(job(counterexample, (holds, "holds_scaled_heatmap"), lesson="09_bug_hunt"), sandbox)
    assert outcome.exercises["holds_scaled_heatmap"].verdict.points == earned


def request(exercise: str, *arguments) -> str:
    """What a kernel asks for an earlier exercise's function."""
    asked = {"exercise": exercise, "args": list(arguments), "kwargs": {}}
    return task.GIVEN + b64encode(pack(asked)).decode()


def test_a_stand_in_computes_a_request_once_and_stops_answering_after_too_many(monkeypatch):
    calls = []

    def reference(x):
        calls.append(x)
        return 2 * x

    monkeypatch.setattr(task._StandIns, "kept", {})
    asked = task._StandIns({"double": reference})
    prompt = request("double", np.ones(3))
    replies = [unpack(b64decode(asked.answer(prompt))) for _ in range(task.MAX_GIVEN_CALLS + 1)]
    assert len(calls) == 1
    assert all(np.array_equal(reply["value"], [2, 2, 2]) for reply in replies[:-1])
    assert "not that often" in replies[-1]["error"]


def test_replies_that_are_kept_are_few_and_small(monkeypatch):
    monkeypatch.setattr(task._StandIns, "kept", {})
    monkeypatch.setattr(task, "MAX_KEPT", 2)
    monkeypatch.setattr(task, "MAX_KEPT_REPLY", 2000)
    asked = task._StandIns({"filled": lambda count: np.zeros(int(count))})
    for count in (1, 2, 3, 10_000):
        asked.answer(request("filled", count))
    assert len(asked.kept) == 2 and max(map(len, asked.kept.values())) < 2000
