"""What the class report says, and what an anonymous one does not."""

import re
import time
from dataclasses import replace
from html import unescape

import pytest

from interp_ref.errors import UserError
from interp_ref.grading.records import Finding
from interp_ref.grading.report import write_report
from interp_ref.grading.report.marks import marks_of
from interp_ref.grading.report.sums import lesson_sums

LESSON = "02_cam"


@pytest.fixture
def text_of(tmp_path):
    """The report's HTML and its words alone."""

    def write(graded, **options):
        html = write_report(graded, tmp_path / "report.html", **options).read_text(encoding="utf-8")
        words = re.sub(r"<style.*?</style>|<[^>]*>", " ", html, flags=re.DOTALL)
        return html, re.sub(r"\s+", " ", unescape(words))

    return write


def test_a_mistake_is_counted_and_put_into_words_with_its_hint(sample_class, text_of):
    _, words = text_of(sample_class(16))
    assert (
        "6 of 14 believe in class_activation_map : “The weighted channels are averaged.” A way in:" in words
    )
    assert "2 of 14 “A map can't hold negative evidence.”" in words


def test_other_wrong_answers_are_counted_by_kind(sample_class):
    sums = lesson_sums(LESSON, sample_class(8))
    score = next(one for one in sums.exercises if one.name == "location_score")
    assert (score.right, score.partly, score.not_yet) == (5, 0, 2)
    assert [(m.known, m.count) for m in score.mistakes] == [(False, 2)]


def test_points_of_a_person_stand_in_place_of_the_verdict_and_lateness_is_taken_off(one):
    marks = marks_of(one(mistakes={"class_activation_map": "relu_on_cam"}, late_penalty=2.5))
    assert (marks.total, marks.out_of, marks.waiting) == (11 - 2.5, 16, True)
    given = {"check_class_activation_map": 2.0, "reflection": 1.5}
    marks = marks_of(one(mistakes={"class_activation_map": "relu_on_cam"}, manual=given))
    assert (marks.total, marks.waiting) == (11 + 2 + 1.5, False)


def test_points_never_fall_below_zero(one):
    assert marks_of(one(late_penalty=100.0)).total == 0


def test_predictions_are_counted_by_letter_and_others_are_no_choice(one, text_of):
    letters = ["a", "b", "b", "B ", "?", "<script>alert(1)</script>"]
    graded = [one(f"s{i}", predictions={"negative_evidence": said}) for i, said in enumerate(letters)]
    asked = lesson_sums(LESSON, graded).predictions[0]
    assert (asked.counts, asked.silent) == ({"a": 1, "b": 3, "c": 0, "d": 0}, 2)
    html, words = text_of(graded)
    assert "3 (b) yes, both: weights have signs ✔ what happened" in words and "<script" not in html


def test_equal_maps_are_shown_once_beside_the_expected_one(sample_class, text_of):
    html, words = text_of(sample_class(24))
    assert "9 students: The weighted channels are averaged." in words
    assert html.count('alt="The map that was given: ') == html.count('alt="The expected map: ') == 4


def test_who_needs_help_follows_the_rule_on_the_page(sample_class, text_of):
    _, words = text_of(sample_class(8))
    assert "Listed is who has less than half of the points" in words
    assert re.search(r"Who needs help .* student_0004 : 6 of 14 points, 3 exercises without an answer", words)


def test_what_was_stopped_and_what_was_not_graded_is_named_with_the_reason(sample_class, text_of):
    _, words = text_of(sample_class(8))
    assert "student_0004 Cell 7 ended the kernel: it used too much memory." in words
    assert (
        "Not graded student_0007 (student_0007_999_assignsubmission_file_/cam.ipynb) The file is no notebook."
        in words
    )


def test_grading_without_a_sandbox_stands_at_the_top(sample_class, text_of):
    graded = sample_class(4)
    assert "without a sandbox" not in text_of(graded)[1]
    graded[0] = replace(graded[0], engine="none")
    assert "1 submission was graded without a sandbox: students' code ran" in text_of(graded)[1]


