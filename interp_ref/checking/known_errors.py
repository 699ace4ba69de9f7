"""The table of errors that `explain` knows. The first entry that fits wins: special ones stand first.

A sentence says what happened in the student's terms, then the mend; it never shows code of an answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import NamedTuple


class Known(NamedTuple):
    """Errors of one cause: names of their types, what the message contains, and the sentence.

    The sentence may name groups of the pattern in braces, or be made from the match.
    """

    types: str
    pattern: str
    sentence: str | Callable[[re.Match], str]


def _no_such_layer(match: re.Match) -> str:
    name, names = match["name"], re.findall(r"'([^']+)'", match["names"])
    close = get_close_matches(name, names, n=1)
    if close:
        return f"The model has no layer called `{name}`; did you mean `{close[0]}`?"
    return (
        f"The model's own list has no layer called `{name}`: print the names of `model.layers`; "
        "if one of them is itself a model, its layers are in its list, not in this one."
    )


INVALID = "InvalidArgumentError ValueError"

TAPE = (
    Known(
        "RuntimeError",
        r"non-persistent GradientTape",
        "A tape gives gradients once and then forgets: ask it for everything at once, or make it persistent "
        "when you open it.",
    ),
    Known(
        "AttributeError",
        r"'NoneType' object has no attribute '_tape'",
        "The tape is not recording at this line: watch, and compute what you want to differentiate, inside "
        "its `with` block.",
    ),
    Known(
        "ValueError",
        r"Passed in object .*of type '(?P<kind>ndarray|float\w*|int\w*|list)'",
        "A tape watches tensors, and this is of type {kind}: turn it into a tensor first, and give that "
        "same tensor to the model.",
    ),
    Known(
        "AttributeError",
        r"'(?:numpy\.)?(?P<kind>ndarray|float\w*|int\w*|list)' object has no attribute '_id'",
        "The tape was asked about something of type {kind}, which it can't follow: what you differentiate, "
        "and what you differentiate by, must be tensors; leave NumPy until you have the gradient.",
    ),
    Known(
        "TypeError",
        r"argument `type_value`: .* to a TensorFlow DType",
        "The tape was asked about a plain number, which it can't follow: keep the score a tensor, and leave "
        "NumPy and Python numbers until you have the gradient.",
    ),
    Known(
        "AttributeError RuntimeError",
        r"tf\.gradients is not supported|module 'keras.*backend' has no attribute",
        "This function is from an older TensorFlow or Keras, which this course doesn't use: gradients come "
        "from a tape.",
    ),
)

NONE = (
    Known(
        "AttributeError TypeError ValueError",
        r"NoneType|a value \(None\)|None was passed|None values not supported",
        "A value here is None. A gradient is None where the tape saw no way from what you differentiate by "
        "to the score (watch that tensor first, compute the score from it inside the tape, without NumPy); "
        "a function gives None where it ends without `return`.",
    ),
    Known(
        "AxisError ValueError InvalidArgumentError",
        r"for array of dimension 0|does not have enough dimensions \(has 0"
        r"|for input with 0 dim|rank \d+ but got: 0",
        "This is a single number or None, so it has no axes: a gradient is None where the tape saw no way "
        "from what you differentiate by to the score; else an earlier step took every axis away.",
    ),
    Known(
        "TypeError",
        r"not supported for the input types",
        "This function takes numbers, and this is something else: None, most likely, or an array with None "
        "in it.",
    ),
)

GRAPH = (
    Known(
        "ValueError",
        r"not connected to `inputs`",
        "The output you name was not computed from the inputs you name: a model inside a model keeps its "
        "inner tensors in a graph of its own. Take both ends from one graph, or run the layers one after "
        "the other, as lesson 3's `split_at` does.",
    ),
    Known(
        "AttributeError ValueError",
        r"(?:layer|model) '?(?P<layer>[^\s']+)'? has (?:never been called|no defined)",
        "`{layer}` was never called on a keras.Input, so it has no input and output of its own: the ends of "
        "a finished model are its `inputs` and `outputs`, and layers can be run on pictures one after the "
        "other, as lesson 3's `split_at` does.",
    ),
    Known(
        "AttributeError",
        r"must build the layer before accessing",
        "This layer has no weights yet: it makes them when it is first called on an input.",
    ),
    Known(
        "ValueError",
        r"All `(?P<end>inputs|outputs)` values must be KerasTensors",
        "The {end} of a keras.Model are symbolic tensors (a keras.Input, and what layers make of it), and "
        "you gave values: to run a model on pictures, call it instead.",
    ),
)

SYMBOLIC = (
    Known(
        "ValueError",
        r"Unrecognized keyword arguments passed to (?P<made>\w+): \{'(?P<name>\w+)'",
        "{made} has no argument named `{name}`: compare the names with its page, plural and singular too.",
    ),
    Known(
        "NotImplementedError AttributeError OperatorNotAllowedInGraphError",
        r"symbolic `?tf\.Tensor|'SymbolicTensor' object",
        "Inside tf.function a tensor has no values yet, so neither NumPy nor Python's `if` can use them: "
        "take TensorFlow's own functions there, or leave tf.function away.",
    ),
    Known(
        "ValueError TypeError AttributeError NotImplementedError",
        r"KerasTensor",
        "This tensor of a model is a symbol without values, so NumPy, TensorFlow's functions and a tape "
        "can't use it: compute with what you get when you call the model or its layers on pictures.",
    ),
)

MEMORY = (
    Known(
        "ResourceExhaustedError MemoryError",
        r"shape ?(?P<shape>[\[(][\d, ]+[\])])",
        "There is not enough memory for an array of shape {shape}: look for an axis that should not be "
        "there, else send the pictures through in smaller batches.",
    ),
    Known(
        "ResourceExhaustedError MemoryError",
        r"",
        "There is not enough memory: look for a list or array that grows without need, else send the "
        "pictures through in smaller batches.",
    ),
    Known(
        "RuntimeError",
        r"_NotOkStatusException REPLACED BY TimeLimit",  # TensorFlow looks for memory for ten seconds
        "TensorFlow gave up when the time was over, most likely because it found no memory: look for an "
        "axis that should not be there, else send the pictures through in smaller batches.",
    ),
    Known(
        "ValueError",
        r"Maximum allowed dimension exceeded|array is too big",
        "No computer has memory for an array this large: print the shape that you ask for.",
    ),
)

LAYERS = (
    Known(
        INVALID,
        r"(?i)expected shape ?=?\(None((?:, \w+)+)\), (?:found|but input has incompatible) shape ?=?"
        r"\((?!\d+\1\))\d+(?:, \d+){2}\)$"
        r"|expected (?:min_)?ndim=(?:4, found ndim=3|2, found ndim=1)"
        r"|shape with unknown rank|on an unknown TensorShape",  # predict, from its second call on
        "An axis is missing, most likely the batch: a layer takes a stack [N, …] of pictures, and one "
        "picture alone is a stack with N = 1.",
    ),
    Known(
        INVALID,
        r"[Ee]xpected shape ?=?(?P<wanted>\(.*?\)), (?:found|but input has incompatible) "
        r"shape ?=?(?P<found>\(.*?\))",
        "The model takes arrays of shape {wanted}, where None is any length, and got {found}: compare them "
        "axis by axis, the channels come last.",
    ),
    Known(
        INVALID,
        r"of layer '(?P<layer>[^']+)' is incompatible with the layer: (?P<wanted>.*)",
        "What you hand to `{layer}` does not fit it ({wanted}): a step before it is missing, in the wrong "
        "order, or done twice; print the shape after each step.",
    ),
    Known(
        "ValueError",
        r"expects (?P<wanted>\d+) (?:named )?input\(s\).* received (?P<found>\d+) input",
        "The model takes {wanted} input and got {found}, since each member of a list counts as one: stack "
        "the pictures into one array [N, H, W, 3].",
    ),
    Known(
        "ValueError", r"No such layer: (?P<name>[^\s']+)\. Existing layers are: (?P<names>.*)", _no_such_layer
    ),
    Known(
        "ValueError",
        r"(?P<name>'.*') is not in list",
        "There is no {name} in this list: print the list, and compare the spelling; layer names belong to "
        "one model.",
    ),
    Known(
        "TypeError",
        r"list indices must be integers or slices, not str",
        "A list is indexed by number, not by name: ask the model itself for a layer by name.",
    ),
)

SHAPES = (
    Known(
        INVALID,
        r"remapped shapes|Expected dimension \d+ at axis",
        "In an einsum each letter is one axis, and the same letter has the same length everywhere: write "
        "every operand's shape below its letters and find the letter with two lengths.",
    ),
    Known(
        INVALID,
        r"too many subscripts for operand|more dimensions than subscripts|Expected input \d+ to have rank",
        "In an einsum each operand needs as many letters as it has axes: print the shapes; a number or None "
        "has no axis at all.",
    ),
    Known(
        "ValueError",
        r"output subscript '(?P<letter>\w)' which never|contain the label (?P<label>\w) not present",
        "A letter of the einsum's result is in none of its operands: a result can only keep axes that came "
        "in.",
    ),
    Known(
        "ValueError",
        r"operands provided to einstein sum|Got \d+ inputs for equation",
        "The einsum's text names more or fewer operands than you give: one group of letters for each, "
        "separated by commas.",
    ),
    Known(
        INVALID,
        r"core dimension|Matrix size-incompatible|not aligned|shape-mismatch for sum",
        "A matrix product sums over the last axis of the first factor and the last but one of the second, "
        "which must have one length: print both shapes, and see which axis is to disappear.",
    ),
    Known(
        INVALID,
        r"(?:Incompatible shapes: |broadcast together with shapes )"
        r"(?P<first>[\[(][\d,]*[\])]) (?:vs\. )?(?P<second>[\[(][\d,]*[\])])\s*$",
        "Shapes are lined up from the right, and there {first} and {second} have two different lengths, "
        "neither of them 1: give one of them an axis of length 1 where it lacks one (`keepdims=True` keeps "
        "it, `None` in an index makes it).",
    ),
    Known(
        INVALID,
        r"Incompatible shapes|could not be broadcast together|Dimensions must be equal, but are",
        "Shapes are lined up from the right, and there two lengths differ, neither of them 1: print the "
        "shapes, and give the smaller array an axis of length 1 where it lacks one.",
    ),
    Known(
        "ValueError",
        r"could not broadcast input array from shape (?P<found>\(.*?\)) into shape (?P<place>\(.*?\))",
        "You assign an array of shape {found} to a place of shape {place}: print both sides' shapes before "
        "this line.",
    ),
    Known(
        "ValueError",
        r"non-broadcastable output operand with shape (?P<place>\(.*?\)).* shape (?P<found>\(.*?\))",
        "The result has shape {found}, which does not fit back into the array of shape {place} on the left: "
        "give it a name of its own.",
    ),
    Known(
        INVALID,
        r"cannot reshape array of size|Input to reshape is a tensor with"
        r"|Dimension size must be evenly divisible",
        "A new shape must hold as many numbers as the old one: print the old shape, and multiply both out.",
    ),
    Known(
        INVALID,
        r"all the input array dimensions|all input arrays must have the same|ConcatOp : Dim"
        r"|Shapes of all inputs must|inhomogeneous shape",
        "The arrays that you join differ in shape: stacking needs them all equal, concatenating allows a "
        "difference along the joined axis alone; the last batch is often shorter than the others.",
    ),
    Known(
        "ValueError",
        r"'images' must have either 3 or 4 dimensions",
        "Resizing takes pictures [N, H, W, channels]: a stack of maps [N, h, w] needs an axis of length 1 "
        "at the end.",
    ),
)

TENSORS = (
    Known(
        "TypeError",
        r"does not support item assignment",
        "A tensor can't be changed in place: make a new one from it, choosing or multiplying for all places "
        "at once.",
    ),
    Known(
        "ValueError",
        r"destination is read-only|output array is read-only",
        "This array may only be read, since it belongs to a tensor or to the caller: change a copy.",
    ),
    Known(
        "AttributeError",
        r"EagerTensor'? object has no attribute '(?P<name>\w+)'",
        "NumPy's arrays have `{name}`, TensorFlow's tensors don't: inside a tape take TensorFlow's function "
        "for it (sums, means and maxima are called tf.reduce_…), after it turn the tensor into an array.",
    ),
    Known(
        "AttributeError",
        r"'numpy\.\w+' object has no attribute 'numpy'",
        "This is a NumPy array or number already: leave `.numpy` away.",
    ),
    Known(
        "AttributeError",
        r"'(?P<kind>list|tuple)' object has no attribute '(?P<name>\w+)'",
        "This is a {kind}, and only an array has `{name}`: make one array of its members first.",
    ),
    Known(
        "AttributeError",
        r"module '(?P<module>numpy|tensorflow)' has no attribute '(?P<name>\w+)'",
        "{module} has nothing called `{name}`: another library or an older version calls it so "
        "(TensorFlow's sums, means and maxima are called tf.reduce_…).",
    ),
)

NUMBERS = (
    Known(
        INVALID,
        r"expected to be an? (?P<wanted>\w+) tensor but is an? (?P<found>\w+) tensor",
        "TensorFlow does not mix kinds of numbers, and here meet {wanted} and {found}: cast one of the two "
        "(NumPy makes double by default; this course computes in float32).",
    ),
    Known(
        "TypeError",
        r"must have the same dtype, got (?:tf\.)?(?P<found>\w+) != (?:tf\.)?(?P<wanted>\w+)",
        "TensorFlow does not mix kinds of numbers, and here meet {found} and {wanted}: cast to float32 "
        "first.",
    ),
    Known(
        "TypeError",
        r"Cannot convert .* to EagerTensor of dtype (?P<kind>\w+)",
        "A tensor of {kind} can't be combined with a number of another kind: cast it to float32 first.",
    ),
    Known(
        "UFuncTypeError",
        r"Cannot cast ufunc '\w+' output from dtype\('(?P<found>\w+)'\) to dtype\('(?P<kept>\w+)'\)",
        "You wrote {found} numbers back into an array of {kept}, which can't hold them and may belong to "
        "the caller: make a new float32 array first.",
    ),
    Known(
        INVALID,
        r"Value for attr '\w+' of (?P<kind>\w+) is not in the list of allowed values",
        "This operation does not take {kind}: cast values to float32, and indices to whole numbers, before "
        "it.",
    ),
    Known(
        "ValueError",
        r"truth value of an array",
        "An array has many truths, and Python's `if`, `and` and `max` want one: use a function that works "
        "on every place at once.",
    ),
    Known(
        "TypeError",
        r"only (?:0-dimensional|length-1|size-1) arrays can be converted",
        "One number was asked for, and this is a whole array: do it for the whole array, or choose one "
        "place.",
    ),
)

INDICES = (
    Known(
        "TypeError",
        r"Only integers, slices .*scalar tf\.int32",
        "A tensor can't be indexed by an array, as NumPy's arrays can: TensorFlow has a function of its own "
        "that gathers entries, each picture's own if it is told so.",
    ),
    Known(
        "TypeError",
        r"only integer scalar arrays",
        "A list, a range and a tensor take one whole number as an index, and this is an array: make an "
        "array of them first (NumPy's take whole arrays and masks), or go through the numbers one by one.",
    ),
    Known(
        "IndexError",
        r"arrays used as indices must be|only integers, slices",
        "Places are counted in whole numbers, and this index is of another kind: print its dtype.",
    ),
    Known(
        "IndexError",
        r"index (?P<index>-?\d+) is out of bounds for axis (?P<axis>\d+) with size (?P<size>\d+)",
        "Axis {axis} has {size} places, counted from 0, and you ask for number {index}: it may be another "
        "axis that you mean.",
    ),
    Known(
        INVALID,
        r"indices.* = (?P<index>-?\d+) is not in \[0, (?P<size>\d+)\)",
        "The axis you gather from has {size} places, counted from 0, and you ask for number {index}: it may "
        "be another axis that you mean.",
    ),
    Known(
        INVALID,
        r"slice index (?P<index>-?\d+) of dimension (?P<axis>\d+) out of bounds",
        "Axis {axis} has no place number {index}, counted from 0: print the shape; it may be another axis "
        "that you mean.",
    ),
    Known(
        "IndexError",
        r"list index out of range",
        "The list is shorter than you think: print its length; places count from 0.",
    ),
    Known(
        "IndexError InvalidArgumentError",
        r"too many indices for array|Index out of range using input dim|slice scalar input"
        r"|invalid index to scalar",
        "You index more axes than there are: an earlier step took one away; print the shape before this "
        "line.",
    ),
    Known(
        "IndexError",
        r"indexing arrays could not be broadcast together with shapes (?P<first>\(.*?\)) (?P<second>\(.*?\))",
        "Index arrays are read in pairs, a place of one with the same place of the other, and these have "
        "shapes {first} and {second}: they must be equally long.",
    ),
    Known(
        "IndexError",
        r"boolean index did not match",
        "A mask must have the shape of the array that it selects from: print both shapes.",
    ),
)

AXES = (
    Known(
        "AxisError",
        r"axis (?P<axis>-?\d+) is out of bounds for array of dimension (?P<count>\d+)",
        "This array has {count} axes, counted from 0, so there is no axis {axis}: an earlier step took one "
        "away, or another array was meant; print its shape.",
    ),
    Known(
        INVALID,
        r"Invalid reduction dimension \(?(?P<axis>-?\d+) for input with (?P<count>\d+) dim",
        "This tensor has {count} axes, counted from 0, so there is no axis {axis}: an earlier step took one "
        "away, or another tensor was meant; print its shape.",
    ),
    Known(
        INVALID,
        r"axes don't match array|transpose expects a vector of size",
        "A transpose names every axis of the array once, the batch too: print the shape.",
    ),
)

PYTHON = (
    Known(
        "NameError",
        r"name '(?P<name>\w+)' is not defined",
        "Nothing is called `{name}` here: run the cell that defines it (all of them after a restart), or "
        "mend the spelling.",
    ),
    Known(
        "UnboundLocalError",
        r"variable '(?P<name>\w+)'",
        "`{name}` is used before the function gives it a value: an assignment further down, or in a branch "
        "that did not run, makes it the function's own.",
    ),
    Known(
        "RecursionError",
        r"",
        "A function calls itself without end: it lacks a case that stops, or you gave it the name of a "
        "function that it uses.",
    ),
    Known(
        "TypeError",
        r"missing \d+ required .*arguments?: (?P<names>.+)",
        "A call leaves out {names}: compare it with the first line of that function; an exercise's own "
        "first line stays as you got it.",
    ),
    Known(
        "TypeError",
        r"unexpected keyword argument '(?P<name>\w+)'",
        "The function that is called has no argument named `{name}`: compare with its first line or its "
        "page; an exercise's own first line stays as you got it.",
    ),
    Known(
        "TypeError ValueError",
        r"takes .*positional arguments? but \d+|multiple values for argument"
        r"|Missing required positional argument",
        "A call gives too many arguments, too few, or one of them twice: compare it with the first line of "
        "that function or with its page.",
    ),
    Known(
        "ValueError",
        r"(?:too many|not enough) values to unpack \(expected (?P<names>\d+)",
        "There are {names} names left of the `=`, and another number of values right of it: print what "
        "stands there; an array is taken apart along its first axis.",
    ),
    Known(
        "TypeError",
        r"'(?:[\w.]*\.)?(?P<kind>\w+)' object is not callable",
        "Round brackets call a function, and this is a value of type {kind}: index with square brackets, or "
        "see whether you gave a function's name to a value.",
    ),
    Known(
        "ModuleNotFoundError",
        r"No module named '(?P<name>[\w.]+)'",
        "The course does not use `{name}`: NumPy, SciPy, TensorFlow, Keras and Matplotlib are there, and "
        "enough.",
    ),
)

KNOWN = (
    *TAPE,
    *NONE,
    *GRAPH,
    *SYMBOLIC,
    *MEMORY,
    *LAYERS,
    *SHAPES,
    *TENSORS,
    *NUMBERS,
    *INDICES,
    *AXES,
    *PYTHON,
)
