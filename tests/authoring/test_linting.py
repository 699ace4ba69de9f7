import pytest

from interp_ref.authoring import lint
from interp_ref.predicting import prediction

DECLARED = {"double": 2, "quadruple": 2}
PREDICTIONS = {name: prediction(name) for name in ("constant_map", "bright_pixel", "which_lines")}
SETUP = "import numpy as np\n"


def faults_after(lesson, *changes):
    text = lesson.text.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    lesson.text.write_text(text, encoding="utf-8")
    return "\n".join(lint("tiny", lesson.root, DECLARED, PREDICTIONS))


def test_a_lesson_that_keeps_the_rules_has_no_faults(tiny):
    assert lint("tiny", tiny.root, DECLARED, PREDICTIONS) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (SETUP, SETUP + "import pandas\n", "imports pandas"),
        (SETUP, SETUP + "from interp_ref import show\n", "imports interp_ref.show"),
        ("    return 2 * x", "    import tensorflow\n    return 2 * x", "imports TensorFlow"),
        (
            'check("double", double)',
            'import numpy\ncheck("double", double)',
            "check cell 'check_double' imports",
        ),
        ('check("double", double)', 'check("double", quadruple)', 'must end with check("double", double)'),
        ("points: 2", "points: 3", "declares 2 points, its check cell 3"),
        (":alt: Two bars, one twice as high as the other.", ":align: left", "no alt text"),
        ("figures/twice.png", "figures/thrice.png", "is not there"),
        (":tags: [story]\n", "", "of no kind"),
        (
            "    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
            "    return 2 * x",
            "BEGIN SOLUTION",
        ),
        ("grade_id: check_quadruple", "grade_id: check_double", "'check_double' is there 2 times"),
        ("grade_id: check_double", "grade_id: checks_double", "no check cell"),
        ("=== BEGIN MARK SCHEME ===", "=== MARK SCHEME ===", "mark scheme"),
        ("grade_id: setup, locked: true", "grade_id: setup, locked: false", "must be locked"),
        ("{eq}`eq-double`", "{eq}`eq-treble`", "eq-treble"),
        ("```{predict} which_lines\n```", "", "'which_lines' needs its question"),
        ('predict("which_lines", "c")', "pass", "the lesson has question, happened"),
        ('happened("which_lines")', "pass", "the lesson has question, predict"),
        ('happened("which_lines")', 'happened("which_lines")\nx = 1', 'ends with happened("which_lines")'),
        (
            'predict("which_lines", "c")',
            'predict("which_lines", "a")',
            'one line predict("which_lines", "c")',
        ),
        ("[story, prediction]", "[story]", "must be tagged [story, prediction]"),
        ("{predict} which_lines", "{predict} which_line", "did you mean 'which_lines'"),
        ("raise RuntimeError", "%matplotlib inline\nraise RuntimeError", "without magics"),
    ],
)
def test_a_broken_rule_is_named(tiny, old, new, said):
    assert said in faults_after(tiny, (old, new))


def test_a_graded_cell_must_not_use_what_only_a_story_cell_makes(tiny):
    story = ('raise RuntimeError("a story cell ran while grading")', "factor = 2")
    said = faults_after(tiny, story, ("    return 2 * x", "    return factor * x"))
    assert said == "The exercise cell 'double' uses factor, which only a story cell makes."


def test_a_function_of_a_story_cell_that_is_used_deep_inside_an_exercise_is_found(tiny):
    story = ('raise RuntimeError("a story cell ran while grading")', "def helper(x):\n    return x")
    said = faults_after(
        tiny, story, ("    return 2 * x", "    return [(lambda y: helper(y))(x) for x in [x]][0] * 2")
    )
    assert "uses helper, which only a story cell makes" in said


def test_names_of_a_functions_own_are_no_concern_of_the_lint(tiny):
    story = ('raise RuntimeError("a story cell ran while grading")', "total = 2")
    own = ("    return 2 * x", "    total = sum(total for total in [x, x])\n    return total")
    assert faults_after(tiny, story, own) == ""


def test_an_exercise_that_is_declared_and_not_written_is_named_and_the_other_way_round(tiny):
    assert (
        "'triple' is declared but not in the lesson"
        in lint("tiny", tiny.root, {**DECLARED, "triple": 1}, PREDICTIONS)[0]
    )
    assert (
        "'quadruple' is in the lesson but not declared"
        in lint("tiny", tiny.root, {"double": 2}, PREDICTIONS)[0]
    )


def test_a_lesson_has_three_predictions_and_uses_those_that_are_declared(tiny):
    extra = {**PREDICTIONS, "filters": prediction("filters")}
    assert lint("tiny", tiny.root, DECLARED, extra) == [
        "The prediction 'filters' is declared but not in the lesson."
    ]
    two = {name: PREDICTIONS[name] for name in ("constant_map", "bright_pixel")}
    said = lint("tiny", tiny.root, DECLARED, two)
    assert said[0].startswith("The lesson has 2 predictions, at least 3")
    assert said[1].startswith("The prediction 'which_lines' is in the lesson but not declared for it")


def test_a_result_that_comes_before_its_letter_is_named(tiny):
    letter, result = 'predict("which_lines", "c")', 'happened("which_lines")'
    said = faults_after(tiny, (letter, "…"), (result, letter), ("…", result))
    assert "the lesson has question, happened, predict" in said
