"""Real errors, made by real code on this stack: what they mean, and the student's line that made them.

Each case is a function as a student might write it; the line that must be shown ends in `# here`.
"""

import functools
import linecache
import re
import time
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from interp_ref.checking.answer import Failure
from interp_ref.checking.check import verify
from interp_ref.checking.explain import essence, explain, shortened
from interp_ref.checking.known_errors import KNOWN
from interp_ref.checking.run import run
from interp_ref.exercises import exercise

SOLUTIONS = Path(__file__).parents[2] / "solutions"
IMAGES = np.random.default_rng(0).random((2, 8, 6, 3)).astype(np.float32)
WEIGHTS = np.ones((2, 3), np.float32)  # one row a picture, one column a channel

keras.utils.set_random_seed(0)
INNER = keras.Sequential([keras.Input((8, 6, 3)), keras.layers.Conv2D(4, 3, name="conv")], name="inner")
MODEL = keras.Sequential(
    [
        keras.Input((8, 6, 3)),
        INNER,
        keras.layers.GlobalAveragePooling2D(name="gap"),
        keras.layers.Dense(2, name="logits"),
    ],
    name="cats_and_dogs",
)
pictures = keras.Input((8, 6, 3))
FUNCTIONAL = keras.Model(pictures, keras.layers.Dense(2)(keras.layers.Flatten(name="flat")(pictures)))

# TensorFlow looks for memory for ten seconds before it says that there is none.
SECONDS = {"asks_tensorflow_for_petabytes": 60, "asks_tensorflow_for_petabytes_until_time_is_up": 1}
CASES = {}


def says(*words):
    """Registers a function whose error must be explained with these words."""

    def register(function):
        CASES[function.__name__] = (function, words)
        return function

    return register


@functools.cache
def error_of(name):
    return run(CASES[name][0], {"images": IMAGES}, seconds=SECONDS.get(name, 10)).error


def entry_of(failure):
    message = essence(failure.message)
    fits = (k for k in KNOWN if failure.type in k.types.split() and re.search(k.pattern, message))
    return next(fits, None)


def unwatched_gradient(images):
    images = tf.constant(images)
    with tf.GradientTape() as tape:
        score = tf.reduce_sum(MODEL(images))
    return tape.gradient(score, images)


# The tape


@says("once", "persistent")
def asks_a_tape_twice(images):
    images = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(images)
        score = tf.reduce_sum(images)
    tape.gradient(score, images)
    return tape.gradient(score, images)  # here


@says("not recording", "`with` block")
def watches_before_the_tape_runs(images):
    tape = tf.GradientTape()
    tape.watch(tf.constant(images))  # here


@says("type ndarray", "tensor first")
def watches_an_array(images):
    with tf.GradientTape() as tape:
        tape.watch(images)  # here


@says("type ndarray", "leave NumPy until")
def differentiates_by_an_array(images):
    with tf.GradientTape() as tape:
        score = tf.reduce_sum(MODEL(images))
    return tape.gradient(score, images)  # here


@says("type float32", "leave NumPy until")
def differentiates_a_number_of_numpy(images):
    images = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(images)
        score = np.sum(MODEL(images).numpy())
    return tape.gradient(score, images)  # here


@says("type ndarray", "leave NumPy until")
def differentiates_a_prediction(images):
    images = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(images)
        logits = MODEL.predict(images, verbose=0)
    return tape.gradient(logits, images)  # here


@says("plain number")
def differentiates_a_plain_number(images):
    images = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(images)
        score = float(tf.reduce_sum(images))
    return tape.gradient(score, images)  # here


@says("older TensorFlow or Keras", "tape")
def asks_tensorflow_one(images):
    return tf.gradients(tf.reduce_sum(images), images)  # here


@says("older TensorFlow or Keras", "tape")
def asks_keras_two(images):
    return keras.backend.gradients(MODEL.output, MODEL.input)  # here


# A gradient that is None


@says("None", "watch", "`return`")
def numpy_of_no_gradient(images):
    return unwatched_gradient(images).numpy()  # here


@says("None", "watch")
def shape_of_no_gradient(images):
    return unwatched_gradient(images).shape  # here


@says("None", "watch")
def no_gradient_times_two(images):
    return unwatched_gradient(images) * 2  # here


@says("None", "watch")
def tensor_times_no_gradient(images):
    return tf.constant(images) * unwatched_gradient(images)  # here


