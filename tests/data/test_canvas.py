import numpy as np
import pytest

from interp_ref.data.canvas import BIT, PARTS, Canvas, Frame, noise
from interp_ref.data.shapes import ellipse, polygon

RED, BLUE = (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)
SQUARE = polygon([(0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)])


def test_what_is_covered_wholly_leaves_no_trace_in_colour_or_mask():
    once, twice = Canvas(16), Canvas(16)
    twice.paint("tail", ellipse(0.5, 0.5, 0.1, 0.1), RED)
    for canvas in (once, twice):
        canvas.paint("body", SQUARE, BLUE)
    assert (once.colours == twice.colours).all()
    assert not twice.masks()["tail"].any()


def test_a_pixel_that_is_half_covered_mixes_colours_and_belongs_to_both_parts():
    canvas = Canvas(10)
    # The left edge x = 0.25 runs through the middle of the pixels of column 2.
    canvas.paint("head", SQUARE, RED)
    assert canvas.colours[5, 2] == pytest.approx([0.75, 0.25, 0.25], abs=1e-5)
    assert canvas.masks()["head"][5, 2] and canvas.masks()["background"][5, 2]
    assert not canvas.masks()["background"][5, 5]


def test_every_pixel_belongs_to_a_part():
    canvas = Canvas(12)
    canvas.paint("head", SQUARE, RED)
    assert np.any(list(canvas.masks().values()), axis=0).all()
    assert set(canvas.masks()) == set(PARTS) == set(BIT)


def test_a_part_left_out_is_not_painted():
    canvas = Canvas(12, without=("head",))
    canvas.paint("head", SQUARE, RED)
    assert (canvas.colours == 0.5).all() and canvas.masks()["background"].all()


def test_two_animals_have_masks_of_their_own():
    canvas = Canvas(12)
    canvas.paint("head", ellipse(0.25, 0.5, 0.1, 0.1), RED)
    canvas.animal = 1
    canvas.paint("head", ellipse(0.75, 0.5, 0.1, 0.1), BLUE)
    assert canvas.masks(0)["head"][:, :6].any() and not canvas.masks(0)["head"][:, 6:].any()
    assert canvas.masks(1)["head"][:, 6:].any() and not canvas.masks(1)["head"][:, :6].any()


def test_a_shape_outside_the_picture_is_painted_nowhere():
    canvas = Canvas(12)
    canvas.paint("head", SQUARE, RED, Frame(5.0, 5.0, 1.0))
    assert canvas.masks()["background"].all() and not canvas.masks()["head"].any()


@pytest.mark.parametrize("flip", [1.0, -1.0])
def test_a_frame_goes_to_the_picture_and_back(flip):
    frame = Frame(0.4, 0.6, 0.2, 0.3, flip)
    x, y = frame.to_picture(1.5, -0.5)
    u, v = frame.to_frame(np.array([[x]]), np.array([[y]]))
    assert (float(u[0, 0]), float(v[0, 0])) == pytest.approx((1.5, -0.5), abs=1e-5)


def test_noise_has_the_same_look_at_every_size():
    values = np.random.default_rng(0).random((5, 5))
    small, large = noise(values, 32), noise(values, 96)
    assert small.shape == (32, 32)
    assert np.abs(large[1::3, 1::3] - small).max() < 1e-5
