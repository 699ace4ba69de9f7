"""The figures themselves: each takes the subjects and gives a picture with its alt text, or None."""

from __future__ import annotations

import numpy as np

from interp_ref import data, models, show
from interp_ref.explorables.subjects import LAYER, Subjects, share_inside
from interp_ref.figures.alt import ALT
from interp_ref.methods import grad_cam as gradients
from interp_ref.methods.cam import cam, class_activation_map
from interp_ref.methods.gradients import gradient_of
from interp_ref.methods.saliency import saliency

LAYERS = ("block3_conv3", "block4_conv3", "block5_conv3")
# Saliency has a few very bright pixels; without a limit they are all that can be seen.
BRIGHTEST = 99.5


def network(subjects: Subjects):
    """VGG16 -> GAP -> Dense -> CAM."""
    return show.diagram()


def three_methods(subjects: Subjects):
    """CAM, Grad-CAM and saliency of a picture of each class, and of one with both, asked for each."""
    images = np.concatenate([subjects.pictures.images[subjects.chosen], subjects.pairs[[0, 0]]])
    asked = np.array([0, 1, 0, 1])
    inputs = models.preprocess(images)
    bright = saliency(subjects.model, inputs, asked)
    limits = np.percentile(bright, BRIGHTEST, axis=(1, 2), keepdims=True)
    columns = {
        "picture": images,
        "CAM": (images, cam(subjects.model, inputs, asked)),
        "Grad-CAM": (images, gradients.grad_cam(subjects.model, inputs, asked, LAYER)),
        "saliency": np.minimum(bright / limits, 1),
    }
    return _grid(subjects, "three_methods", columns, [f"asked: {subjects.names[label]}" for label in asked])


def sign_trap(subjects: Subjects):
    """Grad-CAM from the score and from the loss, asked for the first class on pictures that hold both."""
    images, asked = subjects.pairs, np.zeros(len(subjects.pairs), int)
    maps = {title: _of(subjects, images, asked, score) for title, score in _scores().items()}
    columns = {}
    for title, values in maps.items():
        on = [share_inside(values, subjects.where[:, label]).mean() for label in (0, 1)]
        shares = f"{on[0]:.0%} {subjects.names[0]}, {on[1]:.0%} {subjects.names[1]}"
        columns[f"{title}\n{shares}"] = (images, values)
    rows = [f"asked: {subjects.names[0]}"] * len(images)
    return _grid(subjects, "sign_trap", {"picture": images, **columns}, rows)


def layers(subjects: Subjects):
    """Grad-CAM at three depths."""
    images, asked = subjects.pictures.images[subjects.chosen], np.array([0, 1])
    inputs = models.preprocess(images)
    maps = {at: (images, gradients.grad_cam(subjects.model, inputs, asked, at)) for at in LAYERS}
    rows = [f"asked: {name}" for name in subjects.names]
    return _grid(subjects, "layers", {"picture": images, **maps}, rows)


def same_probabilities(subjects: Subjects):
    """Two heads with equal probabilities: different maps of a class, one contrast map."""
    images, features = subjects.pictures.images[subjects.chosen], subjects.features[subjects.chosen]
    weights = subjects.head.weights
    shift = np.random.default_rng(0).normal(0, 4 * weights.std(), size=(len(weights), 1)).astype(np.float32)
    first, second = subjects.names
    heads = {"the head": weights, "one vector added": weights + shift}
    columns = {
        f"{first}, {title}": (images, class_activation_map(features, w, 0)) for title, w in heads.items()
    }
    contrast = class_activation_map(features, weights[:, :1] - weights[:, 1:2], 1)
    columns[f"{first} − {second}, both heads"] = (images, contrast)
    return _grid(subjects, "same_probabilities", {"picture": images, **columns}, subjects.names)


def bright_is_not_needed(subjects: Subjects):
    """The map of the sketched cat that lies least on the cat, and what its score does when parts change."""
    if not subjects.drawn:
        return None
    seed, values = _least_on_its_animal(subjects)
    versions = {
        "as drawn": data.draw(seed).image,
        "a dog's ears": data.redraw(seed, "ears", as_class="dog").image,
        "no background": data.redraw(seed, without="background").image,
    }
    pooled = models.extract_features(
        subjects.backbone, np.stack(list(versions.values())), progress=False, pooled=True
    )
    scores = subjects.head.logits(pooled)[:, 0]
    columns = {"Grad-CAM, asked: cat": (versions["as drawn"][None], values)}
    titled = zip(versions.items(), scores, strict=True)
    columns |= {f"{title}\nscore for cat {score:+.2f}": image[None] for (title, image), score in titled}
    return _grid(subjects, "bright_is_not_needed", columns)


