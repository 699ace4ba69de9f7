"""Lesson 5, sharper gradients: noisy copies of a picture, and the gradients there."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.exercises.lesson04_gradient import draw_network, one_class_each, predicted
from interp_ref.exercises.lesson05_gradients import GRADIENT_MISTAKES, gradients_by

LESSON = "05_sharper_gradients"
PICTURE = (5, 7, 3)


# noisy_copies


def _noisy_copies(step, images, noise, noise_level):
    return step.copies(images, step.sigma(step.spread(images), noise_level), noise)


def _own_range(images):
    axes = (1, 2, 3)
    return images.max(axis=axes, keepdims=True) - images.min(axis=axes, keepdims=True)


def _range_of_each_colour(images):
    return images.max(axis=(1, 2), keepdims=True) - images.min(axis=(1, 2), keepdims=True)


def _range_of_the_batch(images):
    return np.full((len(images), 1, 1, 1), images.max() - images.min())


def _picture_plus_noise(images, sigma, noise):
    return images[:, None] + sigma[:, None] * noise


def _clipped(images, sigma, noise):
    low, high = (end(images, axis=(1, 2, 3), keepdims=True)[:, None] for end in (np.min, np.max))
    return np.clip(_picture_plus_noise(images, sigma, noise), low, high)


def _draw_pictures(count, noise_level):
    """Pictures of another range and another mean each, as wide as VGG16's, and four patterns of noise."""

    def draw(rng):
        width, middle = rng.uniform(20, 120, (count, 1, 1, 1)), rng.uniform(-30, 60, (count, 1, 1, 1))
        images = middle + width * rng.uniform(-1, 1, (count, *PICTURE)) * np.array([1, 0.5, 0.7])
        noise = rng.standard_normal((4, *PICTURE))
        return {
            "images": images.astype(np.float32),
            "noise": noise.astype(np.float32),
            "noise_level": noise_level,
        }

    return draw


NOISY_COPIES = Exercise(
    name="noisy_copies",
    lesson=LESSON,
    asks="Noisy copies of each picture; sigma is a share noise_level of the picture's own range of values.",
    returns="[N, M, H, W, 3] float32: picture, copy, then the copy itself",
    steps={
        "spread": _own_range,
        "sigma": lambda spread, noise_level: noise_level * spread,
        "copies": _picture_plus_noise,
    },
    where={
        "spread": "measure how wide a picture's values are spread",
        "sigma": "make the noise's standard deviation out of it",
        "copies": "put picture and noise together",
    },
    body=_noisy_copies,
    criteria={"values": 1, "own units": 1},
    challenges=(
        Challenge("one picture", "values", _draw_pictures(1, 0.15)),
        Challenge("pictures of different ranges", "own units", _draw_pictures(3, 0.3)),
    ),
    misconceptions=(
        Misconception(
            "range_of_255",
            "spread",
            lambda images: np.full((len(images), 1, 1, 1), 255.0),
            "The values of a picture run from 0 to 255.",
            "Halve all values of a picture, and print how far its copies lie from it before and after: the "
            "noise should be half as wide as well. Print the picture's smallest and largest value too.",
        ),
        Misconception(
            "range_of_the_batch",
            "spread",
            _range_of_the_batch,
            "The batch has one range.",
            "Print a picture's copies alone and in a batch of three, with the same noise: they should be the "
            "same.",
        ),
        Misconception(
            "range_of_each_colour",
            "spread",
            _range_of_each_colour,
            "Each colour has a range and a noise of its own.",
            "Print the difference of a copy and its picture divided by the noise, at the three colours of a "
            "pixel: it should be the same number three times.",
        ),
        Misconception(
            "largest_value",
            "spread",
            lambda images: images.max(axis=(1, 2, 3), keepdims=True),
            "The range reaches from 0 to the largest value.",
            "Add 100 to all values of a picture, and print how far its copies lie from it before and after: "
            "the noise should not change.",
        ),
        Misconception(
            "standard_deviation_for_range",
            "spread",
            lambda images: images.std(axis=(1, 2, 3), keepdims=True),
            "The spread of a picture is its standard deviation.",
            "Take a picture whose smallest value is 0 and whose largest is 10, and print the difference of a "
            "copy and the picture divided by the noise: at noise_level 0.1 it should be 1 everywhere.",
        ),
        Misconception(
            "level_is_sigma",
            "sigma",
            lambda spread, noise_level: np.full_like(spread, noise_level),
            "noise_level is the standard deviation.",
            "Print the standard deviation of a copy minus its picture beside the picture's range: the first "
            "should be about noise_level times the second.",
        ),
        Misconception(
            "level_is_a_variance",
            "sigma",
            lambda spread, noise_level: np.sqrt(noise_level) * spread,
            "noise_level is a share of the variance.",
            "Make noise_level four times as large, and print how far the copies lie from the picture before "
            "and after: the noise should be four times as wide, not twice.",
        ),
        Misconception(
            "noise_alone",
            "copies",
            lambda images, sigma, noise: sigma[:, None] * noise + 0 * images[:, None],
            "The copies are the noise.",
            "Put noise_level = 0 in and print the largest difference of a copy and the picture: it should be "
            "0.",
        ),
        Misconception(
            "noise_multiplied",
            "copies",
            lambda images, sigma, noise: images[:, None] * (1 + sigma[:, None] * noise),
            "The noise scales the values.",
            "Put the value 0 into one pixel of a picture, and print that pixel in the copies: it should not "
            "be 0 in all of them.",
        ),
        Misconception(
            "one_pattern_for_all_copies",
            "copies",
            lambda images, sigma, noise: _picture_plus_noise(images, sigma, noise[:1] + 0 * noise),
            "One noise pattern serves all copies.",
            "Print the largest difference of the first and the second copy: it should be far from 0.",
        ),
        Misconception(
            "clipped_to_the_range",
            "copies",
            _clipped,
            "A copy may not leave the picture's range.",
            "Print the largest value of a copy beside that of its picture: the copy's should be larger as a "
            "rule. A network takes any number.",
        ),
        Misconception(
            "copies_before_pictures",
            "copies",
            lambda images, sigma, noise: _picture_plus_noise(images, sigma, noise).swapaxes(0, 1),
            "The copies are the outer axis.",
            "Print the shape of your result for 3 pictures and 4 patterns of noise: it should begin with "
            "3, 4.",
        ),
    ),
)


