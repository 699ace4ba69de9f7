"""One submission graded: its cells run in a sandbox, its answers judged here, where it can't reach."""

from __future__ import annotations

import contextlib
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import ClassVar

import numpy as np

import interp_ref
from interp_ref.checking.answer import Answer, Verdict
from interp_ref.checking.asking import answers_in, ask_source, packed
from interp_ref.checking.bounded import BATCH, refuse_too_large
from interp_ref.checking.check import judged, refusal, worth_a_look
from interp_ref.checking.expected import as_arrays
from interp_ref.checking.guard import time_limit
from interp_ref.checking.plain_model import PlainModel, rebuild
from interp_ref.checking.remarks import only_visible_right
from interp_ref.checking.wire import pack, unpack
from interp_ref.exercises import VISIBLE_SEED, exercise, exercises_of
from interp_ref.grading.conversation import Conversation, KernelGone
from interp_ref.grading.records import ExerciseOutcome, Finding, Job, JobCell, Outcome
from interp_ref.sandbox import DRIVEN
from interp_ref.sandbox.engine import Sandbox
from interp_ref.sandbox.limits import Limits

ANSWER_BYTES = 48 * 2**20
MAX_STARTS = 4
CALLS = 3  # of a function for one challenge, at most, each with the limit that the student has at home
MAX_GIVEN_CALLS = 60
MAX_GIVEN_ELEMENTS = 5_000_000
MAX_KEPT, MAX_KEPT_REPLY = 400, 200_000
GIVEN = "interp-given:"
MEANING = {
    "memory": "it used more memory than a submission may",
    "processor time": "it used more processor time than a submission may",
    "output": "it wrote more than a submission may",
    "timeout": "it did not stop when its time was up",
    "exited": "it ended its own process",
    "killed": "its process was killed",
    "start": "it did not start",
}


def grade(job: Job, sandbox: Sandbox, limits: Limits | None = None) -> Outcome:
    """Runs a submission's cells in order and judges each exercise at its check cell.

    Never raises for what the submission does. A cell that ends the kernel is left out in a second run, so
    that it costs its own exercise and no other; what was already judged stays.
    """
    start = time.monotonic()
    run = _Run(job, limits or Limits())
    for _ in range(MAX_STARTS):
        try:
            run.through(sandbox)
            break
        except KernelGone as gone:
            run.note_death(gone)
    run.look_at_visible(sandbox)
    missing = {name: ExerciseOutcome(_lost(one)) for name, one in exercises_of(job.lesson).items()}
    return Outcome(
        job.student,
        job.lesson,
        {**missing, **run.exercises},
        run.outputs,
        tuple(run.findings),
        sandbox.engine,
        job.seed,
        interp_ref.__version__,
        time.monotonic() - start,
    )


def _lost(asked) -> Verdict:
    return replace(
        refusal(asked.name, "Not judged: the notebook did not get as far as this check.", asked.points),
        lesson=asked.lesson,
    )


class _Run:
    """What one submission has come to, over as many kernels as it takes."""

    def __init__(self, job: Job, limits: Limits):
        self.job, self.limits, self.ends = job, limits, time.monotonic() + limits.wall
        self.exercises: dict[str, ExerciseOutcome] = {}
        self.outputs: dict[int, list[dict]] = {}
        self.findings: list[Finding] = []
        self.left_out: set[int] = set()
        self.at: JobCell | None = None

    def through(self, sandbox: Sandbox) -> None:
        """All cells that are still to run, in a fresh kernel. Raises KernelGone."""
        self.at = None
        with self._talking(sandbox) as talk:
            for cell in self.job.cells:
                self.at = cell
                if cell.role == "run" and cell.place not in self.left_out:
                    self._run(talk, cell)
                elif cell.role == "check" and cell.exercise not in self.exercises:
                    self.exercises[cell.exercise] = self._judge(talk, cell.exercise)

    @contextlib.contextmanager
    def _talking(self, sandbox: Sandbox) -> Iterator[Conversation]:
        """A fresh kernel, and the driver's first word to it."""
        with (
            sandbox.kernel(self.job.files, self.limits) as kernel,
            Conversation(kernel, replace(self.limits, wall=self._left())) as talk,
        ):
            talk.execute(DRIVEN, self.limits.cell)
            yield talk

    def _left(self) -> float:
        return max(1.0, self.ends - time.monotonic())

    def _run(self, talk: Conversation, cell: JobCell) -> None:
        first = cell.place not in self.outputs
        outputs = talk.execute(cell.source, self.limits.cell)
        if first:
            self.outputs[cell.place] = outputs
            self._note_error(cell, outputs)

    def _note_error(self, cell: JobCell, outputs) -> None:
        for output in outputs:
            if output["output_type"] == "error":
                late = output["ename"] == "TimeLimit"
                said = f"Cell {cell.place + 1} ended with {output['ename']}: {str(output['evalue'])[:200]}"
                self.findings.append(
                    Finding("timeout" if late else "error", said, "stopped" if late else "note")
                )

    def _judge(self, talk: Conversation, name: str) -> ExerciseOutcome:
        asked = exercise(name)
        return ExerciseOutcome(self._verdict(talk, asked, self.job.seed))

    def _verdict(self, talk: Conversation, asked, seed: int) -> Verdict:
        """A personal exercise is about the submission's owner, whatever id the notebook gives."""
        return judged(asked, _Asker(talk, asked, set(self.exercises)), seed, self.job.student)

    def look_at_visible(self, sandbox: Sandbox) -> None:
        """Puts the visible challenges to the wrong answers, in a kernel that never saw a hidden one.

        What comes of it is shown to the student. In the kernel of the hidden challenges a function could keep
        their inputs and give them back as its answer.
        """
        wrong = {name for name, one in self.exercises.items() if worth_a_look(one.verdict)}
        cells = [c for c in self.job.cells if c.role == "check" and c.exercise in wrong]
        if not cells:
            return
        with contextlib.suppress(KernelGone), self._talking(sandbox) as talk:
            for cell in self.job.cells[: self.job.cells.index(cells[-1]) + 1]:
                if cell.role == "run" and cell.place not in self.left_out:
                    talk.execute(cell.source, self.limits.cell, keep=0)
                elif cell in cells:
                    self._show(talk, cell.exercise)

    def _show(self, talk: Conversation, name: str) -> None:
        asked, verdict = exercise(name), self.exercises[name].verdict
        visible = self._verdict(talk, asked, VISIBLE_SEED)
        if visible.passed:
            verdict = replace(verdict, remarks=(only_visible_right(asked), *verdict.remarks))
        self.exercises[name] = ExerciseOutcome(verdict, visible)

    def note_death(self, gone: KernelGone) -> None:
        """Says what ended the kernel, and takes the guilty cell or exercise out of the next run."""
        cell, why = self.at, MEANING.get(gone.kind, gone.kind)
        if cell is None:
            self.findings.append(
                Finding(gone.kind, f"The kernel was lost before the first cell: {why}.", "stopped")
            )
        elif cell.role == "check":
            asked = exercise(cell.exercise)
            said = f"{cell.exercise} ended the kernel while it was checked: {why}."
            verdict = replace(refusal(cell.exercise, said, asked.points), lesson=asked.lesson)
            self.exercises[cell.exercise] = ExerciseOutcome(verdict)
            self.findings.append(Finding(gone.kind, said, "stopped"))
        else:
            self.left_out.add(cell.place)
            said = f"Cell {cell.place + 1} ended the kernel: {why}. The other cells were run without it."
            self.findings.append(Finding(gone.kind, said, "stopped"))


