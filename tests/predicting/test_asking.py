import subprocess
import sys

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

import interp_ref
from interp_ref import happened, predict
from interp_ref.notes import notes_path, read_notes, update_notes
from interp_ref.predicting import card, prediction

NAME = "filters"  # right: a
ASKED = prediction(NAME)


@pytest.fixture(autouse=True)
def fresh_notes(tmp_path, monkeypatch):
    monkeypatch.setenv("INTERP_NOTES", str(tmp_path / "notes.json"))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)


@pytest.fixture
def said(capsys):
    """Calls a function and gives what it printed."""

    def call(function, *arguments):
        assert function(*arguments) is None
        return capsys.readouterr().out

    return call


def stored():
    return read_notes()["predictions"].get(NAME, {}).get("choice")


def test_a_question_mark_asks_for_a_letter(said):
    assert "put a, b, c or d in place of the question mark" in said(predict, NAME, "?")
    assert "in place of the question mark" in said(predict, NAME)
    assert read_notes()["predictions"] == {}


def test_a_choice_is_stored_with_time_and_version_before_the_result(said):
    text = said(predict, NAME, "b")
    assert f"Stored: (b) “{ASKED.choices['b']}”. Run on to see." in text
    entry = read_notes()["predictions"][NAME]
    assert (entry["choice"], entry["course"], entry["lesson"]) == ("b", interp_ref.__version__, ASKED.lesson)
    assert entry["at"].endswith("+00:00")
    assert ASKED.happened not in text and ASKED.choices["a"] not in text


@pytest.mark.parametrize("written", ["C", " c ", "(c)", "c."])
def test_a_letter_counts_however_it_is_written(said, written):
    said(predict, NAME, written)
    assert stored() == "c"


@pytest.mark.parametrize("written", ["e", "ab", "512", 3, None, "<b>"])
def test_a_letter_that_is_no_choice_is_answered_and_not_stored(said, written):
    assert "put a, b, c or d between the quotes" in said(predict, NAME, written)
    assert stored() is None


@pytest.mark.parametrize("call", [lambda name: predict(name, "a"), happened])
def test_an_unknown_id_is_answered_with_the_close_match_and_raises_nothing(said, call):
    assert "There is no prediction 'filter': did you mean 'filters'?" in said(call, "filter")
    assert "the id stands in the cell as it was handed out" in said(call, "zzz")
    assert "There is no prediction 7" in said(call, 7)


def test_a_mind_may_change_until_the_result_is_shown(said):
    said(predict, NAME, "b")
    assert "Stored: (c)" in said(predict, NAME, "c")
    assert stored() == "c"
    said(happened, NAME)
    assert "Your first choice was (c)" in said(predict, NAME, "a")
    assert str(notes_path()) in said(predict, NAME, "a")
    assert "Stored before: (c)" in said(predict, NAME, "c")
    assert stored() == "c"
    assert "You said: (c)" in said(happened, NAME)


@pytest.mark.parametrize("letter", ["b", "c", "d"])
def test_a_wrong_choice_gets_what_happened_and_the_reply_to_that_choice_alone(said, letter):
    said(predict, NAME, letter)
    text = said(happened, NAME)
    assert text.startswith("➜ Not as you predicted")
    assert f"You said: ({letter})" in text and "It was: (a)" in text
    assert ASKED.happened in text and ASKED.replies[letter] in text
    assert not any(reply in text for other, reply in ASKED.replies.items() if other != letter)


def test_the_right_choice_gets_the_reason_why_it_is_right(said):
    said(predict, NAME, "a")
    text = said(happened, NAME)
    assert text.startswith("✔ As you predicted")
    assert ASKED.happened in text and ASKED.replies["a"] in text
    assert "It was" not in text


def test_without_a_choice_the_result_is_shown_all_the_same(said):
    text = said(happened, NAME)
    assert "No prediction of yours is stored" in text
    assert "It was: (a)" in text and ASKED.happened in text


def test_a_choice_after_the_result_is_kept_as_late_and_the_first_of_them_counts(said):
    said(happened, NAME)
    assert "counts as late" in said(predict, NAME, "a")
    assert read_notes()["predictions"][NAME]["late"] is True
    assert "Your first choice was (a)" in said(predict, NAME, "b")


def test_running_everything_twice_changes_nothing(said):
    first = [said(predict, NAME, "b"), said(happened, NAME)]
    before = notes_path().read_bytes()
    assert said(happened, NAME) == first[1]
    said(predict, NAME, "b")
    assert notes_path().read_bytes() == before


@pytest.mark.parametrize("entry", [{"choice": "z"}, {"choice": 3}, {"choice": ["a"]}, {}])
def test_an_entry_that_an_older_question_left_is_no_choice(said, entry):
    update_notes(lambda notes: notes["predictions"].update({NAME: entry}))
    assert "No prediction of yours" in said(happened, NAME)


def test_notes_that_cannot_be_kept_are_said_and_the_lesson_goes_on(said, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("INTERP_NOTES", str(tmp_path / "file" / "notes.json"))
    assert "Your notes can't be kept" in said(predict, NAME, "b")
    assert "You said: (b)" in said(happened, NAME)


def test_grading_leaves_no_notes(said, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    said(predict, NAME, "b")
    assert "You said: (b)" in said(happened, NAME)
    assert not notes_path().exists()


@pytest.fixture
def in_a_notebook():
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()


def bundle(function, *arguments):
    with capture_output() as captured:
        function(*arguments)
    (output,) = captured.outputs
    return output.data


def test_in_a_notebook_a_card_and_the_choice_as_data_come_out(in_a_notebook):
    data = {"id": NAME, "lesson": ASKED.lesson, "choice": "b", "right": False}
    shown = bundle(predict, NAME, "b")
    assert shown[card.MIME] == data
    shown = bundle(happened, NAME)
    assert shown[card.MIME] == data
    assert shown["text/plain"].startswith("➜ Not as you predicted")
    assert shown["text/html"].startswith("<section role='status' aria-label='➜ Not as you predicted'")


def test_without_a_choice_the_data_say_so(in_a_notebook):
    assert bundle(happened, NAME)[card.MIME] == {
        "id": NAME,
        "lesson": ASKED.lesson,
        "choice": None,
        "right": False,
    }
    assert card.MIME not in bundle(predict, "filter", "a")


def test_what_a_student_writes_is_escaped_on_the_card(in_a_notebook):
    html = bundle(predict, NAME, "<script>")["text/html"]
    assert "&lt;script&gt;" in html and "<script>" not in html


def test_predicting_loads_no_tensorflow_and_no_checker():
    program = (
        "import sys; from interp_ref import happened, predict; predict('filters', 'a'); happened('filters')\n"
        "print({'tensorflow', 'keras', 'matplotlib', 'interp_ref.checking'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, encoding="utf-8")
    assert done.stdout.splitlines()[-1] == "set()", done.stderr
