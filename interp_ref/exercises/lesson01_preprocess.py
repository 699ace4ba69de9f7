"""Lesson 1, transfer learning: what goes into the network."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.models.preprocessing import IMAGENET_MEAN_BGR

LESSON = "01_transfer_learning"
MEAN = np.float32(IMAGENET_MEAN_BGR)
# The deviations that go with ImageNet's mean colour in other recipes, blue first and in the range of 255.
DEVIATION = 255 * np.float32([0.225, 0.224, 0.229])


# preprocess


def _preprocess(step, images):
    return step.finish(step.centre(step.order(images).astype(np.float32)))


def _draw_pictures(low, high):
    return lambda rng: {"images": rng.integers(low, high, (3, 6, 9, 3), dtype=np.uint8)}


def _in_bytes(bgr):
    return (bgr.astype(np.uint8) - MEAN.astype(np.uint8)).astype(np.float32)


def _torch_style(images):
    mean, deviation = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
    return (images / np.float32(255) - mean) / deviation


PREPROCESS = Exercise(
    name="preprocess",
    lesson=LESSON,
    asks="RGB pictures as VGG16 wants them: blue first, the mean colour of ImageNet taken away, not scaled.",
    returns="[N, H, W, 3] float32, BGR, about -124..151",
    steps={
        "order": lambda images: images[..., ::-1],
        "centre": lambda bgr: bgr - MEAN,
        "finish": lambda x: x,
    },
    where={
        "order": "put the colours into the order blue, green, red",
        "centre": "take the mean colour away",
        "finish": "hand the centred values over, after everything else",
    },
    body=_preprocess,
    criteria={"values": 1, "dark pictures": 1},
    challenges=(
        Challenge("bright pictures", "values", _draw_pictures(125, 256)),
        Challenge("dark pictures", "dark pictures", _draw_pictures(0, 110)),
    ),
    misconceptions=(
        Misconception(
            "rgb_kept",
            "order",
            lambda images: images,
            "VGG16 reads red first, as the picture does.",
            "Preprocess one pure red pixel (255, 0, 0) and print it: it should be (−103.9, −116.8, "
            "131.3), the large number last.",
        ),
        Misconception(
            "picture_mirrored",
            "order",
            lambda images: images[:, :, ::-1],
            "The last-but-one axis holds the colours.",
            "Preprocess a picture whose left half is black and print the smallest value of each half "
            "of the result: the left half should still hold it. What does each axis of images.shape "
            "count?",
        ),
        Misconception(
            "means_in_rgb_order",
            "centre",
            lambda bgr: bgr - MEAN[::-1],
            "The channel means are taken away in the order red, green, blue.",
            "Preprocess a pixel that has ImageNet's mean colour, red 124, green 117, blue 104, and "
            "print it: all three numbers should be within 1 of 0.",
        ),
        Misconception(
            "no_mean",
            "centre",
            lambda bgr: bgr,
            "Turning the channels round is all.",
            "Preprocess a black pixel and print it: it should be (−103.9, −116.8, −123.7).",
        ),
        Misconception(
            "scaled_to_one",
            "centre",
            lambda bgr: bgr / 255,
            "Every network wants values in 0..1.",
            "Print your result for a white pixel minus that for a black one: it should be 255 in "
            "each channel. And the black pixel itself should be (−103.9, −116.8, −123.7).",
        ),
        Misconception(
            "scaled_to_minus_one",
            "centre",
            lambda bgr: bgr / np.float32(127.5) - 1,
            "Every network wants values in -1..1.",
            "Print your result for a white pixel minus that for a black one: it should be 255 in "
            "each channel. And the black pixel itself should be (−103.9, −116.8, −123.7).",
            seen="keras.applications' preprocess_input for MobileNet and Inception, mode 'tf'",
        ),
        Misconception(
            "scaled_then_centred",
            "centre",
            lambda bgr: bgr / 255 - MEAN,
            "Pictures go to 0..1 first, whatever is done to them then.",
            "Print your result for a white pixel minus that for a black one: it should be 255 in "
            "each channel. How large is the picture beside the mean that you take away from it?",
        ),
        Misconception(
            "own_mean",
            "centre",
            lambda bgr: bgr - bgr.mean(axis=(1, 2), keepdims=True),
            "Each picture loses its own mean colour.",
            "Preprocess a black picture and print one pixel: it should be (−103.9, −116.8, −123.7). "
            "Whose mean is that, the picture's or ImageNet's?",
        ),
        Misconception(
            "wrapped_around",
            "centre",
            _in_bytes,
            "The mean can be taken away in the picture's own type, float32 comes at the end.",
            "Preprocess a black pixel and print it: it should be (−103.9, −116.8, −123.7). Print the "
            "dtype of what you subtract: which number stands for −103 in it?",
        ),
        Misconception(
            "centred_then_scaled",
            "finish",
            lambda x: x / 255,
            "After the mean is taken away the values are scaled to about -0.5..0.5.",
            "Print your result for a white pixel minus that for a black one: it should be 255 in "
            "each channel.",
            seen="Keras' ImageDataGenerator with both `rescale` and `preprocessing_function`",
        ),
        Misconception(
            "divided_by_deviation",
            "finish",
            lambda x: x / DEVIATION,
            "After the mean the standard deviation goes too, as in every standardisation.",
            "Print your result for a white pixel minus that for a black one: it should be 255 in "
            "each channel. By what do your three numbers differ from that, and does VGG16's recipe "
            "divide by anything?",
        ),
        Misconception(
            "applied_twice",
            "finish",
            lambda x: x[..., ::-1] - MEAN,
            "Preprocessing once more does no harm.",
            "Preprocess a black pixel and print it: it should be (−103.9, −116.8, −123.7). Divide "
            "yours by that: how often was a mean taken away? And where does red end up when the "
            "channels are turned round as often?",
        ),
        Misconception(
            "torch_style",
            None,
            _torch_style,
            "ImageNet networks want 0..1 minus (0.485, 0.456, 0.406), divided by (0.229, 0.224, 0.225).",
            "Print the smallest and the largest value over a black and a white pixel: they should be "
            "−123.7 and 151.1. Yours are about fifty times as small and belong to networks that were "
            "trained in PyTorch.",
            seen="torchvision's documentation of its ImageNet models",
        ),
        Misconception(
            "handed_on",
            None,
            lambda images: images.astype(np.float32),
            "The network prepares its pictures itself.",
            "Preprocess a pure red pixel (255, 0, 0) and print it: it should be (−103.9, −116.8, "
            "131.3). Which two of the recipe's steps are missing?",
        ),
    ),
    ready_made=("keras.src.applications",),
)