# gradients_of_copies


def _gradients_of_copies(step, model, copies, class_index):
    classes = step.asked(model, copies, class_index)
    return step.finish(step.gradient(model, step.points(copies), classes))


def _repeated(model, copies, class_index):
    return np.repeat(class_index, copies.shape[1])


def _predicted_at_each_copy(model, copies, class_index):
    flat = copies.reshape(-1, *copies.shape[2:])
    return draws.predicted(draws.model_logits(model, flat))


def _tiled(model, copies, class_index):
    return np.tile(class_index, copies.shape[1])


def _first_for_all(model, copies, class_index):
    return np.full(len(copies) * copies.shape[1], class_index[0])


def _at_the_mean_copy(copies):
    return np.broadcast_to(copies.mean(axis=1, keepdims=True), copies.shape)


def _put_back_wrongly(gradients):
    count, copies = gradients.shape[:2]
    return gradients.reshape(copies, count, *gradients.shape[2:]).swapaxes(0, 1)


def _draw_copies(build, count, asked, **options):
    """A tiny network, four noisy copies of each picture, and the asked class of each picture."""
    drawn = draw_network(build, count, asked, **options)

    def draw(rng):
        inputs = drawn(rng)
        images = inputs["images"]
        noise = rng.normal(0, 0.7, (count, 4, *images.shape[1:]))
        return {
            "model": inputs["model"],
            "copies": (images[:, None] + noise).astype(np.float32),
            "class_index": inputs["class_index"],
        }

    return draw


GRADIENTS_OF_COPIES = Exercise(
    name="gradients_of_copies",
    lesson=LESSON,
    asks="The gradient of the asked class's score (its logit) at every copy of every picture.",
    returns="[N, M, H, W, 3] float32, signed, one gradient a copy",
    steps={
        "asked": _repeated,
        "points": lambda copies: copies,
        "gradient": gradients_by("logit"),
        "finish": lambda gradients: gradients,
    },
    where={
        "asked": "give every copy its class",
        "points": "choose the points at which the gradient is taken",
        "gradient": "differentiate",
        "finish": "put the gradients back into pictures and copies",
    },
    body=_gradients_of_copies,
    criteria={"values": 1, "asked class": 1, "batch": 1},
    challenges=(
        Challenge(
            "one picture, the predicted class", "values", _draw_copies("tiny_gap_classifier", 1, predicted)
        ),
        Challenge(
            "classes that are not the predicted ones",
            "asked class",
            # Its dropout does nothing unless the network runs as if it were trained.
            _draw_copies("tiny_dense_classifier", 2, draws.not_predicted, dropout=0.5),
        ),
        Challenge(
            "another class for each picture", "batch", _draw_copies("tiny_gap_classifier", 3, one_class_each)
        ),
    ),
    misconceptions=(
        Misconception(
            "classes_tiled",
            "asked",
            _tiled,
            "The list of classes is repeated as a whole.",
            "Print the classes in the order of your flattened copies: for class_index [0, 2] and three "
            "copies each it should be 0 0 0 2 2 2.",
        ),
        Misconception(
            "predicted_at_each_copy",
            "asked",
            _predicted_at_each_copy,
            "The class to explain is what the network says of the copy.",
            "Ask for two different classes on one picture and print the largest difference between the two "
            "results: it should be far from 0. May noise change the question?",
        ),
        Misconception(
            "first_class_for_all_pictures",
            "asked",
            _first_for_all,
            "One class index serves the whole batch.",
            "Print the largest difference between a picture's gradients in a batch and alone: it should be "
            "rounding only. How many classes does class_index hold?",
        ),
        Misconception(
            "at_the_mean_copy",
            "points",
            _at_the_mean_copy,
            "The mean of the gradients is the gradient at the mean of the copies.",
            "Print the largest difference between the gradients of two copies of one picture: it should be "
            "far from 0.",
        ),
        *GRADIENT_MISTAKES,
        Misconception(
            "divided_by_the_copies",
            "finish",
            lambda gradients: gradients / gradients.shape[1],
            "What is differentiated is the mean over the copies.",
            "Print the gradient of a copy alone divided by its gradient among four: the ratio should be 1.",
        ),
        Misconception(
            "averaged_already",
            "finish",
            lambda gradients: gradients.mean(axis=1),
            "The gradients of the copies are averaged here.",
            "Print the shape of your result: it should be that of copies. What is done with the gradients "
            "is the next function's business.",
        ),
        Misconception(
            "pictures_and_copies_mixed",
            "finish",
            _put_back_wrongly,
            "Reshaping finds the right axes by itself.",
            "Print the largest difference between a picture's gradients in a batch and alone: it should be "
            "rounding only. In which order do the gradients come out of the tape?",
        ),
        Misconception(
            "sign_dropped",
            "finish",
            np.abs,
            "A gradient is a strength.",
            "Print the smallest value of your result: it should be negative. With which sign do gradients of "
            "noise cancel?",
        ),
    ),
)