@says("None", "watch")
def array_times_no_gradient(images):
    return images * unwatched_gradient(images)  # here


@says("None", "watch")
def minus_no_gradient(images):
    return -unwatched_gradient(images)  # here


@says("None", "watch")
def size_of_no_gradient_in_numpy(images):
    return np.abs(unwatched_gradient(images))  # here


@says("None", "watch")
def root_of_no_gradient(images):
    return np.sqrt(np.asarray(unwatched_gradient(images)))  # here


@says("takes numbers", "None")
def finite_places_of_no_gradient(images):
    return np.isfinite(unwatched_gradient(images))  # here


@says("None", "watch")
def mean_of_no_gradient_in_tensorflow(images):
    return tf.reduce_mean(unwatched_gradient(images), axis=(1, 2))  # here


@says("None", "watch")
def relu_of_no_gradient(images):
    return np.maximum(unwatched_gradient(images), 0)  # here


@says("None", "watch")
def first_of_no_gradient(images):
    return unwatched_gradient(images)[0]  # here


@says("None", "watch")
def einsum_of_no_gradient_in_tensorflow(images):
    return tf.einsum("nhwk,nk->nhw", images, unwatched_gradient(images))  # here


@says("None", "watch")
def watches_none(images):
    with tf.GradientTape() as tape:
        tape.watch(unwatched_gradient(images))  # here


@says("None", "`return`")
def runs_a_model_on_none(images):
    return FUNCTIONAL(print(images))  # here


@says("has no axes", "None", "tape")
def mean_of_no_gradient_in_numpy(images):
    return np.mean(unwatched_gradient(images), axis=(1, 2))  # here


@says("has no axes", "None", "tape")
def product_with_no_gradient(images):
    return images @ np.asarray(unwatched_gradient(images))  # here


# Graphs of models


@says("model inside a model", "split_at")
def takes_an_inner_tensor(images):
    return keras.Model(MODEL.inputs, INNER.get_layer("conv").output)  # here


@says("model inside a model", "split_at")
def takes_two_ends_of_two_graphs(images):
    return keras.Model(INNER.inputs, [INNER.get_layer("conv").output, MODEL.outputs[0]])  # here


@says("`cats_and_dogs` was never called", "split_at")
def takes_the_output_of_an_uncalled_model(images):
    return keras.Model(MODEL.inputs, MODEL.output)  # here


@says("`conv2d", "was never called")
def takes_the_output_of_an_uncalled_layer(images):
    return keras.layers.Conv2D(4, 3).output  # here


@says("was never called")
def takes_the_inputs_of_an_unbuilt_model(images):
    return keras.Sequential([keras.layers.Dense(2)]).inputs  # here


@says("no weights yet")
def takes_the_kernel_of_an_uncalled_layer(images):
    return keras.layers.Conv2D(4, 3).kernel  # here


@says("The outputs", "you gave values", "call it")
def makes_a_model_of_values(images):
    return keras.Model(FUNCTIONAL.inputs, FUNCTIONAL(images))  # here


@says("The inputs", "you gave values")
def makes_a_model_of_pictures(images):
    return keras.Model(images, FUNCTIONAL.output)  # here


# Tensors without values


@says("symbol without values", "call the model")
def numpy_of_a_symbol(images):
    return INNER.outputs[0].numpy()  # here


@says("symbol without values")
def mean_of_a_symbol_in_numpy(images):
    return np.mean(INNER.outputs[0], axis=(1, 2))  # here


@says("symbol without values")
def mean_of_a_symbol_in_tensorflow(images):
    return tf.reduce_mean(INNER.outputs[0], axis=(1, 2))  # here


@says("symbol without values", "tape")
def watches_a_symbol(images):
    with tf.GradientTape() as tape:
        tape.watch(INNER.outputs[0])  # here


@says("symbol without values", "tape")
def differentiates_symbols(images):
    with tf.GradientTape() as tape:
        score = MODEL.outputs[0][:, 0]
    return tape.gradient(score, INNER.outputs[0])  # here


@says("symbol without values")
def asks_whether_a_symbol_is_positive(images):
    return 1 if MODEL.outputs[0] > 0 else 0  # here


@says("Inside tf.function", "leave tf.function away")
@tf.function
def numpy_inside_a_graph(images):
    doubled = images * 2
    return np.mean(doubled, axis=1)  # here


