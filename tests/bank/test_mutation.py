"""Mutants are made where the answer is, run through the check, and told apart from right answers."""

import re
import sys

import pytest

from interp_ref.bank import mutants as bench
from interp_ref.bank import operators as slips
from interp_ref.bank.copies import Copies, source_of
from interp_ref.bank.equivalent import EQUIVALENT
from interp_ref.bank.mutation import mutants
from interp_ref.bank.scope import Scope, code_run
from interp_ref.bank.trial import fault, try_mutants
from interp_ref.bank.versions import versions_of
from interp_ref.bootstrap import ROOT
from interp_ref.errors import UserError
from interp_ref.exercises import compared_exercises, exercise

QUICK = ("normalize_map", "cross_entropy", "center_head", "localize", "largest_change")


@pytest.mark.parametrize("name", QUICK)
def test_every_mutant_of_an_exercise_loses_points_or_has_a_proof(name):
    trial = try_mutants(exercise(name))
    assert trial.tried > 20
    assert not bench.complaints([trial])


def test_a_mutant_without_a_proof_and_a_proof_without_a_mutant_are_complained_about(capsys):
    (key, why), *_ = EQUIVALENT["largest_change"].items()
    trial = try_mutants(exercise("largest_change"), {"no such mutant": why})
    assert [one.key for one in trial.surviving] == [key]
    assert trial.stale == ["no such mutant"]
    first, second = bench.complaints([trial])
    assert key in first and "make a challenge" in first
    assert "no such mutant" in second


def test_every_proof_is_a_sentence_about_an_exercise_that_exists():
    assert set(EQUIVALENT) <= set(compared_exercises())
    for proofs in EQUIVALENT.values():
        assert all(why[0].isupper() and why.endswith(".") for why in proofs.values())


def test_a_copy_that_imports_inside_its_function_is_a_right_answer():
    asked = exercise("saliency_map")
    assert [fault(asked, one.load(Copies())) for one in versions_of(asked)] == ["", ""]


def test_a_changed_copy_reaches_the_copies_that_import_it_and_nothing_else():
    name = "interp_ref.models.preprocessing"
    changed = source_of(name).replace("103.939", "0.0")
    copies = Copies({name: changed})
    assert copies.module("interp_ref.exercises.lesson01_preprocess").IMAGENET_MEAN_BGR[0] == 0
    assert Copies().module("interp_ref.exercises.lesson01_preprocess").IMAGENET_MEAN_BGR[0] == 103.939
    assert sys.modules["interp_ref.exercises.lesson01_preprocess"].IMAGENET_MEAN_BGR[0] == 103.939


EXAMPLE = """
SHARE = 0.5
UNUSED = 7

def answer(x: 3 = None):
    limit = 100
    if x > limit:
        raise ValueError(x - 1)
    return x * SHARE if x else x + 5

def other(x):
    return x - 2
"""


def scope_of(text, *inputs):
    space = {}
    exec(compile(text, "<example>", "exec"), space)
    ran, names = code_run(space["answer"], [{"x": one} for one in inputs], {"<example>": "example"})
    return Scope(text, ran["example"], names["example"])


def changed_lines(text, *inputs):
    return {one.before for one in mutants("example", text, scope_of(text, *inputs))}


def test_only_what_decides_something_on_a_challenge_is_changed():
    # Neither the refusal with what serves it alone, nor the annotation, nor what never ran.
    assert changed_lines(EXAMPLE, 1) == {"SHARE = 0.5", "return x * SHARE if x else x + 5"}
    lines = {one.line for one in mutants("example", EXAMPLE, scope_of(EXAMPLE, 1))}
    assert "return x / SHARE if x else x + 5" in lines
    assert "return x * SHARE if x else x - 5" not in lines
    assert "return x * SHARE if not x else x + 5" not in lines


def test_a_test_that_comes_out_both_ways_is_changed_too():
    lines = {one.line for one in mutants("example", EXAMPLE, scope_of(EXAMPLE, 0, 1))}
    assert {"return x * SHARE if not x else x + 5", "return x * SHARE if x else x - 5"} <= lines


def slips_of(name, text):
    from cosmic_ray.ast import ast_nodes, get_ast

    operator = slips.operators()[name]()
    return [
        operator.mutate(node, number).get_code()
        for node in ast_nodes(get_ast(text))
        for number, _ in enumerate(operator.mutation_positions(node))
    ]


@pytest.mark.parametrize(
    ("name", "text", "changed"),
    [
        ("SkipCall", "np.abs(x)", ["(x)"]),
        ("SkipCall", "x.mean(axis=1)[0]", ["x[0]"]),
        ("SkipCall", "np.asarray(x)", []),
        ("SwapArguments", "f(a, b, c=1)", ["f(b, a, c=1)"]),
        ("SwapArguments", "np.maximum(a, 0)", []),
        ("DropArgument", "x.max(axis=1, keepdims=True)", ["x.max(keepdims=True)", "x.max(axis=1)"]),
        ("DropArgument", "zip(a, b, strict=True)", []),
        ("OtherFunction", "x.mean(axis=1)", ["x.sum(axis=1)"]),
        ("OtherFunction", "np.argmax(x)", ["np.argmin(x)"]),
    ],
)
def test_a_slip_in_a_call_gives_these_texts(name, text, changed):
    assert slips_of(name, text) == changed


def test_without_cosmic_ray_one_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "cosmic_ray.plugins", None)
    slips.operators.cache_clear()
    with pytest.raises(UserError, match="requirements-dev.txt"):
        bench.bench_mutants(["accuracy"])


def test_readme_gives_a_figure_that_adds_up_and_its_command():
    row = re.search(
        r"^\| .*\| (.*) \| `interp bench mutants` \|$", (ROOT / "README.md").read_text("utf-8"), re.M
    )
    tried, killed, equivalent = (
        int(number.replace(",", "")) for number in re.findall(r"[\d,]*\d", row.group(1))
    )
    assert tried == killed + equivalent
    assert equivalent >= sum(map(len, EQUIVALENT.values()))
