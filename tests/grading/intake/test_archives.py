"""Zips from Canvas and Moodle, hostile ones too: each student is named, none ends the batch."""

import stat
import struct
import warnings
import zipfile

import pytest

from interp_ref.errors import UserError
from interp_ref.grading.intake import find_submissions

LESSON = "03_grad_cam"
MOODLE = "Ada Lovelace_11_assignsubmission_file_"


@pytest.fixture
def packed(tmp_path, answered_lesson):
    """Writes a zip of names and contents (True: the answered notebook) and finds what is in it."""

    def pack(files, **asked):
        path = tmp_path / "submissions.zip"
        with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            warnings.simplefilter("ignore")  # of names that are there twice
            for name, data in files.items() if isinstance(files, dict) else files:
                archive.writestr(name, answered_lesson(LESSON) if data is True else data)
        return list(find_submissions(path, **asked))

    pack.path = tmp_path / "submissions.zip"
    return pack


def kinds(submission):
    return [finding.kind for finding in submission.findings]


def summary(submissions):
    return [(one.student, one.origin if one.notebook else None) for one in submissions]


# -- the names that an LMS gives


def test_canvas(packed):
    files = {
        "lovelaceada_101_9001_grad_cam.ipynb": True,
        "lovelaceada_101_9002_helpers-1.py": b"x = 1",
        "babbagecharles_LATE_102_9003_my_notebook-2.ipynb": True,
        "hopper_103_9004_grad_cam.ipynb": True,
        "hopper_103_9010_grad_cam-1.ipynb": True,
        "hopper_103_9007_grad_cam-2.ipynb": True,
        "turingalan_104_9008_grad_cam.pdf": b"%PDF",
        "müllereva_105_9009_grad cam.ipynb": True,
        "__MACOSX/._lovelaceada_101_9001_grad_cam.ipynb": b"\0\1",
    }
    them = {one.student: one for one in packed(files)}
    assert summary(them.values()) == [
        ("babbagecharles-102", "babbagecharles_LATE_102_9003_my_notebook-2.ipynb"),
        ("hopper-103", "hopper_103_9007_grad_cam-2.ipynb"),
        ("lovelaceada-101", "lovelaceada_101_9001_grad_cam.ipynb"),
        ("müllereva-105", "müllereva_105_9009_grad cam.ipynb"),
        ("turingalan-104", None),
    ]
    assert {one.lesson for one in them.values()} == {LESSON}
    assert them["lovelaceada-101"].files == {"helpers.py": b"x = 1"}
    assert kinds(them["babbagecharles-102"]) == ["late"]
    assert kinds(them["hopper-103"]) == ["other-notebooks"]
    assert kinds(them["turingalan-104"]) == ["no-notebook"]
    assert all(one.timestamp is None for one in them.values())


@pytest.mark.parametrize("folder", ["", "submissions/", "a/b/"])
def test_moodle(packed, folder):
    files = {
        "Ada Lovelace_11_assignsubmission_file_/grad_cam.ipynb": True,
        "Ada Lovelace_11_assignsubmission_file_/data/cat.csv": b"1",
        "Charles Babbage_12_assignsubmission_file_grad_cam.ipynb": True,
        "Grace Brewster Murray Hopper_13_assignsubmission_file/other name.ipynb": True,
        "José Núñez_14_assignsubmission_file_/work.zip": b"PK",
        "Participant 15_15_assignsubmission_file_/grad_cam.ipynb": True,
        "Participant 15_15_assignsubmission_onlinetext_/onlinetext.html": b"<p>hello",
    }
    them = {one.student: one for one in packed({folder + name: data for name, data in files.items()})}
    assert [*them] == [
        "Ada_Lovelace",
        "Charles_Babbage",
        "Grace_Brewster_Murray_Hopper",
        "José_Núñez",
        "Participant_15",
    ]
    assert them["Ada_Lovelace"].files == {"data/cat.csv": b"1"}
    assert (
        them["Charles_Babbage"].origin == folder + "Charles Babbage_12_assignsubmission_file_grad_cam.ipynb"
    )
    assert kinds(them["José_Núñez"]) == ["no-notebook", "left-out"] or kinds(them["José_Núñez"]) == [
        "no-notebook"
    ]
    assert [name for name, one in them.items() if one.notebook is None] == ["José_Núñez"]


def test_an_unpacked_zip_is_the_same(packed, tmp_path):
    packed({f"{MOODLE}/grad_cam.ipynb": True, "Bob_12_assignsubmission_file_/grad_cam.ipynb": True})
    with zipfile.ZipFile(packed.path) as archive:
        archive.extractall(tmp_path / "unpacked")
    assert [one.student for one in find_submissions(tmp_path / "unpacked")] == ["Ada_Lovelace", "Bob"]


def test_two_of_one_name_are_two_students(packed):
    files = {f"Kim Lee_{number}_assignsubmission_file_/grad_cam.ipynb": True for number in (21, 22)}
    them = packed(files)
    assert [one.student for one in them] == ["Kim_Lee-21", "Kim_Lee-22"]
    assert kinds(them[0]) == ["same-name"]


