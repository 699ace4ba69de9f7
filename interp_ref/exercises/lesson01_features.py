"""Lesson 1, transfer learning: the features, computed once."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises import draws
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception
from interp_ref.models import tiny
from interp_ref.models.preprocessing import IMAGENET_MEAN_BGR, preprocess

LESSON = "01_transfer_learning"

# extract_features


def _extract_features(step, backbone, images, batch_size):
    pictures = step.prepare(images)
    starts = step.starts(len(pictures), batch_size)
    batches = [step.run(backbone, pictures[start : start + batch_size]) for start in starts]
    return step.shape(step.join(batches))


def _run(backbone, pictures, training=False):
    return np.asarray(backbone(pictures, training=training))


def _draw_extraction(count, batch_size):
    """Pictures, and a network with batch normalisation whose stored means stand still in either mode."""

    def draw(rng):
        import keras

        network = draws.network(rng, tiny.tiny_backbone)
        norm = keras.layers.BatchNormalization(momentum=1.0, name="norm")
        network = keras.Model(network.input, norm(network.output), name="tiny")
        colour = rng.integers(0, 150, (count, 1, 1, 3))
        pictures = colour + rng.integers(0, 106, (count, *tiny.INPUT_SHAPE))
        return {"backbone": network, "images": pictures.astype(np.uint8), "batch_size": batch_size}

    return draw


EXTRACT_FEATURES = Exercise(
    name="extract_features",
    lesson=LESSON,
    asks="The backbone's activations of pictures 0..255, preprocessed and computed a batch at a time.",
    returns="[N, h, w, K] float32",
    steps={
        "prepare": preprocess,
        "starts": lambda count, size: range(0, count, size),
        "run": _run,
        "join": np.concatenate,
        "shape": lambda features: features,
    },
    where={
        "prepare": "preprocess the pictures",
        "starts": "cut the pictures into batches",
        "run": "call the backbone on a batch",
        "join": "put the batches' results together",
        "shape": "hand the features over",
    },
    body=_extract_features,
    builds_on=("preprocess",),
    criteria={"values": 1, "batches": 1},
    challenges=(
        Challenge("one batch", "values", _draw_extraction(3, 3)),
        Challenge("a last batch that is smaller", "batches", _draw_extraction(5, 2)),
        Challenge("a batch larger than the pictures", "batches", _draw_extraction(2, 8)),
    ),
    misconceptions=(
        Misconception(
            "not_preprocessed",
            "prepare",
            lambda images: images.astype(np.float32),
            "The network takes the pictures as they are.",
            "Print what you hand to the backbone for a black picture: each pixel should be (−103.9, "
            "−116.8, −123.7).",
        ),
        Misconception(
            "scaled_instead",
            "prepare",
            lambda images: images.astype(np.float32) / 255,
            "The network takes values in 0..1.",
            "Print the smallest and the largest value that you hand to the backbone: over dark and "
            "bright pictures they should be about −124 and 151.",
        ),
        Misconception(
            "red_first",
            "prepare",
            lambda images: images.astype(np.float32) - np.float32(IMAGENET_MEAN_BGR)[::-1],
            "The network reads red first, as the pictures do.",
            "Print what you hand to the backbone for a pure red picture: each pixel should be "
            "(−103.9, −116.8, 131.3), the large number last.",
        ),
        Misconception(
            "preprocessed_twice",
            "prepare",
            lambda images: preprocess(preprocess(images)),
            "The pictures are preprocessed once before and once in the loop.",
            "Print the smallest value that you hand to the backbone for a black picture: it should "
            "be −123.7. How often was a mean taken away in yours?",
        ),
        Misconception(
            "last_batch_dropped",
            "starts",
            lambda count, size: range(0, max(count - size, 0) + 1, size),
            "Only whole batches count.",
            "Print the length of your result for 5 pictures in batches of 2: it should be 5. Which "
            "picture is missing?",
        ),
        Misconception(
            "training_mode",
            "run",
            lambda backbone, pictures: _run(backbone, pictures, training=True),
            "Features for training are computed in training mode.",
            "Print the largest difference between the features of one picture alone and of the same "
            "picture in a batch: it should be rounding only. Which layers look at the rest of the "
            "batch, and in which mode?",
        ),
        Misconception(
            "first_batch_alone",
            "join",
            lambda batches: batches[0],
            "The loop goes on after `return`.",
            "Print the length of your result for 5 pictures in batches of 2: it should be 5. How "
            "often does the body of your loop run?",
        ),
        Misconception(
            "last_batch_alone",
            "join",
            lambda batches: batches[-1],
            "After the loop the variable holds the features of all batches.",
            "Print the length of your result for 5 pictures in batches of 2: it should be 5. What "
            "happens to the features of the first batch when the second one comes?",
        ),
        Misconception(
            "pooled_already",
            "shape",
            lambda features: features.mean(axis=(1, 2)),
            "The features of a picture are one number a channel.",
            "Print the number of axes of your result: it should be 4. Lesson 2 asks where the "
            "evidence is, so the places are still needed.",
        ),
        Misconception(
            "flattened",
            "shape",
            lambda features: features.reshape(len(features), -1),
            "A head wants one row of numbers a picture.",
            "Print backbone.output_shape beside the shape of your result: they should be equal but "
            "for the first number.",
        ),
        Misconception(
            "channels_first",
            "shape",
            lambda features: features.transpose(0, 3, 1, 2),
            "Channels come before height and width.",
            "Print backbone.output_shape beside the shape of your result: they should be equal but "
            "for the first number. Which axis holds the channels?",
        ),
    ),
)
