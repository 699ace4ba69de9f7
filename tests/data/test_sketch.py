import numpy as np
import pytest

from interp_ref.data.sketch import (
    CLASSES,
    DECIDING_PARTS,
    PARTS,
    draw,
    draw_pair,
    label_of,
    picture_seeds,
    redraw,
)
from interp_ref.errors import UserError

SEEDS = range(30)
OTHER = {"cat": "dog", "dog": "cat"}


def same(a, b):
    return (a.image == b.image).all() and all((a.masks[part] == b.masks[part]).all() for part in PARTS)


def test_the_same_seed_draws_the_same_picture_and_another_seed_another():
    assert same(draw(3, 64), draw(3, 64))
    assert not (draw(3, 64).image == draw(4, 64).image).all()


def test_a_picture_has_the_size_asked_for_and_a_mask_for_each_part():
    sketch = draw(5, 50)
    assert sketch.image.shape == (50, 50, 3) and sketch.image.dtype == np.uint8
    assert list(sketch.masks) == list(PARTS)
    assert all(mask.shape == (50, 50) and mask.dtype == bool for mask in sketch.masks.values())
    assert np.any(list(sketch.masks.values()), axis=0).all()


def test_a_picture_looks_the_same_at_every_size():
    large = draw(11, 192).image.reshape(64, 3, 64, 3, 3).mean((1, 3))
    # Lines are never thinner than a pixel, so the two differ along them.
    assert np.abs(large - draw(11, 64).image).mean() < 6


def test_of_two_neighbouring_seeds_one_draws_a_cat_and_one_a_dog():
    labels = [label_of(seed) for seed in range(400)]
    assert all(labels[i] != labels[i + 1] for i in range(0, 400, 2))
    # Which comes first is a coin's toss: 200 tosses, 5 standard deviations.
    assert 65 < sum(labels[::2]) < 135


def test_the_class_can_be_asked_for():
    for name in CLASSES:
        sketch = draw(8, 32, name)
        assert sketch.class_name == name and CLASSES[sketch.label] == name


@pytest.mark.parametrize("part", DECIDING_PARTS)
def test_redrawing_a_part_as_the_other_class_changes_no_pixel_outside_its_two_masks(part):
    for seed in SEEDS:
        before = draw(seed, 64)
        after = redraw(seed, part, as_class=OTHER[before.class_name], size=64)
        changed = (before.image != after.image).any(axis=-1)
        assert not (changed & ~(before.masks[part] | after.masks[part])).any()
        assert changed.any() and after.label == before.label


@pytest.mark.parametrize("part", PARTS)
def test_leaving_a_part_out_changes_no_pixel_outside_its_mask(part):
    for seed in SEEDS:
        before, after = draw(seed, 64), redraw(seed, without=part, size=64)
        changed = (before.image != after.image).any(axis=-1)
        assert not (changed & ~before.masks[part]).any()
        assert part == "background" or not after.masks[part].any()


def test_redrawing_all_deciding_parts_makes_the_other_class():
    for seed in SEEDS:
        cat, dog = draw(seed, 48, "cat"), draw(seed, 48, "dog")
        changed = (cat.image != dog.image).any(axis=-1)
        decided = np.any([s.masks[part] for s in (cat, dog) for part in DECIDING_PARTS], axis=0)
        assert changed.any() and not (changed & ~decided).any()


def test_without_its_deciding_parts_a_cat_is_the_dog_of_the_same_seed_bit_by_bit():
    for seed in SEEDS:
        bare = [redraw(seed, without=DECIDING_PARTS, size=48, class_name=name) for name in CLASSES]
        assert same(*bare)


@pytest.mark.parametrize("part", [part for part in PARTS if part not in DECIDING_PARTS])
def test_a_part_that_decides_nothing_looks_the_same_in_both_classes(part):
    before = draw(9, 64)
    assert same(before, redraw(9, part, as_class=OTHER[before.class_name], size=64))


def test_the_deciding_parts_cover_at_most_fifteen_percent_on_average():
    sketches = [draw(seed, 64) for seed in range(200)]
    areas = [np.any([s.masks[part] for part in DECIDING_PARTS], axis=0).mean() for s in sketches]
    assert 0.05 < np.mean(areas) < 0.15


def test_ears_eyes_and_muzzle_can_be_seen_in_every_picture():
    for seed in range(100):
        masks = draw(seed, 64).masks
        assert all(masks[part].sum() >= 8 for part in ("ears", "eyes", "muzzle"))


def test_poses_places_and_sizes_vary():
    heads = [np.argwhere(draw(seed, 64).masks["head"]) for seed in range(60)]
    centres, heights = np.array([h.mean(0) for h in heads]), np.array([np.ptp(h[:, 0]) for h in heads])
    assert (centres.std(0) > 5).all() and heights.std() > 2


def test_a_pair_has_a_cat_and_a_dog_with_masks_of_their_own():
    for seed in range(20):
        pair = draw_pair(seed, 64)
        assert set(pair.masks) == set(CLASSES) and set(pair.masks["cat"]) == set(PARTS)
        middles = {name: np.argwhere(pair.masks[name]["head"])[:, 1].mean() for name in CLASSES}
        assert min(middles, key=middles.get) == pair.left
        for name in CLASSES:
            assert pair.masks[name]["eyes"].sum() >= 4 and pair.masks[name]["muzzle"].any()


def test_in_a_pair_either_animal_can_be_on_the_left():
    assert {draw_pair(seed, 16).left for seed in range(12)} == set(CLASSES)


def test_splits_and_seeds_share_no_picture():
    drawn = [
        picture_seeds(split, 50, seed) for split in ("train", "validation", "test") for seed in (0, 1, 7)
    ]
    assert len(set(np.concatenate(drawn).tolist())) == 9 * 50


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: draw(-1), "seed"),
        (lambda: draw(1.5), "seed"),
        (lambda: draw(1, size=3), "8 to 4096"),
        (lambda: draw(1, class_name="cats"), "did you mean 'cat'"),
        (lambda: redraw(1, without="ear"), "did you mean 'ears'"),
        (lambda: redraw(1, without=("ears", "nose")), "unknown part 'nose'"),
        (lambda: redraw(1, "ears"), "as_class"),
        (lambda: redraw(1, as_class="dog"), "as_class"),
        (lambda: picture_seeds("train", 5, -2), "seed"),
        (lambda: picture_seeds("train", 2_000_000), "at most"),
    ],
)
def test_a_wrong_wish_gets_one_clear_sentence(call, said):
    with pytest.raises(UserError, match=said):
        call()
