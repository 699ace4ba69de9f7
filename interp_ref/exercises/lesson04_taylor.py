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


def _unit_direction(images, moved):
    move = moved - images
    return move / np.sqrt((move**2).sum(axis=(1, 2, 3), keepdims=True))


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
            "Raise one value of the picture whose gradient is positive and print your result minus "
            "`score`: it should be positive too. Which picture is the start of the move?",
        ),
        Misconception(
            "unit_direction",
            "move",
            _unit_direction,
            "A directional derivative takes a direction, so the move gets the length 1.",
            "Move twice as far in the same direction and print the ratio of the two changes, your "
            "result minus `score`: it should be 2.",
        ),
        Misconception(
            "every_value_helps",
            "product",
            lambda gradient, move: np.abs(gradient * move),
            "Every move changes the score upwards.",
            "Move one value up whose gradient is negative and print your result minus `score`: it "
            "should be negative.",
        ),
        Misconception(
            "sign_of_gradient",
            "product",
            lambda gradient, move: np.sign(gradient) * move,
            "Only the direction of the gradient matters.",
            "Move one single value by 1 and print your result minus `score` beside the gradient "
            "of that value: they should be equal, not 1 or −1.",
        ),
        Misconception(
            "half_for_first_order",
            "product",
            lambda gradient, move: 0.5 * gradient * move,
            "A term of a Taylor expansion carries a half.",
            "Move one single value by 1 and print your result minus `score` beside the gradient "
            "of that value: they should be equal. Which order's term carries 1/2!, and which 1/1!?",
        ),
        Misconception(
            "mean_of_products",
            "total",
            lambda products: products.mean(axis=(1, 2, 3)),
            "The contributions of the values are averaged.",
            "Move one single value by 1 and print your result minus `score` beside the gradient "
            "of that value: they should be equal. By what do they differ, and what has that many "
            "elements?",
        ),
        Misconception(
            "batch_added_up",
            "total",
            lambda products: np.full(len(products), products.sum()),
            "One number comes out for the whole batch.",
            "Move the first picture alone and print your result minus `score`: only the first "
            "entry should differ from 0.",
        ),
    ),
)


# largest_change: a step of the derivation


def _largest_change(step, gradient, epsilon):
    return step.reach(step.total(step.size(gradient)), epsilon)


def _sum_of_values(sizes):
    return sizes.sum(axis=(1, 2, 3))


def _draw_gradient(epsilon):
    """Gradients of another strength each, the second one negative everywhere."""

    def draw(rng):
        strength = rng.uniform(0.5, 2, (3, 1, 1, 1))
        gradient = strength * rng.normal(0.3, 1.0, (3, *PICTURE))
        gradient[1] = -np.abs(gradient[1])
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
            "Print your result for a gradient that is −1 everywhere: it should be epsilon times the "
            "number of values, and positive. Which way should such values move to raise the score?",
        ),
        Misconception(
            "only_upwards",
            "size",
            lambda gradient: np.maximum(gradient, 0),
            "Values with a negative gradient can't help.",
            "Print your result for a gradient that is −1 everywhere: it should be epsilon times the "
            "number of values, not 0. May a value also move down?",
        ),
        Misconception(
            "move_along_the_gradient",
            "size",
            np.square,
            "The best move is epsilon times the gradient.",
            "Double the gradient and print the ratio of the two results: it should be 2. And how far "
            "does a value move, in your plan, whose gradient is 3?",
        ),
        Misconception(
            "one_value_moves",
            "total",
            lambda sizes: sizes.max(axis=(1, 2, 3)),
            "The most sensitive value decides.",
            "Print your result for a gradient that is 1 everywhere: it should be epsilon times the "
            "number of values, since each of them may move.",
        ),
        Misconception(
            "one_colour_a_pixel",
            "total",
            lambda sizes: sizes.max(axis=-1).sum(axis=(1, 2)),
            "One colour of each pixel moves.",
            "Print your result for a gradient that is 1 everywhere: it should be epsilon times the "
            "number of values, H · W · 3. By what does yours differ?",
        ),
        Misconception(
            "mean_of_values",
            "total",
            lambda sizes: sizes.mean(axis=(1, 2, 3)),
            "Epsilon is shared out among the values.",
            "Print your result for a gradient that is 1 everywhere: it should be epsilon times the "
            "number of values, since each of them may move by all of epsilon.",
        ),
        Misconception(
            "length_of_gradient",
            "total",
            lambda sizes: np.sqrt((sizes**2).sum(axis=(1, 2, 3))),
            "The largest change is epsilon times the length of the gradient.",
            "Print your result for a gradient that is 1 everywhere: it should be epsilon times the "
            "number of values, not its root. Is it the length of the move that is bounded, or each "
            "value's own?",
        ),
        Misconception(
            "batch_in_one_sum",
            "total",
            np.sum,
            "The largest change is one number.",
            "Print the shape of your result: it should be [N], one change for each picture.",
        ),
        Misconception(
            "epsilon_left_out",
            "reach",
            lambda total, epsilon: total,
            "The bound on the move does not enter.",
            "Double epsilon and print the ratio of the two results: it should be 2.",
        ),
        Misconception(
            "from_end_to_end",
            "reach",
            lambda total, epsilon: 2 * epsilon * total,
            "A value can travel from −epsilon to +epsilon, which is twice as far.",
            "Put in a gradient of 0 but for one value of 1, and epsilon = 1, and print your result: "
            "it should be 1. Where does that value start, and how far from there may it go?",
        ),
    ),
)
