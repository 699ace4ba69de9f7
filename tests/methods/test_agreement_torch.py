"""Agreement with captum, pytorch-grad-cam and xplique, in the environment that `interp bench methods` makes.

Run it there: PYTHON -m pytest tests/methods/test_agreement_torch.py, PYTHON being what
`python -c "from interp_ref.benching.environment import bench_python; print(bench_python())"` prints.
"""

import numpy as np
import pytest

WHERE = "pip install --no-deps -r requirements-bench.txt, or the environment of `interp bench methods`"
torch = pytest.importorskip("torch", reason=WHERE)
captum = pytest.importorskip("captum.attr", reason=WHERE)
pytest.importorskip("cv2", reason=WHERE)

from interp_ref.benching import packages  # noqa: E402
from interp_ref.methods import integrated_gradients as integrated  # noqa: E402
from interp_ref.methods.ablation_cam import losses_of_score  # noqa: E402
from interp_ref.methods.class_scores import class_scores  # noqa: E402
from interp_ref.methods.deletion import area, deletion, insertion  # noqa: E402
from interp_ref.methods.grad_cam import combine  # noqa: E402
from interp_ref.methods.grad_cam_plus_plus import grad_cam_plus_plus  # noqa: E402
from interp_ref.methods.guided_backpropagation import guided_backpropagation  # noqa: E402
from interp_ref.methods.guided_grad_cam import guided_grad_cam  # noqa: E402
from interp_ref.methods.layer_cam import layer_cam  # noqa: E402
from interp_ref.methods.maps import normalize_map  # noqa: E402
from interp_ref.methods.occlusion import occlusion  # noqa: E402
from interp_ref.methods.rise import random_masks, rise, weighted_mean  # noqa: E402
from interp_ref.methods.score_cam import score_cam  # noqa: E402
from interp_ref.models import tiny_gap_classifier, tiny_images  # noqa: E402

ASKED = [1, 2, 0]
STEEP = 300
"""Times the head: pytorch-grad-cam adds 1e-6 to Grad-CAM++'s denominator, which swallows small gradients."""


@pytest.fixture(scope="module")
def model():
    tiny = tiny_gap_classifier(0, nested=False)
    kernel, bias = tiny.get_layer("logits").get_weights()
    tiny.get_layer("logits").set_weights([kernel * STEEP, bias])
    return tiny


@pytest.fixture(scope="module")
def images():
    return tiny_images(0, 3)


@pytest.fixture(scope="module")
def network(model):
    """The same network in PyTorch; its layers 1 and 4 are the ReLUs of conv1 and conv2."""
    nn = torch.nn
    parts = []
    for name in ("conv1", "conv2", "conv3"):
        kernel, bias = model.get_layer(name).get_weights()
        convolution = nn.Conv2d(kernel.shape[2], kernel.shape[3], 3, padding=1)
        convolution.weight.data = torch.tensor(np.ascontiguousarray(kernel.transpose(3, 2, 0, 1)))
        convolution.bias.data = torch.tensor(bias)
        parts += [convolution, nn.ReLU(), *([nn.MaxPool2d(2)] if name == "conv1" else [])]
    kernel, bias = model.get_layer("logits").get_weights()
    dense = nn.Linear(*kernel.shape)
    dense.weight.data, dense.bias.data = torch.tensor(kernel.T.copy()), torch.tensor(bias)
    return nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), dense).eval()


def for_torch(images):
    return torch.tensor(np.ascontiguousarray(images.transpose(0, 3, 1, 2)))


def from_torch(attributions):
    return attributions.detach().numpy().transpose(0, 2, 3, 1)


def close(ours, theirs, relative=1e-3):
    assert np.abs(ours).max() > 0
    np.testing.assert_allclose(ours, theirs, rtol=relative, atol=relative * np.abs(ours).max())


def test_integrated_gradients_agree_with_captum_at_the_same_places(model, network, images, monkeypatch):
    monkeypatch.setattr(
        integrated, "quadrature", lambda steps: ((np.arange(steps) + 0.5) / steps, np.full(steps, 1 / steps))
    )
    method = captum.IntegratedGradients(network)
    theirs = method.attribute(
        for_torch(images), for_torch(images * 0 - 1), target=ASKED, n_steps=20, method="riemann_middle"
    )
    ours = integrated.integrated_gradients(model, images, ASKED, np.full((1, 1, 3), -1, "f4"), 20)
    close(ours, from_torch(theirs))


