"""The network that is explained: the course's own, or one from a file, with how it takes its pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from interp_ref.errors import UserError

if TYPE_CHECKING:
    import keras

SIDE = 224


@dataclass(frozen=True)
class Network:
    """A model, how raw RGB becomes its input, its classes' names, its pictures' height and width."""

    model: keras.Model
    prepare: Callable
    class_names: tuple[str, ...]
    size: tuple[int, int]

    def class_index(self, asked: str | None) -> int | None:
        """The class of that name or number, None for none. Raises UserError for one that is not there."""
        if asked is None:
            return None
        names = [name.casefold() for name in self.class_names]
        if asked.casefold() in names:
            return names.index(asked.casefold())
        if asked.isdigit() and int(asked) < len(names):
            return int(asked)
        close = get_close_matches(asked.casefold(), names, n=1, cutoff=0.5)
        meant = f"did you mean {self.class_names[names.index(close[0])]!r}, " if close else ""
        few = f"choose one of {', '.join(self.class_names)}"
        known = few if len(names) <= 10 else f"give a number from 0 to {len(names) - 1}"
        raise UserError(f"This network knows no class {asked!r}: {meant}{known}.")

    def logits(self, images) -> np.ndarray:
        """Scores [N, C] of prepared images [N, H, W, 3], float32, before any softmax or sigmoid."""
        from interp_ref.methods.gradients import prepared
        from interp_ref.methods.graph import split
        from interp_ref.methods.logits import logits_graph
        from interp_ref.methods.running import run

        images, graph = prepared(self.model, images), logits_graph(self.model)
        _, above = split(graph, graph.source)
        return run(lambda images: [above(images, {})], graph, "all logits", images)[0]


def course_network(head: str = "cats_vs_dogs", size: int | None = None) -> Network:
    """VGG16 with a head that ships with the course, or one of your own by the path of its .npz.

    size: the pictures' height and width, 224 unless given. Raises UserError for an unknown head, pictures of
    less than 32 pixels, and where the weights of VGG16 cannot be had.
    """
    from interp_ref import models

    chosen, side = models.load_head(head), _side(size) or SIDE
    backbone = models.vgg16_backbone((side, side, 3))
    model = models.with_head(models.classifier(backbone, len(chosen.bias)), chosen)
    return Network(
        model, models.preprocess, _names(chosen.card.get("class_names"), len(chosen.bias)), (side, side)
    )


def own_network(
    path: Path, preparing: str | None, classes: str | None = None, size: int | None = None
) -> Network:
    """A model from a .keras file.

    preparing: a name of `PREPARING`; classes: names with commas between them, in the order of the logits;
    size: for a model that takes pictures of any size. Raises UserError for a file that cannot be loaded
    safely, a model without logits, pictures of another size or with other channels than three, and names
    that are not as many as the classes.
    """
    from interp_ref.explaining.model_file import load_model_file
    from interp_ref.explaining.preparing import named_preparing
    from interp_ref.methods.logits import logits_graph

    prepare, model = named_preparing(preparing), load_model_file(path)
    graph = logits_graph(model)
    height, width, channels = _input_shape(graph)
    if channels != 3:
        raise UserError(
            f"Expected a model of RGB pictures [N, H, W, 3], got one that takes {channels} channels: give "
            "its first layer three, last."
        )
    side = _side(size)
    if side and any(fixed not in (None, side) for fixed in (height, width)):
        raise UserError(f"This model takes pictures of {height} x {width}: leave --size {side} out.")
    known = height or side or SIDE, width or side or SIDE
    model = model if None not in (height, width) else _of_size(model, known)
    count = max(2, graph.shapes[graph.target][1])
    return Network(model, prepare, _names(classes and classes.split(","), count), known)


def _input_shape(graph) -> tuple:
    shape = graph.shapes[graph.source]
    if len(shape) != 4:
        raise UserError(
            f"Expected a model of pictures [N, H, W, 3], got one that takes {len(shape) - 1} axes: its first "
            "layer must be a keras.Input((height, width, 3))."
        )
    return shape[1:]


def _of_size(model, size: tuple[int, int]):
    """The same model, weights and all, for pictures of one size."""
    import keras

    pictures = keras.Input((*size, 3))
    try:
        return keras.Model(pictures, model(pictures), name=f"{model.name}_of_one_size")
    except Exception as error:  # a layer whose window no longer fits raises ValueError, others other kinds
        raise UserError(
            f"This model cannot take pictures of {size[0]} x {size[1]} ({' '.join(str(error).split())[:120]}"
            "): give a larger one with --size."
        ) from error


def _side(size: int | None) -> int | None:
    from interp_ref.data.pictures import check_size

    return None if size is None else check_size(size)


def _names(given, count: int) -> tuple[str, ...]:
    names = tuple(str(name).strip() for name in given or range(count))
    if len(names) != count or len(set(names)) != count:
        raise UserError(
            f"Expected {count} names of classes, all different, got {', '.join(names)[:200]}: give --classes "
            "in the order of the model's logits, with commas between them."
        )
    return names
