"""What `interp explain` refuses: each with exit code 2 and one sentence that has the mend."""

import json
import os
import subprocess
import sys
import zipfile

import keras
import numpy as np
import pytest
from PIL import Image

from interp_ref.bootstrap import ROOT
from interp_ref.models import tiny_dense_classifier

RAW = ("--preprocess", "raw")


def classifier(path, *between, channels=3, size=(24, 24)):
    """Saves a small network: a convolution, layers in between, pooling and Dense."""
    inputs = keras.Input((*size, channels))
    x = keras.layers.Conv2D(4, 3, activation="relu", name="conv")(inputs)
    for layer in between:
        x = layer(x)
    logits = keras.layers.Dense(2, name="logits")(keras.layers.GlobalAveragePooling2D(name="gap")(x))
    keras.Model(inputs, logits).save(path)
    return path


def changed(path, source, config=None, **metadata):
    """A copy of a .keras file with another configuration or other metadata."""
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(path, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "metadata.json":
                content = json.dumps(metadata or json.loads(content)).encode()
            if name == "config.json" and config:
                content = config(content.decode()).encode()
            after.writestr(name, content)
    return path


def test_a_layer_without_places_or_that_is_not_there(refused, photo, model_file, tmp_path):
    own = ("explain", photo, "--out", tmp_path / "out", "--model", model_file, *RAW)
    assert "'gap' with [N, 5]: it has no places to show" in refused(*own, "--layer", "gap")
    assert "did you mean 'conv3'" in refused(*own, "--layer", "conv33")


def test_a_model_without_gradients(refused, interp, photo, tmp_path):
    path = classifier(tmp_path / "steps.keras", keras.ops.round)
    own = ("explain", photo, "--out", tmp_path / "out", "--model", path, *RAW)
    assert "occlusion and rise look at scores alone" in refused(*own, "--method", "saliency")
    code, said, _ = interp(*own, "--method", "all", "--masks", 4)
    assert code == 0 and "Left out: smooth_grad" in said
    with np.load(tmp_path / "out" / "first.png.npz") as kept:
        assert {"occlusion", "rise", "score_cam"} <= set(kept.files)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--baseline", "0,0"), "three numbers from 0 to 255"),
        (("--baseline", "pink"), "black, grey, white"),
        (("--steps", 0), "--steps as a whole number from 1 on"),
        (("--samples", 0), "--samples as a whole number from 1 on"),
        (("--masks", 0), "--masks as a whole number from 1 on"),
        (("--patch", 99), "a patch of at most 20 pixels"),
        (("--seed", -1), "--seed as a whole number from 0 on"),
        (("--class", "3"), "knows no class '3': choose one of 0, 1, 2"),
        (("--method", "grad_kam"), "did you mean 'grad_cam'"),
        (("--method", ","), "choose one of cam"),
        (("--size", 64), "takes pictures of 20 x 28: leave --size 64 out"),
        (("--size", 4), "8 to 4096 pixels wide"),
        (("--preprocess", "vgg"), "did you mean 'vgg16'"),
        (("--classes", "cat,dog"), "Expected 3 names of classes"),
        (("--truth", "nowhere.png"), "There is no mask nowhere.png"),
    ],
)
def test_options_that_cannot_be(options, message, refused, photo, model_file, tmp_path):
    said = refused("explain", photo, "--out", tmp_path / "out", "--model", model_file, *RAW, *options)
    assert message in said


def test_an_unknown_class_gets_the_close_match(refused, photo, model_file, tmp_path):
    own = ("--model", model_file, *RAW, "--classes", "cat,dog,cow", "--out", tmp_path / "out")
    assert "did you mean 'dog', choose one of cat, dog, cow" in refused(
        "explain", photo, *own, "--class", "dgo"
    )


def test_pictures_smaller_than_the_network_needs(refused, photo, tmp_path):
    assert "at least 32x32" in refused("explain", photo, "--size", 16, "--out", tmp_path / "out")
    path = classifier(tmp_path / "deep.keras", keras.layers.Conv2D(4, 9, name="wide"), size=(None, None))
    own = ("--model", path, *RAW, "--size", 9, "--out", tmp_path / "out")
    assert "cannot take pictures of 9 x 9" in refused("explain", photo, *own)


def test_a_mask_of_the_wrong_size_or_without_a_pixel(interp, refused, photo, model_file, tmp_path):
    own = ("--model", model_file, *RAW, "--out", tmp_path / "out", "--truth", tmp_path / "mask.png")
    for size, message in (((10, 10), "10 x 10 pixels, the photo 40 x 30"), ((40, 30), "is black")):
        Image.new("L", size).save(tmp_path / "mask.png")
        assert message in refused("explain", photo, *own)
        assert (tmp_path / "out" / "first.png.npz").is_file()  # nothing is lost
    assert "cannot be that of all photos" in refused("explain", photo.parent, *own)


