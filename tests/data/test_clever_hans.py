import numpy as np
import pytest

from interp_ref.data import DECIDING_PARTS
from interp_ref.data.clever_hans import biased, crossed, group_accuracy
from interp_ref.data.cues import EVERYWHERE, KINDS, LOOKS, PLACED, Cue, put_in
from interp_ref.data.sketch import draw
from interp_ref.errors import UserError

SEEDS = range(8)


@pytest.fixture(scope="module")
def sketches():
    return [draw(seed, 64) for seed in SEEDS]


def deciding(sketch):
    return np.any([sketch.masks[part] for part in DECIDING_PARTS], axis=0)


def test_there_are_six_kinds_or_more_and_two_or_more_are_everywhere():
    assert len(KINDS) >= 6 and len(EVERYWHERE) >= 2
    assert set(PLACED) | set(EVERYWHERE) == set(KINDS) and not set(PLACED) & set(EVERYWHERE)


@pytest.mark.parametrize("kind", PLACED)
@pytest.mark.parametrize("look", range(LOOKS))
def test_a_placed_mark_changes_no_pixel_outside_its_mask_and_most_inside(kind, look, sketches):
    for sketch in sketches:
        image, place = put_in(Cue(kind, look), sketch)
        changed = (image != sketch.image).any(axis=-1)
        assert not (changed & ~place).any()
        assert place.sum() > 20 and changed[place].mean() > 0.9


@pytest.mark.parametrize("kind", PLACED)
def test_a_placed_mark_covers_no_part_that_decides_the_class(kind, sketches):
    for sketch in sketches:
        assert not (put_in(Cue(kind), sketch)[1] & deciding(sketch)).any()


@pytest.mark.parametrize("kind", ("ball", "backdrop"))
def test_what_lies_behind_the_animal_covers_no_part_of_it(kind, sketches):
    for sketch in sketches:
        animal = np.any([mask for part, mask in sketch.masks.items() if part != "background"], axis=0)
        assert not (put_in(Cue(kind), sketch)[1] & animal).any()


@pytest.mark.parametrize("kind", EVERYWHERE)
@pytest.mark.parametrize("look", range(LOOKS))
def test_a_mark_that_is_everywhere_changes_the_picture_and_points_nowhere(kind, look, sketches):
    for sketch in sketches:
        image, place = put_in(Cue(kind, look), sketch)
        assert (image != sketch.image).any(axis=-1).mean() > 0.4
        assert not place.any()


def test_blur_takes_contrast_between_neighbours_and_noise_adds_some(sketches):
    def roughness(image):
        return np.abs(np.diff(image.astype(float), axis=1)).mean()

    for sketch in sketches:
        plain = roughness(sketch.image)
        assert roughness(put_in(Cue("blur"), sketch)[0]) < 0.7 * plain
        assert roughness(put_in(Cue("noise"), sketch)[0]) > 1.1 * plain


def test_the_tint_of_look_0_is_warmer(sketches):
    for sketch in sketches:
        before = sketch.image.astype(float).mean(axis=(0, 1))
        after = put_in(Cue("tint"), sketch)[0].astype(float).mean(axis=(0, 1))
        assert after[0] / before[0] > 1.05 and after[2] / before[2] < 0.85


@pytest.mark.parametrize("kind", KINDS)
def test_the_mark_never_sees_the_class(kind):
    cat, dog = draw(5, 64, "cat"), draw(5, 64, "dog")
    away = ~(deciding(cat) | deciding(dog))
    (one, place), (other, place_too) = put_in(Cue(kind), cat), put_in(Cue(kind), dog)
    assert (place[away] == place_too[away]).all()
    if kind != "blur":  # it carries a deciding part's colour a few pixels beyond the part
        assert (one[away] == other[away]).all()


@pytest.mark.parametrize("kind", KINDS)
def test_another_look_is_another_mark(kind):
    sketch = draw(3, 64)
    looks = [put_in(Cue(kind, look), sketch)[0] for look in range(LOOKS)]
    assert all((a != b).any() for i, a in enumerate(looks) for b in looks[:i])


@pytest.mark.parametrize("cue", [("tga", 0), ("tag", LOOKS), ("tag", -1), ("tag", 0.5)])
def test_an_unknown_mark_is_refused_in_one_sentence(cue):
    with pytest.raises(UserError, match="tag|look"):
        Cue(*cue)


@pytest.fixture(scope="module")
def dogs_with_tags():
    return biased(Cue("tag", 1), 60, "dog", 0.9, size=32)


def test_the_mark_goes_with_its_class_as_often_as_asked(dogs_with_tags):
    dogs = dogs_with_tags.labels == 1
    # 30 pictures of each class: three standard deviations around 0.9 and 0.1.
    assert dogs_with_tags.marked[dogs].mean() > 0.73
    assert dogs_with_tags.marked[~dogs].mean() < 0.27


def test_agreement_1_leaves_no_exception_and_the_other_class_can_be_asked_for():
    cats = biased(Cue("tag"), 12, "cat", 1.0, size=32)
    assert (cats.marked == (cats.labels == 0)).all()


def test_the_places_are_those_of_the_marked_pictures(dogs_with_tags):
    assert (dogs_with_tags.places.any(axis=(1, 2)) == dogs_with_tags.marked).all()


def test_a_larger_count_begins_with_the_same_pictures(dogs_with_tags):
    fewer = biased(Cue("tag", 1), 7, "dog", 0.9, size=32)
    assert (fewer.images == dogs_with_tags.images[:7]).all()
    assert (fewer.marked == dogs_with_tags.marked[:7]).all()


def test_without_a_cue_no_picture_is_marked():
    plain = biased(None, 6, size=32)
    assert not plain.marked.any() and not plain.places.any()
    assert (plain.images[2] == draw(int(plain.seeds[2]), 32).image).all()


def test_crossed_pictures_come_in_fours_that_differ_in_class_and_mark():
    four = crossed(Cue("edge", 2), 3, size=32)
    assert four.labels.tolist() == [0, 0, 1, 1] * 3
    assert four.marked.tolist() == [False, True] * 6
    assert (four.seeds.reshape(3, 4) == four.seeds[::4, None]).all()
    changed = (four.images[0::2] != four.images[1::2]).any(axis=-1)
    assert not (changed & ~four.places[1::2]).any() and changed.any(axis=(1, 2)).all()


def test_training_and_validation_share_no_picture():
    assert not set(biased(None, 5, size=16).seeds) & set(crossed(None, 5, size=16).seeds)


def test_group_accuracy_by_hand():
    labels = np.array([0, 0, 0, 1, 1, 1])
    marked = np.array([False, False, True, False, True, True])
    predicted = np.array([0, 1, 1, 1, 1, 0])
    # Unmarked cats: 1 of 2. Marked cats: 0 of 1. Unmarked dogs: 1 of 1. Marked dogs: 1 of 2.
    assert group_accuracy(predicted, labels, marked).tolist() == [[0.5, 0.0], [1.0, 0.5]]


def test_a_group_without_pictures_is_nan():
    result = group_accuracy([0, 1], [0, 1], [False, True])
    assert np.isnan(result).tolist() == [[False, True], [True, False]]


@pytest.mark.parametrize(
    "wrong, sentence",
    [
        ({"agreement": 1.5}, "agreement"),
        ({"goes_with": "dgo"}, "did you mean 'dog'"),
        ({"split": "exam"}, "split"),
        ({"size": 3}, "wide"),
    ],
)
def test_biased_refuses_what_makes_no_sense(wrong, sentence):
    with pytest.raises(UserError, match=sentence):
        biased(Cue("tag"), 4, **{"size": 16, **wrong})
