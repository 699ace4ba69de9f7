"""`interp explain` as a person with photos of their own meets it."""

import csv

import keras
import numpy as np
import pytest
from PIL import Image

from interp_ref import cli
from interp_ref.data import photo as reading
from interp_ref.explaining.catalogue import CATALOGUE
from interp_ref.explaining.keeping import Keeper
from interp_ref.methods.grad_cam import grad_cam
from interp_ref.methods.saliency import saliency

FAST = ("--steps", 4, "--samples", 2, "--masks", 8)


@pytest.fixture
def own(model_file):
    """The options that name the tiny network."""
    return ("--model", model_file, "--preprocess", "unit", "--classes", "cat,dog,cow")


def rows_of(out):
    with (out / "numbers.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_photo_gets_a_sheet_with_alt_text_its_maps_and_its_numbers(
    interp, photo, own, model_file, tmp_path
):
    out = tmp_path / "out"
    code, said, _ = interp("explain", photo, "--class", "dog", "--out", out, *own)
    assert code == 0
    assert "dog has the score" in said and "Grad-CAM" in said
    with Image.open(out / "first.png.png") as sheet:
        assert "saliency at the " in sheet.info["Description"]
    with np.load(out / "first.png.npz", allow_pickle=False) as kept:
        images, model = kept["picture"][None] / np.float32(255), keras.models.load_model(model_file)
        np.testing.assert_allclose(kept["grad_cam"], grad_cam(model, images, 1)[0], rtol=1e-3, atol=1e-6)
        np.testing.assert_allclose(kept["saliency"], saliency(model, images, 1)[0], rtol=1e-3, atol=1e-6)
        np.testing.assert_allclose(kept["logits"], model(images)[0], rtol=1e-3, atol=1e-5)
        assert kept["class_index"] == 1
    assert [(row["method"], row["asked"]) for row in rows_of(out)] == [
        ("grad_cam", "dog"),
        ("saliency", "dog"),
    ]


def test_all_does_every_method_of_the_catalogue_and_lists_them(interp, photo, own, tmp_path):
    code, said, _ = interp("explain", photo, "--method", "all", "--out", tmp_path / "out", *own, *FAST)
    assert code == 0
    assert f"{len(CATALOGUE)} methods: cam, grad_cam" in said
    assert [row["method"] for row in rows_of(tmp_path / "out")] == list(CATALOGUE)


def test_without_a_class_the_predicted_one_is_explained(interp, photo, own, tmp_path):
    interp("explain", photo, "--out", tmp_path / "out", *own)
    for row in rows_of(tmp_path / "out"):
        assert row["asked"] == row["predicted"]
        assert float(row["probability"]) >= 1 / 3


def test_all_leaves_out_by_name_what_the_architecture_does_not_support(interp, photo, tmp_path):
    inputs = keras.Input((24, 24, 3))
    x = keras.layers.Conv2D(3, 3, activation="gelu")(inputs)
    keras.Model(inputs, keras.layers.Dense(2)(keras.layers.Flatten()(x))).save(tmp_path / "own.keras")
    own = ("--model", tmp_path / "own.keras", "--preprocess", "raw")
    code, said, _ = interp("explain", photo, "--method", "all", "--out", tmp_path / "out", *own, *FAST)
    assert code == 0
    for name in ("cam", "guided_backpropagation", "guided_grad_cam"):
        assert f"Left out: {name}. " in said
    assert len(rows_of(tmp_path / "out")) == len(CATALOGUE) - 3


def test_a_folder_keeps_its_order_and_sub_folders_and_passes_over_what_is_no_photo(
    interp, photo, own, save_noise
):
    (photo.parent / "more").mkdir()
    save_noise(photo.parent / "more" / "second.jpg", 1)
    (photo.parent / "notes.txt").write_text("no photo", encoding="utf-8")
    out = photo.parent / "explained"
    for _ in range(2):  # the second time the results lie in the folder, and are not taken for photos
        code, said, _ = interp("explain", photo.parent, "--out", out, *own, "--method", "cam")
        assert code == 0
        assert "2 photos explained" in said and "notes.txt" in said
        assert [row["photo"] for row in rows_of(out)] == ["first.png", "more/second.jpg"]
        assert (out / "more" / "second.jpg.png").is_file()


