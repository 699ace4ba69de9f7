"""Every package that is measured, and how its documentation says to use it.

Each `prepare` function builds the network and returns, by method, a function of a batch [N, 224, 224, 3] as
VGG16 takes it. Packages are imported when they are prepared, in a process of their own.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from interp_ref.benching import network

FORWARD = "forward pass"


@dataclass(frozen=True)
class Package:
    """A package by name, the framework it runs on, and what makes it ready."""

    name: str
    framework: str
    methods: tuple[str, ...]
    prepare: Callable[[], dict[str, Callable]]


def tensorflow_itself() -> dict[str, Callable]:
    """The network's forward pass in the four ways that TensorFlow has."""
    import tensorflow as tf

    model = network.in_tensorflow()
    signature = [tf.TensorSpec((None, *model.input_shape[1:]))]
    compiled = tf.function(lambda images: model(images, training=False), input_signature=signature)
    xla = tf.function(lambda images: model(images, training=False), jit_compile=True)
    return {
        FORWARD: lambda images: compiled(images).numpy(),
        "forward pass, eager": lambda images: model(images, training=False).numpy(),
        "forward pass, predict": lambda images: model.predict(images, batch_size=len(images), verbose=0),
        "forward pass, XLA": lambda images: xla(images).numpy(),
    }


def this_course() -> dict[str, Callable]:
    """The reference methods."""
    from interp_ref.methods.cam import cam
    from interp_ref.methods.grad_cam import grad_cam
    from interp_ref.methods.saliency import saliency

    model = network.in_tensorflow()
    return {
        "CAM": lambda images: cam(model, images, network.ASKED),
        "Grad-CAM": lambda images: grad_cam(model, images, network.ASKED, network.LAYER),
        "saliency": lambda images: saliency(model, images, network.ASKED),
    }


def tf_keras_vis() -> dict[str, Callable]:
    """tf-keras-vis, without its copy of the model."""
    from tf_keras_vis.gradcam import Gradcam
    from tf_keras_vis.saliency import Saliency
    from tf_keras_vis.utils.scores import CategoricalScore

    model = network.in_tensorflow()
    grad_cam, saliency = Gradcam(model, clone=False), Saliency(model, clone=False)

    def asked(images):
        return CategoricalScore([network.ASKED] * len(images))

    return {
        "Grad-CAM": lambda images: grad_cam(asked(images), images, penultimate_layer=network.LAYER),
        "saliency": lambda images: saliency(asked(images), images),
    }


def xplique() -> dict[str, Callable]:
    """Xplique, with the whole batch at once."""
    from xplique.attributions import GradCAM, Saliency

    model = network.in_tensorflow()
    explainers = {
        "Grad-CAM": GradCAM(model, batch_size=32, conv_layer=network.LAYER),
        "saliency": Saliency(model, batch_size=32),
    }

    def run(explainer, images):
        asked = np.eye(2, dtype=np.float32)[[network.ASKED] * len(images)]
        return np.asarray(explainer(images, asked))

    return {name: lambda images, e=explainer: run(e, images) for name, explainer in explainers.items()}


def tf_explain() -> dict[str, Callable]:
    """tf-explain, which draws its maps into one picture."""
    from tf_explain.core.grad_cam import GradCAM
    from tf_explain.core.vanilla_gradients import VanillaGradients

    model = network.in_tensorflow()
    asked = {"class_index": network.ASKED}
    return {
        "Grad-CAM": lambda images: GradCAM().explain(
            (images, None), model, layer_name=network.LAYER, **asked
        ),
        "saliency": lambda images: VanillaGradients().explain((images, None), model, **asked),
    }


def torch_itself() -> dict[str, Callable]:
    """The same network's forward pass in PyTorch."""
    import torch

    model = network.in_torch()

    def forward(images):
        with torch.inference_mode():
            return model(network.for_torch(images)).numpy()

    return {FORWARD: forward}


def captum() -> dict[str, Callable]:
    """Captum's Saliency and LayerGradCam."""
    from captum.attr import LayerGradCam, Saliency

    model = network.in_torch()
    grad_cam, saliency = LayerGradCam(model, model[network.LAST_IN_TORCH]), Saliency(model)

    def run(method, images):
        batch = network.for_torch(images).requires_grad_()
        return method.attribute(batch, target=network.ASKED).detach().numpy()

    return {
        "Grad-CAM": lambda images: run(grad_cam, images),
        "saliency": lambda images: run(saliency, images),
    }


def pytorch_grad_cam() -> dict[str, Callable]:
    """pytorch-grad-cam. It imports torchvision for pictures that it is not asked to draw here."""
    _stand_in("torchvision", "torchvision.transforms", "torchvision.transforms.functional")
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    model = network.in_torch().requires_grad_()  # its backward pass starts from the weights
    grad_cam = GradCAM(model=model, target_layers=[model[network.LAST_IN_TORCH]])

    def run(images):
        targets = [ClassifierOutputTarget(network.ASKED)] * len(images)
        return grad_cam(input_tensor=network.for_torch(images), targets=targets)

    return {"Grad-CAM": run}


def _stand_in(*modules: str) -> None:
    """Puts empty modules in the place of those that a package imports and does not need here."""
    for name in modules:
        module = types.ModuleType(name)
        module.__path__, module.__getattr__ = [], _anything
        sys.modules.setdefault(name, module)


def _anything(name: str):
    if name.startswith("__"):
        raise AttributeError(name)
    return object


TWO = ("Grad-CAM", "saliency")
WAYS = (FORWARD, "forward pass, eager", "forward pass, predict", "forward pass, XLA")
PACKAGES = {
    package.name: package
    for package in (
        Package("TensorFlow", "TensorFlow", WAYS, tensorflow_itself),
        Package("this course", "TensorFlow", ("CAM", *TWO), this_course),
        Package("tf-keras-vis", "TensorFlow", TWO, tf_keras_vis),
        Package("xplique", "TensorFlow", TWO, xplique),
        Package("tf-explain", "TensorFlow", TWO, tf_explain),
        Package("PyTorch", "PyTorch", (FORWARD,), torch_itself),
        Package("captum", "PyTorch", TWO, captum),
        Package("pytorch-grad-cam", "PyTorch", TWO[:1], pytorch_grad_cam),
    )
}
