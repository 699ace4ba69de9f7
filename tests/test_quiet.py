"""What TensorFlow is told before it is imported."""

import os

import pytest

from interp_ref.quiet import set_up_tensorflow


@pytest.fixture
def environment(monkeypatch):
    """Environment variables of which none is set."""
    monkeypatch.setattr(os, "environ", {})
    return os.environ


def test_the_fast_kernels_are_switched_on_whatever_the_processor(environment):
    set_up_tensorflow()
    assert environment["TF_ENABLE_ONEDNN_OPTS"] == "1"


def test_who_has_switched_them_off_keeps_them_off(environment):
    environment["TF_ENABLE_ONEDNN_OPTS"] = "0"
    set_up_tensorflow()
    assert environment["TF_ENABLE_ONEDNN_OPTS"] == "0"
