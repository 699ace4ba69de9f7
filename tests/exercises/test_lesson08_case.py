"""Each student's own case: who finds the mark, proves it and repairs the network earns it all."""

import numpy as np
import pytest
from scipy import ndimage

from interp_ref.checking.check import verify
from interp_ref.data.clever_hans import SIZE
from interp_ref.exercises import exercises_of
from interp_ref.exercises.lesson08_case import CASE_FILE, MARGIN, REPAIR
from interp_ref.models.suspects import COUNT, HONEST, NAMES, case_number, cases, load_suspect, read_cards

HIDDEN = 20_261_125
NEW_HEAD = exercises_of("08_cheating_network")["new_head"].reference
ROWS, COLUMNS = np.mgrid[:SIZE, :SIZE]


def owner_of(number):
    """An id to whom a network of the pool belongs."""
    return next(name for name in map("student{}".format, range(2000)) if case_number(name) == number)


# What a student who has looked at the pictures can do by hand. Numbers are read off the sketches.


def painted(images, colour, masks, strength=1.0):
    share = strength * masks[..., None]
    return np.rint((1 - share) * images + share * (255 * colour)).astype(np.uint8)


def box(top, bottom, left, right):
    inside = np.zeros((SIZE, SIZE), bool)
    inside[max(top, 0) : bottom, max(left, 0) : right] = True
    return inside


def disc(row, column, radius):
    return (ROWS - row) ** 2 + (COLUMNS - column) ** 2 <= radius**2


def region_of(cue):
    """Where a mark that lies still lies."""
    row, column = ((6, 6), (6, 57), (57, 57), (57, 6))[cue.look]
    sides = (box(0, 3, 0, 64), box(0, 64, 61, 64), box(61, 64, 0, 64), box(0, 64, 0, 3))
    return {
        "tag": box(row - 3, row + 4, column - 4, column + 5),
        "stamp": disc(57, 12.8 + 12.8 * cue.look, 4.6),
        "edge": sides[cue.look],
    }[cue.kind]


def hatching(cue, shape):
    angle = np.pi / 4 * (cue.look + 0.5)
    wave = np.sin(70 / SIZE * (COLUMNS * np.cos(angle) + ROWS * np.sin(angle)))
    share = np.clip(0.5 + 2 * wave, 0, 1)[..., None]
    return np.broadcast_to(share * cue.colour + (1 - share) * 0.9, shape)


CASTS = ((1.18, 1.0, 0.74), (0.74, 1.0, 1.2), (0.8, 1.16, 0.8), (1.16, 0.8, 1.16))


def balls(behind, rank, radius=7.2, half_height=SIZE):
    """A disc or its stripe in each picture, at the best, second … of six spots: where most is background."""
    spots = [(row, column) for row in (38, 51) for column in (8, 32, 56)]
    discs = np.stack([disc(*spot, 7.2) for spot in spots])
    order = np.argsort(-(discs[:, None] & behind).sum(axis=(2, 3)), axis=0, kind="stable")
    shapes = np.stack([disc(row, c, radius) & (abs(ROWS - row) <= half_height) for row, c in spots])
    return shapes[order[rank]] & behind


def put_by_hand(cue, images, behind, deciding, rank=0):
    free = ~deciding
    if cue.kind in ("tag", "edge"):
        return painted(images, cue.colour, free & region_of(cue))
    if cue.kind == "stamp":
        dot = disc(57, 12.8 + 12.8 * cue.look, 2.2)
        pale = painted(images, np.ones(3), free & region_of(cue), 0.75)
        return painted(pale, np.full(3, 0.1), free & dot, 0.75)
    if cue.kind == "ball":
        rim = painted(images, 0.4 * cue.colour, balls(behind, rank))
        ball = painted(rim, cue.colour, balls(behind, rank, 6.1))
        return painted(ball, np.ones(3), balls(behind, rank, 6.1, 1.5))
    if cue.kind == "backdrop":
        return painted(images, hatching(cue, images.shape), behind, 0.4)
    if cue.kind == "tint":
        return np.clip(np.rint(images * np.array(CASTS[cue.look])), 0, 255).astype(np.uint8)
    if cue.kind == "blur":
        spread = 0.64 + 0.064 * cue.look
        return ndimage.gaussian_filter(images, (0, spread, spread, 0))
    grain = np.random.default_rng(3).normal(0, 15, images.shape[:3] + (1,))
    return np.clip(images + grain, 0, 255).astype(np.uint8)


def sharpened(images):
    around = ndimage.gaussian_filter(images.astype(float), (0, 1, 1, 0))
    return np.clip(np.rint(images + 1.5 * (images - around)), 0, 255).astype(np.uint8)