def test_a_broken_photo_is_named_and_the_rest_is_done(interp, photo, own, tmp_path):
    (photo.parent / "broken.jpg").write_bytes(photo.read_bytes()[:400])
    code, said, trouble = interp("explain", photo.parent, "--out", tmp_path / "out", *own)
    assert code == 2
    assert "1 explained; trouble with 1: " in trouble and "broken.jpg (cut short or damaged)" in trouble
    assert {row["photo"] for row in rows_of(tmp_path / "out")} == {"first.png"}


def test_results_are_written_while_no_more_than_one_batch_of_photos_is_read(
    interp, photo, own, save_noise, tmp_path, monkeypatch
):
    for seed in range(1, 12):
        save_noise(photo.parent / f"more_{seed:02}.png", seed)
    read, read_at_first, real, keep = [], [], reading.read_photo, Keeper.keep
    monkeypatch.setattr(reading, "read_photo", lambda path, size: read.append(path) or real(path, size))
    monkeypatch.setattr(
        Keeper, "keep", lambda self, found: read_at_first.append(len(read)) or keep(self, found)
    )
    assert interp("explain", photo.parent, "--method", "cam", "--out", tmp_path / "out", *own)[0] == 0
    assert len(read) == 12 and read_at_first[0] <= 5 and read_at_first[4] <= 9


def test_a_mask_adds_hits_and_the_energy_inside(interp, photo, own, tmp_path):
    mask = np.zeros((30, 40), np.uint8)
    mask[:, :20] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    options = ("--truth", tmp_path / "mask.png", "--method", "saliency")
    assert interp("explain", photo, "--out", tmp_path / "out", *own, *options)[0] == 0
    (row,) = rows_of(tmp_path / "out")
    with np.load(tmp_path / "out" / "first.png.npz") as kept:
        one = kept["saliency"]
    assert float(row["energy_inside"]) == pytest.approx(one[:, :14].sum() / one.sum(), rel=1e-3)
    assert float(row["hit"]) == (np.argmax(one.max(axis=0)) < 14)


def test_a_model_of_any_size_takes_the_size_that_is_asked(interp, photo, tmp_path):
    inputs = keras.Input((None, None, 3))
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(4, 3, activation="relu")(inputs))
    keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(x)).save(tmp_path / "any.keras")
    own = (
        "--model",
        tmp_path / "any.keras",
        "--preprocess",
        "symmetric",
        "--size",
        36,
        "--method",
        "cam,occlusion",
    )
    code, said, _ = interp("explain", photo, "--class", 0, "--out", tmp_path / "out", *own)
    assert code == 0, said
    with np.load(tmp_path / "out" / "first.png.npz") as kept:
        assert kept["picture"].shape == (36, 36, 3) and kept["cam"].shape == (34, 34)


def test_pictures_smaller_than_the_receptive_field_are_explained_with_a_note(interp, photo, tmp_path):
    inputs = x = keras.Input((None, None, 3))
    for _ in range(3):
        x = keras.layers.Conv2D(4, 5, strides=2, padding="same", activation="relu")(x)
    logits = keras.layers.Dense(2)(keras.layers.GlobalAveragePooling2D()(x))
    keras.Model(inputs, logits).save(tmp_path / "wide.keras")
    own = ("--model", tmp_path / "wide.keras", "--preprocess", "raw", "--out", tmp_path / "out")
    code, said, _ = interp("explain", photo, *own, "--size", 24)
    assert code == 0 and "sees 29 x 29 pixels, more than the picture's 24 x 24" in said
    assert "Note" not in interp("explain", photo, *own, "--size", 32)[1]


def test_help_names_every_method():
    assert f"{', '.join(CATALOGUE)}, or all" == cli.explaining.METHODS