@says("Inside tf.function")
@tf.function
def numpy_method_inside_a_graph(images):
    doubled = images * 2
    return doubled.numpy()  # here


# Memory


@says("memory", "[1048576,1048576,1024]", "smaller batches")
def asks_tensorflow_for_petabytes(images):
    return tf.zeros((2**20, 2**20, 2**10))  # here


@says("time was over", "no memory", "smaller batches")
def asks_tensorflow_for_petabytes_until_time_is_up(images):
    return tf.zeros((2**20, 2**20, 2**10))  # here


@says("memory", "(33554432, 33554432)", "axis that should not be there")
def makes_an_outer_product_of_petabytes(images):
    return np.ones((2**25, 1)) * np.ones((1, 2**25))  # here


@says("not enough memory", "grows")
def makes_an_endless_list(images):
    return [0] * 2**60  # here


@says("No computer")
def asks_numpy_for_more_than_there_is(images):
    return np.empty(2**70)  # here


# Layers


@says("axis is missing", "batch", "N = 1")
def one_picture_without_a_batch(images):
    return MODEL(images[0])  # here


@says("axis is missing", "batch")
def one_picture_to_a_functional_model(images):
    return FUNCTIONAL(images[0])  # here


@says("axis is missing", "batch")
def one_picture_to_predict(images):
    return MODEL.predict(images[0], verbose=0)  # here


@says("axis is missing", "batch")
def one_picture_to_predict_after_many(images):
    MODEL.predict(images, verbose=0)
    return MODEL.predict(images[0], verbose=0)  # here


@says("axis is missing", "batch")
def one_picture_to_a_convolution(images):
    return keras.layers.Conv2D(4, 3)(images[0])  # here


@says("axis is missing", "batch")
def one_vector_to_a_dense_layer(images):
    return MODEL.get_layer("logits")(np.ones(4))  # here


@says("expected ndim=4, found ndim=2", "done twice")
def pools_twice(images):
    pool = keras.layers.GlobalAveragePooling2D()
    pooled = pool(images)
    return pool(pooled)  # here


@says("`logits`", "axis -1", "print the shape")
def wrong_number_of_channels(images):
    return MODEL.get_layer("logits")(np.ones((2, 7)))  # here


@says("(None, 8, 6, 3)", "got (2, 5, 6, 3)", "channels come last")
def pictures_of_another_size(images):
    return FUNCTIONAL(images[:, :5])  # here


@says("takes 1 input and got 2", "stack")
def a_list_of_pictures(images):
    return FUNCTIONAL([images[0], images[1]])  # here


@says("no layer called `flatt`", "did you mean `flat`?")
def misspells_a_layer(images):
    return FUNCTIONAL.get_layer("flatt")  # here


@says("no layer called `conv`", "itself a model")
def looks_for_an_inner_layer(images):
    return MODEL.get_layer("conv")  # here


@says("no 'block5' in this list", "spelling")
def looks_for_an_index_of_a_name(images):
    return [layer.name for layer in MODEL.layers].index("block5")  # here


@says("indexed by number", "by name")
def indexes_layers_by_name(images):
    return MODEL.layers["gap"]  # here


# Shapes


@says("[2,3,4] and [2,5,4]", "from the right", "length 1")
def tensors_that_do_not_line_up(images):
    return tf.ones((2, 3, 4)) * tf.ones((2, 5, 4))  # here


@says("(2,8,6,3) and (2,3)", "from the right", "keepdims")
def arrays_that_do_not_line_up(images):
    return images[:, :, :, :] * WEIGHTS[:, :2] if images.shape[-1] == 2 else images - WEIGHTS  # here


@says("two lengths differ", "length 1")
def three_arrays_that_do_not_line_up(images):
    return np.where(images > 0, WEIGHTS[0, :2], images)  # here


@says("two lengths differ", "length 1")
@tf.function
def graph_tensors_that_do_not_line_up(images):
    doubled = images * 2
    return doubled * tf.ones((3, 5))  # here


@says("shape (4,)", "place of shape (3,)")
def assigns_too_much(images):
    maps = np.zeros((2, 3))
    maps[0] = np.ones(4)  # here
    return maps


@says("shape (2,8,6,3)", "array of shape (6,3)", "name of its own")
def grows_in_place(images):
    total = np.zeros((6, 3))
    total += images  # here
    return total


@says("matrix product", "last axis", "disappear")
def product_of_arrays(images):
    return images @ np.ones((7, 7))  # here