def test_names_that_give_one_id_stay_apart(packed):
    them = packed({"A B/x.ipynb": True, "A_B/x.ipynb": True, "A+B/x.ipynb": True})
    assert len({one.student for one in them}) == 3 and all(one.notebook for one in them)


def test_a_zip_of_nbgraders_tree_and_one_of_students_folders(packed):
    assert summary(packed({f"submitted/ada/{LESSON}/grad_cam.ipynb": True}))[0][0] == "ada"
    assert [one.student for one in packed({"class/ada/x.ipynb": True, "class/ben/x.ipynb": True})] == [
        "ada",
        "ben",
    ]


def test_the_zip_is_of_one_lesson_and_who_sent_another_is_named(packed, answered_lesson):
    files = {f"s{n}_{n}_{n}_grad_cam.ipynb": True for n in range(3)}
    files["eve_7_8_cam.ipynb"] = answered_lesson("02_cam")
    files["both_8_8_grad_cam.ipynb"], files["both_8_9_cam.ipynb"] = True, answered_lesson("02_cam")
    for asked in ({}, {"lesson": LESSON}):
        them = {one.student: one for one in packed(files, **asked)}
        assert len(them) == 5 and {one.lesson for one in them.values()} == {LESSON}
        assert them["eve-7"].notebook is None and kinds(them["eve-7"]) == ["wrong-lesson"]
        assert them["both-8"].origin == "both_8_8_grad_cam.ipynb"


def test_a_class_list_gives_the_ids(packed, tmp_path):
    roster = tmp_path / "class.csv"
    roster.write_text(
        "name,student,canvas\nAda Lovelace,al1,101\nEve Ng,en1,\nEve Ng,en2,\n", encoding="utf-8-sig"
    )
    files = {f"{MOODLE}/a.ipynb": True, "Eve Ng_9_assignsubmission_file_/a.ipynb": True}
    them = packed(files, roster=roster)
    assert [one.student for one in them] == ["Eve_Ng", "al1"]
    assert kinds(them[0]) == ["not-listed"]
    assert [one.student for one in packed({"lovelaceada_101_1_x.ipynb": True}, roster=roster)] == ["al1"]
    assert packed(files, roster=roster, student="al1")[0].student == "al1"


def test_two_names_of_one_student_are_one_student(packed, tmp_path):
    roster = tmp_path / "class.csv"
    roster.write_text("student,a,b\nal1,101,102\n")
    (one,) = packed({"ada_101_1_x.ipynb": True, "ada_102_2_x.ipynb": True}, roster=roster)
    assert one.student == "al1" and one.origin == "ada_102_2_x.ipynb" and kinds(one) == ["other-notebooks"]


@pytest.mark.parametrize(
    "text",
    [b"", b"id,name\n1,Ada\n", b"student,name\n../x,Ada\n", b"student\n\xff\n", b"student,name\n,Ada\n"],
)
def test_a_class_list_of_no_use_is_the_users_error(packed, tmp_path, text):
    roster = tmp_path / "class.csv"
    roster.write_bytes(text)
    with pytest.raises(UserError, match="class list"):
        packed({f"{MOODLE}/a.ipynb": True}, roster=roster)


def test_what_is_no_zip_is_the_users_error(tmp_path):
    (tmp_path / "no.zip").write_bytes(b"no zip")
    with pytest.raises(UserError, match="download it"):
        find_submissions(tmp_path / "no.zip")


# -- hostile ones


def entry(name, mode=None, flags=0):
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = (mode or 0) << 16
    info.flag_bits |= flags
    return info


