"""`interp bench checks`: how long a check takes, for every exercise, right and wrong."""

from __future__ import annotations

import statistics
import time

from interp_ref.quiet import load_tensorflow

LIMIT_SECONDS, RIGHT_SECONDS = 3.0, 0.5


def measure(exercise, function, repeats: int = 3) -> tuple[float, float]:
    """(first check, median of `repeats` later ones) in seconds, the reference's own work included."""
    from interp_ref.checking.check import verify
    from interp_ref.checking.expected import forget_questions

    forget_questions()
    seconds = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        verify(exercise, function, watch=False)  # the watch would call it borrowed
        seconds.append(time.perf_counter() - start)
    return seconds[0], statistics.median(seconds[1:])


def unrecognised(exercise):
    """A wrong answer that no misconception explains: the diagnosis looks at all of them and at every pair."""
    from interp_ref.checking.expected import as_arrays

    def answer(**inputs):
        right = as_arrays(exercise.reference(**inputs))
        return tuple(1.37 * one + 0.11 for one in right) if isinstance(right, tuple) else 1.37 * right + 0.11

    return answer if exercise.observe is None else _with_rescaled_logits(exercise)


def _with_rescaled_logits(exercise):
    def answer(**inputs):
        import keras

        model = exercise.reference(**inputs)
        return keras.Model(model.inputs, keras.layers.Rescaling(1.37, 0.11)(model.outputs[0]))

    return answer


def _run_a_network() -> None:
    import keras
    import numpy as np

    from interp_ref.methods.grad_cam import grad_cam
    from interp_ref.models.tiny import tiny_gap_classifier, tiny_images

    model = tiny_gap_classifier(0)
    grad_cam(model, tiny_images(0), 0, layer="conv3")
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(tiny_images(0), np.zeros(4), verbose=0)


def bench_checks(repeats: int = 3) -> int:
    """Prints seconds for a right and an unrecognised answer to every exercise; 1 where one takes too long.

    TensorFlow sets itself up at its first operations, which the cells of a lesson have run before a check.
    """
    load_tensorflow()
    _run_a_network()
    from rich.console import Console
    from rich.progress import track
    from rich.table import Column, Table

    from interp_ref.exercises import compared_exercises

    table = Table(
        Column("exercise", no_wrap=True),
        "right, first [s]",
        "right, again [s]",
        "unrecognised, first [s]",
        "again [s]",
        title=f"A right answer takes under {RIGHT_SECONDS:g} s, a diagnosis under {LIMIT_SECONDS:g} s",
    )
    slowest_right = slowest = 0.0
    for name, exercise in track(compared_exercises().items(), "Checking", transient=True):
        row = [
            *measure(exercise, exercise.reference, repeats),
            *measure(exercise, unrecognised(exercise), repeats),
        ]
        slowest_right, slowest = max(slowest_right, *row[:2]), max(slowest, *row)
        table.add_row(name, *(f"{s:.2f}" for s in row))
    Console().print(table, f"Slowest: right {slowest_right:.2f} s, unrecognised {slowest:.2f} s")
    return 0 if slowest_right < RIGHT_SECONDS and slowest < LIMIT_SECONDS else 1
