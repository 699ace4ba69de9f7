"""Agreement with tf-keras-vis, written by others, on VGG16."""

import keras
import numpy as np
import pytest
from tf_keras_vis import gradcam

from interp_ref.data import load
from interp_ref.methods.cam import cam
from interp_ref.methods.grad_cam import grad_cam
from interp_ref.methods.saliency import saliency
from interp_ref.models import classifier, preprocess, vgg16_backbone

ASKED = [1, 3]


@pytest.fixture(scope="module")
def vgg16():
    keras.utils.set_random_seed(0)
    return keras.applications.VGG16(
        weights=None, input_shape=(64, 64, 3), classes=5, classifier_activation=None
    )


@pytest.fixture(scope="module")
def images():
    return 50 * np.random.default_rng(0).normal(size=(2, 64, 64, 3)).astype("float32")


def score_of(asked):
    from tf_keras_vis.utils.scores import CategoricalScore

    return CategoricalScore(asked)


@pytest.mark.parametrize("layer", ["block5_conv3", "block4_conv2"])
def test_grad_cam_agrees_before_any_normalisation(vgg16, images, layer):
    theirs = gradcam.Gradcam(vgg16, clone=False)(
        score_of(ASKED), images, penultimate_layer=layer, expand_cam=False, normalize_cam=False
    )
    ours = grad_cam(vgg16, images, ASKED, layer)
    assert ours.max() > 0
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5 * ours.max())


@pytest.mark.filterwarnings("ignore:The structure of `inputs`")
def test_saliency_agrees_before_any_normalisation(vgg16, images):
    from tf_keras_vis.saliency import Saliency

    theirs = Saliency(vgg16, clone=False)(score_of(ASKED), images, normalize_map=False, keepdims=False)
    ours = saliency(vgg16, images, ASKED)
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5 * ours.max())


def test_grad_cam_and_cam_agree_on_the_courses_own_network():
    # They get a flat twin of the same layers: a nested model is beyond them.
    backbone = vgg16_backbone((96, 96, 3), progress=False)
    model = classifier(backbone)
    head = np.random.default_rng(1)
    model.layers[-1].set_weights([head.normal(size=(512, 2)), head.normal(size=2)])
    features = backbone.get_layer("block5_conv3").output
    pooled = keras.layers.GlobalAveragePooling2D()(features)
    flat = keras.Model(backbone.input, model.layers[-1](pooled))
    images = preprocess(load("sketch", size=96, limit=2).images)
    theirs = np.asarray(
        gradcam.Gradcam(flat, clone=False)(
            score_of([1, 0]), images, penultimate_layer="block5_conv3", expand_cam=False, normalize_cam=False
        )
    )
    assert theirs.max() > 0
    np.testing.assert_allclose(grad_cam(model, images, [1, 0]), theirs, rtol=1e-4, atol=1e-5 * theirs.max())
    np.testing.assert_allclose(
        np.maximum(cam(model, images, [1, 0]), 0) / 36, theirs, rtol=1e-3, atol=1e-5 * theirs.max()
    )
