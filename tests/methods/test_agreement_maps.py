"""Agreement with tf-keras-vis, written by others, on a small flat network: the CAM family and SmoothGrad."""

import numpy as np
import pytest
from tf_keras_vis.gradcam_plus_plus import GradcamPlusPlus
from tf_keras_vis.layercam import Layercam
from tf_keras_vis.saliency import Saliency
from tf_keras_vis.scorecam import Scorecam
from tf_keras_vis.utils.scores import CategoricalScore

from interp_ref.methods.class_scores import class_probability, class_scores
from interp_ref.methods.grad_cam import activations_and_gradients, combine
from interp_ref.methods.grad_cam_plus_plus import channel_weights, place_weights
from interp_ref.methods.layer_cam import layer_cam
from interp_ref.methods.score_cam import channel_masks
from interp_ref.methods.smooth_grad import smoothed_gradient
from interp_ref.methods.variations import scores_of_copies
from interp_ref.models import tiny_gap_classifier, tiny_images

ASKED = [1, 2, 0]
RAW = {"expand_cam": False, "normalize_cam": False}


@pytest.fixture(scope="module")
def model():
    return tiny_gap_classifier(0, nested=False)


@pytest.fixture(scope="module")
def images():
    return tiny_images(0, 3)


@pytest.mark.parametrize("layer", ["conv3", "conv1"])
def test_layer_cam_agrees_before_any_normalisation(layer, model, images):
    theirs = Layercam(model, clone=False)(CategoricalScore(ASKED), images, penultimate_layer=layer, **RAW)
    ours = layer_cam(model, images, ASKED, layer)
    assert ours.max() > 0
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6 * ours.max())


@pytest.mark.parametrize("layer", ["conv3", "conv1"])
def test_grad_cam_plus_plus_agrees_but_for_two_factors(layer, model, images):
    # Theirs follows the authors' program: exp(S) stays in, and each channel's alphas are divided by their
    # sum, which the paper's eq. 19 does not do. With both put in, the numbers are the same.
    theirs = GradcamPlusPlus(model, clone=False)(
        CategoricalScore(ASKED), images, penultimate_layer=layer, **RAW
    )
    activations, gradients = activations_and_gradients(model, images, ASKED, layer)
    alphas = place_weights(activations, gradients)
    total = alphas.sum(axis=(1, 2), keepdims=True)
    weights = channel_weights(alphas / np.where(total == 0, 1, total), gradients)
    ours = combine(activations, weights) * np.exp(class_scores(model, images, ASKED))[:, None, None]
    assert ours.max() > 0
    np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5 * ours.max())


@pytest.mark.filterwarnings("ignore:The structure of `inputs`")
def test_score_cam_agrees_but_for_what_becomes_of_the_scores(model, images):
    # Theirs weighs a channel by the class's probability, as the authors' program does, ours by a softmax over
    # the channels' logits, as the paper's algorithm 1 does. At the pictures' own size nothing is resized.
    theirs = Scorecam(model)(CategoricalScore(ASKED), images, penultimate_layer="conv1", **RAW)
    activations, _ = activations_and_gradients(model, images, ASKED, "conv1")
    weights = []
    for image, own, asked in zip(images, activations, ASKED, strict=True):
        masks = channel_masks(own, 20, 28)
        masked = masks[..., None] * image
        weights.append(
            scores_of_copies(model, lambda part, m=masked: m[part], len(masks), asked, class_probability)
        )
    ours = combine(activations, np.stack(weights))
    np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5 * ours.max())


@pytest.mark.filterwarnings("ignore:The structure of `inputs`")
def test_smooth_grad_agrees_as_far_as_two_draws_of_noise_do(model, images):
    np.random.seed(0)
    theirs = Saliency(model, clone=False)(
        CategoricalScore(ASKED),
        images,
        smooth_samples=400,
        smooth_noise=0.3,
        keepdims=True,
        normalize_map=False,
        gradient_modifier=None,
    )
    ours, again = (smoothed_gradient(model, images, ASKED, seed, 400, 0.3) for seed in (0, 1))
    assert np.abs(ours - theirs).mean() < 1.2 * np.abs(ours - again).mean()
    own = np.corrcoef(ours.ravel(), again.ravel())[0, 1]
    assert np.corrcoef(ours.ravel(), np.ravel(theirs))[0, 1] > own - 0.02 > 0.9
