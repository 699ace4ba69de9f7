import numpy as np
import pytest

from interp_ref.data.shapes import bezier, blend, curve, ellipse, outline, polygon


def at(shape, x, y):
    return float(shape.distance(np.float32(x), np.float32(y)))


def test_a_circle_measures_the_distance_to_its_border():
    circle = ellipse(1, 2, 0.5, 0.5)
    # (1, 4) is 2 above the centre, so 1.5 outside; (1, 2.25) is 0.25 inside.
    assert at(circle, 1, 4) == pytest.approx(1.5)
    assert at(circle, 1, 2.25) == pytest.approx(-0.25)


def test_an_ellipse_is_exact_on_its_axes_where_they_cross_the_border():
    lying = ellipse(0, 0, 2, 1)
    standing = ellipse(0, 0, 2, 1, np.pi / 2)
    assert at(lying, 2, 0) == pytest.approx(0, abs=1e-6)
    assert at(standing, 0, 2) == pytest.approx(0, abs=1e-6)
    assert at(standing, 2, 0) > 0 > at(lying, 1.9, 0)


def test_a_stroke_is_as_thick_as_its_radii_say():
    stroke = curve([(0, 0), (2, 0)], (0.5, 0.1))
    # Half way the radius is 0.3; a point 1 above is 0.7 away.
    assert at(stroke, 1, 1) == pytest.approx(0.7)
    assert at(stroke, -1, 0) == pytest.approx(0.5)


def test_a_polygon_knows_inside_from_outside_whichever_way_round_it_is_given():
    corners = [(0, 0), (2, 0), (2, 2), (0, 2)]
    for square in (polygon(corners), polygon(corners[::-1])):
        assert at(square, 1, 0.75) == pytest.approx(-0.75)
        assert at(square, 3, 1) == pytest.approx(1)
        # The corner (2, 2) is the nearest point of (5, 6): a 3-4-5 triangle.
        assert at(square, 5, 6) == pytest.approx(5)


def test_rounding_grows_a_polygon():
    assert at(polygon([(0, 0), (2, 0), (2, 2), (0, 2)], 0.25), 3, 1) == pytest.approx(0.75)


def test_a_union_is_the_nearer_of_two_shapes_and_softness_fills_the_corner():
    left, right = ellipse(-1, 0, 1, 1), ellipse(1, 0, 1, 1)
    assert at(left | right, 3, 0) == pytest.approx(1)
    # Both circles are sqrt(2) - 1 from (0, 1); equal distances sink by softness / 4.
    assert at(blend(left, right, 0.4), 0, 1) == pytest.approx(np.sqrt(2) - 1 - 0.1, abs=1e-5)


def test_an_outline_is_a_band_round_the_border():
    ring = outline(ellipse(0, 0, 1, 1), 0.1)
    assert at(ring, 1, 0) == pytest.approx(-0.1)
    assert at(ring, 0.5, 0) == pytest.approx(0.4)


def test_a_bezier_curve_starts_and_ends_at_its_outer_points():
    path = bezier([(0, 0), (0, 1), (1, 1), (1, 0)], 5)
    assert path[0] == (0, 0) and path[-1] == (1, 0)
    assert path[2] == pytest.approx((0.5, 0.75))


@pytest.mark.parametrize(
    "shape",
    [
        ellipse(0.3, -0.2, 0.9, 0.4, 0.7),
        curve([(-0.5, 0), (0.4, 0.6), (0.5, -0.3)], (0.1, 0.3, 0.2)),
        polygon([(-0.8, 0.6), (0.8, 0.6), (0.1, -0.9)], 0.07),
        blend(ellipse(0, 0, 0.5, 0.4), ellipse(0.2, 0.5, 0.6, 0.3), 0.3),
    ],
)
def test_the_box_of_a_shape_holds_all_of_it(shape):
    y, x = np.mgrid[-2:2:200j, -2:2:200j].astype(np.float32)
    inside = shape.distance(x, y) < 0
    left, top, right, bottom = shape.bounds
    assert inside.any()
    assert left <= x[inside].min() and x[inside].max() <= right
    assert top <= y[inside].min() and y[inside].max() <= bottom
