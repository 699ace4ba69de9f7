"""Lesson 9: how a bug is proved. From a published and a mended version come a counterexample and a property.

A *counterexample* is an exercise without arguments. Its arrays are run through both versions here, outside
the student's process, and judged by facts: are they admissible, and do the two results differ?

A *property* is an exercise `holds_…(inputs, outputs) -> bool`. Each of its challenges holds inputs and one
output, of the mended or of the published version, computed here. The order runs over all challenges, depends
on the seed and is written nowhere. On inputs that do no harm both outputs are right, and the property has to
hold twice. The last two challenges are about the student's own counterexample, where it is a right one.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from interp_ref.errors import UserError
from interp_ref.exercises.exercise import Challenge, Exercise, Misconception

LESSON = "09_bug_hunt"
MARGIN = 0.05
"""Two results differ when they do so somewhere by this part of the largest value."""
MOST_VALUES = 20_000
WHOLE = "class_index"


@dataclass(frozen=True)
class Bug:
    """One mistake in circulation.

    name: of the mended function. shapes: the arguments' axes by name, such as {"features": "nhwk"}; axes of
    one letter are equally long. kinds: draws of inputs by what is special about them; the first is the common
    case. counterexample: gives right arrays for one, in the order of the arguments.
    extra: arguments that the property needs and the function does not. sizes: of axes whose length is given.
    positive: arguments whose values lie above zero. even: axes whose length is even.
    """

    name: str
    published: Callable
    mended: Callable
    shapes: Mapping[str, str]
    kinds: Mapping[str, Callable[[np.random.Generator], dict]]
    counterexample: Callable
    extra: tuple[str, ...] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)
    positive: tuple[str, ...] = ()
    even: str = ""

    def both(self, inputs: Mapping) -> tuple[np.ndarray, np.ndarray]:
        """(what the mended version gives, what the published one gives), float32."""
        arguments = {name: value for name, value in inputs.items() if name not in self.extra}
        with np.errstate(all="ignore"):
            results = self.mended(**arguments), self.published(**arguments)
        return tuple(np.asarray(one, np.float32) for one in results)

    def differ(self, inputs: Mapping) -> bool:
        """Whether the two results differ by more than the margin; a NaN differs from every number."""
        right, wrong = self.both(inputs)
        gap = np.abs(right - wrong)
        return bool(np.isnan(gap).any() or gap.max() > MARGIN * np.abs(right).max() + 1e-6)

    def inputs_of(self, returned) -> dict[str, np.ndarray]:
        """A counterexample's arrays by the arguments' names. UserError where they are not admissible."""
        arrays = returned if isinstance(returned, tuple) else (returned,)
        if len(arrays) != len(self.shapes):
            raise UserError(
                f"Expected {len(self.shapes)} arrays ({', '.join(self.shapes)}), got {len(arrays)}: "
                "return them in this order."
            )
        sizes = dict(self.sizes)
        pairs = zip(self.shapes.items(), arrays, strict=True)
        named = {name: _admitted(name, axes, array, sizes) for (name, axes), array in pairs}
        for axis in self.even:
            if sizes[axis] % 2:
                raise UserError(
                    f"Axis {axis} has {sizes[axis]} values: it has to be even, to be cut into pairs."
                )
        for name in self.positive:
            if np.min(named[name]) <= 0:
                raise UserError(f"{name} has to lie above 0, got {np.min(named[name]):g}.")
        if WHOLE in named and not (named[WHOLE].min() >= 0 and named[WHOLE].max() < sizes["c"]):
            raise UserError(
                f"class_index holds {named[WHOLE].tolist()}, and there are {sizes['c']} classes: "
                "they are counted from 0."
            )
        return named


def _admitted(name, axes, array, sizes):
    array = np.asarray(array)
    if array.dtype.kind not in "fiub" or array.ndim != len(axes):
        shape = ", ".join(axes)
        raise UserError(f"Expected {name} of shape [{shape}], got shape {list(array.shape)}.")
    if not 0 < array.size <= MOST_VALUES:
        raise UserError(f"{name} has {array.size:,} values: 1 to {MOST_VALUES:,} are enough.")
    if array.dtype.kind == "f" and (not np.isfinite(array).all() or np.abs(array).max() > 1e6):
        raise UserError(f"{name} holds NaN or values beyond a million: no network hands those on.")
    for axis, size in zip(axes, array.shape, strict=True):
        if sizes.setdefault(axis, size) != size:
            raise UserError(f"{name} has {size} values along its axis {axis}; expected {sizes[axis]}.")
    if not axes:
        return float(array)
    return array.astype(np.int64 if name == WHOLE else np.float32)


# counterexample


def counterexample_of(bug: Bug, *, asks: str, facts: Mapping[str, Callable], misconceptions) -> Exercise:
    """The exercise that asks for arrays on which the published version goes wrong.

    facts: by their words, what is missing in arrays that do no harm; tells why they do none. Looked at only
    where the two versions agree.
    """

    def judged(returned):
        inputs = bug.inputs_of(returned)
        differ = bug.differ(inputs)
        return (*(np.bool_(differ or fact(**inputs)) for fact in facts.values()), np.bool_(differ))

    listed = "; ".join(f"({n}) {words}" for n, words in enumerate([*facts, "the two versions differ"], 1))
    return Exercise(
        name=f"counterexample_{bug.name}",
        lesson=LESSON,
        asks=asks,
        returns=f"arrays {', '.join(f'{name} {list(axes)}' for name, axes in bug.shapes.items())}".replace(
            "'", ""
        )
        + f"; looked at is whether {listed}",
        steps={"arrays": bug.counterexample},
        where={"arrays": "choose the arrays"},
        body=lambda step: step.arrays(),
        criteria={"values": 1},
        challenges=(Challenge("your arrays", "values", lambda rng: {}),),
        misconceptions=misconceptions,
        facts=judged,
    )


def innocent(name: str, arrays: Callable, belief: str, hint: str) -> Misconception:
    """Arrays that somebody takes for a counterexample."""
    return Misconception(name, "arrays", arrays, belief, hint)


# property


def property_of(bug: Bug, *, asks: str, body: Callable, steps, where, misconceptions) -> Exercise:
    """The exercise that asks for a property that right outputs have and wrong ones lack."""
    return Exercise(
        name=f"holds_{bug.name}",
        lesson=LESSON,
        asks=asks,
        returns="True or False",
        steps=steps,
        where=where,
        body=body,
        criteria={"unlabelled outputs": 1, "your counterexample": 1},
        challenges=(
            *(
                Challenge(f"output {n + 1}", "unlabelled outputs", _draw_output(bug, n))
                for n in range(2 * len(bug.kinds))
            ),
            *(
                Challenge(
                    f"your counterexample, output {n + 1}",
                    "your counterexample",
                    _draw_own(bug, n),
                    _on_counterexample(bug, n),
                )
                for n in range(2)
            ),
        ),
        misconceptions=misconceptions,
        counterexample=f"counterexample_{bug.name}",
    )


def _order(bug: Bug, rng, count: int) -> np.ndarray:
    """The order of the outputs, one for all challenges of a seed, which draw from generators of their own."""
    seed = rng.bit_generator.seed_seq.entropy[-1]
    return np.random.default_rng([zlib.crc32(f"{bug.name}/order".encode()), seed, count]).permutation(count)


def _with_output(bug, inputs, published) -> dict:
    return {**inputs, "outputs": bug.both(inputs)[int(published)]}


def _draw_output(bug, number):
    def draw(rng):
        kind, published = divmod(int(_order(bug, rng, 2 * len(bug.kinds))[number]), 2)
        return _with_output(bug, list(bug.kinds.values())[kind](rng), published)

    return draw


def _on_counterexample(bug, number):
    def made(returned, rng):
        return _with_output(bug, bug.inputs_of(returned), _order(bug, rng, 2)[number])

    return made


def _draw_own(bug, number):
    def draw(rng):
        return _on_counterexample(bug, number)(bug.counterexample(), rng)

    return draw


def close(got, wanted) -> np.ndarray:
    """Whether numbers agree to a thousandth of the largest of them, one by one; NaN agrees with nothing."""
    return np.abs(got - wanted) <= 1e-3 * np.abs(wanted).max() + 1e-5


# mend


def mended(bug: Bug, *, asks: str, returns: str, body: Callable, steps, where, misconceptions) -> Exercise:
    """The exercise that asks for the mended function; asked on inputs of every kind."""
    names = [name for name in bug.shapes if name not in bug.extra]

    def draw(kind):
        def drawn(rng):
            inputs = bug.kinds[kind](rng)
            return {name: inputs[name] for name in names}

        return drawn

    return Exercise(
        name=bug.name,
        lesson=LESSON,
        asks=asks,
        returns=returns,
        steps=steps,
        where=where,
        body=body,
        criteria={"values": 1},
        challenges=tuple(Challenge(kind, "values", draw(kind)) for kind in bug.kinds),
        misconceptions=misconceptions,
    )