def test_a_method_that_the_architecture_does_not_support(refused, photo, tmp_path):
    tiny_dense_classifier(0).save(tmp_path / "dense.keras")
    own = ("--model", tmp_path / "dense.keras", *RAW, "--out", tmp_path / "out")
    said = refused("explain", photo, *own, "--method", "cam,saliency")
    assert "does not support cam" in said and "use grad_cam" in said


def test_a_model_of_grey_pictures(refused, photo, tmp_path):
    path = classifier(tmp_path / "grey.keras", channels=1)
    assert "takes 1 channels" in refused("explain", photo, "--model", path, *RAW, "--out", tmp_path / "out")


def test_how_the_model_takes_its_pictures_must_be_said(refused, photo, model_file, tmp_path):
    assert "--preprocess raw" in refused("explain", photo, "--model", model_file, "--out", tmp_path / "out")
    assert "belong to a model of your own" in refused("explain", photo, *RAW, "--out", tmp_path / "out")


def test_files_of_older_keras(refused, photo, model_file, tmp_path):
    keras.models.load_model(model_file).save(tmp_path / "old.h5")
    changed(tmp_path / "two.keras", model_file, keras_version="2.15.0")
    changed(tmp_path / "odd.keras", model_file, saved="today")
    for name, message in (
        ("old.h5", "is an HDF5 file, as older versions of Keras made them"),
        ("two.keras", "made by Keras 2.15.0"),
        ("odd.keras", "does not say which version of Keras made it"),
    ):
        assert message in refused(
            "explain", photo, "--model", tmp_path / name, *RAW, "--out", tmp_path / "out"
        )


def test_files_that_are_no_model(refused, photo, model_file, tmp_path):
    (tmp_path / "text.keras").write_text("no model", encoding="utf-8")
    (tmp_path / "cut.keras").write_bytes(model_file.read_bytes()[:3000])
    changed(tmp_path / "torn.keras", model_file, config=lambda text: text.replace('"Conv2D"', '"Conv9D"'))
    for name, message in (
        ("nowhere.keras", "There is no model file"),
        ("text.keras", "is no file of Keras'"),
        ("cut.keras", "is damaged"),
        ("torn.keras", "cannot be loaded by Keras"),
        ("", "is a folder"),
    ):
        assert message in refused(
            "explain", photo, "--model", tmp_path / name, *RAW, "--out", tmp_path / "out"
        )


def gadget(text):
    """The configuration with a function of Python's in the place of an activation."""
    return text.replace(
        '"activation": "relu"',
        '"activation": {"module": "os", "class_name": "function", "config": "getcwd"}',
    )


def test_a_file_that_would_run_code_is_refused_before_keras_sees_it(refused, photo, model_file, tmp_path):
    classifier(tmp_path / "lambda.keras", keras.layers.Lambda(lambda x: x * 2, name="twice"))
    changed(tmp_path / "gadget.keras", model_file, config=gadget)
    foreign = lambda text: text.replace('"module": "keras.layers"', '"module": "somebody.layers"')  # noqa: E731
    changed(tmp_path / "foreign.keras", model_file, config=foreign)
    for name, message in (
        ("lambda.keras", "holds code in 'twice' (Lambda)"),
        ("gadget.keras", "(function), which would run"),
        ("foreign.keras", "of somebody.layers, which is not Keras' own"),
    ):
        assert message in refused(
            "explain", photo, "--model", tmp_path / name, *RAW, "--out", tmp_path / "out"
        )


def test_code_in_a_model_file_leaves_no_trace_in_a_process_of_its_own(photo, tmp_path):
    trace = tmp_path / "ran"
    act = lambda x, place=str(trace): (x, __import__("os").makedirs(place, exist_ok=True))[0]  # noqa: E731
    code = keras.layers.Lambda(act)
    classifier(tmp_path / "lambda.keras", code)
    trace.rmdir()  # building the model ran it
    command = [sys.executable, "-m", "interp_ref", "explain", str(photo), "--out", str(tmp_path / "out")]
    command += ["--model", str(tmp_path / "lambda.keras"), *RAW]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", env={**os.environ}
    )
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert not trace.exists()


def test_what_is_no_photo_and_folders_without_one(refused, photo, tmp_path):
    (tmp_path / "text.jpg").write_text("no photo", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    for path, message in (
        (tmp_path / "text.jpg", "(not a picture): give a photo"),
        (tmp_path / "nowhere.jpg", "There is no file or folder"),
        (tmp_path / "empty", "There is no photo in"),
    ):
        assert message in refused("explain", path, "--out", tmp_path / "out")


def test_a_folder_of_broken_photos_alone(refused, photo, model_file, tmp_path):
    photo.write_bytes(b"broken")
    said = refused("explain", photo.parent, "--model", model_file, *RAW, "--out", tmp_path / "out")
    assert "None of the photos could be explained" in said and "first.png (not a picture)" in said


def test_results_that_cannot_be_written_or_would_lie_among_the_photos(refused, photo, model_file, tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        said = refused("explain", photo, "--model", model_file, *RAW, "--out", out)
        assert "cannot be written" in said and "--out" in said
    said = refused("explain", photo.parent, "--out", photo.parent)
    assert "would be taken for photos the next time" in said