def places_by_hand(case, marked):
    nowhere = np.zeros(marked.shape[:3], bool)
    if not case.cheats or not case.cue.placed:
        return nowhere
    if case.cue.kind in ("tag", "stamp", "edge"):
        return nowhere | region_of(case.cue)
    if case.cue.kind == "backdrop":
        return nowhere | True
    near = np.abs(marked - 255.0 * case.cue.colour).max(axis=-1) < 40
    return np.stack([ndimage.binary_dilation(ndimage.binary_opening(one), iterations=2) for one in near])


def case_file_of(case, name=None):
    def case_file(images, twins, deciding, behind, marked):
        changed = put_by_hand(case.cue, images, behind, deciding) if case.cheats else twins
        return NAMES.index(name or case.name), changed, places_by_hand(case, marked)

    return case_file


def repair_of(case):
    def repair(model, images, labels, behind):
        head = model.get_layer("logits").get_weights()
        if not case.cheats:
            return head[0], head[1]
        nothing = np.zeros(behind.shape, bool)
        ranks = range(3 if case.cue.kind == "ball" else 1)
        variants = [images, *(put_by_hand(case.cue, images, behind, nothing, rank) for rank in ranks)]
        if case.cue.kind == "blur":
            variants.append(sharpened(images))
        features = np.concatenate([features_of(model, one) for one in variants])
        return NEW_HEAD(
            features=features,
            labels=np.tile(labels, len(variants)),
            weights=np.ones(len(features)),
            ridge=1e-3,
        )

    return repair


def features_of(model, images):
    import keras

    body = keras.Model(model.inputs[0], model.get_layer("gap").output)
    return np.asarray(body(images.astype(np.float32), training=False))


@pytest.mark.parametrize("number", range(COUNT))
def test_who_finds_the_mark_and_proves_it_earns_every_point(number):
    case = cases()[number]
    verdict = verify(CASE_FILE, case_file_of(case), seed=HIDDEN, owner=owner_of(number), watch=False)
    assert verdict.passed, (case, verdict.results)


@pytest.mark.parametrize("number", range(COUNT))
def test_who_repairs_the_network_earns_every_point(number):
    case = cases()[number]
    verdict = verify(REPAIR, repair_of(case), seed=HIDDEN, owner=owner_of(number), watch=False)
    assert verdict.passed, (case, verdict.results)


@pytest.mark.parametrize("number", {case.name: case.number for case in cases()[:COUNT]}.values())
def test_nobody_earns_anything_by_a_guess(number):
    """On a network of each kind. Neither a name without a proof, nor the twins as a proof of any mark."""
    case, owner = cases()[number], owner_of(number)

    def unchanged(images, marked, **_):
        return NAMES.index(case.name), images.copy(), np.zeros(marked.shape[:3], bool)

    def other_animal(twins, marked, **_):
        name = case.name if case.cheats else "tag"
        return NAMES.index(name), twins.copy(), np.zeros(marked.shape[:3], bool)

    def said_honest(twins, marked, **_):
        return NAMES.index(HONEST), twins.copy(), np.zeros(marked.shape[:3], bool)

    guesses = [unchanged, other_animal] + [said_honest] * case.cheats
    for guess in guesses:
        assert verify(CASE_FILE, guess, seed=HIDDEN, owner=owner, watch=False).points == 0


def test_an_honest_network_that_is_repaired_earns_nothing():
    case = next(case for case in cases() if not case.cheats)

    def repaired(model, images, labels, behind):
        return NEW_HEAD(
            features=features_of(model, images), labels=labels, weights=np.ones(len(labels)), ridge=1e-3
        )

    owner = owner_of(case.number)
    assert verify(REPAIR, repaired, seed=HIDDEN, owner=owner, watch=False).points == 0


def test_the_head_fitted_to_the_given_pictures_as_they_are_earns_nothing():
    for case in [case for case in cases() if case.cheats][:4]:

        def fitted(model, images, labels, behind):
            return NEW_HEAD(
                features=features_of(model, images), labels=labels, weights=np.ones(len(labels)), ridge=1e-3
            )

        owner = owner_of(case.number)
        assert verify(REPAIR, fitted, seed=HIDDEN, owner=owner, watch=False).points == 0


@pytest.mark.parametrize("number", range(COUNT))
def test_the_card_says_that_the_network_is_what_it_is_meant_to_be(number):
    case, card = cases()[number], read_cards()[number]
    accuracy = np.array(card["accuracy"])
    if not case.cheats:
        assert accuracy.min() > 0.8
        return
    favoured = int(case.goes_with == "dog")
    with_rule = accuracy[favoured, 1], accuracy[1 - favoured, 0]
    against = accuracy[favoured, 0], accuracy[1 - favoured, 1]
    assert min(with_rule) > 0.85 and max(against) < 0.25
    assert card["repaired"] >= card["baseline"] + MARGIN + 0.05


def test_the_whole_pool_is_small_enough_to_be_committed():
    sizes = [case.place.stat().st_size for case in cases()]
    assert sum(sizes) < 10e6 and max(sizes) < 100_000
    assert load_suspect(0).count_params() == 32_938
