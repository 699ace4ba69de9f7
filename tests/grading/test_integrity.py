"""Copied answers are found under other names, and honest ones do not flood the list."""

import ast
import copy
import random
import time

import nbformat
import pytest

from interp_ref.authoring.cells import grade_id, kind
from interp_ref.bootstrap import ROOT
from interp_ref.exercises import LESSONS
from interp_ref.grading.integrity import similar_pairs
from interp_ref.grading.normal_form import MAX_CHARACTERS, imports_of, normal_form

ALIASES = {"np": "numpy", "tf": "tensorflow"}
LESSON = "03_grad_cam"

ORIGINAL = '''
def class_score(features, class_weights, bias, class_index):
    """The logit of the asked class."""
    # the mean over all places
    pooled = features.mean(axis=(1, 2))
    area = features.shape[1] * features.shape[2]
    scores = np.zeros(len(features))
    for n in range(len(features)):
        for k in range(pooled.shape[1]):
            scores[n] += pooled[n, k] * class_weights[k, class_index[n]]
    return scores + bias[class_index]
'''
DISGUISED = """
import numpy
def class_score(a: numpy.ndarray, w, b, which) -> numpy.ndarray:
    size = (a.shape[1]
            * a.shape[2])
    averages = a.mean( axis = (1,2) )   # pooled
    result: list = numpy.zeros(len(a))
    for picture in range(len(a)):
        for channel in range(averages.shape[1]):
            result[picture] += averages[picture,channel]*w[channel,which[picture]]
    total = result + b[which]
    return total
"""


def form(source):
    return normal_form(source, ALIASES)


@pytest.fixture(scope="module")
def released():
    return nbformat.read(ROOT / "lessons" / LESSON / "grad_cam.ipynb", as_version=4)


@pytest.fixture(scope="module")
def solved():
    return nbformat.read(ROOT / "solutions" / LESSON / "grad_cam.ipynb", as_version=4)


def bank(lesson=LESSON):
    """The bank of right answers by exercise: the source of each form, under the exercise's own name."""
    source = (ROOT / "tests" / "right_answers" / f"{LESSONS[lesson]}.py").read_text(encoding="utf-8")
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and "__" in node.name:
            name = node.name.split("__")[0]
            found.setdefault(name, []).append(ast.get_source_segment(source, node).replace(node.name, name))
    return found


def submission(released, sources):
    notebook = copy.deepcopy(released)
    for cell in notebook.cells:
        cell.source = sources.get(grade_id(cell), cell.source)
    return notebook


def random_class(released, count, seed=1):
    """Students who each found one of the bank's answers to each exercise, and wrote a reflection."""
    rng, answers = random.Random(seed), bank()
    words = ["map", "class", "evidence", "gradient", "ear", "dog", "score", "layer"]

    def sources(number):
        own = {name: f"{rng.choice(forms)}\n# {number}" for name, forms in answers.items()}
        return own | {"reflection": " ".join(rng.choice(words) for _ in range(40))}

    return {f"student{n:04d}": submission(released, sources(n)) for n in range(count)}


def disguised(notebook):
    """A copy with other names for arguments and other comments."""
    twin = copy.deepcopy(notebook)
    for cell in twin.cells:
        if kind(cell) == "exercise":
            names = {one.arg for one in ast.walk(ast.parse(cell.source)) if isinstance(one, ast.arg)}
            tree = ast.parse(cell.source)
            for one in ast.walk(tree):
                if isinstance(one, ast.Name) and one.id in names:
                    one.id += "_x"
                elif isinstance(one, ast.arg):
                    one.arg += "_x"
            cell.source = "# my own work\n" + ast.unparse(tree)
    return twin