@says("matrix product", "last axis")
def product_of_tensors(images):
    return tf.ones((3, 4)) @ tf.ones((2, 2))  # here


@says("matrix product")
def dot_of_arrays(images):
    return np.dot(WEIGHTS, WEIGHTS)  # here


@says("einsum", "letter with two lengths")
def einsum_with_two_lengths(images):
    return np.einsum("nhwk,nk->nhw", images, WEIGHTS.T)  # here


@says("einsum", "letter with two lengths")
def einsum_of_tensors_with_two_lengths(images):
    return tf.einsum("nhwk,nk->nhw", images, tf.transpose(WEIGHTS))  # here


@says("einsum", "as many letters as it has axes")
def einsum_with_too_many_letters(images):
    return np.einsum("nhwk,nk->nhw", images, WEIGHTS[0])  # here


@says("einsum", "as many letters as it has axes")
def einsum_with_too_few_letters(images):
    return np.einsum("nhw,nk->nhw", images, WEIGHTS)  # here


@says("einsum", "as many letters as it has axes")
def einsum_of_tensors_with_too_many_letters(images):
    return tf.einsum("nhwk,nk->nhw", images, WEIGHTS[0])  # here


@says("einsum's result")
def einsum_with_a_new_letter(images):
    return np.einsum("nhwk,nk->nhwc", images, WEIGHTS)  # here


@says("einsum's result")
def einsum_of_tensors_with_a_new_letter(images):
    return tf.einsum("nhwk,nk->nhwc", images, WEIGHTS)  # here


@says("more or fewer operands")
def einsum_with_an_operand_too_many(images):
    return np.einsum("nhwk->nhw", images, WEIGHTS)  # here


@says("as many numbers")
def reshapes_an_array(images):
    return images.reshape(5, 5)  # here


@says("as many numbers")
def reshapes_a_tensor(images):
    return tf.reshape(images, (5, 5))  # here


@says("as many numbers")
@tf.function
def reshapes_a_graph_tensor(images):
    doubled = images * 2
    return tf.reshape(doubled, (-1, 5))  # here


@says("last batch", "joined axis")
def joins_batches_along_the_wrong_axis(images):
    return np.concatenate([images, images[:1]], axis=1)  # here


@says("last batch", "stacking needs them all equal")
def stacks_batches(images):
    return np.stack([images, images[:1]])  # here


@says("last batch")
def stacks_batches_of_tensors(images):
    return tf.stack([images, images[:1]])  # here


@says("last batch")
def makes_an_array_of_batches(images):
    return np.array([images, images[:1]])  # here


@says("[N, H, W, channels]", "axis of length 1 at the end")
def resizes_a_map(images):
    return tf.image.resize(images[0, ..., 0], (4, 4))  # here


# What tensors can't do


@says("in place", "new one")
def writes_into_a_tensor(images):
    logits = MODEL(images)
    logits[0, 0] = 0  # here


@says("only be read", "copy")
def writes_into_a_read_only_array(images):
    images.flags.writeable = False
    images[0] = 0  # here


@pytest.mark.parametrize("name", ["max", "mean", "sum", "reshape", "astype", "T", "copy"])
def test_a_method_that_only_numpy_has_is_named(name):
    def answer(images):
        return getattr(MODEL(images), name)  # here

    error = run(answer, {"images": IMAGES}).error
    assert f"`{name}`" in explain(error) and "tf.reduce_" in explain(error)
    assert error.line.endswith("# here")
    assert "\n" not in error.message and "experimental" not in shortened(error.message)


@says("NumPy's arrays have `max`", "tf.reduce_")
def largest_of_a_tensor(images):
    return MODEL(images).max(axis=-1)  # here


@says("already", "`.numpy`")
def numpy_of_an_array(images):
    return images.numpy()  # here


@says("is a list", "`shape`")
def shape_of_a_list(images):
    return [images].shape  # here


@says("tensorflow has nothing called `mean`", "tf.reduce_")
def mean_that_tensorflow_lacks(images):
    return tf.mean(images)  # here


# Kinds of numbers


@says("float and double", "float32")
def float_times_double(images):
    return tf.constant(images) * tf.constant(np.ones(3))  # here


@says("uint8 and float32", "cast")
def bytes_through_floats(images):
    return tf.constant(np.ones(3, np.uint8)) / tf.ones(3)  # here


