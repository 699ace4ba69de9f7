"""Lesson 8, each student's own case: what the network goes by, the proof of it, and the repair.

How a finding is judged, in the mechanism that all exercises share:

- *Identity.* Both exercises are personal: their inputs are drawn for an owner, the submission's in `interp
  grade`, whatever id the notebook gives to `my_network` (another one is a finding for the instructor). The
  network is the owner's, so what was found out about somebody else's does not help.
- *Counterfactual.* The student's function gets pictures that nobody saw before, all without the mark, and
  gives them back with what it names put in. The grader, outside the student's process, runs the network on
  them, and an honest one beside it: the owner's has to turn, the honest one must not, so whatever was put in
  is nothing of the animal. For "honest" it is the reverse: only deciding parts may change, and that turns it.
- *Name.* Points for it count only with the counterfactual, the gate.
- *Place.* Intersection over union with the true mask in pictures that bear the mark; for a mark that is
  everywhere, and for an honest network, the empty mask is right.
- *Repair.* The function gets the network and the given pictures and returns the arrays of the layer "logits",
  the only one that may change. The grader puts them into the owner's network and takes the accuracy of the
  worst group on unseen pictures, each as cat and dog, without and with the mark. It has to be MARGIN above
  the baseline on the network's card: a head fitted in the same way to the given pictures as they are. An
  honest network's head has to come back as it was.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from interp_ref.data.canvas import PARTS
from interp_ref.data.clever_hans import SIZE, group_accuracy, sketch_of
from interp_ref.data.cues import put_in
from interp_ref.data.deciding import CLASSES, DECIDING_PARTS
from interp_ref.data.sketch import picture_seeds
from interp_ref.exercises.exercise import Challenge, Exercise
from interp_ref.models.suspects import (
    HEAD,
    HONEST,
    NAMES,
    case_of,
    cases,
    given_to,
    load_suspect,
    read_cards,
)

LESSON = "08_cheating_network"
SEEDS, HELD_OUT = 16, 40
TURNED, STAYS, IOU, MARGIN, HARM = 0.6, 0.75, 0.5, 0.1, 40
EVERY = 1_000_000


# What the pictures are


def _unseen(rng: np.random.Generator, count: int):
    """Sketches of both classes of `count` unseen seeds, cat before dog; the same for all students."""
    seeds = picture_seeds("test", count, int(rng.integers(1, EVERY)))
    return [sketch_of(int(seed), SIZE, name) for seed in seeds for name in CLASSES]


def _images(sketches) -> np.ndarray:
    return np.stack([one.image for one in sketches])


def _deciding(sketches) -> np.ndarray:
    """Where either twin has a deciding part: bool [N, H, W], the same for both."""
    own = np.stack([np.any([one.masks[part] for part in DECIDING_PARTS], axis=0) for one in sketches])
    return own | _swapped(own)


def _behind(sketches) -> np.ndarray:
    animal = [part for part in PARTS if part != "background"]
    return np.stack([~np.any([one.masks[part] for part in animal], axis=0) for one in sketches])


def _swapped(pairs: np.ndarray) -> np.ndarray:
    """Each picture's twin in its place."""
    return pairs.reshape(-1, 2, *pairs.shape[1:])[:, ::-1].reshape(pairs.shape)


# case_file


def _draw_case(rng, owner):
    """Pictures without the mark, their twins and masks; other sketches, in no order, with the mark."""
    case, sketches = case_of(owner), _unseen(rng, SEEDS)
    others = _unseen(rng, SEEDS)
    pairs = [put_in(case.cue, others[place]) for place in rng.permutation(len(others))]
    return {
        "images": _images(sketches),
        "twins": _swapped(_images(sketches)),
        "deciding": _deciding(sketches),
        "behind": _behind(sketches),
        "marked": np.stack([one for one, _ in pairs]),
        "_places": np.stack([place for _, place in pairs]),
    }


def _case_file(step, images, twins, deciding, behind, marked):
    raise NotImplementedError("many answers are right; see `measures`")


@lru_cache(maxsize=4)
def _network(number: int):
    return load_suspect(number)


