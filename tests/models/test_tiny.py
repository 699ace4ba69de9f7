import numpy as np
import pytest

from interp_ref.models import (
    linear_model,
    tiny_backbone,
    tiny_dense_classifier,
    tiny_gap_classifier,
    tiny_images,
)

BUILDERS = [tiny_gap_classifier, tiny_dense_classifier]


@pytest.mark.parametrize("build", [tiny_backbone, *BUILDERS, linear_model])
def test_the_same_seed_gives_the_same_network_and_another_seed_another(build):
    images = tiny_images(0)
    one, again, other = (build(seed)(images).numpy() for seed in (5, 5, 6))
    np.testing.assert_array_equal(one, again)
    assert np.abs(one - other).max() > 0.1


@pytest.mark.parametrize("build", BUILDERS)
def test_nested_and_flat_compute_the_same(build):
    images = tiny_images(3)
    nested, flat = build(3), build(3, nested=False)
    assert [layer.name for layer in nested.layers][1] == "tiny"
    assert "conv3" in [layer.name for layer in flat.layers]
    np.testing.assert_allclose(nested(images), flat(images), rtol=1e-6)


@pytest.mark.parametrize("build", BUILDERS)
@pytest.mark.parametrize("seed", range(10))
def test_scores_differ_between_pictures_and_between_classes(build, seed):
    logits = build(seed)(tiny_images(seed)).numpy()
    assert logits.shape == (4, 3)
    assert np.ptp(logits, axis=0).min() > 0.02
    assert np.ptp(logits, axis=1).min() > 0.02


@pytest.mark.parametrize("seed", range(10))
def test_no_bias_is_zero_and_no_channel_is_dead(seed):
    model = tiny_backbone(seed)
    assert all(np.abs(layer.bias.numpy()).min() > 0.05 for layer in model.layers if layer.weights)
    assert (model(tiny_images(seed, 8)).numpy().max(axis=(0, 1, 2)) > 0).all()


def test_the_gradient_at_an_inner_layer_is_not_constant():
    import tensorflow as tf

    model = tiny_gap_classifier(0, nested=False)
    images = tf.constant(tiny_images(0))
    inner = tf.keras.Model(model.inputs, model.get_layer("conv2").output)(images)
    with tf.GradientTape() as tape:
        tape.watch(inner)
        score = tf.reduce_mean(model.get_layer("conv3")(inner))
    assert np.std(tape.gradient(score, inner).numpy(), axis=(1, 2)).min() > 0


def test_the_linear_models_score_is_the_weighted_sum_of_the_picture():
    model, images = linear_model(2), tiny_images(2)
    dense = model.get_layer("logits")
    weights = dense.kernel.numpy().reshape(20, 28, 3, 3)
    expected = np.einsum("nhwk,hwkc->nc", images, weights) + dense.bias.numpy()
    np.testing.assert_allclose(model(images), expected, rtol=1e-4, atol=1e-4)