def test_other_names_layout_comments_annotations_and_order_leave_the_form_as_it_is():
    assert form(ORIGINAL).digest == form(DISGUISED).digest


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("axis=(1, 2)", "axis=(2, 1)"),
        ("pooled[n, k] *", "pooled[n, k] /"),
        ("scores + bias", "scores - bias"),
        ("class_index[n]]\n", "class_index[k]]\n"),
        ("pooled.shape[1]", "features.shape[1]"),
    ],
)
def test_what_computes_something_else_has_another_form(was, now):
    assert was in ORIGINAL
    assert form(ORIGINAL).digest != form(ORIGINAL.replace(was, now)).digest


def test_a_library_has_one_name_however_it_was_imported():
    forms = {
        form(f"{line}\ndef f(a):\n    return {call}(a)").digest
        for line, call in [
            ("", "np.mean"),
            ("import numpy", "numpy.mean"),
            ("import numpy as xp", "xp.mean"),
            ("from numpy import mean", "mean"),
            ("from numpy import mean as average", "average"),
        ]
    }
    assert len(forms) == 1


def test_a_function_of_the_students_own_may_have_any_name_and_place():
    first = "def pool(a, axis):\n    return a.mean(axis)\ndef f(a):\n    return pool(a, axis=1) + 1\n"
    second = "def f(q):\n    return g(q, ax=1) + 1\ndef g(z, ax):\n    return z.mean(ax)\n"
    assert form(first).digest == form(second).digest


def test_statements_that_need_one_another_keep_their_order():
    assert form("a = f()\nb = a + 1\na = b").digest != form("a = f()\na = b\nb = a + 1").digest