@says("uint8", "float32 first")
def bytes_minus_a_fraction(images):
    return tf.constant(np.ones(3, np.uint8)) - 103.9  # here


@says("float64", "array of uint8", "new float32 array")
def fraction_written_into_bytes(images):
    pixels = np.ones((2, 8, 6, 3), np.uint8)
    pixels -= np.array([103.9, 116.8, 123.7])  # here


@says("does not take bool", "cast")
def mean_of_truths(images):
    return tf.reduce_mean(tf.constant([True, False]))  # here


@says("many truths", "every place")
def asks_whether_an_array_is_positive(images):
    return images if images > 0 else 0  # here


@says("One number was asked for")
def one_number_of_many(images):
    return float(images[0, 0])  # here


# Indices and axes


@says("can't be indexed by an array", "gathers")
def picks_from_a_tensor(images):
    return MODEL(images)[np.arange(2), np.array([0, 1])]  # here


@says("can't be indexed by an array")
def picks_columns_of_a_tensor(images):
    return MODEL(images)[:, tf.constant([0, 1])]  # here


@says("one whole number", "mask")
def writes_through_a_mask(images):
    logits = MODEL(images)
    logits[logits < 0] = 0  # here


@says("one whole number")
def indexes_a_list_by_an_array(images):
    return [1, 2, 3][np.array([0, 1])]  # here


@says("whole numbers", "dtype")
def indexes_by_a_float(images):
    return images[np.array([0.0, 1.0])]  # here


@says("Axis 3 has 3 places", "number 9", "another axis")
def channel_that_is_not_there(images):
    return images[..., np.array([9])]  # here


@says("has 2 places", "number 7", "another axis")
def gathers_what_is_not_there(images):
    return tf.gather(MODEL(images), [7], axis=1)  # here


@says("Axis 1 has no place number 5")
def column_that_is_not_there(images):
    return MODEL(images)[:, 5]  # here


@says("shorter", "count from 0")
def layer_that_is_not_there(images):
    return MODEL.layers[4]  # here


@says("more axes than there are")
def indexes_an_axis_too_many(images):
    return images[0, 0, 0, 0, 0]  # here


@says("more axes than there are")
def indexes_an_axis_too_many_of_a_tensor(images):
    return MODEL(images)[0, 0, 0]  # here


@says("(3,) and (2,)", "equally long")
def pairs_of_different_length(images):
    return images[np.arange(3), np.array([0, 1])]  # here


@says("mask must have the shape")
def mask_of_another_shape(images):
    return images[np.ones((3, 8), bool)]  # here


@says("2 axes", "no axis 2")
def mean_over_a_missing_axis(images):
    return WEIGHTS.mean(axis=(1, 2))  # here


@says("4 axes", "no axis 4")
def mean_of_a_tensor_over_a_missing_axis(images):
    return tf.reduce_mean(images, axis=4)  # here


@says("every axis", "the batch too")
def transposes_without_the_batch(images):
    return np.transpose(images, (1, 0, 2))  # here


@says("every axis", "the batch too")
def transposes_a_tensor_without_the_batch(images):
    return tf.transpose(images, (1, 0, 2))  # here


# Python


@says("`preprocessed`", "run the cell that defines it", "spelling")
def uses_an_unknown_name(images):
    return preprocessed(images)  # noqa: F821  # here


@says("`total`", "before")
def uses_a_name_too_early(images):
    for picture in images:
        total = total + picture  # noqa: F821, F841  # here


@says("calls itself without end")
def calls_itself(images):
    return calls_itself(images)  # here


@says("leaves out 'class_index'", "first line")
def forgets_an_argument(images):
    return two_arguments(images)  # here


@says("no argument named `classes`", "first line")
def names_an_argument_wrongly(images):
    return two_arguments(images, classes=1)  # here


@says("too many arguments")
def gives_an_argument_too_many(images):
    return two_arguments(images, 1, 2)  # here


@says("too few")
def forgets_the_new_size(images):
    return tf.image.resize(images)  # here


@says("Model has no argument named `input`", "plural")
def names_a_models_ends_wrongly(images):
    return keras.Model(input=MODEL.inputs, outputs=MODEL.outputs)  # here


@says("There are 3 names", "first axis")
def unpacks_a_batch(images):
    red, green, blue = MODEL(images)  # here


@says("type EagerTensor", "square brackets")
def calls_a_tensor(images):
    return MODEL(images)(0)  # here


