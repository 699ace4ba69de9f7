"""The benchmarks measure what they say; the long runs are `interp bench`."""

import re
import shutil
from pathlib import Path

from interp_ref.authoring import Lesson, bench
from interp_ref.checking.bench import measure, unrecognised
from interp_ref.exercises import exercise

SCRATCH = Path(__file__).parent / "authoring" / "scratch"


def test_a_check_is_timed_on_a_right_and_on_an_unrecognised_answer():
    asked = exercise("normalize_map")
    for answer in (asked.reference, unrecognised(asked)):
        first, again = measure(asked, answer, repeats=1)
        assert min(first, again) > 0


def test_a_lesson_is_run_and_its_time_and_memory_measured(tmp_path):
    shutil.copytree(SCRATCH, tmp_path, dirs_exist_ok=True)
    lesson = Lesson(tmp_path, "07_tiny")
    # Its story raises, to show in other tests that grading skips it.
    harmless = re.sub("raise RuntimeError.*", "x = 1", lesson.text.read_text(encoding="utf-8"))
    lesson.text.write_text(harmless, encoding="utf-8")
    seconds, slowest, memory = bench.measure(lesson)
    assert 0 < slowest <= seconds
    assert memory > 0.01
