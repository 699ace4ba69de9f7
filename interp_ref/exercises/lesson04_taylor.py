"""Lesson 4, the derivation: what a first-order Taylor expansion of the score promises."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises.exercise import Challenge, Exercise, Misconception

LESSON = "04_saliency"
PICTURE = (5, 7, 3)


# first_order_score: a step of the derivation


def _first_order_score(step, score, gradient, images, moved_images):
    return step.start(score) + step.total(step.product(gradient, step.move(images, moved_images)))


def _product(gradient, move):
    return gradient * move


def _total(products):
    return products.sum(axis=(1, 2, 3))


def _draw_move(size):
    """Pictures far from zero and a step of `size` from each: a forgotten picture or a turned sign shows."""

    def draw(rng):
        images = rng.normal(1.0, 1.0, (3, *PICTURE)).astype(np.float32)
        move = size * rng.normal(0.4, 1.0, images.shape)
        return {
            "score": rng.normal(2.0, 1.0, 3).astype(np.float32),
            "gradient": rng.normal(0.2, 1.0, images.shape).astype(np.float32),
            "images": images,
            "moved_images": (images + move).astype(np.float32),
        }

    return draw


FIRST_ORDER_SCORE = Exercise(
    name="first_order_score",
    lesson=LESSON,
    asks="The score that the first-order Taylor expansion at a picture promises for a moved picture.",
    returns="[N] float32, one score a picture",
    steps={
        "start": lambda score: score,
        "move": lambda images, moved: moved - images,
        "product": _product,
        "total": _total,
    },
    where={
        "start": "begin with the score at the picture",
        "move": "say how far the picture has moved",
        "product": "multiply gradient and move",
        "total": "add the contributions of a picture up",
    },
    body=_first_order_score,
    criteria={"values": 1},
    challenges=(
        Challenge("a small move", "values", _draw_move(0.2)),
        Challenge("a large move", "values", _draw_move(1.0)),
    ),
    misconceptions=(
        Misconception(
            "change_alone",
            "start",
            np.zeros_like,
            "The expansion gives the change, and the change is the score.",
            "Put moved_images = images and print your result beside `score`: nothing has moved, "
            "so the two should be equal.",
        ),
        Misconception(
            "picture_for_move",
            "move",
            lambda images, moved: moved,
            "The gradient multiplies the picture.",
            "Put moved_images = images and print your result minus `score`: it should be 0, "
            "whatever the picture is.",
        ),
        Misconception(
            "move_backwards",
            "move",
            lambda images, moved: images - moved,
            "The order of the two pictures does not matter.",
            "Raise one value of the picture whose gradient is positive, by hand, and print your "
            "result minus `score`: it should be positive too.",
        ),
        Misconception(
            "mean_of_products",
            "total",
            lambda products: products.mean(axis=(1, 2, 3)),
            "The contributions of the values are averaged.",
            "Move one single value by 1 and print your result minus `score` beside the gradient "
            "of that value: they should be equal.",
        ),
        Misconception(
            "batch_added_up",
            "total",
            lambda products: np.full(len(products), products.sum()),
            "One number comes out for the whole batch.",
            "Move the first picture alone and print your result minus `score`: only the first "
            "entry should differ from 0.",
        ),
        Misconception(
            "every_value_helps",
            "product",
            lambda gradient, move: np.abs(gradient * move),
            "Every move changes the score upwards.",
            "Move against the gradient, moved_images = images − 0.01 · gradient, and print your "
            "result minus `score`: it should be negative.",
        ),
    ),
)


# largest_change: a step of the derivation


def _largest_change(step, gradient, epsilon):
    return step.reach(step.total(step.size(gradient)), epsilon)


def _sum_of_values(sizes):
    return sizes.sum(axis=(1, 2, 3))


def _draw_gradient(epsilon):
    def draw(rng):
        strength = rng.uniform(0.5, 2, (3, 1, 1, 1))
        gradient = strength * rng.normal(0.3, 1.0, (3, *PICTURE))
        return {"gradient": gradient.astype(np.float32), "epsilon": epsilon}

    return draw


LARGEST_CHANGE = Exercise(
    name="largest_change",
    lesson=LESSON,
    asks="The largest first-order change of the score when every value may move by at most epsilon.",
    returns="[N] float32, one change a picture",
    steps={"size": np.abs, "total": _sum_of_values, "reach": lambda total, epsilon: epsilon * total},
    where={
        "size": "take the size of each value's gradient",
        "total": "add up over the values of a picture",
        "reach": "bring epsilon in",
    },
    body=_largest_change,
    criteria={"values": 1},
    challenges=(
        Challenge("half a grey level", "values", _draw_gradient(0.5)),
        Challenge("three grey levels", "values", _draw_gradient(3.0)),
    ),
    misconceptions=(
        Misconception(
            "all_values_up",
            "size",
            lambda gradient: gradient,
            "The largest change comes from raising every value.",
            "Count the values whose gradient is negative: which way should those move to raise the "
            "score? Print the change with your move and with the better one.",
        ),
        Misconception(
            "only_upwards",
            "size",
            lambda gradient: np.maximum(gradient, 0),
            "Values with a negative gradient can't help.",
            "Take one value whose gradient is negative and move it down by epsilon: print the "
            "change of the score. Does your sum hold it?",
        ),
        Misconception(
            "one_value_moves",
            "total",
            lambda sizes: sizes.max(axis=(1, 2, 3)),
            "The most sensitive value decides.",
            "Print how many values of one picture may move: the bound holds for each of them, and "
            "their changes add up.",
        ),
        Misconception(
            "length_of_gradient",
            "total",
            lambda sizes: np.sqrt((sizes**2).sum(axis=(1, 2, 3))),
            "The largest change is epsilon times the length of the gradient.",
            "Print the first-order change for the move epsilon · sign(gradient), which is "
            "allowed: your result should not be smaller.",
        ),
        Misconception(
            "one_colour_a_pixel",
            "total",
            lambda sizes: sizes.max(axis=-1).sum(axis=(1, 2)),
            "One colour of each pixel moves.",
            "Print the first-order change for the move epsilon · sign(gradient), which moves all "
            "three colours of a pixel: your result should be equal to it.",
        ),
        Misconception(
            "epsilon_left_out",
            "reach",
            lambda total, epsilon: total,
            "The bound on the move does not enter.",
            "Double epsilon and print the ratio of the two results: it should be 2.",
        ),
    ),
)