def test_pairs_are_listed_for_a_person_to_judge(sample_class, pair, text_of):
    found = [pair("student_0001", "student_0003", "upsample")]
    for pairs in (found, {LESSON: found}):
        words = text_of(sample_class(4), pairs=pairs)[1]
        assert "student_0001 and student_0003" in words and "For a person to judge" in words
        assert "upsample : 3 students have this form student_0001 def student_0001(): 1" in words
    assert "Alike" not in text_of(sample_class(4), pairs=found, anonymous=True)[1]


def test_an_earlier_grade_that_stands_is_named(one, text_of):
    graded = [one("ada", refused="The file is a link.")]
    assert "The earlier grade stands until this is mended. ada : The file is a link." in text_of(graded)[1]
    words = text_of(graded, anonymous=True)[1]
    assert "The earlier grade stands for 1." in words and "ada" not in words.split("Handed in again")[1]


def test_an_anonymous_report_holds_nothing_that_tells_who_it_was(one, refused, text_of):
    finding = Finding("memory", "Cell 7 of xena_secret ended the kernel.", "stopped")
    graded = [
        one("xena_secret", {"class_activation_map": "relu_on_cam"}, findings=[finding], digest="feed" * 16),
        refused("yuri_secret", "yuri_secret.ipynb is a link."),
    ]
    html, words = text_of(graded, anonymous=True)
    for told in ("secret", "_101_", "_999_", "feed", "12:30", "2026", "20260301"):
        assert told not in html
    assert "memory: 1" in words and "unreadable: 1" in words and "In a class this small" in words


def test_an_anonymous_report_is_the_same_in_whatever_order_the_students_come(sample_class, text_of):
    graded = sample_class(16)
    names = [one.student for one in graded]
    shuffled = [replace(one, student=name) for one, name in zip(graded[::-1], names, strict=True)]
    assert text_of(graded, anonymous=True)[0] == text_of(shuffled, anonymous=True)[0]


HOSTILE = "</td><script>window.hit=1</script><img src=x onerror=alert(1)>\u202egpj\x1b[31m"


def test_whatever_a_student_wrote_is_escaped(one, refused, pair, text_of):
    findings = [
        Finding("error", f"Cell 3 ended with {HOSTILE}", "stopped"),
        Finding(HOSTILE, HOSTILE, "mend"),
    ]
    bad = [
        one(
            HOSTILE,
            {"class_activation_map": "relu_on_cam"},
            findings=findings,
            origin=HOSTILE,
            version=HOSTILE,
        ),
        refused(HOSTILE + "2", HOSTILE),
    ]
    pairs = {HOSTILE: [pair(HOSTILE, "b", HOSTILE)]}
    bad.append(one("again", refused=HOSTILE))
    for anonymous in (False, True):
        html, _ = text_of(bad, pairs=pairs, anonymous=anonymous)
        assert "<script" not in html and "<img src=x" not in html
        assert "\u202e" not in html and "\x1b" not in html
        assert "default-src 'none'" in html.replace("&#39;", "'")


def test_several_lessons_have_a_section_each(one, text_of):
    html, words = text_of([one("ada"), one("ada", lesson="00_start_here", predictions={})])
    assert "Lesson 00_start_here" in words and "Lesson 02_cam" in words and 'href="#l2"' in html


def test_nothing_at_all_to_report_is_a_sentence(tmp_path):
    with pytest.raises(UserError, match="grade some submissions first"):
        write_report([], tmp_path / "report.html")


def test_a_report_on_refused_submissions_alone_is_a_report(refused, text_of):
    assert "1 could not be graded" in text_of([refused()])[1]


def test_a_thousand_students_fit_on_a_page_that_opens_at_once(sample_class, tmp_path):
    graded = sample_class(1000)
    start = time.perf_counter()
    written = write_report(graded, tmp_path / "report.html")
    assert time.perf_counter() - start < 10
    assert written.stat().st_size < 1_000_000