class _Asker:
    """Puts challenges of one exercise to the kernel, in one request: `ask(challenges, given)`.

    name: of the function that is asked, where it is not the exercise's own but its counterexample.
    known: exercises that are judged already. No other's reference stands in, or a notebook with its checks
    in another order could have its answers computed for it.
    """

    def __init__(self, talk: Conversation, asked, known: set[str]):
        self.talk, self.asked, self.known = talk, asked, known

    def __call__(self, challenges: Sequence[Mapping], given: Mapping | None, name: str = "") -> list[Answer]:
        given = {name: one for name, one in (given or {}).items() if name in self.known}
        source = ask_source(name or self.asked.name, given, self.asked.ready_made)
        outputs = self.talk.execute(
            source,
            CALLS * time_limit() + 10,
            keep=len(challenges) * ANSWER_BYTES,
            asked=_StandIns(given).answer if given else None,
            beside=[packed(inputs, keep=not self.asked.personal) for inputs in challenges],
        )
        return answers_in(outputs, len(challenges))


class _StandIns:
    """The reference in the place of earlier exercises, asked from the kernel and computed here.

    What a reference gives depends on the request alone, and a function is called with the same arguments
    twice, and by many students: replies are kept.
    """

    kept: ClassVar[dict[tuple[str, str], str]] = {}

    def __init__(self, given: Mapping):
        self.given, self.calls = given, 0

    def answer(self, prompt: str) -> str:
        """The reply to one request, packed: {"value": arrays} or {"error": sentence}."""
        self.calls += 1
        if self.calls > MAX_GIVEN_CALLS:
            return self._computed(prompt)
        key = (" ".join(sorted(self.given)), sha256(prompt.encode()).hexdigest())
        reply = self.kept.pop(key, None) or self._computed(prompt)
        if len(reply) <= MAX_KEPT_REPLY:
            self.kept[key] = reply  # the one asked last comes last
            while len(self.kept) > MAX_KEPT:
                self.kept.pop(next(iter(self.kept)))
        return reply

    def _computed(self, prompt: str) -> str:
        try:
            reply = {"value": self._value(prompt)}
        except Exception as trouble:
            reply = {"error": f"{type(trouble).__name__}: {str(trouble)[:300]}"}
        return b64encode(pack(reply)).decode("ascii")

    def _value(self, prompt: str):
        if not prompt.startswith(GIVEN) or self.calls > MAX_GIVEN_CALLS:
            raise ValueError("only an earlier exercise's function can be asked here, and not that often")
        wanted = unpack(b64decode(prompt[len(GIVEN) :]), live=False)
        function = self.given[wanted["exercise"]]
        given = [*wanted["args"], *wanted["kwargs"].values()]
        batch = max([BATCH, *(len(one) for one in given if isinstance(one, np.ndarray) and one.ndim)])
        arguments = [_argument(one, batch) for one in wanted["args"]]
        named = {str(name): _argument(one, batch) for name, one in wanted["kwargs"].items()}
        return as_arrays(function(*arguments, **named))


def _argument(value, batch: int):
    """An argument that came from the kernel, its size checked; a model is built in safe mode.

    batch: how many pictures the model may be given.
    """
    if isinstance(value, PlainModel):
        refuse_too_large(value, batch)
        return rebuild(value)
    if np.size(value) > MAX_GIVEN_ELEMENTS:
        raise ValueError("an argument is far larger than the exercise needs")
    return value
