"""Overlays, grids and the diagram: the arithmetic, the colours, and words for those who cannot see them."""

import matplotlib
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from matplotlib.figure import Figure
from PIL import Image

from interp_ref import show
from interp_ref.errors import UserError

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.integers(0, 256, (2, 8, 6, 3), dtype=np.uint8)
MAPS = RANDOM.random((2, 8, 6)).astype("float32")


@pytest.fixture
def shell():
    """display() prints plain text unless an IPython shell is there, as it is in a notebook."""
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def test_an_overlay_mixes_picture_and_colour_by_alpha():
    # viridis begins with RGB (0.267, 0.005, 0.329) and ends with (0.993, 0.906, 0.144);
    # the pixel (255, 0, 51) is (1, 0, 0.2), so a quarter of the colour gives
    # 0.75 (1, 0, 0.2) + 0.25 (0.267, 0.005, 0.329) = (0.817, 0.001, 0.232), and so on.
    images = np.array([[[[255, 0, 51], [255, 0, 51]]]], dtype=np.uint8)
    mixed = show.overlay(images, np.array([[[0.0, 1.0]]]), alpha=0.25)
    np.testing.assert_allclose(mixed, [[[[0.817, 0.001, 0.232], [0.998, 0.226, 0.186]]]], atol=1e-3)
    assert mixed.dtype == np.float32


def test_alpha_zero_is_the_picture_and_alpha_one_the_map():
    np.testing.assert_allclose(show.overlay(IMAGES, MAPS, alpha=0), IMAGES / 255, rtol=1e-6)
    colours = matplotlib.colormaps["inferno"](MAPS)[..., :3]
    np.testing.assert_allclose(show.overlay(IMAGES, MAPS, 1, "inferno"), colours, rtol=1e-6)


def test_an_overlay_stays_between_zero_and_one():
    mixed = show.overlay(IMAGES, MAPS)
    assert mixed.min() >= 0 and mixed.max() <= 1


@pytest.mark.parametrize(
    ("images", "maps", "options", "message"),
    [
        (IMAGES / 255, MAPS, {}, "uint8, got .* float64"),
        (IMAGES[0], MAPS, {}, r"\[N, H, W, 3\]"),
        (IMAGES, MAPS[:, :4], {}, r"\[2, 8, 6\].*got \[2, 4, 6\].*resize_map"),
        (IMAGES, MAPS * 255, {}, "0..1, got .* normalize_map"),
        (IMAGES, MAPS - 0.5, {}, "normalize_map"),
        (IMAGES, MAPS * np.nan, {}, "normalize_map"),
        (IMAGES, MAPS, {"alpha": 2}, "alpha between 0"),
        (IMAGES, MAPS, {"colour_map": "virids"}, "no colour map 'virids': use 'viridis'"),
    ],
)
def test_what_cannot_be_laid_over_is_refused_with_the_mend(images, maps, options, message):
    with pytest.raises(UserError, match=message):
        show.overlay(images, maps, **options)


def shown(figure, title):
    """The image under the heading `title`."""
    return next(ax.images[0] for ax in figure.axes if ax.get_title() == title)


def test_a_grid_shows_pictures_maps_and_maps_over_pictures():
    figure = show.grid({"picture": IMAGES, "map": MAPS, "over": (IMAGES, MAPS)}, row_titles=["cat", "dog"])
    assert isinstance(figure, Figure)
    np.testing.assert_array_equal(shown(figure, "picture").get_array(), IMAGES[0])
    np.testing.assert_allclose(shown(figure, "map").get_array(), MAPS[0])
    over = show.overlay(IMAGES[:1], np.clip(MAPS[:1] / MAPS.max(), 0, 1))[0]
    np.testing.assert_allclose(shown(figure, "over").get_array(), over, atol=1e-6)
    assert [ax.get_ylabel() for ax in figure.axes if ax.get_ylabel()] == ["cat", "dog"]


def test_a_map_smaller_than_its_picture_is_enlarged():
    figure = show.grid({"over": (IMAGES, MAPS[:, ::4, ::3])})
    assert shown(figure, "over").get_array().shape == (8, 6, 3)


def test_a_signed_map_is_coloured_around_white_at_zero():
    signed = MAPS - 0.25
    image = shown(show.grid({"signed": signed}), "signed")
    assert image.norm.vmin == -image.norm.vmax == -np.abs(signed).max()
    np.testing.assert_allclose(image.cmap(image.norm(0.0))[:3], 1, atol=0.05)


def test_a_map_without_negative_values_starts_at_zero():
    image = shown(show.grid({"map": MAPS + 3}), "map")
    assert (image.norm.vmin, image.norm.vmax) == (0, (MAPS + 3).max()) and image.cmap.name == "viridis"


