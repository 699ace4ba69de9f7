from collections import Counter

import numpy as np
import pytest

from interp_ref.data.cues import EVERYWHERE, KINDS
from interp_ref.errors import UserError
from interp_ref.models.suspects import (
    COUNT,
    HONEST,
    NAMES,
    case_number,
    case_of,
    cases,
    load_suspect,
    read_arrays,
    save_arrays,
    suspect_network,
    worked_cases,
)


def test_the_pool_has_24_networks_or_more_cheating_in_each_way_and_some_honest_ones():
    names = Counter(case.name for case in cases())
    assert len(cases()) == COUNT >= 24
    assert set(names) == set(NAMES) and all(count >= 3 for count in names.values())
    assert sum(case.name in EVERYWHERE for case in cases()) >= 6


def test_each_way_of_cheating_comes_with_other_looks_and_both_classes():
    for kind in KINDS:
        own = [case for case in cases() if case.name == kind]
        assert len({case.cue.look for case in own}) == len(own)
        assert {case.goes_with for case in own} == {"cat", "dog"}


def test_no_two_networks_are_the_same_case():
    assert len({(case.cue, case.goes_with, case.cheats) for case in cases()}) == COUNT


def test_a_number_says_nothing_about_the_case():
    names = [case.name for case in cases()]
    assert names != sorted(names) and names[:8] != list(KINDS)


def test_an_honest_networks_pictures_bear_a_mark_too():
    assert {case.cue.kind for case in cases() if case.name == HONEST} == set(KINDS)


def test_the_number_of_a_students_network_by_hand():
    # sha256("ada") begins with the bytes below; all but the last five bits fall away modulo 32.
    import hashlib

    assert COUNT == 32
    assert case_number("ada") == hashlib.sha256(b"ada").digest()[7] % 32
    assert case_of("ada").number == case_number("ada")


def test_blanks_and_capitals_do_not_change_a_students_network():
    assert case_number("  Ada ") == case_number("ada")


def test_a_class_of_200_meets_every_network():
    assert {case_number(f"student{number}") for number in range(400)} == set(range(COUNT))


@pytest.mark.parametrize("wrong", ["", "  ", None, 7])
def test_an_id_that_is_none_is_refused(wrong):
    with pytest.raises(UserError, match="'ada'"):
        case_number(wrong)


def test_the_network_has_the_layers_that_the_lesson_names():
    model = suspect_network()
    assert model.output_shape == (None, 2) and model.count_params() == 32_938
    assert model.get_layer("conv4").output.shape[1:] == (16, 16, 56)
    assert [layer.name for layer in model.layers if layer.weights] == [
        "conv1",
        "conv2",
        "conv3",
        "conv4",
        "logits",
    ]


def test_arrays_come_back_in_order_and_the_same_arrays_give_the_same_bytes(tmp_path):
    arrays = [np.full((2, n + 1), n, np.float32) for n in range(12)]
    save_arrays(arrays, tmp_path / "a.npz")
    save_arrays(arrays, tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    for before, after in zip(arrays, read_arrays(tmp_path / "a.npz"), strict=True):
        np.testing.assert_array_equal(before, after)


def test_a_missing_network_is_told_with_its_command(tmp_path):
    with pytest.raises(UserError, match="interp train-suspects"):
        read_arrays(tmp_path / "07.npz")


def test_no_student_gets_a_worked_case_though_an_honest_networks_pictures_look_like_one():
    own = {(case.cue, case.goes_with, case.cheats) for case in cases()}
    for case in worked_cases():
        assert case.number >= COUNT and case.cheats and (case.cue, case.goes_with, True) not in own
        assert (case.cue, case.goes_with, False) in own


def test_a_number_outside_the_pool_is_refused():
    for wrong in (-1, 99, "7"):
        with pytest.raises(UserError, match=f"0 to {COUNT - 1}"):
            load_suspect(wrong)
