"""RISE: the estimate written out, its expectation on a linear model, the masks and their seed."""

import numpy as np
import pytest

from interp_ref.errors import UserError
from interp_ref.methods import variations
from interp_ref.methods.class_scores import class_probability
from interp_ref.methods.rise import random_masks, rise, weighted_mean
from interp_ref.models import linear_model, tiny_images


def test_the_weighted_mean_by_hand():
    # Masks (1, 0) and (1, 1) with scores 2 and 4, keep 1/2: ((2 + 4), 4) / (1/2 * 2) = (6, 4).
    masks = np.array([[[1.0, 0.0]], [[1.0, 1.0]]], "f4")
    np.testing.assert_allclose(weighted_mean(lambda part: masks[part], [2, 4], keep=0.5), [[6, 4]])


def test_the_numbers_are_those_of_the_sum_written_out(gap_model, images):
    draws = random_masks(40, 12, 8, seed=3, cells=4, keep=0.4)(slice(0, 40))
    maps = rise(gap_model, images, [2, 0, 3], seed=3, masks=40, cells=4, keep=0.4)
    for picture, asked, own in zip(images, [2, 0, 3], maps, strict=True):
        scores = [gap_model((picture * mask[..., None])[None]).numpy()[0, asked] for mask in draws]
        np.testing.assert_allclose(
            own, np.einsum("m,mhw->hw", scores, draws) / (0.4 * 40), rtol=1e-3, atol=1e-5
        )


def test_a_constant_score_gives_nearly_one_value_everywhere():
    # f = 1: the map is sum M / (keep N), whose mean is 1 where E[M] = keep.
    draws = random_masks(4000, 6, 6, seed=0, cells=3)
    own = weighted_mean(draws, np.ones(4000), keep=0.5)
    np.testing.assert_allclose(own, 1, atol=0.05)


def test_on_a_linear_model_it_estimates_the_score_given_that_the_pixel_is_seen():
    # With one pixel a cell and the masks given, the estimate of E[f M] / E[M] is linear in the weights:
    # S(p) = sum_q v_q mean(M_q M_p) / keep + b mean(M_p) / keep, v_q = sum_colours w I.
    model, images = linear_model(1, (6, 4, 3)), tiny_images(1, 1, (6, 4, 3))
    kernel, bias = model.get_layer("logits").get_weights()
    evidence = (images[0] * kernel.reshape(6, 4, 3, 3)[..., 2]).sum(axis=-1)
    draws = random_masks(300, 6, 4, seed=0)(slice(0, 300)).astype("f8")
    expected = np.einsum("q,mq,mp->p", evidence.ravel(), draws.reshape(300, -1), draws.reshape(300, -1))
    expected = (expected / 300 + bias[2] * draws.reshape(300, -1).mean(axis=0)) / 0.5
    np.testing.assert_allclose(
        rise(model, images, 2, seed=0, masks=300)[0].ravel(), expected, rtol=1e-3, atol=1e-4
    )


def test_masks_are_between_nothing_and_all_and_keep_the_asked_share():
    for keep in (0.2, 0.7):
        masks = random_masks(800, 20, 28, seed=1, keep=keep)(slice(0, 800))
        assert masks.shape == (800, 20, 28) and masks.min() >= 0 and masks.max() <= 1
        assert masks.mean() == pytest.approx(keep, abs=0.02)


def test_masks_are_smooth_and_their_grid_lies_somewhere_else_each_time():
    masks = random_masks(200, 28, 28, seed=0)(slice(0, 200))
    # A cell is 4 pixels wide, so from a pixel to the next a mask moves by a quarter at most.
    assert np.abs(np.diff(masks, axis=1)).max() <= 0.25 + 1e-6
    # A grid that lay still would vary more at its cells' centres (0.5) than between them (0.35).
    inner = masks[:, 4:-4, 4:-4]
    assert np.ptp(inner.std(axis=(0, 2))) < 0.06


def test_the_seed_decides_and_the_number_at_once_does_not(gap_model, images, monkeypatch):
    first = rise(gap_model, images, 1, seed=0, masks=40)
    np.testing.assert_array_equal(first, rise(gap_model, images, 1, seed=0, masks=40))
    assert not np.allclose(first, rise(gap_model, images, 1, seed=1, masks=40))
    monkeypatch.setattr(variations, "AT_ONCE", 7)
    np.testing.assert_allclose(first, rise(gap_model, images, 1, seed=0, masks=40), rtol=1e-4, atol=1e-6)


def test_a_batch_gives_what_its_images_give_one_by_one(gap_model, images):
    together = rise(gap_model, images, [2, 0, 3], seed=0, masks=20)
    singles = [rise(gap_model, images[i : i + 1], c, seed=0, masks=20)[0] for i, c in enumerate([2, 0, 3])]
    np.testing.assert_allclose(together, singles, rtol=1e-4, atol=1e-6)


def test_probabilities_may_be_asked_for_as_in_the_paper(gap_model, images):
    maps = rise(gap_model, images, 1, seed=0, masks=20, score=class_probability)
    assert maps.min() >= 0 and maps.max() < 2


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"masks": 0}, "masks as a whole number from 1 on"),
        ({"cells": 0}, "cells as a whole number"),
        ({"keep": 0.0}, "keep between 0 and 1"),
        ({"keep": 1}, "keep between 0 and 1"),
    ],
)
def test_masks_that_do_not_exist_are_refused(wrong, message, gap_model, images):
    with pytest.raises(UserError, match=message):
        rise(gap_model, images, 0, seed=0, **wrong)