@says("does not use `torch_of_somebody`", "Matplotlib")
def imports_something_else(images):
    import torch_of_somebody  # here

    return torch_of_somebody


def two_arguments(images, class_index):
    return images[class_index]


@pytest.mark.parametrize("name", CASES)
def test_the_error_is_explained_and_the_students_line_is_shown(name):
    error, words = error_of(name), CASES[name][1]
    sentence = explain(error)
    missing = [word for word in words if word not in sentence]
    assert not missing, f"{error.type}: {error.message}\n-> {sentence}"
    assert error.line.endswith("# here"), error
    assert linecache.getline(__file__, error.line_number).strip() == error.line


def test_every_entry_of_the_table_has_a_real_error():
    reached = {entry_of(error_of(name)) for name in CASES}
    assert [k for k in KNOWN if k not in reached] == []


def test_the_message_that_is_quoted_is_one_short_line_without_a_librarys_noise():
    for name in CASES:
        quoted = shortened(error_of(name).message)
        assert len(quoted) <= 200 and "\n" not in quoted
        assert not re.search(r"\{\{|\[Op:|/job:|NodeDef|Arguments received|\x1b|\[\[|in user code", quoted), (
            quoted
        )
        assert shortened(quoted) == quoted


def test_a_sentence_is_at_most_two_and_shows_no_code_of_an_answer():
    solved = re.findall(
        r"### BEGIN SOLUTION\n(.*?)### END SOLUTION",
        "\n".join(page.read_text(encoding="utf-8") for page in SOLUTIONS.glob("*/*.md")),
        re.DOTALL,
    )
    lines = {line.strip() for body in solved for line in body.splitlines() if len(line.strip()) > 8}
    assert len(lines) > 50
    for name in CASES:
        sentence = explain(error_of(name))
        assert not re.search(r"\w\(", sentence), sentence
        assert not [line for line in lines if line in sentence]
        assert len(re.findall(r"[.?](?: |$)", sentence)) <= 2, sentence


@pytest.mark.parametrize("failure", [Failure("ValueError", "my own words"), Failure("Oddity", "NoneType")])
def test_an_unknown_error_gets_no_explanation(failure):
    assert explain(failure) == ""


def test_braces_in_a_message_are_only_text():
    assert explain(Failure("NameError", "name '{0}' is not defined")) == ""
    quoted = explain(Failure("ValueError", "'{0.__class__}' is not in list"))
    assert "'{0.__class__}'" in quoted


def test_an_error_of_ones_own_is_quoted_as_it_is():
    def answer(images):
        raise ValueError("the maps are all zero")

    error = run(answer, {"images": IMAGES}).error
    assert (error.message, shortened(error.message), explain(error)) == (*["the maps are all zero"] * 2, "")


@pytest.mark.parametrize(
    "piece", ["[[", "{{", "in user code:\n", ' File "', "Received: inputs=", " ", "(", "'"]
)
def test_a_message_made_to_be_long_is_read_in_no_time(piece):
    start = time.perf_counter()
    for failure_type in {name for known in KNOWN for name in known.types.split()}:
        explain(Failure(failure_type, piece * 100_000))
    assert len(shortened(piece * 100_000)) <= 200
    assert time.perf_counter() - start < 20


def test_a_printed_array_does_not_hide_what_follows_it():
    picture = np.random.default_rng(0).random((30, 30)).astype(str)
    message = (
        f"Invalid input {picture} with name 'x'. Expected shape (None, 8, 6, 3), but input has incompatible "
    )
    failure = Failure("ValueError", f"{message}shape (8, 6, 3)")
    assert len(failure.message) > 15_000
    assert shortened(failure.message).startswith("Invalid input … with name 'x'.")
    assert "batch" in explain(failure)


def test_a_long_message_is_cut_after_a_sentence():
    message = f"{'This is what matters here. ' * 5}{'And this is not. ' * 20}"
    assert shortened(message).endswith(".") and len(shortened(message)) <= 200
    assert shortened("word " * 100).endswith(" …")


def test_an_error_that_can_not_say_what_it_is_still_has_its_line():
    class Mute(Exception):
        def __str__(self):
            raise RuntimeError("no words")

    def answer(images):
        raise Mute  # here

    error = run(answer, {"images": IMAGES}).error
    assert (error.type, error.message, error.line) == ("Mute", "", "raise Mute  # here")


