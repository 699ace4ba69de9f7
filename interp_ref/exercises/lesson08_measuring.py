"""Lesson 8, what a mark does to a network: accuracy by group, an intervention's effect, a place's score."""

from __future__ import annotations

import numpy as np

from interp_ref.exercises.exercise import Challenge, Exercise, Misconception

LESSON = "08_cheating_network"
CLASSES = 3
Z = 1.96


# group_accuracy


def _group_accuracy(step, predicted, labels, marked, classes):
    hits = step.hits(predicted, labels)
    return step.share(hits, step.group(predicted, labels, marked), classes)


def _hits(predicted, labels):
    return predicted == labels


def _class_and_mark(predicted, labels, marked):
    return 2 * labels + marked


def _mean_of_each(hits, group, classes):
    return np.array([hits[group == one].mean() for one in range(2 * classes)]).reshape(classes, 2)


def _share_of_all(hits, group, classes):
    return np.bincount(group, weights=hits, minlength=2 * classes).reshape(classes, 2) / len(hits)


def _share_of_the_class(hits, group, classes):
    sums = np.bincount(group, weights=hits, minlength=2 * classes).reshape(classes, 2)
    counts = np.bincount(group, minlength=2 * classes).reshape(classes, 2)
    return sums / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def _accuracy_of_the_class(hits, group, classes):
    return np.array([[hits[group // 2 == one].mean()] * 2 for one in range(classes)])


def _counts_of_each(hits, group, classes):
    return np.bincount(group, weights=hits, minlength=2 * classes).reshape(classes, 2)


def _draw_groups(counts):
    """Pictures of three classes in the numbers given by group, with another accuracy in each."""

    def draw(rng):
        group = rng.permutation(np.repeat(np.arange(2 * CLASSES), counts))
        labels = group // 2
        right = rng.random(len(group)) < np.array([0.9, 0.4, 0.6, 0.95, 0.3, 0.75])[group]
        for one in range(2 * CLASSES):  # no accuracy of 0 or 1, where counts would not show
            members = np.flatnonzero(group == one)
            right[members[0]], right[members[1]] = True, False
        wrong = (labels + rng.integers(1, CLASSES, len(group))) % CLASSES
        predicted = np.where(right, labels, wrong)
        return {"predicted": predicted, "labels": labels, "marked": group % 2 == 1, "classes": CLASSES}

    return draw


GROUP_ACCURACY = Exercise(
    name="group_accuracy",
    lesson=LESSON,
    asks="The accuracy in each group: of the pictures of one class, without and with the mark.",
    returns="[classes, 2] float: row the class, column 0 without and 1 with the mark",
    steps={"hits": _hits, "group": _class_and_mark, "share": _mean_of_each},
    where={
        "hits": "decide which predictions count",
        "group": "say to which group a picture belongs",
        "share": "make an accuracy of the hits in a group",
    },
    body=_group_accuracy,
    criteria={"values": 1, "rare groups": 1},
    challenges=(
        Challenge("groups of nearly the same size", "values", _draw_groups([7, 6, 8, 7, 9, 5])),
        Challenge("a mark that goes with the class", "rare groups", _draw_groups([30, 3, 2, 24, 27, 4])),
    ),
    misconceptions=(
        Misconception(
            "errors_counted",
            "hits",
            lambda predicted, labels: (predicted != labels).astype(float),
            "The worst group is the one with the most errors, so errors are counted.",
            "Print your result for predictions that equal the labels: it should be 1 everywhere.",
        ),
        Misconception(
            "group_of_the_prediction",
            "group",
            lambda predicted, labels, marked: 2 * predicted + marked,
            "A picture belongs to the class that the network gives it.",
            "Print how many pictures you count in each group: it should not change with the predictions.",
        ),
        Misconception(
            "marked_first",
            "group",
            lambda predicted, labels, marked: 2 * labels + ~marked,
            "The marked pictures come first.",
            "Print your result where all marked pictures are right and all others wrong: column 1 "
            "should be 1.",
        ),
        Misconception(
            "accuracy_of_the_class",
            "share",
            _accuracy_of_the_class,
            "A class has one accuracy, whatever its pictures bear.",
            "Print your result where all marked pictures are right and all others wrong: the two columns "
            "should be 0 and 1.",
        ),
        Misconception(
            "mark_where_it_belongs",
            "group",
            lambda predicted, labels, marked: 2 * labels + (marked == (labels > 0)),
            "The groups are the pictures that go with the rule and those that break it.",
            "Print the group of an unmarked picture of class 0: it should be row 0, column 0.",
        ),
        Misconception(
            "share_of_all",
            "share",
            _share_of_all,
            "Accuracy is hits over all pictures.",
            "Print the sum of your result for predictions that equal the labels: it should be the number of "
            "groups, not 1.",
        ),
        Misconception(
            "share_of_the_class",
            "share",
            _share_of_the_class,
            "Hits of a group are divided by the pictures of its class.",
            "Print your result for predictions that equal the labels: it should be 1 in a group of two "
            "pictures as in one of thirty.",
        ),
        Misconception(
            "hits_not_divided",
            "share",
            _counts_of_each,
            "An accuracy is a count.",
            "Print the largest value of your result: it should be at most 1.",
        ),
    ),
)


# mark_effect


def _mark_effect(step, before, after, class_index):
    change = step.change(step.margin(before, class_index), step.margin(after, class_index))
    mean, error = step.mean(change), step.error(change)
    return np.array([mean, mean - Z * error, mean + Z * error])


def _margin(logits, class_index):
    others = np.delete(logits, class_index, axis=1)
    return logits[:, class_index] - others.max(axis=1)


def _probability(logits, class_index):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (powers / powers.sum(axis=1, keepdims=True))[:, class_index]


def _standard_error(change):
    return change.std(ddof=1) / np.sqrt(len(change))


def _draw_scores(shift, spread):
    """Logits before and after, of pictures that differ much more than the two of one picture do."""

    def draw(rng):
        before = rng.normal(0, 4, (12, CLASSES)).astype(np.float32)
        after = before + rng.normal(shift, spread, (12, CLASSES)).astype(np.float32)
        return {"before": before, "after": after, "class_index": int(rng.integers(CLASSES))}

    return draw


def _draw_all_raised(rng):
    """A mark that raises every class alike, and the asked one a little more."""
    inputs = _draw_scores(3.0, 0.4)(rng)
    inputs["after"][:, inputs["class_index"]] += np.float32(0.8)
    return inputs


MARK_EFFECT = Exercise(
    name="mark_effect",
    lesson=LESSON,
    asks="By how much a change of the pictures raises the margin of a class, with its 95 % interval.",
    returns="[3] float: mean, lower end, upper end",
    steps={
        "margin": _margin,
        "change": lambda before, after: after - before,
        "mean": np.mean,
        "error": _standard_error,
    },
    where={
        "margin": "say how far a class is ahead",
        "change": "compare a picture before and after",
        "mean": "make one number of all pictures",
        "error": "say how far the mean may be off",
    },
    body=_mark_effect,
    criteria={"values": 1, "all classes raised": 1},
    challenges=(
        Challenge("scores that move up and down", "values", _draw_scores(0.5, 1.5)),
        Challenge("a mark that raises every class", "all classes raised", _draw_all_raised),
    ),
    misconceptions=(
        Misconception(
            "score_alone",
            "margin",
            lambda logits, class_index: logits[:, class_index],
            "What raises the class's score turns the decision.",
            "Add 3 to all logits of `after` and print your result before and after: it should not change.",
        ),
        Misconception(
            "probability",
            "margin",
            _probability,
            "The effect is the change of the probability.",
            "Print your largest value for logits that rise from 5 to 15: a margin has no end at 1.",
        ),
        Misconception(
            "mean_of_the_others",
            "margin",
            lambda logits, class_index: (
                logits[:, class_index] - np.delete(logits, class_index, axis=1).mean(axis=1)
            ),
            "A class is ahead of the others' mean.",
            "Print the margin of class 0 for the logits (2, 3, −9): it should be −1, for class 1 is ahead.",
        ),
        Misconception(
            "before_minus_after",
            "change",
            lambda before, after: before - after,
            "The effect is what the change takes away.",
            "Print your mean where the asked class alone rises: it should be positive.",
        ),
        Misconception(
            "size_of_the_change",
            "change",
            lambda before, after: np.abs(after - before),
            "A change in either direction is an effect.",
            "Print your mean for two pictures, one 2 up and one 2 down: it should be 0.",
        ),
        Misconception(
            "median",
            "mean",
            np.median,
            "The typical picture is the median.",
            "Print your first number for changes of 0, 0 and 9: it should be 3.",
        ),
        Misconception(
            "deviation_not_divided",
            "error",
            lambda change: change.std(ddof=1),
            "The interval holds 95 % of the pictures.",
            "Print the width of your interval for the same pictures twice: it should shrink by about √2.",
        ),
        Misconception(
            "divided_by_n",
            "error",
            lambda change: change.std(ddof=0) / np.sqrt(len(change)),
            "The deviation of a sample is divided by N.",
            "Print half of your interval's width for changes of 0 and 2: it should be 1.96, since their "
            "deviation with N − 1 is √2.",
        ),
    ),
)


# overlap


def _overlap(step, found, truth):
    both, either = step.both(found, truth), step.either(found, truth)
    return step.ratio(both, either)


def _both(found, truth):
    return (found & truth).sum(axis=(1, 2))


def _either(found, truth):
    return (found | truth).sum(axis=(1, 2))


def _ratio(both, either):
    return np.divide(both, either, out=np.ones(len(both)), where=either > 0)


def _draw_masks(empty=False):
    """Rectangles that overlap in part; of `empty`, one pair with nothing in either and two in one alone."""

    def draw(rng):
        found, truth = np.zeros((2, 5, 9, 12), bool)
        for mine, true in zip(found, truth, strict=True):
            row, column, height, width = *rng.integers(0, 3, 2), *rng.integers(3, 5, 2)
            true[row : row + height, column : column + width] = True
            down, right = rng.integers(1, 3, 2)
            mine[row + down : row + down + height + 1, column + right : column + right + width] = True
        if empty:
            found[1], truth[1], found[3] = False, False, False
            found[4], truth[4] = False, False
            found[4, 0, 0] = True
        return {"found": found, "truth": truth}

    return draw


OVERLAP = Exercise(
    name="overlap",
    lesson=LESSON,
    asks="Intersection over union of two masks, for each picture; 1 where both are empty.",
    returns="[N] float, 0 to 1",
    steps={"both": _both, "either": _either, "ratio": _ratio},
    where={
        "both": "count what two masks share",
        "either": "count what the shared pixels are compared with",
        "ratio": "treat two empty masks",
    },
    body=_overlap,
    criteria={"values": 1, "empty masks": 1},
    challenges=(
        Challenge("masks that overlap in part", "values", _draw_masks()),
        Challenge("masks with nothing in them", "empty masks", _draw_masks(empty=True)),
    ),
    misconceptions=(
        Misconception(
            "agreement_on_all_pixels",
            "both",
            lambda found, truth: (found == truth).sum(axis=(1, 2)).astype(float),
            "Pixels that are in neither mask agree as well.",
            "Print your result for two masks that share no pixel: it should be 0.",
        ),
        Misconception(
            "shared_by_the_batch",
            "both",
            lambda found, truth: np.full(len(found), (found & truth).sum() / len(found)),
            "One overlap is enough for the batch.",
            "Print your result for a picture alone and in a batch of three: it should be the same.",
        ),
        Misconception(
            "of_the_truth",
            "either",
            lambda found, truth: truth.sum(axis=(1, 2)).astype(float),
            "What counts is how much of the truth was found.",
            "Print your result for a mask of the whole picture: it should be the truth's share of it, not 1.",
        ),
        Misconception(
            "of_the_found",
            "either",
            lambda found, truth: found.sum(axis=(1, 2)).astype(float),
            "What counts is how much of the mask is true.",
            "Print your result for a mask of one pixel inside a large truth: it should be near 0.",
        ),
        Misconception(
            "mean_of_the_sizes",
            "either",
            lambda found, truth: (found.sum(axis=(1, 2)) + truth.sum(axis=(1, 2))) / 2,
            "The overlap is compared with the mean size.",
            "Print your result for masks of 2 pixels that share 1: it should be 1/3.",
        ),
        Misconception(
            "sum_of_the_sizes",
            "either",
            lambda found, truth: (found.sum(axis=(1, 2)) + truth.sum(axis=(1, 2))).astype(float),
            "The union is the sum of both.",
            "Print your result for a mask and itself: it should be 1.",
        ),
        Misconception(
            "two_empty_masks_score_0",
            "ratio",
            lambda both, either: both / np.maximum(either, 1),
            "Where nothing is shared the overlap is 0.",
            "Print your result for two empty masks: it should be 1, since “there is no place” was right.",
        ),
        Misconception(
            "nothing_found_is_right",
            "ratio",
            lambda both, either: np.where(both > 0, both / np.maximum(either, 1), 1.0),
            "An empty mask can't be wrong.",
            "Print your result for an empty mask beside a truth of 12 pixels: it should be 0.",
        ),
    ),
)
