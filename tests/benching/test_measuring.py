"""What `interp bench methods` makes of times: ratios to the passes around them, and a list of errors."""

import itertools

import pytest

from interp_ref.benching import measuring, report
from interp_ref.benching.measuring import Row
from interp_ref.benching.packages import FORWARD, PACKAGES
from interp_ref.errors import UserError


class FakeProcess:
    """Forward passes take 2 s and then 4 s, everything else 6 s; xplique is not there, captum fails."""

    calls: list = []

    def __init__(self, python, package, pictures):
        self.package, self.passes = package, itertools.cycle([2.0, 4.0])
        self.error = "ModuleNotFoundError: no xplique" if package == "xplique" else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def call(self, method, batch):
        self.calls.append((self.package, method, batch))
        if self.package == "captum":
            return {"error": "ValueError: cannot"}
        return {"seconds": next(self.passes) if method == FORWARD else 6.0, "bytes": 10**9 * batch}


@pytest.fixture
def calls(monkeypatch):
    """Every call that is made of the fake processes."""
    monkeypatch.setattr(measuring, "Process", FakeProcess)
    monkeypatch.setattr(measuring, "_pictures", lambda count: [])
    monkeypatch.setattr(measuring.np, "save", lambda *_: None)
    monkeypatch.setattr(FakeProcess, "calls", [])
    return FakeProcess.calls


def test_a_ratio_is_to_the_forward_passes_just_before_and_after(calls):
    rows = measuring.measure(None, ["this course"], [2, 1], rounds=3)
    assert {(row.method, row.batch) for row in rows} == {
        (method, batch) for method in PACKAGES["this course"].methods for batch in (1, 2)
    }
    for row in rows:
        # Three rounds, a batch of one four times in each; the round that warms up does not count.
        assert row.ratios == [6 / 3] * 3 * (4 // row.batch)
        assert row.per_image == 6 / row.batch
        assert (row.first, row.peak) == (6, 10**9 * row.batch)
    own = [place for place, call in enumerate(calls) if call[0] == "this course"][len(rows) :]
    assert all(calls[place - 1][:2] == calls[place + 1][:2] == ("TensorFlow", FORWARD) for place in own)


def test_every_round_begins_with_another_row(calls):
    rows = measuring.measure(None, ["this course"], [8], rounds=2)
    own = [method for package, method, _ in calls if package == "this course"][len(rows) :]
    assert own == [
        "CAM",
        "Grad-CAM",
        "saliency",
        "Grad-CAM",
        "saliency",
        "CAM",
        "saliency",
        "CAM",
        "Grad-CAM",
    ]


def test_what_does_not_run_is_listed_with_its_error_and_stops_nothing(calls):
    rows = measuring.measure(None, ["this course", "xplique", "captum"], [1], rounds=1)
    text = report.markdown(rows, rounds=1)
    assert "- xplique, Grad-CAM: ModuleNotFoundError: no xplique" in text
    assert "- captum, saliency: ValueError: cannot" in text
    assert "| saliency | this course | TensorFlow | 2.00 | 2.00 to 2.00 | 6000 | 6.00 | 1.00 |" in text


def test_the_plot_shows_the_batch_in_the_middle(calls, tmp_path):
    rows = measuring.measure(None, ["this course", "PyTorch"], [1, 8, 32], rounds=1)
    report.plot(rows, tmp_path / "speed.png")
    assert (tmp_path / "speed.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("options", [([1], 5, ["captun"]), ([0], 5, []), ([1], 0, [])])
def test_wrong_options_are_a_users_error(options):
    with pytest.raises(UserError, match="mend the options"):
        report.bench_methods(*options, out=None)


def test_the_median_is_what_is_reported():
    row = Row("x", "TensorFlow", "CAM", 4, seconds=[1.0, 2.0, 9.0], ratios=[1.0, 1.1, 5.0])
    assert (row.ratio, row.per_image) == (1.1, 0.5)


def test_who_stops_the_rounds_gets_what_was_measured(calls, monkeypatch, capsys):
    whole, begun = measuring._round, []

    def stopped_in_the_third(*given, **options):
        begun.append(given)
        if len(begun) == 3:
            raise KeyboardInterrupt
        whole(*given, **options)

    monkeypatch.setattr(measuring, "_round", stopped_in_the_third)
    rows = measuring.measure(None, ["this course"], [8], rounds=5)
    assert [len(row.ratios) for row in rows] == [1, 1, 1]
    assert "Stopped" in capsys.readouterr().out