def test_integrated_gradients_agree_with_captums_own_places_in_the_limit(model, network, images):
    method = captum.IntegratedGradients(network)
    theirs = method.attribute(for_torch(images), for_torch(images * 0 - 1), target=ASKED, n_steps=500)
    ours = integrated.integrated_gradients(model, images, ASKED, np.full((1, 1, 3), -1, "f4"), 500)
    close(ours, from_torch(theirs), 2e-2)


@pytest.mark.filterwarnings("ignore")
def test_guided_backpropagation_agrees_with_captum(model, network, images):
    theirs = captum.GuidedBackprop(network).attribute(for_torch(images), target=ASKED)
    close(guided_backpropagation(model, images, ASKED), from_torch(theirs))


@pytest.mark.filterwarnings("ignore")
def test_guided_grad_cam_agrees_with_captum(model, network, images):
    method = captum.GuidedGradCam(network, network[4])
    theirs = method.attribute(for_torch(images), target=ASKED, interpolate_mode="bilinear")
    close(guided_grad_cam(model, images, ASKED, "conv2"), from_torch(theirs))


def test_occlusion_agrees_with_captum(model, network, images):
    theirs = captum.Occlusion(network).attribute(
        for_torch(images), (3, 4, 4), strides=(3, 2, 2), baselines=0.5, target=ASKED
    )
    ours = occlusion(model, images, ASKED, patch=4, stride=2, fill=np.float32(0.5))
    # Captum gives each colour the drop.
    close(ours, from_torch(theirs)[..., 0])


def pytorch_grad_cam(name, network, images, asked):
    """Its maps at conv1, which has the pictures' own size: nothing is resized, in which the two differ."""
    packages._stand_in("torchvision", "torchvision.transforms", "torchvision.transforms.functional")
    import pytorch_grad_cam
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    targets = [ClassifierOutputTarget(int(one)) for one in asked]
    with getattr(pytorch_grad_cam, name)(model=network, target_layers=[network[1]]) as explainer:
        return explainer(input_tensor=for_torch(images), targets=targets)


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("GradCAMPlusPlus", grad_cam_plus_plus),
        ("LayerCAM", layer_cam),
        ("ScoreCAM", score_cam),
    ],
)
def test_the_cam_family_agrees_with_pytorch_grad_cam_after_its_normalisation(
    name, method, model, network, images
):
    theirs = pytorch_grad_cam(name, network, images, ASKED)
    close(normalize_map(method(model, images, ASKED, "conv1")), theirs, 2e-3)


def test_ablation_cam_agrees_with_pytorch_grad_cam_up_to_the_sign_of_the_logit(model, network, images):
    # It divides by the logit, as the paper does, and so turns the evidence round where that is negative.
    activations, losses = losses_of_score(model, images, ASKED, "conv1")
    signs = np.sign(class_scores(model, images, ASKED))[:, None]
    theirs = pytorch_grad_cam("AblationCAM", network, images, ASKED)
    close(normalize_map(combine(activations, losses * signs)), theirs, 2e-3)


@pytest.mark.parametrize(("name", "method"), [("Deletion", deletion), ("Insertion", insertion)])
def test_the_areas_agree_with_xplique(name, method, model, images):
    import xplique.metrics

    maps = np.random.default_rng(0).normal(size=(3, 20, 28)).astype("f4")
    metric = getattr(xplique.metrics, name)(
        model, images, np.eye(3, dtype="f4")[ASKED], baseline_mode=0.25, steps=20
    )
    theirs = metric(maps)
    ours = area(method(model, images, ASKED, maps, np.float32(0.25), steps=20)).mean()
    np.testing.assert_allclose(ours, theirs, rtol=2e-3)


def test_rise_agrees_with_xplique_as_far_as_two_draws_of_masks_do(model, images):
    from xplique.attributions import Rise

    # Theirs divides by the masks' own sum at each pixel, ours by what it is on average: that is put in.
    ours, again = (
        rise(model, images, ASKED, seed, masks=3000, cells=5)
        / weighted_mean(random_masks(3000, 20, 28, seed, cells=5), np.ones(3000), keep=0.5)
        for seed in (0, 1)
    )
    theirs = np.asarray(Rise(model, nb_samples=3000, grid_size=5)(images, np.eye(3, dtype="f4")[ASKED]))
    for one, other, their in zip(ours, again, theirs, strict=True):
        own = np.corrcoef(one.ravel(), other.ravel())[0, 1]
        assert np.corrcoef(one.ravel(), their.ravel())[0, 1] > own - 0.05 > 0.8
