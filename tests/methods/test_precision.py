"""Half precision and a GPU run the same code and give the same maps, as far as their digits go."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from interp_ref.methods import running
from interp_ref.methods.cam import cam
from interp_ref.methods.grad_cam import grad_cam
from interp_ref.methods.saliency import saliency
from interp_ref.models import extract_features, tiny_backbone, tiny_gap_classifier, tiny_images

METHODS = (cam, grad_cam, saliency)


def in_policy(policy, build, *arguments):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        return build(*arguments)
    finally:
        keras.config.set_dtype_policy(before)


# float16 keeps 11 bits of a number, bfloat16 keeps 8; a map is a sum of some hundred terms.
@pytest.mark.parametrize("policy, relative", [("mixed_float16", 0.01), ("mixed_bfloat16", 0.06)])
@pytest.mark.parametrize("traced", [False, True])
def test_mixed_precision_gives_the_maps_of_full_precision(policy, relative, traced, monkeypatch):
    if traced:
        monkeypatch.setattr(running, "WORTH_TRACING", 0)
    images = tiny_images(0, 3)
    full, mixed = tiny_gap_classifier(0), in_policy(policy, tiny_gap_classifier, 0)
    assert mixed.get_layer("tiny").get_layer("conv2").compute_dtype != "float32"
    for method in METHODS:
        expected, maps = method(full, images, [2, 0, 1]), method(mixed, images, [2, 0, 1])
        assert maps.dtype == np.float32
        # A ReLU that is passed or not by a rounding changes single pixels of a saliency map, not the map.
        assert np.abs(maps - expected).mean() < relative * np.abs(expected).max()


def test_features_in_mixed_precision_are_float32_and_close():
    pictures = np.random.default_rng(0).integers(0, 256, (3, 20, 28, 3), dtype=np.uint8)
    full = extract_features(tiny_backbone(0), pictures, progress=False)
    mixed = extract_features(in_policy("mixed_float16", tiny_backbone, 0), pictures, progress=False)
    assert mixed.dtype == np.float32
    np.testing.assert_allclose(mixed, full, rtol=0.02, atol=0.01 * full.max())


@pytest.fixture
def gpu():
    """The first GPU; a test that asks for it is skipped without one."""
    found = tf.config.list_logical_devices("GPU")
    if not found:
        pytest.skip("no GPU on this machine: the methods were tried on the processor alone")
    return found[0].name


def test_a_gpu_gives_the_maps_of_the_processor(gpu, monkeypatch):
    monkeypatch.setattr(running, "WORTH_TRACING", 0)
    images, maps = tiny_images(0, 3), {}
    for device in ("CPU:0", gpu):
        running.forget_traces()
        with tf.device(device):
            model = tiny_gap_classifier(0)
            maps[device] = [method(model, images, 1) for method in METHODS]
    for one, other in zip(*maps.values(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-3 * np.abs(one).max())
