"""VGG16 with its ImageNet weights, the CAM architecture on top of it, heads, and tiny networks for checks.

Each part is loaded when it is named, and Keras only when a model is built.
"""

from importlib import import_module

_WHERE = {
    "preprocess": "preprocessing",
    "vgg16_backbone": "architecture",
    "cut_after_last_conv": "architecture",
    "classifier": "architecture",
    "with_head": "architecture",
    "FixedWeights": "fixed",
    "extract_features": "features",
    "train_head": "training",
    "make_head": "training",
    "Head": "heads",
    "center": "heads",
    "load_head": "heads",
    "save_head": "heads",
    "tiny_images": "tiny",
    "tiny_backbone": "tiny",
    "tiny_gap_classifier": "tiny",
    "tiny_dense_classifier": "tiny",
    "linear_model": "tiny",
}

__all__ = list(_WHERE)


def __getattr__(name: str):
    if name in _WHERE:
        return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
    if name == "weights":
        return import_module(f"{__name__}.weights")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])
