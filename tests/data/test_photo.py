import contextlib
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from interp_ref.data.photo import UnreadablePhoto, read_photo, resize_photo

ORANGE = (230, 140, 20)


def save(path, image, **options):
    image.save(path, **options)
    return path


def close_to(picture, colour, by=6):
    return np.abs(picture.astype(int) - colour).max() <= by


@pytest.mark.parametrize("kind", ["a.jpg", "a.png", "a.bmp", "a.webp", "a.tif", "a.gif"])
def test_photos_of_many_formats_become_rgb_squares(tmp_path, kind):
    picture = read_photo(save(tmp_path / kind, Image.new("RGB", (40, 25), ORANGE)), 32)
    assert picture.shape == (32, 32, 3) and picture.dtype == np.uint8
    assert close_to(picture, ORANGE, 8)


def test_a_grey_photo_has_three_equal_channels(tmp_path):
    assert close_to(read_photo(save(tmp_path / "a.png", Image.new("L", (20, 20), 90)), 16), (90, 90, 90), 0)


def test_a_sixteen_bit_photo_keeps_its_brightness(tmp_path):
    deep = Image.fromarray(np.full((20, 20), 32896, np.uint16))
    assert close_to(read_photo(save(tmp_path / "a.png", deep), 16), (128, 128, 128), 1)


def test_a_black_and_white_bitmap_is_black_and_white(tmp_path):
    assert close_to(read_photo(save(tmp_path / "a.png", Image.new("1", (20, 20), 1)), 16), (255,) * 3, 0)


def test_what_is_transparent_becomes_white(tmp_path):
    clear = Image.new("RGBA", (20, 20), (255, 0, 0, 0))
    assert close_to(read_photo(save(tmp_path / "a.png", clear), 16), (255,) * 3, 0)
    palette = Image.new("P", (20, 20), 3)
    assert close_to(read_photo(save(tmp_path / "b.gif", palette, transparency=3), 16), (255,) * 3, 0)


def test_a_printers_cmyk_photo_becomes_rgb(tmp_path):
    cyan = Image.new("CMYK", (20, 20), (255, 0, 0, 0))
    assert close_to(read_photo(save(tmp_path / "a.jpg", cyan), 16), (0, 255, 255))


def test_of_an_animation_the_first_frame_counts(tmp_path):
    frames = [Image.new("RGB", (20, 20), colour) for colour in ((250, 0, 0), (0, 0, 250))]
    for kind in ("a.gif", "a.png", "a.webp"):
        path = save(tmp_path / kind, frames[0], save_all=True, append_images=frames[1:])
        assert close_to(read_photo(path, 16), (250, 0, 0))


def test_one_pixel_is_a_photo_too(tmp_path):
    assert close_to(read_photo(save(tmp_path / "a.png", Image.new("RGB", (1, 1), ORANGE)), 16), ORANGE, 0)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_upright_by_its_exif_tag(tmp_path, orientation):
    upright = np.zeros((32, 32, 3), np.uint8)
    upright[:16, :16] = 255
    # What a camera stores: the turn or mirror image that the tag undoes (EXIF 2.3, table 6).
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = save(tmp_path / "a.png", Image.fromarray(np.ascontiguousarray(stored)), exif=exif)
    assert (read_photo(path, 32) == upright).all()


def test_red_stays_red_and_left_stays_left():
    image = np.zeros((10, 20, 3), np.uint8)
    image[:, :10, 0] = 200
    small = resize_photo(image, 8)
    assert (small[:, 0] == (200, 0, 0)).all() and not small[:, -1].any()
    assert resize_photo(np.full((9, 9, 1), 7, np.uint8), 8).shape == (8, 8, 3)


def test_a_shrunk_photo_is_smoothed():
    stripes = np.tile(np.array([0, 255] * 64, np.uint8)[None, :, None], (128, 1, 3))
    assert close_to(resize_photo(stripes, 16)[:, 1:-1], (128,) * 3, 12)


def whole_jpeg(tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (60, 60, 3), np.uint8)
    return save(tmp_path / "whole.jpg", Image.fromarray(noise)).read_bytes()


def test_a_broken_file_is_named_for_what_it_is(tmp_path):
    whole = whole_jpeg(tmp_path)
    broken = {
        "empty": b"",
        "not a picture": b"<html>404 not found</html>",
        "cut short or damaged": whole[: len(whole) // 2],
    }
    for reason, content in broken.items():
        path = tmp_path / "broken.jpg"
        path.write_bytes(content)
        with pytest.raises(UnreadablePhoto, match=reason):
            read_photo(path, 16)
    with pytest.raises(UnreadablePhoto, match="no such file"):
        read_photo(tmp_path / "absent.jpg", 16)


def test_postscript_is_not_run(tmp_path):
    (tmp_path / "a.jpg").write_bytes(
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n"
    )
    with pytest.raises(UnreadablePhoto, match="not a picture"):
        read_photo(tmp_path / "a.jpg", 16)


def test_no_damage_whatever_raises_anything_but_the_one_error(tmp_path):
    whole = {kind: save(tmp_path / f"a.{kind}", Image.new("RGB", (30, 30), ORANGE)).read_bytes()
             for kind in ("jpg", "png", "gif", "webp", "tif", "bmp")}  # fmt: skip
    rng = np.random.default_rng(1)
    for kind, content in whole.items():
        for _ in range(40):
            damaged = np.frombuffer(content, np.uint8).copy()
            damaged[rng.integers(0, len(damaged), 4)] = rng.integers(0, 255, 4)
            path = tmp_path / f"damaged.{kind}"
            path.write_bytes(damaged[: rng.integers(1, len(damaged) + 1)].tobytes())
            with contextlib.suppress(UnreadablePhoto):
                assert read_photo(path, 16).shape == (16, 16, 3)


def test_a_picture_of_too_many_pixels_is_refused_before_memory_is_taken(tmp_path):
    def chunk(kind, content):
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 12000, 12000, 8, 2, 0, 0, 0))
    (tmp_path / "bomb.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    )
    with pytest.raises(UnreadablePhoto, match="too many"):
        read_photo(tmp_path / "bomb.png", 16)
