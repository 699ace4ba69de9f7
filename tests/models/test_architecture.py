import numpy as np
import pytest

from interp_ref.errors import UserError
from interp_ref.models import (
    Head,
    classifier,
    cut_after_last_conv,
    extract_features,
    preprocess,
    tiny_backbone,
    vgg16_backbone,
    with_head,
)


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(0).integers(0, 256, (5, 64, 96, 3), np.uint8)


def test_preprocess_equals_keras(pictures):
    import keras

    ours = preprocess(pictures)
    assert ours.dtype == np.float32
    np.testing.assert_array_equal(
        ours, keras.applications.vgg16.preprocess_input(pictures.astype(np.float32))
    )


def test_preprocess_turns_red_into_the_last_channel():
    red = np.array([[[[255, 0, 0]]]], np.uint8)
    np.testing.assert_allclose(preprocess(red), [[[[-103.939, -116.779, 255 - 123.68]]]], rtol=1e-6)


def test_preprocess_leaves_its_input_alone(pictures):
    before = pictures.copy()
    preprocess(pictures)
    np.testing.assert_array_equal(pictures, before)


def test_preprocess_refuses_grey_pictures():
    with pytest.raises(UserError, match=r"\[N, H, W, 3\], got \(2, 8, 8, 1\)"):
        preprocess(np.zeros((2, 8, 8, 1), np.uint8))


def test_the_backbone_ends_in_block5_pool_and_the_cut_one_in_block5_conv3(backbone):
    assert (backbone.name, backbone.layers[-1].name, backbone.output_shape) == (
        "vgg16",
        "block5_pool",
        (None, 2, 3, 512),
    )
    cut = cut_after_last_conv(backbone)
    assert (cut.layers[-1].name, cut.output_shape) == ("block5_conv3", (None, 4, 6, 512))
    assert cut.layers[-1].activation.__name__ == "relu"


def test_cutting_twice_is_cutting_once(backbone):
    cut = cut_after_last_conv(backbone)
    assert cut_after_last_conv(cut) is cut


def test_pictures_of_224_give_maps_of_14_and_1026_trained_parameters(weights_file):
    model = classifier(vgg16_backbone(weights=weights_file))
    assert model.get_layer("vgg16").output_shape == (None, 14, 14, 512)
    assert sum(np.prod(array.shape) for array in model.trainable_weights) == 1026
    assert model.output_shape == (None, 2)


def test_the_classifier_is_frozen_and_stays_in_inference_mode():
    import keras

    inputs = keras.Input((16, 24, 3))
    x = keras.layers.Conv2D(4, 3, padding="same")(inputs)
    x = keras.layers.BatchNormalization()(x)
    model = classifier(keras.Model(inputs, keras.layers.ReLU()(x), name="normalised"))
    assert [array.path for array in model.trainable_weights] == ["logits/kernel", "logits/bias"]
    statistics = [array.numpy() for array in model.get_layer("normalised").weights]
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(np.random.default_rng(0).normal(size=(8, 16, 24, 3)), np.arange(8) % 2, verbose=0)
    for before, after in zip(statistics, model.get_layer("normalised").weights, strict=True):
        np.testing.assert_array_equal(before, after.numpy())


@pytest.mark.parametrize(
    "network, last",
    [
        ("MobileNetV2", "out_relu"),
        ("ResNet50", "conv5_block3_out"),
        ("DenseNet121", "relu"),
        ("VGG16", "block5_conv3"),
    ],
)
@pytest.mark.parametrize("top", [True, False])
def test_other_networks_are_cut_after_their_last_activation(network, last, top):
    import keras

    whole = getattr(keras.applications, network)(
        weights=None, input_shape=(64, 64, 3), include_top=top, classes=3
    )
    assert cut_after_last_conv(whole).layers[-1].name == last


def test_a_network_without_convolutions_is_refused_by_name():
    import keras

    dense = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)], name="no_maps")
    with pytest.raises(UserError, match="'no_maps'"):
        classifier(dense)


@pytest.mark.parametrize("shape", [(16, 224, 3), (224, 224, 1), (224, 224)])
def test_an_input_that_vgg16_cannot_take_is_refused(shape):
    with pytest.raises(UserError, match="at least 32x32"):
        vgg16_backbone(shape)


def test_the_logits_of_a_head_are_those_of_the_whole_model(backbone, pictures):
    rng = np.random.default_rng(1)
    head = Head(rng.normal(size=(512, 3)).astype(np.float32), np.float32([1, -2, 3]))
    model = with_head(classifier(backbone, 3), head)
    pooled = extract_features(backbone, pictures, pooled=True, progress=False)
    np.testing.assert_allclose(head.logits(pooled), model(preprocess(pictures)), rtol=1e-4, atol=1e-3)


def test_a_head_of_another_shape_is_refused():
    head = Head(np.zeros((512, 2), np.float32), np.zeros(2, np.float32))
    with pytest.raises(UserError, match="'logits'.*classes=2"):
        with_head(classifier(tiny_backbone(0)), head)


def test_features_are_the_cut_backbones_activations_whatever_the_batch_size(backbone, pictures):
    expected = cut_after_last_conv(backbone)(preprocess(pictures)).numpy()
    for batch_size in (1, 2, 5, 8):
        features = extract_features(backbone, pictures, batch_size, progress=False)
        assert features.dtype == np.float32
        np.testing.assert_allclose(features, expected, rtol=1e-4, atol=1e-3)


def test_pooled_features_are_the_means_of_the_maps(backbone, pictures):
    maps = extract_features(backbone, pictures, progress=False)
    pooled = extract_features(backbone, pictures, progress=False, pooled=True)
    np.testing.assert_allclose(pooled, maps.mean(axis=(1, 2)), rtol=1e-5, atol=1e-5)


def test_no_pictures_give_no_features():
    assert extract_features(tiny_backbone(0), np.zeros((0, 20, 28, 3), np.uint8), progress=False).shape == (
        0,
        10,
        14,
        5,
    )


def test_the_progress_bar_leaves_standard_error_alone(pictures, capfd):
    extract_features(tiny_backbone(0, (64, 96, 3)), pictures, 2)
    written = capfd.readouterr()
    assert "Features" in written.out
    assert "Features" not in written.err
