"""From the names that came in to those that go back, read as the platforms read them."""

import csv
import zipfile
from dataclasses import replace

import pytest

from interp_ref.errors import UserError
from interp_ref.grading.report import feedback_path, write_archive, write_feedback

MOODLE = {
    "Ada Lovelace_101_assignsubmission_file_/cam.ipynb": ("101", "cam_feedback.html"),
    "Ben_102_assignsubmission_file/cam (1).ipynb": ("102", "cam (1)_feedback.html"),
    "Zoë O'Neil-Øst_103_assignsubmission_file_/lesson/my_cam_v2.ipynb": ("103", "my_cam_v2_feedback.html"),
    "Dan X_104_assignsubmission_file_cam.ipynb": ("104", "cam_feedback.html"),
    "course-02/Eva_105_assignsubmission_file_/cam.ipynb": ("105", "cam_feedback.html"),
}
CANVAS = {
    "lovelaceada_501_9001_cam.ipynb": ("501", "9001"),
    "benb_LATE_502_9002_cam-1.ipynb": ("502", "9002"),
    "øst_503_9003_my_2024_cam_7_v2.ipynb": ("503", "9003"),
    "submissions/zoe_504_9004_cam.ipynb": ("504", "9004"),
}


def moodle_reads(entry):
    """(participant, file name) as Moodle's feedback import takes them from a path; None for no match."""
    parts = entry.split("/")
    while parts:
        words = parts.pop(0).split("_", 4)
        if len(words) >= 4 and words[1].isdigit() and words[2:4] == ["assignsubmission", "file"]:
            return words[1], "/".join([words[4] if len(words) == 5 else "", *parts]).strip("/")
    return None


def canvas_reads(entry):
    """(user, attachment) as Canvas' re-upload takes them from a file's name; None for no match."""
    numbers = [word for word in entry.rsplit("/", 1)[-1].split("_") if word.isdigit()][:2]
    return tuple(numbers) if len(numbers) == 2 else None


def packed(one, tmp_path, origins, platform, **options):
    graded = [one(f"student{place}", origin=origin) for place, origin in enumerate(origins)]
    for each in graded:
        write_feedback(each, None, feedback_path(tmp_path / "feedback", each))
    done = write_archive(graded, tmp_path / "feedback", tmp_path / "back.zip", platform, **options)
    with zipfile.ZipFile(done.path) as archive:
        return done, {name: archive.read(name) for name in archive.namelist()}


def test_moodle_takes_each_page_to_the_participant_that_it_came_from(one, tmp_path):
    done, pages = packed(one, tmp_path, MOODLE, "moodle")
    read = [moodle_reads(done.entries[f"student{place}"]) for place in range(len(MOODLE))]
    assert read == list(MOODLE.values()) and not done.left_out
    for student, entry in done.entries.items():
        assert f"{student}, handed in".encode() in pages[entry]


def test_canvas_takes_each_page_to_the_submission_that_it_came_from(one, tmp_path):
    done, pages = packed(one, tmp_path, CANVAS, "canvas")
    read = [canvas_reads(done.entries[f"student{place}"]) for place in range(len(CANVAS))]
    assert read == list(CANVAS.values()) and not done.left_out
    assert all(entry.endswith(".html") and "/" not in entry for entry in pages)


def test_an_anonymous_name_of_canvas_goes_back_without_points(one, tmp_path):
    done, pages = packed(one, tmp_path, ["anon_Xk3sd_9001_cam.ipynb", *CANVAS], "canvas")
    assert "anon_Xk3sd_9001_cam.html" in pages
    assert len(done.sheet.read_text(encoding="utf-8").splitlines()) == 2 + len(CANVAS)


def test_the_grade_sheet_stands_beside_the_archive(one, tmp_path):
    done, _ = packed(one, tmp_path, MOODLE, "moodle")
    rows = list(csv.reader(done.sheet.open(encoding="utf-8", newline="")))
    assert done.sheet.name == "back.csv" and {row[0] for row in rows[1:]} == {
        f"Participant {n}" for n, _ in MOODLE.values()
    }
    done, _ = packed(one, tmp_path, CANVAS, "canvas", column="Class activation maps")
    rows = list(csv.reader(done.sheet.open(encoding="utf-8", newline="")))
    assert rows[0][-1] == "Class activation maps" and {row[1] for row in rows[2:]} == {
        n for n, _ in CANVAS.values()
    }


def test_a_given_sheet_is_filled_and_never_overwritten(one, tmp_path):
    sheet = tmp_path / "worksheet.csv"
    sheet.write_text(
        "Identifier,Full name,Grade,Last modified (grade)\nParticipant 101,Ada,,-\n", encoding="utf-8"
    )
    done, _ = packed(one, tmp_path, MOODLE, "moodle", sheet=sheet)
    assert "Participant 101,Ada,14,-" in done.sheet.read_text(encoding="utf-8")
    with pytest.raises(UserError, match="would overwrite"):
        write_archive([one()], tmp_path / "feedback", sheet.with_suffix(".zip"), "moodle", sheet=sheet)


def test_who_can_t_be_packed_is_named_with_the_reason(one, tmp_path):
    origins = [*MOODLE, "nobody.ipynb", next(iter(MOODLE))]
    done, pages = packed(one, tmp_path, origins, "moodle")
    assert len(pages) == len(MOODLE)
    assert "is none that moodle gives" in done.left_out["student5"]
    assert "another submission came in" in done.left_out["student6"]


def test_an_entry_stays_inside_the_folder_that_it_is_unpacked_into(one, tmp_path):
    origins = [
        "../../x_101_assignsubmission_file_/../../evil.ipynb",
        "a\\..\\b_102_assignsubmission_file_/c\x00\n.ipynb",
    ]
    _, pages = packed(one, tmp_path, origins, "moodle")
    for entry in pages:
        assert ".." not in entry.split("/") and not entry.startswith("/") and "\\" not in entry
        assert entry.isprintable() and moodle_reads(entry)


def test_a_page_that_is_a_link_is_not_followed(one, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    graded = [one("ada"), one("ben", origin="Ben_102_assignsubmission_file_/cam.ipynb")]
    for each in graded:
        write_feedback(each, None, feedback_path(tmp_path / "feedback", each))
    page = feedback_path(tmp_path / "feedback", graded[1])
    page.unlink()
    page.symlink_to(secret)
    done = write_archive(graded, tmp_path / "feedback", tmp_path / "back.zip", "moodle")
    assert list(done.entries) == ["ada"] and "ben" in done.left_out


def test_equal_feedback_makes_equal_archives(one, tmp_path):
    first, _ = packed(one, tmp_path, MOODLE, "moodle")
    before = first.path.read_bytes()
    assert packed(one, tmp_path, MOODLE, "moodle")[0].path.read_bytes() == before


def test_what_can_t_be_an_archive_is_a_sentence(one, tmp_path):
    write_feedback(one(), None, feedback_path(tmp_path, one()))
    with pytest.raises(UserError, match="Expected moodle or canvas"):
        write_archive([one()], tmp_path, tmp_path / "a.zip", "blackboard")
    with pytest.raises(UserError, match="holds one lesson"):
        write_archive([one(), one(lesson="00_start_here")], tmp_path, tmp_path / "a.zip")
    with pytest.raises(UserError, match="none that canvas gives"):
        write_archive([one()], tmp_path, tmp_path / "a.zip", "canvas")
    with pytest.raises(UserError, match="run `interp feedback` first"):
        write_archive([replace(one(), student="other")], tmp_path, tmp_path / "a.zip")
