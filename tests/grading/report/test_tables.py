"""Points in a spreadsheet, in Canvas' gradebook and in Moodle's worksheet."""

import csv
from dataclasses import replace

import pytest

from interp_ref.errors import UserError
from interp_ref.grading.report import fill_canvas, fill_moodle, write_canvas, write_csv, write_moodle
from interp_ref.grading.report.tables import read_sheet, write_sheet

NAME = "class_activation_map"
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Essay (11),Class activation maps (12),Assignments Current Score
,,,,,Manual Posting,Manual Posting,
    Points Possible,,,,,10,16,(read only)
"Lovelace, Ada",501,s501,ada@uni.example,Mondays,9,,90
"=cmd|'/c calc'!A1",502,s502,ben@uni.example,Mondays,,3,50
"Student, Test",503,,,Mondays,,,
"Carol",504,s504,carol,Mondays,,,
"""
MOODLE = """\
Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",\
"Last modified (submission)","Online text","Last modified (grade)","Feedback comments"
"Participant 101","Ada Lovelace",ada@uni.example,Submitted,,"16,00",Yes,-,,-,
"Participant 102","=HYPERLINK(""http://evil"")",ben@uni.example,Submitted,3.00,"16,00",Yes,-,,-,"- fine"
"Participant 103","Not here",no@uni.example,"No submission",,"16,00",Yes,-,,-,
"""


def rows_of(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture
def sheet(tmp_path):
    def write(text, name="sheet.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_row_holds_points_by_exercise_total_and_what_was_recognised(one, refused, tmp_path):
    graded = [one("ada", {NAME: "relu_on_cam"}, late_penalty=1.0), refused("zoe")]
    header, ada, zoe = rows_of(write_csv(graded, tmp_path / "points.csv"))
    row = dict(zip(header, ada, strict=True))
    assert (row["student"], row["total"], row["out of"], row["late penalty"]) == ("ada", "10", "16", "1")
    assert (row[NAME], row["class_score"], row["reflection"]) == ("0", "2", "")
    assert row["recognised"] == "class_activation_map: relu_on_cam"
    row = dict(zip(header, zoe, strict=True))
    assert (row["total"], row[NAME], row["to know"]) == ("", "", "The file is no notebook.")


@pytest.mark.parametrize("name", ["=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", " =1", "＝1+1"])
def test_no_name_is_a_formula(one, tmp_path, name):
    _, row = rows_of(write_csv([one(name)], tmp_path / "points.csv"))
    assert not row[0].lstrip().startswith(("=", "+", "-", "@", "＝"))
    _, _, row = rows_of(write_canvas([one(name)], tmp_path / "canvas.csv", "CAM"))
    assert row[0].startswith("'") and row[3].startswith("'")


def test_numbers_stay_numbers(tmp_path):
    assert rows_of(write_sheet(tmp_path / "a.csv", [["-1.5", "-1,5", 2, None]])) == [
        ["-1.5", "-1,5", "2", ""]
    ]


def canvas_class(one):
    ada = one("ada", origin="lovelaceada_501_9001_cam.ipynb")
    ben = one("ben", {NAME: "relu_on_cam"}, origin="ben_LATE_502_9002_cam-1.ipynb")
    return [ada, ben, one("carol", origin="carol.ipynb"), one("dan", origin="dan_999_9003_cam.ipynb")]


def test_canvas_gets_its_columns_and_no_other_assignment(one, sheet, tmp_path):
    done = fill_canvas(canvas_class(one), sheet(CANVAS), tmp_path / "up.csv", "Class activation maps")
    header, hidden, possible, ada, ben, carol = rows_of(done.path)
    assert header == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Class activation maps (12)"]
    assert hidden[-1] == "Manual Posting" and possible == ["    Points Possible", "", "", "", "", "16"]
    assert (ada[1], ada[-1], ben[1], ben[-1], carol[1], carol[-1]) == ("501", "14", "502", "11", "504", "14")
    assert ben[0] == "'=cmd|'/c calc'!A1"
    assert (done.rows, done.missing) == (3, ("dan",))


@pytest.mark.parametrize("column", ["12", "Class activation maps (12)", "class ACTIVATION maps"])
def test_an_assignment_is_found_by_number_title_or_both(one, sheet, tmp_path, column):
    assert fill_canvas(canvas_class(one), sheet(CANVAS), tmp_path / "up.csv", column).rows == 3


def test_an_unknown_assignment_is_answered_with_those_that_there_are(one, sheet, tmp_path):
    with pytest.raises(UserError, match=r"Essay \(11\), Class activation maps \(12\)"):
        fill_canvas(canvas_class(one), sheet(CANVAS), tmp_path / "up.csv", "Grad-CAM")


def test_a_sheet_of_something_else_is_refused(one, sheet, tmp_path):
    with pytest.raises(UserError, match="export it in Canvas"):
        fill_canvas(canvas_class(one), sheet("a,b\n1,2\n"), tmp_path / "up.csv", "12")
    with pytest.raises(UserError, match="no column Identifier, Grade"):
        fill_moodle(canvas_class(one), sheet("a,b\n1,2\n"), tmp_path / "up.csv")
    with pytest.raises(UserError, match="is empty"):
        fill_moodle(canvas_class(one), sheet(""), tmp_path / "up.csv")


def test_another_maximum_is_an_error_unless_points_are_to_be_scaled(one, sheet, tmp_path):
    other = sheet(CANVAS.replace(",10,16,", ",10,100,"))
    with pytest.raises(UserError, match="Canvas gives 100 points for 02_cam, here 16"):
        fill_canvas(canvas_class(one), other, tmp_path / "up.csv", "12")
    done = fill_canvas(canvas_class(one), other, tmp_path / "up.csv", "12", scale=True)
    assert [row[-1] for row in rows_of(done.path)[3:]] == ["87.5", "68.75", "87.5"]


def test_delimiter_and_mark_stay_as_they_came(one, tmp_path):
    path = tmp_path / "german.csv"
    path.write_text("\ufeff" + CANVAS.replace(",", ";").replace("Lovelace; Ada", "Lovelace, Ada"), "utf-8")
    done = fill_canvas(canvas_class(one), path, tmp_path / "up.csv", "12")
    assert done.path.read_bytes().startswith("\ufeffStudent;ID;".encode())
    assert read_sheet(done.path).delimiter == ";"


def test_moodle_gets_grades_and_comments_for_whom_there_is_a_grade(one, sheet, tmp_path):
    graded = [
        one("x", origin="Ada Lovelace_101_assignsubmission_file_/cam.ipynb"),
        one("ben", {NAME: "relu_on_cam"}, origin="ben.ipynb"),
    ]
    done = fill_moodle(graded, sheet(MOODLE), tmp_path / "up.csv")
    header, ada, ben = rows_of(done.path)
    row = dict(zip(header, ada, strict=True))
    assert (row["Identifier"], row["Grade"]) == ("Participant 101", "14")
    assert row["Feedback comments"].startswith("14 of 16 points. An answer is still to be read")
    row = dict(zip(header, ben, strict=True))
    assert row["Grade"] == "11" and row["Full name"].startswith("'=HYPERLINK")
    assert "class_activation_map: 0 of 3 (recognised: “A map can't hold" in row["Feedback comments"]
    assert (done.rows, done.missing) == (2, ())


def test_a_worksheet_with_decimal_commas_gets_decimal_commas(one, sheet, tmp_path):
    graded = [one("ada", late_penalty=0.5, origin="Ada_101_assignsubmission_file/cam.ipynb")]
    _, row = rows_of(fill_moodle(graded, sheet(MOODLE), tmp_path / "up.csv").path)
    assert row[4] == "13,5"


def test_a_worksheet_of_its_own_names_participants(one, tmp_path):
    graded = [one("ada"), one("nobody", origin="nobody.ipynb")]
    header, row = rows_of(write_moodle(graded, tmp_path / "up.csv"))
    assert header[0] == "Identifier" and row[:4] == ["Participant 101", "ada", "14", "16"]


def test_students_who_were_not_graded_get_no_grade(refused, sheet, tmp_path):
    gone = replace(refused("ada"), origin="Ada_101_assignsubmission_file_/cam.ipynb")
    assert fill_moodle([gone], sheet(MOODLE), tmp_path / "up.csv").rows == 0