def truth(subjects: Subjects):
    """A sketch, the mask of the parts that decide, and the same sketch with one part changed."""
    if not subjects.drawn:
        return None
    sketches = [data.draw(int(subjects.pictures.seeds[i])) for i in subjects.chosen]
    columns = {
        "as drawn": np.stack([one.image for one in sketches]),
        "the parts that decide": np.stack([_faded_beside(one, data.DECIDING_PARTS) for one in sketches]),
        "the other's ears": np.stack([_as_other(one, "ears") for one in sketches]),
        "the other's muzzle": np.stack([_as_other(one, "muzzle") for one in sketches]),
    }
    return _grid(subjects, "truth", columns, subjects.names)


def photo(subjects: Subjects):
    """The three methods on a photo that everyone may use; None without scikit-image or on other photos."""
    if not subjects.drawn:
        return None
    try:
        from skimage.data import chelsea
    except ImportError:
        return None
    images = _square(chelsea())[None]
    head = models.load_head("cats_vs_dogs")
    model, inputs = models.with_head(models.classifier(subjects.backbone), head), models.preprocess(images)
    bright = saliency(model, inputs, 0)
    columns = {
        "Chelsea, a photo": images,
        "CAM": (images, cam(model, inputs, 0)),
        "Grad-CAM": (images, gradients.grad_cam(model, inputs, 0, LAYER)),
        "saliency": np.minimum(bright / np.percentile(bright, BRIGHTEST), 1),
    }
    return _grid(subjects, "photo", columns, ["asked: cat"])


def _grid(subjects: Subjects, name: str, columns: dict, row_titles=None):
    # Written by hand for the sketches; pictures that nobody has seen yet describe themselves.
    alt = ALT[name] if subjects.drawn else None
    figure = show.grid(columns, row_titles=row_titles, scale="picture", alpha=0.6, alt=alt)
    # Colour bars make the pictures narrower, and so lower, than the grid expects: no white bands between.
    figure.set_size_inches(figure.get_figwidth(), 0.86 * figure.get_figheight())
    return figure


def _scores() -> dict:
    import tensorflow as tf

    from interp_ref.methods.scores import class_score

    def loss(logits, labels):
        return tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)

    return {"from the score": class_score, "from the loss": loss}


def _of(subjects: Subjects, images, asked, score) -> np.ndarray:
    activations, slopes = gradient_of(score, subjects.model, models.preprocess(images), asked, LAYER)
    return gradients.combine(activations, gradients.channel_weights(slopes))


def _least_on_its_animal(subjects: Subjects):
    """Seed and Grad-CAM map [1, 14, 14] of that cat."""
    cats = np.flatnonzero(subjects.pictures.labels == 0)
    column = subjects.head.weights[:, :1].T / subjects.features[0, :, :, 0].size
    maps = gradients.combine(subjects.features[cats], np.repeat(column, len(cats), axis=0))
    worst = int(np.argmin(share_inside(maps, ~subjects.pictures.masks["background"][cats])))
    return int(subjects.pictures.seeds[cats[worst]]), maps[worst : worst + 1]


def _faded_beside(sketch, parts) -> np.ndarray:
    inside = np.any([sketch.masks[part] for part in parts], axis=0)[..., None]
    return np.where(inside, sketch.image, 205 + sketch.image // 6).astype(np.uint8)


def _as_other(sketch, part: str) -> np.ndarray:
    return data.redraw(sketch.seed, part, as_class=data.CLASSES[1 - sketch.label]).image


def _square(image: np.ndarray) -> np.ndarray:
    """The middle of a photo, 224 pixels wide and high."""
    import tensorflow as tf

    side = min(image.shape[:2])
    top, left = ((size - side) // 2 for size in image.shape[:2])
    middle = image[top : top + side, left : left + side]
    return tf.image.resize(middle, (224, 224), antialias=True).numpy().round().astype(np.uint8)
