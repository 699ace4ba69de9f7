"""What holds for every exercise of the course, whoever adds one."""

import numpy as np
import pytest

from interp_ref.checking.check import verify
from interp_ref.checking.compare import same
from interp_ref.checking.expected import as_arrays, expected, questions
from interp_ref.exercises import LESSONS, compared_exercises, exercises_of

EXERCISES = compared_exercises()
HIDDEN = 20_261_123
BANK = [(name, m.id) for name, one in EXERCISES.items() for m in one.misconceptions]


def misconception(name, wrong):
    return next(m for m in EXERCISES[name].misconceptions if m.id == wrong)


def every_exercise(test):
    return pytest.mark.parametrize("name", list(EXERCISES))(test)


def test_every_lesson_has_exercises_and_knows_its_name():
    for lesson in LESSONS:
        assert exercises_of(lesson)
        assert {one.lesson for one in exercises_of(lesson).values()} == {lesson}


@every_exercise
def test_every_challenge_draws_the_arguments_that_the_function_takes(name):
    for inputs in questions(EXERCISES[name]).values():
        assert set(inputs) == set(EXERCISES[name].parameters)


@every_exercise
@pytest.mark.parametrize("seed", [0, HIDDEN, HIDDEN + 1])
def test_the_reference_earns_every_point(name, seed):
    verdict = verify(EXERCISES[name], EXERCISES[name].reference, seed=seed, watch=False)
    assert verdict.passed, verdict.results
    assert not verdict.diagnosis and not verdict.hint


@every_exercise
def test_an_exercise_knows_at_least_three_misconceptions_with_belief_and_hint(name):
    bank = EXERCISES[name].misconceptions
    assert len(bank) >= 3
    assert len({m.id for m in bank}) == len(bank)
    for one in bank:
        assert one.belief.endswith(".") and len(one.hint) > 20


@pytest.mark.parametrize(("name", "wrong"), BANK)
def test_a_misconception_loses_points_and_is_named(name, wrong):
    exercise = EXERCISES[name]
    verdict = verify(exercise, exercise.variant(misconception(name, wrong)), watch=False)
    assert verdict.points < exercise.points
    assert verdict.diagnosis == (wrong,), verdict.results
    assert verdict.hint


@pytest.mark.parametrize(("name", "wrong"), BANK)
def test_a_misconception_loses_points_on_hidden_challenges_too(name, wrong):
    exercise = EXERCISES[name]
    verdict = verify(exercise, exercise.variant(misconception(name, wrong)), seed=HIDDEN, watch=False)
    assert verdict.points < exercise.points


def like(exercise, fill):
    """An answer of the right form whose numbers come from `fill(array)`, never from the arguments."""

    def answer(**inputs):
        right = as_arrays(exercise.reference(**inputs))
        return tuple(map(fill, right)) if isinstance(right, tuple) else fill(right)

    return answer


def zeros(right):
    return np.zeros_like(right)


def constant(right):
    return np.full_like(right, 1)


def noise(right):
    return np.random.default_rng().normal(size=right.shape).astype(right.dtype)


def same_noise(right):
    return np.random.default_rng(0).normal(size=right.shape).astype(right.dtype)


@every_exercise
@pytest.mark.parametrize("fill", [zeros, constant, noise, same_noise])
def test_an_answer_that_ignores_its_arguments_earns_nothing(name, fill):
    exercise = EXERCISES[name]
    if exercise.observe or exercise.facts:
        # A counterexample has no arguments; for a model see test_an_argument_handed_back_earns_nothing.
        return
    for seed in (0, HIDDEN):
        assert verify(exercise, like(exercise, fill), seed=seed, watch=False).points == 0


@every_exercise
def test_an_argument_handed_back_earns_nothing(name):
    exercise = EXERCISES[name]
    arguments = list(next(iter(questions(exercise).values())))
    for argument in arguments:
        verdict = verify(exercise, lambda _kept=argument, **inputs: inputs[_kept], seed=HIDDEN, watch=False)
        assert verdict.points == 0, argument


@every_exercise
def test_the_class_free_activation_norm_earns_nothing(name):
    exercise = EXERCISES[name]

    def norm(**inputs):
        arrays = [v for v in inputs.values() if isinstance(v, np.ndarray) and v.ndim > 1]
        return np.linalg.norm(arrays[0], axis=-1) if arrays else np.zeros(1, np.float32)

    assert verify(exercise, norm, seed=HIDDEN, watch=False).points == 0


@every_exercise
def test_memorised_visible_outputs_earn_nothing_when_graded(name):
    exercise = EXERCISES[name]
    if exercise.observe or exercise.facts:
        return  # a model that was built before is a right one, and so is a counterexample
    visible = questions(exercise)
    known = [exercise.reference(**visible[c]) for c in visible]
    calls = []

    def memory(**inputs):
        calls.append(1)
        return known[(len(calls) - 1) // 2 % len(known)]  # each challenge is asked twice

    assert verify(exercise, memory, watch=False).passed
    calls.clear()
    assert verify(exercise, memory, seed=HIDDEN, watch=False).points == 0


@every_exercise
def test_an_imported_answer_earns_nothing(name):
    exercise = EXERCISES[name]
    verdict = verify(exercise, exercise.reference)
    assert verdict.points == 0
    assert any(result.kind == "borrowed" for result in verdict.results)


def keras_preprocess(images):
    import keras

    return keras.applications.vgg16.preprocess_input(images.astype(np.float32))


def library_saliency(model, images, class_index):
    from tf_keras_vis.saliency import Saliency

    return Saliency(model, clone=False)(
        lambda scores: [s[c] for s, c in zip(scores, class_index, strict=True)], images
    )


def library_grad_cam(model, images, class_index, layer):
    from tf_keras_vis.gradcam import Gradcam

    def score(outputs):
        return [s[c] for s, c in zip(outputs, class_index, strict=True)]

    return Gradcam(model, clone=False)(score, images, penultimate_layer=layer)


def keras_loss(logits, labels):
    import keras

    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, logits)


def tensorflow_loss(logits, labels):
    import tensorflow as tf

    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))


def keras_accuracy(logits, labels):
    import keras

    return keras.metrics.sparse_categorical_accuracy(labels, logits).numpy().mean()


LIBRARY_ANSWERS = [
    ("preprocess", keras_preprocess),
    ("cross_entropy", keras_loss),
    ("cross_entropy", tensorflow_loss),
    ("accuracy", keras_accuracy),
    ("grad_cam", library_grad_cam),
    ("saliency_map", library_saliency),
]


@pytest.mark.parametrize(("name", "answer"), LIBRARY_ANSWERS)
def test_a_ready_made_library_earns_nothing(name, answer):
    verdict = verify(EXERCISES[name], answer)
    assert verdict.points == 0
    assert {result.kind for result in verdict.results} == {"borrowed"}


@every_exercise
def test_misconceptions_differ_from_the_reference_on_a_visible_challenge(name):
    exercise = EXERCISES[name]
    asked = questions(exercise)
    for wrong in exercise.misconceptions:
        outputs = {c: expected(exercise, asked, c, (wrong,)) for c in asked}
        assert any(
            o is None or not same(o, expected(exercise, asked, c), exercise.rtol) for c, o in outputs.items()
        ), wrong.id