def test_all_maps_of_a_column_share_one_colour_bar_unless_each_gets_its_own():
    def bars(**options):
        return len(show.grid({"picture": IMAGES, "map": MAPS}, **options).axes) - 4

    assert bars() == 1 and bars(scale="picture") == 2


def test_constant_and_empty_evidence_can_be_drawn(tmp_path):
    figure = show.grid({"zero": np.zeros((1, 4, 4)), "over": (IMAGES[:1], np.zeros((1, 4, 4)))})
    show.save(figure, tmp_path / "zero.png")
    assert "nowhere" in figure.alt


def test_the_alt_text_names_rows_columns_and_where_each_map_is_strongest():
    maps = np.zeros((2, 9, 9))
    maps[0, 0, 8], maps[1, 4, 4] = 1, 1
    alt = show.grid({"picture": IMAGES, "CAM of dog": maps}, row_titles=["a cat", "a dog"]).alt
    assert alt == (
        "Grid of 2 rows with the columns picture; CAM of dog. "
        "a cat: CAM of dog is strongest at the upper right. a dog: CAM of dog is strongest at the centre."
    )


def test_a_sheet_wraps_the_maps_of_one_picture_and_says_where_each_is_strongest(tmp_path):
    signed, bright = np.zeros((3, 3)), np.full((8, 8), 0.1)
    signed[0, 2], signed[1, 0], bright[7, 7] = 1, -2, 100
    maps = {"signed": signed, "bright": bright, "constant": np.zeros((2, 2))}
    picture = np.zeros((8, 8, 3), np.uint8)
    figure = show.sheet(picture, maps, fine=["bright"], title="one\nline", columns=2)
    assert figure.alt == (
        "one line: the picture and 3 maps of it. Strongest are signed at the upper right, bright at the "
        "lower right, constant nowhere, it is constant."
    )
    assert [ax.get_title() for ax in figure.axes[:4]] == ["one\nline", *maps]
    # One pixel far above the others does not darken them: the colours end below it.
    assert figure.axes[2].images[0].norm.vmax < 100
    show.save(figure, tmp_path / "sheet.png")


def test_a_given_alt_text_is_kept():
    assert show.grid({"picture": IMAGES}, alt="Two pictures of noise.").alt == "Two pictures of noise."


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        ({}, {}, "at least 1"),
        ({"a": IMAGES, "b": MAPS[:1]}, {}, r"got \[1, 2\]"),
        ({"a": IMAGES / 255.0}, {}, "column 'a'"),
        ({"a": MAPS[0]}, {}, "column 'a'"),
        ({"a": IMAGES}, {"row_titles": ["one"]}, "2 row titles, got 1"),
        ({"a": IMAGES}, {"scale": "image"}, "'column' or 'picture'"),
        ({"a": MAPS}, {"colour_map": "nope_at_all"}, "no colour map"),
    ],
)
def test_columns_that_do_not_fit_are_refused(columns, options, message):
    with pytest.raises(UserError, match=message):
        show.grid(columns, **options)


def test_a_figure_in_a_notebook_is_an_image_with_alt_text(shell):
    with capture_output() as captured:
        show.display_with_alt(Figure(figsize=(1, 1)), alt='A "grey" square <empty>.')
    data = captured.outputs[0].data
    assert data["text/html"].startswith(
        '<img alt="A &quot;grey&quot; square &lt;empty&gt;." src="data:image/png'
    )
    assert data["text/plain"] == 'A "grey" square <empty>.'


def test_a_grid_left_at_the_end_of_a_cell_shows_itself_with_alt_text(shell):
    with capture_output() as captured:
        shell.displayhook(show.grid({"picture": IMAGES}, alt="Noise."))
    assert [output.data["text/plain"] for output in captured.outputs] == ["Noise."]


def test_a_figure_without_alt_text_is_not_shown():
    with pytest.raises(UserError, match="no alt text"):
        show.display_with_alt(Figure())


def test_a_saved_figure_carries_its_alt_text_and_the_same_bytes_each_time(tmp_path):
    for name in ("one.png", "two.png"):
        show.save(show.diagram(), tmp_path / name)
    with Image.open(tmp_path / "one.png") as image:
        assert image.text["Description"] == show.diagram().alt
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()


def test_the_diagram_names_every_station_and_its_alt_text_says_them_too():
    texts = " ".join(text.get_text() for ax in show.diagram().axes for text in ax.texts)
    for station in ("picture", "block 1", "block 5", "14×14×512", "GAP", "Dense", "class activation map"):
        assert station in texts
    for word in ("VGG16", "Global average pooling", "Dense", "class activation map"):
        assert word in show.diagram().alt