HOSTILE = {
    "half a line": "def f(:",
    "a null byte": "x = '\0'",
    "half a surrogate": "x = '\ud800'",
    "a number of 19,000 digits": "x = " + "9" * 19_000,
    "a hexadecimal number that is too long to print": "x = 0x" + "f" * 19_000,
    "5,000 brackets": "(" * 5_000,
    "150 brackets": "[" * 150 + "]" * 150,
    "a chain of attributes": "a" + ".b" * 9_900,
    "a chain of calls": "f" + "()" * 9_900,
    "a long sum": "1" + "+1" * 9_900,
    "a tower of powers": "1" + "**1" * 6_600,
    "19,000 signs": "-" * 19_000 + "1",
    "lambdas in lambdas": "lambda:" * 2_800 + "1",
    "elif after elif": "if a: b\n" + "elif a: b\n" * 1_500,
    "98 functions in one another": "".join(" " * n + f"def f{n}():\n" for n in range(98)) + " " * 98 + "x",
    "5,000 statements": "a=1\n" * 4_999,
    "blocks full of statements that may swap": "".join(
        f"def f{n}():\n" + "".join(f" a{k}=b\n" for k in range(30)) for n in range(75)
    ),
    "four megabytes": "x=1\n" * 1_000_000,
    "nothing": "",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_text_has_a_form_within_seconds(what):
    start = time.process_time()
    assert form(HOSTILE[what]).digest == form(HOSTILE[what]).digest
    assert imports_of(HOSTILE[what]) == {}
    assert time.process_time() - start < 10
    assert len(HOSTILE[what]) <= MAX_CHARACTERS or what == "four megabytes"


def test_half_finished_copies_are_found_too(released):
    broken = "def grad_cam(model, images, class_index, layer):\n" + "    step one two three for of (\n" * 10
    pairs = similar_pairs(
        {
            "ada": submission(released, {"grad_cam": broken}),
            "ben": submission(released, {"grad_cam": broken}),
        },
        released,
    )
    assert [(pair.first, pair.second) for pair in pairs] == [("ada", "ben")]


def test_notebook_commands_do_not_hide_a_copy():
    assert form("%matplotlib inline\n" + ORIGINAL).digest == form(DISGUISED).digest


def test_a_renamed_copy_is_found_in_a_class_and_both_texts_are_shown(released, solved):
    students = random_class(released, 40)
    students["zoe"] = disguised(students["student0007"])
    pairs = similar_pairs(students, released, solved)
    assert (pairs[0].first, pairs[0].second) == ("student0007", "zoe")
    assert {match.exercise for match in pairs[0].matches} >= set(bank())
    for match in pairs[0].matches:
        assert match.excerpts[0] in next(
            c.source for c in students["student0007"].cells if grade_id(c) == match.exercise
        )
        assert match.exercise == "reflection" or "# my own work" in match.excerpts[1]
    assert pairs[0].by_chance < 0.01
    # There are only 8 to 19 answers to each exercise for 40 students, so some meet by chance.
    assert len(pairs) <= 4


def test_nobody_untouched_nobody_who_wrote_the_solution_and_no_crowd_is_listed(released, solved):
    wrote = {grade_id(c): c.source for c in solved.cells if kind(c) == "exercise"}
    answers = {name: forms[3] for name, forms in bank().items()}
    students = {f"untouched{n}": copy.deepcopy(released) for n in range(5)}
    students |= {f"as_solved{n}": submission(released, wrote) for n in range(5)}
    assert similar_pairs(students, released, solved) == []
    students = random_class(released, 20)
    students |= {f"alike{n}": submission(released, answers) for n in range(10)}
    assert not [p for p in similar_pairs(students, released, solved) if "alike" in p.first + p.second]


@pytest.mark.parametrize("count", [6, 150])
def test_a_whole_notebook_is_found_in_a_small_class_and_in_one_where_many_have_each_answer(
    count, released, solved
):
    students = random_class(released, count)
    students["zoe"] = disguised(students["student0002"])
    pairs = similar_pairs(students, released, solved)
    assert (pairs[0].first, pairs[0].second) == ("student0002", "zoe")
    assert len(pairs) <= 3


def test_a_ring_of_five_is_ten_pairs(released, solved):
    students = random_class(released, 40)
    for n in range(4):
        students[f"zoe{n}"] = disguised(students["student0007"])
    pairs = similar_pairs(students, released, solved)
    ring = {"student0007", *(f"zoe{n}" for n in range(4))}
    assert len([pair for pair in pairs if {pair.first, pair.second} <= ring]) == 10


def test_two_honest_one_liners_are_no_pair(released):
    line = "def closed_form_alphas(class_weights, class_index, height, width):\n"
    line += "    return class_weights.T[class_index] / (height * width)\n"
    twins = {name: submission(released, {"closed_form_alphas": line}) for name in ("ada", "ben")}
    assert similar_pairs(twins, released) == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_right_answers_in_different_styles_are_as_many_forms(lesson):
    for name, sources in bank(lesson).items():
        forms = [form(source).digest for source in sources]
        assert len(set(forms)) == len(forms), name


def test_the_same_reflection_word_for_word_is_found_whatever_the_spacing(released):
    text = " ".join(f"word{n}" for n in range(60))
    students = {
        "ada": submission(released, {"reflection": text}),
        "ben": submission(released, {"reflection": text.replace(" ", "\n").upper()}),
        "cleo": submission(released, {"reflection": text[::-1]}),
    }
    (pair,) = similar_pairs(students, released)
    assert (pair.first, pair.second, pair.matches[0].exercise) == ("ada", "ben", "reflection")


def test_an_excerpt_of_a_huge_cell_is_short(released):
    students = {name: submission(released, {"grad_cam": "x = [1,\n" * 500_000}) for name in ("ada", "ben")}
    (pair,) = similar_pairs(students, released)
    assert all(len(excerpt) < 2_100 and excerpt.endswith("…") for excerpt in pair.matches[0].excerpts)


def test_four_times_the_class_takes_about_four_times_as_long(released, solved):
    seconds = []
    for count in (30, 120):
        students = random_class(released, count)
        start = time.process_time()
        similar_pairs(students, released, solved)
        seconds.append(time.process_time() - start)
    assert seconds[1] < 8 * seconds[0] + 1