CELLS = {
    "/tmp/ipykernel_7/1.py": """
import functools
import keras
import numpy as np
import tensorflow as tf

def helper(a):
    return a @ np.ones((7, 7))
""",
    "/tmp/ipykernel_7/2.py": """
def caller(a):
    return helper(a)
""",
    "<ipython-input-3-abc>": """
def lambdas(a):
    f = lambda b: b @ np.ones((9, 9))
    return list(map(f, a))
""",
    "/home/me/lessons/mine.py": """
def comprehension(a):
    return [
        b @ np.ones((9, 9))
        for b in a
    ]
""",
    "/tmp/ipykernel_7/4.py": """
@tf.function
def graph(a):
    b = a * 2
    return helper(b)
""",
    "/tmp/ipykernel_7/5.py": """
@tf.function
def running(a):
    shape = tf.cast(0 * a[0, 0, 0, :2] + 5, tf.int32)
    return tf.reshape(a, shape)
""",
    "/tmp/ipykernel_7/6.py": """
def calls_a_graph(a):
    return running(a)
""",
    "/tmp/ipykernel_7/7.py": """
def several_lines(a):
    return np.einsum(
        "nhwk,nk->nhw",
        a,
        a[0],
    )
""",
    "/tmp/ipykernel_7/8.py": """
def loud(f):
    @functools.wraps(f)
    def wrapped(*args, **kwargs):
        return f(*args, **kwargs)
    return wrapped

@loud
def decorated(a):
    return a @ a.T @ a
""",
    "/tmp/ipykernel_7/9.py": """
def inside_keras(a):
    layer = keras.layers.Lambda(lambda b: b @ tf.ones((7, 7)))
    return layer(a)
""",
    "/tmp/ipykernel_7/10.py": """
@tf.function
def stub(a):
    raise NotImplementedError
""",
}


@pytest.fixture(scope="module")
def notebook():
    """The names that the cells above define, each cell a file of its own, as in IPython."""
    names = {}
    for file, cell in CELLS.items():
        source = cell.lstrip()
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        exec(compile(source, file, "exec"), names)
    yield names
    for file in CELLS:
        linecache.cache.pop(file, None)


@pytest.mark.parametrize(
    ("name", "line", "number"),
    [
        ("caller", "return a @ np.ones((7, 7))", 7),
        ("lambdas", "f = lambda b: b @ np.ones((9, 9))", 2),
        ("comprehension", "b @ np.ones((9, 9))", 3),
        ("graph", "return a @ np.ones((7, 7))", 7),
        ("running", "return tf.reshape(a, shape)", 4),
        ("calls_a_graph", "return tf.reshape(a, shape)", 4),
        ("several_lines", "return np.einsum(", 2),
        ("decorated", "return a @ a.T @ a", 9),
        ("inside_keras", "layer = keras.layers.Lambda(lambda b: b @ tf.ones((7, 7)))", 2),
    ],
)
def test_the_line_is_the_students_wherever_the_error_arises(notebook, name, line, number):
    error = run(notebook[name], {"a": IMAGES}).error
    assert (error.line, error.line_number) == (line, number)
    assert explain(error)


def test_a_stub_inside_tf_function_has_no_message_of_its_own(notebook):
    error = run(notebook["stub"], {"a": IMAGES}).error
    assert (error.type, error.message) == ("NotImplementedError", "")


def test_a_call_that_never_reached_the_students_code_shows_no_line():
    error = run(lambda pictures: pictures, {"images": IMAGES}).error
    assert (error.line, error.line_number) == ("", 0)
    assert "as you got it" in explain(error)


def test_an_error_inside_a_stand_in_shows_the_line_that_called_it(notebook):
    given = {"helper": exercise("class_activation_map").reference}
    error = run(notebook["caller"], {"a": IMAGES}, given=given).error
    assert (error.line, error.line_number) == ("return helper(a)", 2)


def test_the_verdict_holds_line_message_and_explanation():
    def answer(features, class_weights, class_index):
        return tf.constant(features) @ tf.ones((2, 2))

    verdict = verify(exercise("class_activation_map"), answer)
    problem = next(r.problem for r in verdict.results if not r.passed)
    assert "`return tf.constant(features) @ tf.ones((2, 2))`: Matrix size-incompatible" in problem
    assert "A matrix product sums over" in problem and "{{" not in problem and "[Op:" not in problem
