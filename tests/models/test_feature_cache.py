"""Features are kept by content: never another picture's or network's, whole or made again, two may write."""

import os
import subprocess
import sys
import textwrap

import keras
import numpy as np
import pytest

from interp_ref.cli import app
from interp_ref.models import extract_features, feature_cache, features, tiny_backbone


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """A cache folder of its own."""
    monkeypatch.setenv("INTERP_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def computed(monkeypatch):
    """The sizes of the batches that were computed, not read."""
    sizes, compiled = [], features._compiled

    def counting(backbone):
        forward = compiled(backbone)
        return lambda pictures: sizes.append(len(pictures)) or forward(pictures)

    monkeypatch.setattr(features, "_compiled", counting)
    return sizes


@pytest.fixture
def pictures():
    return np.random.default_rng(0).integers(0, 256, (5, 20, 28, 3), dtype=np.uint8)


def kept(backbone, images, **options):
    return extract_features(backbone, images, batch_size=2, progress=False, keep=True, **options)


def files(cache):
    return sorted(path for path in cache.rglob("*") if path.is_file())


@pytest.mark.parametrize("pooled", [False, True])
def test_the_second_time_nothing_is_computed_and_nothing_differs(pictures, computed, pooled):
    first = kept(tiny_backbone(0), pictures, pooled=pooled)
    assert computed == [2, 2, 1]
    np.testing.assert_array_equal(kept(tiny_backbone(0), pictures, pooled=pooled), first)
    assert computed == [2, 2, 1]
    fresh = extract_features(tiny_backbone(0), pictures, progress=False, pooled=pooled, keep=False)
    np.testing.assert_allclose(fresh, first, rtol=1e-5, atol=1e-5)


def test_only_pictures_that_are_missing_are_computed(pictures, computed):
    kept(tiny_backbone(0), pictures[:3])
    computed.clear()
    shuffled = [4, 1, 0, 3, 2]
    found = kept(tiny_backbone(0), pictures[shuffled])
    assert sum(computed) == 2
    np.testing.assert_allclose(found, kept(tiny_backbone(0), pictures)[shuffled], rtol=1e-6)


def test_another_network_never_gets_these_features(pictures, computed):
    backbone = tiny_backbone(0)
    first = kept(backbone, pictures)
    other = kept(tiny_backbone(1), pictures)
    backbone.layers[1].set_weights([1.01 * weights for weights in backbone.layers[1].get_weights()])
    assert not np.allclose(first, other)
    assert not np.allclose(first, kept(backbone, pictures))
    backbone.layers[1].activation = keras.activations.tanh
    kept(backbone, pictures)
    assert sum(computed) == 4 * len(pictures)


def test_names_of_layers_do_not_matter():
    assert feature_cache.network_digest(tiny_backbone(0)) == feature_cache.network_digest(
        keras.models.clone_model(tiny_backbone(0), clone_function=renamed(tiny_backbone(0)))
    )


def renamed(original):
    def copy(layer):
        twin = layer.__class__.from_config({**layer.get_config(), "name": f"other_{layer.name}"})
        if layer.weights:
            twin.build(layer.input.shape)
            twin.set_weights(original.get_layer(layer.name).get_weights())
        return twin

    return copy


def test_pooled_features_and_maps_are_kept_apart(pictures):
    maps, means = kept(tiny_backbone(0), pictures), kept(tiny_backbone(0), pictures, pooled=True)
    np.testing.assert_allclose(maps.mean(axis=(1, 2)), means, rtol=1e-5)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[: len(content) // 2],
        lambda content: b"",
        lambda content: content.replace(b"features 1", b"features 0", 1),
        lambda content: content[:-1] + bytes([content[-1] ^ 1]),
    ],
    ids=["cut short", "empty", "another version", "one bit"],
)
def test_a_spoilt_file_is_made_again_and_said(spoil, pictures, cache, computed, capfd):
    first = kept(tiny_backbone(0), pictures)
    for path in files(cache)[:2]:
        path.write_bytes(spoil(path.read_bytes()))
    computed.clear()
    np.testing.assert_allclose(kept(tiny_backbone(0), pictures), first, rtol=1e-6)
    assert sum(computed) == 2
    said = capfd.readouterr()
    assert "2 kept features were cut short or of another version: making them again." in said.out
    assert said.err == ""
    kept(tiny_backbone(0), pictures)
    assert sum(computed) == 2


def test_a_tiny_network_is_kept_only_where_that_is_asked(pictures, cache):
    extract_features(tiny_backbone(0), pictures, progress=False)
    assert not files(cache)


def test_a_cache_that_cannot_be_written_costs_nothing_but_a_sentence(pictures, cache, capfd):
    cache.write_text("a file where the folder should be", encoding="utf-8")
    found = kept(tiny_backbone(0), pictures)
    np.testing.assert_allclose(found, extract_features(tiny_backbone(0), pictures, progress=False), rtol=1e-6)
    assert "can't be kept" in capfd.readouterr().out


def test_two_processes_may_write_the_same_features(pictures, cache, tmp_path):
    program = textwrap.dedent("""
        import sys
        import numpy as np
        from interp_ref.models import extract_features, tiny_backbone
        pictures = np.load(sys.argv[1])
        for _ in range(3):
            found = extract_features(tiny_backbone(0), pictures, 1, progress=False, keep=True)
        np.save(sys.argv[2], found)
    """)
    np.save(tmp_path / "pictures.npy", pictures)
    outs = [tmp_path / "one.npy", tmp_path / "two.npy"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    commands = [[sys.executable, "-c", program, str(tmp_path / "pictures.npy"), str(out)] for out in outs]
    children = [subprocess.Popen(command, env=environment) for command in commands]
    assert [child.wait() for child in children] == [0, 0]
    np.testing.assert_allclose(np.load(outs[0]), np.load(outs[1]), rtol=1e-6)
    assert len(files(cache)) == len(pictures)


def test_one_command_says_what_is_kept_and_one_clears_it_but_not_the_weights(pictures, cache, capfd):
    kept(tiny_backbone(0), pictures)
    (cache / "vgg16.npz").write_bytes(b"weights")
    app(["cache"], standalone_mode=False)
    assert "Features of 5 pictures" in capfd.readouterr().out
    app(["cache", "--clear"], standalone_mode=False)
    assert "deleted" in capfd.readouterr().out
    assert files(cache) == [cache / "vgg16.npz"]


def test_several_devices_give_the_features_of_one():
    program = textwrap.dedent("""
        import numpy as np
        import tensorflow as tf
        cpu = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
        from interp_ref.models import features, tiny_backbone, tiny_images
        backbone, images = tiny_backbone(0), tiny_images(0, 5)
        several = features._on_several(backbone, ["CPU:0", "CPU:1"])
        for count in (5, 2, 1):
            expected = backbone(images[:count]).numpy()
            np.testing.assert_allclose(several(images[:count]), expected, rtol=1e-5, atol=1e-6)
    """)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
