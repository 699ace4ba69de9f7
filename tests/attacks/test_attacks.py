"""Every attack on `interp grade`, in one batch with honest students between them."""

import pytest

from attacks import on_interp
from attacks.attack import KINDS
from attacks.catalogue import ATTACKS

LARGEST_PROCESS = 2_500 * 2**20


@pytest.fixture(scope="module")
def batch(bubblewrap, tmp_path_factory):
    return on_interp.run(tmp_path_factory.mktemp("attacks"), ATTACKS)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.id)
def test_it_comes_to_nothing(batch, attack):
    found = batch.found[attack.id]
    assert found.points == 0
    assert found.read == [] and found.reached == []
    assert found.left == []
    assert found.harm == []


def test_no_attack_harms_the_batch(batch):
    assert batch.harm == []


def test_every_submission_is_graded_or_named_with_what_is_wrong(batch):
    dealt_with = {name.split(" ")[0] for name in (*batch.said["graded"], *batch.said["failed"])}
    odd = {one.student for one in ATTACKS if one.folder or one.archive}
    assert {one.student for one in ATTACKS} - odd <= dealt_with
    assert all(batch.said["failed"].values())


def test_no_submission_breaks_the_grader_of_which_it_is_then_told(batch):
    assert [why for why in batch.said["failed"].values() if "Grading it failed" in why] == []


def test_the_grader_itself_stays_small(batch):
    assert batch.peak < LARGEST_PROCESS


def test_no_page_that_is_opened_runs_what_a_student_wrote(browser, batch, tmp_path):
    from attacks import pages

    shown = [one for one in ATTACKS if one.kind == "injection"]
    foreign = f"127.0.0.1:{batch.ground.port}"
    assert pages.look(browser, batch.ground.course, shown, foreign, tmp_path / "log") == {}


def test_every_kind_of_attack_is_there_and_each_has_a_name_and_a_sentence():
    assert {one.kind for one in ATTACKS} == set(KINDS)
    assert len({one.id for one in ATTACKS}) == len(ATTACKS) >= 60
    assert len({one.student for one in ATTACKS}) == len(ATTACKS)
    assert all(one.tries.endswith(".") for one in ATTACKS)