INSIDE = "Eve_66_assignsubmission_file_/"
HOSTILE = {
    "parent folders": ([(f"{INSIDE}../../../etc/x.ipynb", True)], "unsafe-name"),
    "absolute": ([(f"/{INSIDE}x.ipynb", True)], "unsafe-name"),
    "a drive": ([(f"C:/{INSIDE}x.ipynb", True)], "unsafe-name"),
    "a share": ([(f"//server/{INSIDE}x.ipynb", True)], "unsafe-name"),
    "backslashes": ([(f"{INSIDE}..\\..\\x.ipynb", True)], "unsafe-name"),
    "a link": ([(entry(f"{INSIDE}x.ipynb", stat.S_IFLNK | 0o777), b"/etc/passwd")], "symlink"),
    "a pipe": ([(entry(f"{INSIDE}x.ipynb", stat.S_IFIFO | 0o666), b"")], "no-plain-file"),
    "a device": ([(entry(f"{INSIDE}x.ipynb", stat.S_IFCHR | 0o666), b"")], "no-plain-file"),
    "a bomb": ([(f"{INSIDE}x.ipynb", b" " * (15 * 2**20))], "zip-bomb"),
    "too large": ([(f"{INSIDE}x.ipynb", bytes(range(256)) * 2**17)], "zip-bomb"),
    "a name of control characters": ([(f"{INSIDE}x\x1b[31m\r\n.ipynb", True)], "unsafe-name"),
    "a name from right to left": ([(f"{INSIDE}x\u202ebpnyi.ipynb", True)], "unsafe-name"),
    "a name of 10,000 characters": ([(f"{INSIDE}{'x' * 10_000}.ipynb", True)], "unsafe-name"),
    "a path of 10,000 characters": ([(f"{INSIDE}{'x/' * 5_000}.ipynb", True)], "unsafe-name"),
    "no JSON": ([(f"{INSIDE}x.ipynb", b"\0" * 100)], "unreadable-notebook"),
    "a packed notebook": ([(f"{INSIDE}x.zip", b"PK\x05\x06" + b"\0" * 18)], "no-notebook"),
    "a name of two students": ([(f"{INSIDE[:-1]}Ada_1_assignsubmission_file_x.ipynb", True)], "no-student"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_entry_is_named_and_the_others_go_on(packed, name):
    files, kind = HOSTILE[name]
    others = [(f"{MOODLE}/a.ipynb", True), ("Zoe_99_assignsubmission_file_/a.ipynb", True)]
    them = packed([others[0], *files, others[1]])
    assert {"Ada_Lovelace", "Zoe"} <= {one.student for one in them if one.notebook}
    (eve,) = [one for one in them if one.student not in ("Ada_Lovelace", "Zoe")]
    assert eve.student in ("Eve", "") and eve.notebook is None and kind in kinds(eve)
    for finding in eve.findings:
        assert finding.text.isprintable() and len(finding.text) < 260 and finding.text.endswith(".")
        assert "\u202e" not in finding.text


def _edited(packed, offset, value, central_only=False):
    """The packed archive with a number changed in Eve's headers, local and central."""
    data = bytearray(packed.path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 0), (b"PK\x01\x02", 2)):
        start = next(
            i
            for i in range(len(data))
            if data[i : i + 4] == mark and b"Eve_" in data[i : i + (30 if not at else 46) + 8]
        )
        if not (central_only and at == 0):
            struct.pack_into("<" + ("H" if offset < 14 else "I"), data, start + offset + at, value)
    packed.path.write_bytes(bytes(data))
    return {one.student: one for one in find_submissions(packed.path)}


@pytest.mark.parametrize(
    ("offset", "value", "kind"),
    [
        (6, 1, "encrypted"),
        (8, 99, "broken-entry"),
        (8, 12, "broken-entry"),
        (14, 0xDEAD, "broken-entry"),
        (22, 2**32 - 2, "zip-bomb"),
        (22, 1000, "unreadable-notebook"),
    ],
)
def test_headers_that_lie(packed, offset, value, kind):
    packed(
        {f"{MOODLE}/a.ipynb": True, f"{INSIDE}a.ipynb": True, "Zoe_9_assignsubmission_file_/a.ipynb": True}
    )
    them = _edited(packed, offset, value)
    assert them["Ada_Lovelace"].notebook and them["Zoe"].notebook
    assert them["Eve"].notebook is None
    assert {kind, "broken-entry"} & set(kinds(them["Eve"]))


def test_of_two_entries_of_one_name_the_last_is_taken_and_it_is_said(packed):
    (one,) = packed([(f"{MOODLE}/a.ipynb", b"{}"), (f"{MOODLE}/a.ipynb", True)])
    assert one.notebook and kinds(one) == ["duplicate-name"]


def test_a_resubmission_that_cant_be_read_is_named_and_the_one_before_graded(packed):
    (one,) = packed({"ada_1_1_x.ipynb": True, "ada_1_2_x-1.ipynb": b"{"})
    assert one.origin == "ada_1_1_x.ipynb" and kinds(one) == ["other-notebooks", "unreadable-notebook"]


def test_a_damaged_archive_costs_only_what_is_damaged(packed):
    packed({f"{MOODLE}/a.ipynb": True, "Eve_66_assignsubmission_file_/a.ipynb": True})
    data = bytearray(packed.path.read_bytes())
    at = data.index(b"Eve_") + 200
    data[at : at + 50] = bytes(50)
    packed.path.write_bytes(bytes(data))
    them = {one.student: one for one in find_submissions(packed.path)}
    assert them["Ada_Lovelace"].notebook and "broken-entry" in kinds(them["Eve"])


def test_nothing_of_an_archive_is_ever_on_disk(packed, tmp_path, monkeypatch):
    monkeypatch.setattr(zipfile.ZipFile, "extract", None)
    monkeypatch.setattr(zipfile.ZipFile, "extractall", None)
    before = sorted(tmp_path.rglob("*"))
    assert packed({f"{MOODLE}/a.ipynb": True})[0].notebook
    assert sorted(tmp_path.rglob("*")) == [*before, packed.path]


def test_one_submission_at_a_time_is_read(packed):
    packed({f"s{n}_{n}_{n}_grad_cam.ipynb": b"{}" + b"\n" * n for n in range(200)})
    going = find_submissions(packed.path)
    assert next(going).student == "s0-0"
    going.close()


def test_an_entry_without_a_name_costs_nobody_anything(packed):
    assert summary(packed([(entry(""), b"x"), (f"{MOODLE}/a.ipynb", True)])) == [
        ("Ada_Lovelace", f"{MOODLE}/a.ipynb")
    ]
