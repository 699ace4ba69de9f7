"""Scores of changed pictures: the logits of the asked classes, and probabilities where they are asked for."""

import numpy as np
import pytest

from interp_ref.errors import UserError
from interp_ref.methods import running
from interp_ref.methods.class_scores import class_probability, class_scores


@pytest.mark.parametrize("traced", [False, True])
def test_the_score_is_the_logit_of_the_asked_class(traced, gap_model, images, monkeypatch):
    if traced:
        monkeypatch.setattr(running, "WORTH_TRACING", 0)
    logits = gap_model(images).numpy()
    scores = class_scores(gap_model, images, [2, 0, 3])
    np.testing.assert_allclose(scores, logits[range(3), [2, 0, 3]], rtol=1e-5, atol=1e-6)
    powers = np.exp(logits)
    np.testing.assert_allclose(
        class_scores(gap_model, images, 1, class_probability), powers[:, 1] / powers.sum(axis=1), rtol=1e-5
    )


def test_a_softmax_at_the_end_is_looked_through(backbone, head_on, images):
    model = head_on(backbone, activation="softmax")
    np.testing.assert_allclose(
        class_scores(model, images, 1, class_probability), model(images).numpy()[:, 1], rtol=1e-5
    )


def test_the_probability_of_one_unit_is_its_sigmoid():
    # z = ln 3: 3/4 for class 1, 1/4 for class 0.
    np.testing.assert_allclose(class_probability([[np.log(3)]] * 2, [1, 0]), [0.75, 0.25], rtol=1e-6)


def test_a_class_that_does_not_exist_is_refused(gap_model, images):
    with pytest.raises(UserError, match="Class index 4 is out of range"):
        class_scores(gap_model, images, 4)
