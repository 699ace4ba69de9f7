"""Deletion and insertion: curves by hand, one read backwards as the other, ties, areas."""

import numpy as np
import pytest

from interp_ref.errors import UserError
from interp_ref.methods.class_scores import class_probability, class_scores
from interp_ref.methods.deletion import area, deletion, insertion, order_of_pixels, shares
from interp_ref.models import linear_model, tiny_images

BLACK = np.zeros((1, 1, 3), "f4")


def sum_of_red():
    """The score of class 1 is the sum of the first colour of a picture of 2 x 2, plus 10."""
    model = linear_model(0, (2, 2, 3), classes=2)
    weights = np.zeros((2, 2, 3, 2), "f4")
    weights[..., 0, 1] = 1
    model.get_layer("logits").set_weights([weights.reshape(12, 2), np.array([0, 10], "f4")])
    return model


def red(values):
    picture = np.zeros((1, 2, 2, 3), "f4")
    picture[0, ..., 0] = values
    return picture


def test_the_curves_of_four_pixels_by_hand():
    # Red 1, 2, 3, 4 and the map 4, 3, 2, 1 (a bad one). Deleted in its order: 20, 19, 17, 14, 10; inserted
    # onto black: 10, 11, 13, 16, 20.
    picture, maps = red([[1, 2], [3, 4]]), np.array([[[4, 3], [2, 1]]])
    falling = deletion(sum_of_red(), picture, 1, maps, BLACK, steps=4)
    rising = insertion(sum_of_red(), picture, 1, maps, BLACK, steps=4)
    np.testing.assert_allclose(falling, [[20, 19, 17, 14, 10]])
    np.testing.assert_allclose(rising, [[10, 11, 13, 16, 20]])
    # (20/2 + 19 + 17 + 14 + 10/2) / 4 = 65/4; (10/2 + 11 + 13 + 16 + 20/2) / 4 = 55/4.
    np.testing.assert_allclose(area(falling), [65 / 4])
    np.testing.assert_allclose(area(rising), [55 / 4])


def test_the_order_of_the_evidence_itself_has_the_best_areas():
    picture = red([[1, 2], [3, 4]])
    good, bad = np.array([[[1, 2], [3, 4]]]), np.array([[[4, 3], [2, 1]]])

    def areas(method):
        return [area(method(sum_of_red(), picture, 1, maps, BLACK, 4))[0] for maps in (good, bad)]

    assert areas(deletion)[0] < areas(deletion)[1] and areas(insertion)[0] > areas(insertion)[1]


def test_insertion_is_the_deletion_of_the_negative_map_read_backwards(gap_model, images):
    maps = np.random.default_rng(0).normal(size=(3, 12, 8))
    fill = np.full((1, 1, 3), 0.2, "f4")
    falling = deletion(gap_model, images, [2, 0, 3], -maps, fill, steps=6)
    rising = insertion(gap_model, images, [2, 0, 3], maps, fill, steps=6)
    np.testing.assert_allclose(rising, falling[:, ::-1], rtol=1e-4, atol=1e-5)


def test_curves_start_and_end_at_the_scores_of_picture_and_fill(gap_model, images):
    fill = np.full(images.shape, 0.2, "f4")
    ends = [class_scores(gap_model, some, [2, 0, 3]) for some in (images, fill)]
    maps = np.random.default_rng(0).normal(size=(3, 12, 8))
    falling = deletion(gap_model, images, [2, 0, 3], maps, fill, steps=3)
    np.testing.assert_allclose(falling[:, [0, -1]].T, ends, rtol=1e-4, atol=1e-5)


def test_on_a_linear_model_the_area_is_that_of_the_running_sum():
    # Independent of the method: the evidence of each pixel, added up in the map's order.
    model, images = linear_model(1, (5, 4, 3)), tiny_images(1, 2, (5, 4, 3))
    kernel, bias = model.get_layer("logits").get_weights()
    maps = np.random.default_rng(2).normal(size=(2, 5, 4))
    curves = insertion(model, images, [0, 2], maps, BLACK, steps=20)
    for image, own, asked, curve in zip(images, maps, [0, 2], curves, strict=True):
        evidence = (image * kernel.reshape(5, 4, 3, 3)[..., asked]).sum(axis=-1).ravel()
        expected = bias[asked] + np.concatenate([[0], np.cumsum(evidence[np.argsort(-own.ravel())])])
        np.testing.assert_allclose(curve, expected, rtol=1e-3, atol=1e-4)
        np.testing.assert_allclose(area(curve[None])[0], np.trapezoid(expected) / 20, rtol=1e-3, atol=1e-4)


def test_equal_values_come_in_a_random_order_that_the_seed_decides():
    maps = np.zeros((1, 20, 30))
    maps[0, 5, 5] = 1
    first = order_of_pixels(maps, 0)
    assert first[0, 5, 5] == 0 and sorted(first.ravel()) == list(range(600))
    np.testing.assert_array_equal(first, order_of_pixels(maps, 0))
    assert (first != order_of_pixels(maps, 1)).any()
    # In reading order the first half would lie in the upper half of the picture.
    assert 0.4 < (first[0, :10] < 300).mean() < 0.6


def test_the_fill_decides_too(gap_model, images):
    maps = np.random.default_rng(0).normal(size=(3, 12, 8))
    one, other = (
        area(deletion(gap_model, images, 1, maps, np.full(3, colour, "f4"), 4)) for colour in (0, 2)
    )
    assert not np.allclose(one, other)


def test_probabilities_may_be_asked_for_as_in_the_paper(gap_model, images):
    curves = deletion(gap_model, images, 1, images[..., 0], BLACK, 3, score=class_probability)
    assert curves.min() >= 0 and curves.max() <= 1


def test_the_shares_go_from_none_to_all():
    np.testing.assert_allclose(shares(4), [0, 0.25, 0.5, 0.75, 1])


def test_a_batch_gives_what_its_images_give_one_by_one(gap_model, images):
    maps = np.zeros((3, 12, 8))
    together = deletion(gap_model, images, [2, 0, 3], maps, BLACK, 4)
    for i, asked in enumerate([2, 0, 3]):
        alone = deletion(gap_model, images[i : i + 1], asked, maps[i : i + 1], BLACK, 4)[0]
        np.testing.assert_allclose(together[i], alone, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("method", [deletion, insertion])
def test_what_does_not_fit_is_refused_with_the_mend(method, gap_model, images):
    maps = np.zeros((3, 12, 8))
    with pytest.raises(UserError, match=r"\[3, 12, 8\], got \[3, 6, 4\]: use resize_map"):
        method(gap_model, images, 0, maps[:, ::2, ::2], BLACK)
    with pytest.raises(UserError, match="steps as a whole number from 1 on"):
        method(gap_model, images, 0, maps, BLACK, steps=0)
    with pytest.raises(UserError, match="fill of the images' shape"):
        method(gap_model, images, 0, maps, np.zeros((2, 2, 3), "f4"))
    with pytest.raises(UserError, match="NaN or infinity in map 1"):
        maps[1, 3, 3] = np.nan
        method(gap_model, images, 0, maps, BLACK)
    with pytest.raises(UserError, match=r"curves \[N, steps \+ 1\]"):
        area(np.zeros(5))
