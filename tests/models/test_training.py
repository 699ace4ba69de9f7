import os
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

from interp_ref.errors import UserError
from interp_ref.models import train_head
from interp_ref.models.adam import gradient_and_loss

QUIET = {"progress": False}


def blobs(count=120, channels=6, classes=3, seed=0):
    """Pooled features in one cloud a class, and their labels."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, count)
    centres = rng.normal(size=(classes, channels))
    return (centres[labels] + 0.3 * rng.normal(size=(count, channels))).astype(np.float32), labels


def test_the_gradient_is_that_of_the_tape():
    import tensorflow as tf

    pooled, labels = blobs(9)
    parameters = tf.Variable(np.random.default_rng(1).normal(size=(7, 3)))
    with tf.GradientTape() as tape:
        logits = tf.constant(pooled, tf.float64) @ parameters[:-1] + parameters[-1]
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
    gradient, value = gradient_and_loss(parameters.numpy(), pooled.astype(np.float64), labels)
    np.testing.assert_allclose(gradient, tape.gradient(loss, parameters), rtol=1e-10)
    np.testing.assert_allclose(value, loss, rtol=1e-10)


def test_logits_of_a_thousand_overflow_nothing():
    gradient, loss = gradient_and_loss(
        np.array([[1000.0, -1000.0], [0.0, 0.0]]), np.ones((1, 1)), np.array([1])
    )
    assert loss == pytest.approx(2000.0)
    assert np.isfinite(gradient).all()


def test_training_separates_what_a_line_can_separate():
    pooled, labels = blobs()
    head = train_head(pooled, labels, 3, epochs=150, learning_rate=0.05, **QUIET)
    assert (head.logits(pooled).argmax(axis=1) == labels).mean() > 0.95


def test_the_trained_head_is_centred():
    pooled, labels = blobs()
    head = train_head(pooled, labels, 3, epochs=20, **QUIET)
    assert np.abs(head.weights).max() > 0.01
    np.testing.assert_allclose(head.weights.sum(axis=1), 0, atol=1e-6)
    np.testing.assert_allclose(head.bias.sum(), 0, atol=1e-6)


def test_with_two_classes_one_column_is_the_negative_of_the_other():
    pooled, labels = blobs(classes=2)
    head = train_head(pooled, labels, 2, epochs=20, **QUIET)
    np.testing.assert_array_equal(head.weights[:, 0], -head.weights[:, 1])


def test_the_same_seed_gives_the_same_head_in_another_process(tmp_path):
    program = textwrap.dedent("""
        import sys
        import numpy as np
        from interp_ref.models import train_head
        rng = np.random.default_rng(0)
        features, labels = rng.normal(size=(200, 8)), rng.integers(0, 2, 200)
        head = train_head(features, labels, seed=4, epochs=30, progress=False)
        np.savez(sys.argv[1], weights=head.weights, bias=head.bias)
    """)
    heads = []
    for number in (1, 2):
        out = tmp_path / f"{number}.npz"
        subprocess.run([sys.executable, "-c", program, str(out)], check=True, env=os.environ | python_path())
        heads.append(np.load(out))
    np.testing.assert_allclose(heads[0]["weights"], heads[1]["weights"], rtol=0, atol=1e-5)
    np.testing.assert_allclose(heads[0]["bias"], heads[1]["bias"], rtol=0, atol=1e-5)


def test_another_seed_takes_the_pictures_in_another_order():
    pooled, labels = blobs()
    one, other = (train_head(pooled, labels, 3, epochs=3, seed=seed, **QUIET) for seed in (0, 1))
    assert np.abs(one.weights - other.weights).max() > 1e-5


def test_maps_train_the_same_head_as_their_means():
    maps = np.random.default_rng(0).random((30, 4, 5, 6)).astype(np.float32)
    labels = np.arange(30) % 2
    by_maps, by_means = (train_head(x, labels, epochs=5, **QUIET) for x in (maps, maps.mean(axis=(1, 2))))
    np.testing.assert_array_equal(by_maps.weights, by_means.weights)


def test_a_run_in_two_parts_ends_where_one_run_ends(tmp_path):
    pooled, labels = blobs()
    state = tmp_path / "state.npz"
    whole = train_head(pooled, labels, 3, epochs=50, **QUIET)
    train_head(pooled, labels, 3, epochs=20, resume=state, **QUIET)
    resumed = train_head(pooled, labels, 3, epochs=50, resume=state, **QUIET)
    np.testing.assert_allclose(resumed.weights, whole.weights, rtol=0, atol=1e-5)
    np.testing.assert_allclose(resumed.bias, whole.bias, rtol=0, atol=1e-5)


def test_a_killed_run_goes_on_and_ends_where_an_undisturbed_one_ends(tmp_path):
    state, data = tmp_path / "state.npz", tmp_path / "data.npz"
    pooled, labels = blobs(2000)
    np.savez(data, pooled=pooled, labels=labels)
    program = textwrap.dedent("""
        import sys
        import numpy as np
        from interp_ref.models import train_head
        data = np.load(sys.argv[1])
        train_head(data["pooled"], data["labels"], 3, epochs=10**6, resume=sys.argv[2], progress=False)
    """)
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(data), str(state)], env=os.environ | python_path()
    )
    while not state.exists() and child.poll() is None:
        time.sleep(0.01)
    assert child.poll() is None
    child.kill()
    child.wait()
    done = int(np.load(state)["epochs"])
    resumed = train_head(pooled, labels, 3, epochs=done + 5, resume=state, **QUIET)
    whole = train_head(pooled, labels, 3, epochs=done + 5, **QUIET)
    np.testing.assert_allclose(resumed.weights, whole.weights, rtol=0, atol=1e-5)


def test_a_state_of_other_data_is_refused(tmp_path):
    state = tmp_path / "state.npz"
    train_head(*blobs(), 3, epochs=5, resume=state, **QUIET)
    with pytest.raises(UserError, match="another training.*delete it"):
        train_head(*blobs(seed=1), 3, epochs=5, resume=state, **QUIET)


def test_a_state_that_is_no_state_is_refused_by_name(tmp_path):
    state = tmp_path / "state.npz"
    state.write_bytes(b"not an archive")
    with pytest.raises(UserError, match="state.npz holds no state"):
        train_head(*blobs(), 3, epochs=5, resume=state, **QUIET)


@pytest.mark.parametrize("labels", [np.zeros(119, int), np.full(120, 3), np.full(120, -1), np.full(120, 0.5)])
def test_labels_that_do_not_fit_are_refused(labels):
    with pytest.raises(UserError, match="Expected"):
        train_head(blobs()[0], labels, 3, **QUIET)


def test_the_progress_bar_leaves_standard_error_alone(capfd):
    train_head(*blobs(), 3, epochs=3)
    written = capfd.readouterr()
    assert "Training the head" in written.out
    assert written.err == ""


def python_path() -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
