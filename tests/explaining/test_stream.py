"""A stream of any length: the maps of the methods, one by one, with no more than one batch in memory."""

import weakref

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from interp_ref import explain_many
from interp_ref.errors import UserError
from interp_ref.methods.cam import cam
from interp_ref.methods.grad_cam import grad_cam
from interp_ref.methods.saliency import saliency
from interp_ref.models import preprocess, tiny_gap_classifier, tiny_images

METHODS = {"cam": cam, "grad_cam": grad_cam, "saliency": saliency}


@pytest.fixture(scope="module")
def model():
    return tiny_gap_classifier(0)


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(0, 256, (5, 20, 28, 3), dtype=np.uint8)


def explained(model, pictures, **options):
    options = {"class_index": 1, "batch_size": 2, "progress": False, **options}
    return list(explain_many(model, pictures, **options))


def maps(found):
    return np.stack([one.map for one in found])


@pytest.mark.parametrize("method", METHODS)
def test_the_maps_are_those_of_the_method(method, model):
    images = tiny_images(0, 5)
    found = explained(model, iter(images), method=method)
    assert [(one.name, one.class_index) for one in found] == [(str(n), 1) for n in range(5)]
    np.testing.assert_allclose(maps(found), METHODS[method](model, images, 1), rtol=1e-5, atol=1e-7)


def test_pixels_are_prepared_and_whatever_the_source_is_the_maps_are_the_same(model, pixels, tmp_path):
    expected = grad_cam(model, preprocess(pixels), 1)
    for number, picture in enumerate(pixels):
        Image.fromarray(picture).save(tmp_path / f"{number}.png")
    labels = np.arange(5)
    sources = [
        pixels,
        list(pixels),
        (picture for picture in pixels),
        zip(pixels, labels, strict=True),
        tf.data.Dataset.from_tensor_slices(pixels),
        tf.data.Dataset.from_tensor_slices((pixels, labels)).batch(3),
    ]
    for source in sources:
        np.testing.assert_allclose(maps(explained(model, source)), expected, rtol=1e-5, atol=1e-5)


def test_a_folder_is_read_with_its_sub_folders_and_names_its_files(model, pixels, tmp_path):
    (tmp_path / "cats").mkdir()
    for number, picture in enumerate(pixels):
        Image.fromarray(picture).resize((50 + number, 40)).save(tmp_path / "cats" / f"{number}.png")
    found = explained(model, tmp_path)
    assert [one.name.replace("\\", "/") for one in found] == [f"cats/{n}.png" for n in range(5)]
    assert maps(found).shape == (5, 10, 14)


def test_the_class_may_be_another_for_each_picture(model, pixels):
    found = explained(model, pixels, class_index=lambda images: model(images).numpy().argmax(axis=1))
    predicted = model(preprocess(pixels)).numpy().argmax(axis=1)
    assert [one.class_index for one in found] == list(predicted)
    np.testing.assert_allclose(
        maps(found), grad_cam(model, preprocess(pixels), predicted), rtol=1e-5, atol=1e-5
    )


def test_results_come_while_the_stream_goes_on_and_nothing_is_held(model):
    alive, most = weakref.WeakSet(), 0

    class Picture(np.ndarray):
        """An array that can be watched."""

        __hash__ = object.__hash__

    def endless():
        while True:
            picture = tiny_images(0, 1)[0].view(Picture)
            alive.add(picture)
            yield picture

    for number, _ in enumerate(explain_many(model, endless(), 0, "cam", batch_size=4, progress=False)):
        most = max(most, len(alive))
        if number == 200:
            break
    assert most <= 2 * 4 + 1


def test_a_broken_picture_in_the_middle_is_named_and_the_rest_done(model, pixels, tmp_path, capfd):
    for number, picture in enumerate(pixels):
        Image.fromarray(picture).save(tmp_path / f"{number}.png")
    whole = (tmp_path / "2.png").read_bytes()
    (tmp_path / "2.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "notes.txt").write_text("no photo", encoding="utf-8")
    assert [one.name for one in explained(model, tmp_path)] == ["0.png", "1.png", "3.png", "4.png"]
    said = capfd.readouterr()
    assert (
        "4 pictures explained, 2 skipped: 2.png (cut short or damaged), notes.txt (not a picture)" in said.out
    )
    assert said.err == ""


def test_arrays_that_are_no_pictures_are_named_and_the_rest_done(model, pixels, capfd):
    odd = [None, np.zeros((20, 28)), "text", pixels[0].astype(int) + 300, np.zeros((5, 5, 3), np.float32)]
    found = explained(model, [pixels[0], *odd, pixels[1]])
    assert [one.name for one in found] == ["0", "6"]
    said = capfd.readouterr().out
    for reason in ("[20, 28]", "expected pixels 0..255", "expected floats of 20 x 28, got 5 x 5"):
        assert reason in said


def test_an_element_that_tf_data_cannot_make_is_named_and_the_rest_done(model, pixels, capfd):
    encoded = [tf.io.encode_png(picture).numpy() for picture in pixels]
    encoded[2] = b"no picture"
    source = tf.data.Dataset.from_tensor_slices(encoded).map(lambda one: tf.io.decode_png(one, channels=3))
    assert len(explained(model, source)) == 4
    assert "4 pictures explained, 1 skipped: 2 (" in capfd.readouterr().out


def test_pictures_of_different_sizes_are_stretched_to_the_models(model, pixels):
    sizes = [pixels[0], np.repeat(pixels[1], 2, axis=0), pixels[2][:11]]
    assert maps(explained(model, sizes)).shape == (3, 10, 14)


def test_a_model_of_open_size_gets_each_size_in_batches_of_its_own():
    model = tiny_gap_classifier(0, input_shape=(None, None, 3))
    images = [
        tiny_images(0, 1, (20, 28, 3))[0],
        tiny_images(1, 1, (20, 28, 3))[0],
        tiny_images(2, 1, (12, 8, 3))[0],
    ]
    assert [one.map.shape for one in explained(model, images)] == [(10, 14), (10, 14), (6, 4)]


def test_an_empty_stream_is_a_users_error(model, tmp_path):
    for source in ([], iter(()), tmp_path, tf.data.Dataset.range(0)):
        with pytest.raises(UserError, match="no picture to explain"):
            explained(model, source)


def test_a_source_that_breaks_off_is_a_users_error_after_what_came_before(model):
    def breaking():
        yield from tiny_images(0, 3)
        raise ConnectionError("the camera is gone")

    found = []
    with pytest.raises(UserError, match="broke off with ConnectionError: the camera is gone"):
        for one in explain_many(model, breaking(), 0, batch_size=2, progress=False):
            found.append(one.name)
    assert found == ["0", "1", "2"]


def test_a_wrong_method_or_folder_is_a_users_error(model, tmp_path):
    with pytest.raises(UserError, match="cam, grad_cam, saliency"):
        explained(model, [], method="lime")
    with pytest.raises(UserError, match="no folder"):
        explained(model, tmp_path / "none")


def test_the_bar_is_on_standard_output(model, capfd):
    explained(model, tiny_images(0, 3), progress=True)
    said = capfd.readouterr()
    assert "Explaining" in said.out
    assert said.err == ""
