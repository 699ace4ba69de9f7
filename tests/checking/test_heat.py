"""Maps as tiny pictures: one pixel a value, brightness on a shared scale, a sign that colours tell apart."""

import io
import time
from base64 import b64decode

import numpy as np
import pytest
from PIL import Image

from interp_ref.checking import heat
from interp_ref.checking.answer import Comparison, Verdict
from interp_ref.checking.card import as_html
from interp_ref.checking.seen import see

YOURS = ((0.0, 1.0, 2.0), (3.0, 4.0, 8.0))
EXPECTED = ((1.0, 1.0, 2.0), (3.0, 4.0, 2.0))
# Linear RGB as seen without one kind of cone: Machado, Oliveira and Fernandes (2009), severity 1.
WITHOUT_A_CONE = {
    "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritanopia": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}


def pictures(yours, expected):
    maps = see(Comparison("c", "picture 1 of 1", yours, expected)).maps
    return [Image.open(io.BytesIO(b64decode(heat.data_uri(one).split(",")[1]))) for one in maps]


def brightness(picture):
    return np.asarray(picture.convert("RGB"), float) @ [0.2126, 0.7152, 0.0722]


def test_a_picture_has_one_pixel_a_value():
    assert [one.size for one in pictures(YOURS, EXPECTED)] == [(3, 2)] * 3


def test_brightness_orders_values_and_equal_values_look_equal_in_both_maps():
    yours, expected, _ = map(brightness, pictures(YOURS, EXPECTED))
    assert np.all(np.diff(yours.ravel()) > 0)
    np.testing.assert_array_equal(yours[1, :2], expected[1, :2])


def test_no_difference_is_nearly_white():
    difference = np.asarray(pictures(YOURS, EXPECTED)[2].convert("RGB"))
    assert difference[0, 1:].min() > 240


@pytest.mark.parametrize("kind", WITHOUT_A_CONE)
def test_more_and_less_differ_for_every_kind_of_colour_vision(kind):
    scale = (heat.bar(signed=True)[0].astype(float) / 255) ** 2.2
    seen = np.clip(scale @ np.transpose(WITHOUT_A_CONE[kind]), 0, 1) ** (1 / 2.2)
    for share in (0, 8, 16):
        assert np.abs(seen[share] - seen[-1 - share]).max() > 0.15


def test_a_value_that_is_not_finite_is_hatched_in_grey():
    yours = ((None, 1.0, 2.0), (3.0, 4.0, 8.0))
    mine, expected, difference = (np.asarray(one.convert("RGB")) for one in pictures(yours, EXPECTED))
    assert mine.shape == difference.shape == (2 * heat.HATCH, 3 * heat.HATCH, 3)
    assert expected.shape == (2, 3, 3)
    corner = mine[: heat.HATCH, : heat.HATCH].reshape(-1, 3)
    assert {tuple(colour) for colour in corner} == {(heat.LIGHT,) * 3, (heat.DARK,) * 3}
    assert len({tuple(colour) for colour in mine[-heat.HATCH :, -heat.HATCH :].reshape(-1, 3)}) == 1


def test_a_map_without_any_finite_value_or_any_range_still_has_a_picture():
    nothing = ((None,) * 3,) * 2
    assert len(pictures(nothing, nothing)) == len(pictures(((1.0,) * 3,) * 2, ((1.0,) * 3,) * 2)) == 3


def test_the_largest_maps_cost_little():
    values = np.random.default_rng(0).normal(size=(2, 64, 64)).tolist()
    rows = [tuple(map(tuple, one)) for one in values]
    verdict = Verdict("e", "l", 0.0, 1.0, "Not yet.", comparison=Comparison("c", "t", *rows))
    as_html(verdict)
    start = time.process_time()
    card = as_html(verdict)
    assert time.process_time() - start < 0.1
    assert len(card) < 60_000
