"""What the later methods are given by mistake comes back as one sentence with the mend."""

import keras
import numpy as np
import pytest
from keras import layers

from interp_ref.errors import UserError
from interp_ref.methods.ablation_cam import ablation_cam
from interp_ref.methods.baselines import activation_norm, center_map, random_map
from interp_ref.methods.deletion import deletion, insertion
from interp_ref.methods.grad_cam_plus_plus import grad_cam_plus_plus
from interp_ref.methods.guided_backpropagation import guided_backpropagation
from interp_ref.methods.guided_grad_cam import guided_grad_cam
from interp_ref.methods.integrated_gradients import integrated_gradients
from interp_ref.methods.layer_cam import layer_cam
from interp_ref.methods.occlusion import occlusion
from interp_ref.methods.rectified_grad_cam import rectified_grad_cam
from interp_ref.methods.rise import rise
from interp_ref.methods.score_cam import score_cam
from interp_ref.methods.smooth_grad import smooth_grad

BLACK = np.zeros((1, 1, 3), "f4")
MAPS = np.zeros((3, 12, 8), "f4")
OF_A_LAYER = [grad_cam_plus_plus, rectified_grad_cam, layer_cam, score_cam, ablation_cam, guided_grad_cam]
OF_A_CLASS = {
    **{method.__name__: method for method in [*OF_A_LAYER, guided_backpropagation]},
    "smooth_grad": lambda model, images, c: smooth_grad(model, images, c, seed=0, samples=2),
    "integrated_gradients": lambda model, images, c: integrated_gradients(model, images, c, BLACK, 2),
    "occlusion": lambda model, images, c: occlusion(model, images, c, 4, 4, BLACK),
    "rise": lambda model, images, c: rise(model, images, c, seed=0, masks=3),
    "deletion": lambda model, images, c: deletion(model, images, c, MAPS, BLACK, 2),
    "insertion": lambda model, images, c: insertion(model, images, c, MAPS, BLACK, 2),
}
OF_NONE = {
    "activation_norm": activation_norm,
    "center_map": center_map,
    "random_map": lambda model, images, c: random_map(model, images, c, seed=0),
}
ALL = OF_A_CLASS | OF_NONE


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda images: images[0], r"\[12, 8, 3\].*images\[None\]"),
        (lambda images: (images * 100).astype("uint8"), r"got uint8.*preprocess"),
        (lambda images: images[:, :6], r"\[N, 12, 8, 3\], got \[3, 6, 8, 3\]"),
        (lambda images: images[:0], "at least one image"),
    ],
)
def test_images_that_the_model_does_not_take_are_refused(name, spoil, message, gap_model, images):
    with pytest.raises(UserError, match=message):
        ALL[name](gap_model, spoil(images), 0)


@pytest.mark.parametrize("name", OF_A_CLASS)
def test_a_class_that_does_not_exist_is_refused(name, gap_model, images):
    with pytest.raises(UserError, match="Class index 4 is out of range: this head has the classes 0 to 3"):
        OF_A_CLASS[name](gap_model, images, [0, 4, 1])
    with pytest.raises(UserError, match="3 ints, one an image"):
        OF_A_CLASS[name](gap_model, images, [0, 1])


@pytest.mark.parametrize("name", ALL)
def test_results_are_float32_arrays_and_arguments_stay_as_they_were(name, gap_model, images):
    before, asked = images.copy(), np.array([2, 0, 3])
    result = ALL[name](gap_model, images, asked)
    assert isinstance(result, np.ndarray) and result.dtype == np.float32 and len(result) == 3
    np.testing.assert_array_equal(images, before)
    np.testing.assert_array_equal(asked, [2, 0, 3])
    assert not MAPS.any() and not BLACK.any()


@pytest.mark.parametrize("name", OF_A_CLASS)
def test_the_asked_class_counts(name, gap_model, images):
    first, second = (OF_A_CLASS[name](gap_model, images, asked) for asked in (1, 2))
    assert not np.allclose(first, second)


@pytest.mark.parametrize("method", OF_A_LAYER)
def test_a_layer_without_places_or_of_another_name_is_refused(method, gap_model, images):
    with pytest.raises(UserError, match=r"'gap' with \[N, 6\].*such as 'conv2'"):
        method(gap_model, images, 0, "gap")
    with pytest.raises(UserError, match="no layer 'conv_2': did you mean 'conv2'"):
        method(gap_model, images, 0, "conv_2")
    with pytest.raises(UserError, match=r"'gap' with \[N, 6\]"):
        activation_norm(gap_model, images, layer="gap")


@pytest.mark.parametrize("method", OF_A_LAYER)
def test_a_network_without_convolutions_is_refused_with_the_reason(method, images):
    model = keras.Sequential([keras.Input((12, 8, 3)), layers.Flatten(), layers.Dense(3, activation="relu")])
    model.add(layers.Dense(2))
    with pytest.raises(UserError, match="no two-dimensional convolution"):
        method(model, images, 0)


@pytest.fixture
def stepped():
    """A network whose score follows its pooled features in steps: no gradient goes through them."""
    source = keras.Input((12, 8, 3))
    features = layers.Conv2D(4, 3, activation="relu", name="conv")(source)
    rounded = keras.ops.round(layers.GlobalAveragePooling2D()(features) * 8)
    return keras.Model(source, layers.Dense(2)(rounded), name="stepped")


@pytest.mark.parametrize(
    "name",
    [
        "grad_cam_plus_plus",
        "rectified_grad_cam",
        "layer_cam",
        "guided_backpropagation",
        "guided_grad_cam",
        "smooth_grad",
        "integrated_gradients",
    ],
)
def test_a_model_without_gradients_is_refused_by_what_needs_them(name, stepped, images):
    with pytest.raises(UserError, match="The score of 'stepped' has no gradient at the"):
        OF_A_CLASS[name](stepped, images, 0)


@pytest.mark.parametrize("name", ["score_cam", "ablation_cam", "occlusion", "rise", "deletion", "insertion"])
def test_a_model_without_gradients_is_welcome_to_what_looks_at_scores_alone(name, stepped, images):
    assert np.isfinite(OF_A_CLASS[name](stepped, images, 0)).all()


@pytest.mark.parametrize("name", OF_A_CLASS)
def test_a_softmax_at_the_end_is_looked_through(name, backbone, head_on, images):
    probabilities = head_on(backbone, activation="softmax")
    logits = head_on(backbone)
    logits.layers[-1].set_weights(probabilities.layers[-1].get_weights())
    np.testing.assert_allclose(
        OF_A_CLASS[name](probabilities, images, [2, 0, 3]),
        OF_A_CLASS[name](logits, images, [2, 0, 3]),
        rtol=1e-4,
        atol=1e-6,
    )


@pytest.mark.parametrize("name", ALL)
def test_a_traced_network_gives_the_same_numbers(name, gap_model, images, monkeypatch):
    from interp_ref.methods import running

    plain = ALL[name](gap_model, images, [2, 0, 3])
    monkeypatch.setattr(running, "WORTH_TRACING", 0)
    np.testing.assert_allclose(ALL[name](gap_model, images, [2, 0, 3]), plain, rtol=1e-3, atol=1e-6)