def _control(kind: str) -> int:
    """An honest network that saw marks of this kind with both classes, or the first honest one."""
    honest = [case for case in cases() if not case.cheats]
    return next((case.number for case in honest if case.cue.kind == kind), honest[0].number)


def _predicted(number: int, images) -> np.ndarray:
    return np.asarray(_network(number)(images.astype(np.float32), training=False)).argmax(axis=1)


def _parts_of(output, inputs):
    """(name, changed pictures, places); ValueError with a sentence where they are something else."""
    if not isinstance(output, tuple) or len(output) != 3:
        raise ValueError("it has to be a tuple of three")
    number, changed, places = output
    if number.shape != () or number.dtype.kind not in "iu" or not 0 <= number < len(NAMES):
        raise ValueError(f"the first has to be a whole number from 0 to {len(NAMES) - 1}")
    if changed.shape != inputs["images"].shape or changed.dtype != np.uint8:
        raise ValueError(f"the second has to be uint8 {inputs['images'].shape}")
    if places.shape != inputs["marked"].shape[:3] or places.dtype != bool:
        raise ValueError(f"the third has to be bool {inputs['marked'].shape[:3]}")
    return NAMES[int(number)], changed, places


def _proof(output, inputs, owner) -> str:
    name, changed, _ = _parts_of(output, inputs)
    labels = np.tile(np.arange(len(CLASSES)), len(changed) // len(CLASSES))
    if name == HONEST:
        return _proof_of_honesty(changed, inputs, labels, case_of(owner))
    return _proof_of_a_mark(name, changed, inputs, labels, case_of(owner))


def _proof_of_a_mark(name, changed, inputs, labels, case) -> str:
    before, after = _predicted(case.number, inputs["images"]), _predicted(case.number, changed)
    # Towards either class: which one the mark goes with is the student's to find out.
    turned = max(float(np.mean(((before != c) & (after == c))[labels != c])) for c in range(len(CLASSES)))
    if turned < TURNED:
        return (
            f"Of the pictures of either class your change turns the network in {turned:.0%} at most; "
            f"{TURNED:.0%} are a proof."
        )
    harm = _harm(changed, inputs)
    if harm > HARM:
        return f"Your change moves the deciding parts by {harm:.0f} grey levels a pixel; {HARM} are allowed."
    stays = float(np.mean(_predicted(_control(name), changed) == labels))
    if stays < STAYS:
        return (
            f"An honest network gets {stays:.0%} of your changed pictures right, {STAYS:.0%} are needed: "
            "your change hides or alters the animal too."
        )
    return ""


def _harm(changed, inputs) -> float:
    """Mean change of the deciding parts' pixels, in grey levels: another animal moves them by far more."""
    moved = np.abs(changed.astype(float) - inputs["images"]).mean(axis=-1)
    return float(moved[inputs["deciding"]].mean())


def _proof_of_honesty(changed, inputs, labels, case) -> str:
    outside = (changed != inputs["images"]).any(axis=-1) & ~inputs["deciding"]
    if outside.any():
        return f"{int(outside.sum())} pixels outside the deciding parts changed: 0 may, or they could be why."
    turned = float(np.mean(_predicted(case.number, changed) == 1 - labels))
    if turned < STAYS:
        return (
            f"With your change {turned:.0%} of the pictures go to the other class; {STAYS:.0%} are a proof."
        )
    return ""


def _named(output, inputs, owner) -> str:
    name = _parts_of(output, inputs)[0]
    return "" if name == case_of(owner).name else f"The network goes by something else than {name}."


def _placed(output, inputs, owner) -> str:
    case, found = case_of(owner), _parts_of(output, inputs)[2]
    if not case.cheats or not case.cue.placed:
        return "" if not found.any() else "This network goes by nothing that has a place: no pixel is it."
    truth = inputs["_places"]
    both, either = (found & truth).sum(axis=(1, 2)), (found | truth).sum(axis=(1, 2))
    overlap = float(np.mean(both / np.maximum(either, 1)))
    return (
        "" if overlap >= IOU else f"Your places overlap with the true ones by {overlap:.2f}; {IOU} is needed."
    )


CASE_FILE = Exercise(
    name="case_file",
    lesson=LESSON,
    asks="What your network goes by, pictures in which that was put in, and where it is in marked ones.",
    returns="a tuple: the number of a name, uint8 pictures [N, 64, 64, 3], bool places [M, 64, 64]",
    steps={},
    where={},
    body=_case_file,
    criteria={"counterfactual": 3, "name": 2, "place": 2},
    challenges=(
        Challenge("unseen pictures turn the network and no honest one", "counterfactual", _draw_case),
        Challenge("the network goes by what is named", "name", _draw_case),
        Challenge("the place in pictures that bear it", "place", _draw_case),
    ),
    builds_on=("paint",),
    measures={"counterfactual": _proof, "name": _named, "place": _placed},
    personal=True,
)


# repair


def _draw_repair(rng, owner):
    """The owner's network and given pictures; held back, unseen pictures without and with the mark."""
    case, sketches = case_of(owner), _unseen(rng, HELD_OUT)
    given, behind = _given(case.number)
    marked = np.stack([put_in(case.cue, one)[0] for one in sketches])
    labels = np.array([one.label for one in sketches])
    return {
        "model": _network(case.number),
        "images": given.images,
        "labels": given.labels,
        "behind": behind,
        "_images": np.concatenate([_images(sketches), marked]),
        "_labels": np.tile(labels, 2),
        "_marked": np.repeat([False, True], len(labels)),
    }


@lru_cache(maxsize=2)
def _given(number: int):
    pictures = given_to(cases()[number])
    animal = [pictures.masks[part] for part in PARTS if part != "background"]
    return pictures, ~np.any(animal, axis=0)


def _repair(step, model, images, labels, behind):
    raise NotImplementedError("many answers are right; see `measures`")


def _worst_group(output, inputs, owner) -> str:
    case = case_of(owner)
    head = _network(case.number).get_layer(HEAD)
    kernel, bias = _head_of(output, [tuple(one.shape) for one in head.weights])
    before = head.get_weights()
    if not case.cheats:
        same = np.allclose(kernel, before[0], atol=1e-3) and np.allclose(bias, before[1], atol=1e-3)
        return (
            "" if same else "This network did not cheat, and it was changed: an honest head stays as it is."
        )
    accuracy = _accuracy_with(case.number, (kernel, bias), inputs)
    wanted = read_cards()[case.number]["baseline"] + MARGIN
    if accuracy.min() >= wanted:
        return ""
    return (
        f"On unseen pictures the accuracy of cats is {accuracy[0, 0]:.2f} without the mark and "
        f"{accuracy[0, 1]:.2f} with it, of dogs {accuracy[1, 0]:.2f} and {accuracy[1, 1]:.2f}: the worst of "
        f"the four has to be {wanted:.2f}, {MARGIN} above a head fitted to the given pictures as they are."
    )


def _head_of(output, shapes):
    if not isinstance(output, tuple) or len(output) != 2:
        raise ValueError("it has to be a tuple of kernel and bias")
    if [one.shape for one in output] != shapes:
        raise ValueError(f"the arrays have to be {shapes[0]} and {shapes[1]}")
    if not all(one.dtype.kind == "f" and np.isfinite(one).all() for one in output):
        raise ValueError("the arrays have to be floats without NaN")
    return output


def _accuracy_with(number: int, arrays, inputs) -> np.ndarray:
    """By group, with the arrays in the place of the head's; the network itself stays as it is."""
    import keras

    model = _network(number)
    pooled = keras.Model(model.inputs[0], model.get_layer("gap").output)
    features = np.asarray(pooled(inputs["_images"].astype(np.float32), training=False))
    logits = features @ arrays[0] + arrays[1]
    return group_accuracy(logits.argmax(axis=1), inputs["_labels"], inputs["_marked"])


REPAIR = Exercise(
    name="repair",
    lesson=LESSON,
    asks="The arrays of the layer logits with which your network goes by the animal.",
    returns="kernel [56, 2] and bias [2]",
    steps={},
    where={},
    body=_repair,
    criteria={"worst group": 5},
    challenges=(Challenge("unseen pictures without and with the mark", "worst group", _draw_repair),),
    builds_on=("paint", "new_head"),
    measures={"worst group": _worst_group},
    personal=True,
)
