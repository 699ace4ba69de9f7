import http.server
import io
import threading
import zipfile
from functools import partial

import numpy as np
import pytest
from PIL import Image

from interp_ref.data import sources
from interp_ref.data.pictures import Pictures
from interp_ref.data.sketch import draw
from interp_ref.data.tfds_photos import cats_vs_dogs
from interp_ref.errors import UserError

BROKEN, EACH = 1738, 10


@pytest.fixture(scope="module")
def builder_class():
    from tensorflow_datasets.image_classification.cats_vs_dogs import CatsVsDogs

    return CatsVsDogs


def jpeg(image) -> bytes:
    held = io.BytesIO()
    image.save(held, "JPEG")
    return held.getvalue()


def sketched():
    return {
        n: [jpeg(Image.fromarray(draw(s, 80, n.lower()).image)) for s in range(EACH)] for n in ("Cat", "Dog")
    }


def photographed(photos):
    folders = {name: photos / "cats_vs_dogs" / "val" / name.lower() for name in ("Cat", "Dog")}
    return {
        name: [f.read_bytes() for f in sorted(folder.iterdir())[:EACH]] for name, folder in folders.items()
    }


def write_zip(path, pictures: dict[str, list[bytes]]):
    """A zip in Microsoft's layout, with the broken files that TFDS counts."""
    with zipfile.ZipFile(path, "w") as held:
        held.writestr("readme[1].txt", "about these photos")
        for name, contents in pictures.items():
            held.writestr(f"PetImages/{name}/Thumbs.db", b"thumbs")
            for number, content in enumerate([*contents, *[b"no photo"] * (BROKEN // 2)]):
                held.writestr(f"PetImages/{name}/{number}.jpg", content)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def serve(tmp_path, builder_class, monkeypatch):
    """Serves a zip of pictures, whose checksum TFDS is told, and gives its address and a data folder."""
    from tensorflow_datasets.core.download.checksums import compute_url_info

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    servers = []

    def start(pictures, registered=True):
        (name,) = {info.filename for info in builder_class.url_infos.values()}
        path = tmp_path / "www" / name
        path.parent.mkdir()
        write_zip(path, pictures)
        if registered:
            (url,) = builder_class.url_infos
            monkeypatch.setitem(builder_class.url_infos, url, compute_url_info(path))
        handler = partial(Quiet, directory=path.parent)
        servers.append(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return {"url": f"http://127.0.0.1:{servers[-1].server_port}/{name}", "data_dir": tmp_path / "data"}

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def is_whole(pictures: Pictures):
    assert pictures.images.shape == (2 * EACH, 48, 48, 3) and pictures.images.dtype == np.uint8
    assert pictures.class_names == ("cat", "dog") and np.bincount(pictures.labels).tolist() == [EACH, EACH]
    assert [("Cat", "Dog").index(f.split("/")[1]) for f in pictures.files] == pictures.labels.tolist()
    assert pictures.images.std((1, 2, 3)).min() > 5
    return True


def test_tfds_own_builder_reads_real_photos_from_a_zip_in_microsofts_layout(serve, photos):
    assert is_whole(cats_vs_dogs(size=48, **serve(photographed(photos))))


def test_tfds_own_builder_reads_sketches_from_such_a_zip_too_and_fetches_it_once(serve):
    at = serve(sketched())
    whole = cats_vs_dogs(size=48, **at)
    assert is_whole(whole)
    again = cats_vs_dogs(size=48, url="http://127.0.0.1:1/gone.zip", data_dir=at["data_dir"], limit=5)
    assert (again.images == whole.images[:5]).all()
    parts = [cats_vs_dogs(split, 48, data_dir=at["data_dir"]) for split in ("train[:80%]", "train[80%:]")]
    assert [len(part) for part in parts] == [16, 4]
    with pytest.raises(UserError, match="no split 'validation'"):
        cats_vs_dogs("validation", 48, data_dir=at["data_dir"])


def test_load_hands_over_cats_vs_dogs_by_the_courses_split_names(serve, monkeypatch):
    at = serve(sketched())
    from interp_ref.data import tfds_photos

    monkeypatch.setattr(tfds_photos, "cats_vs_dogs", partial(cats_vs_dogs, **at))
    assert [len(sources.load("cats_vs_dogs", split, 48)) for split in ("train", "validation", "test")] == [
        16,
        2,
        2,
    ]


def test_another_file_than_the_expected_one_is_refused_and_not_kept(serve):
    at = serve(sketched(), registered=False)
    with pytest.raises(UserError, match="gave another file than TFDS expects"):
        cats_vs_dogs(size=48, **at)
    assert not list(at["data_dir"].glob("downloads/manual/*"))


def test_a_wrong_zip_that_a_person_has_put_there_is_named_and_never_deleted(tmp_path, builder_class):
    (name,) = {info.filename for info in builder_class.url_infos.values()}
    own = tmp_path / "downloads" / "manual" / name
    own.parent.mkdir(parents=True)
    own.write_bytes(b"half a zip")
    with pytest.raises(UserError, match="is not the file that TFDS expects; delete it"):
        cats_vs_dogs(size=48, data_dir=tmp_path)
    assert own.exists()


def test_a_server_that_never_answers_gets_a_sentence_with_the_alternatives(
    tmp_path, builder_class, monkeypatch
):
    import socket

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("INTERP_CATS_VS_DOGS_URL", f"http://127.0.0.1:{silent.getsockname()[1]}/a.zip")
        with pytest.raises(UserError) as caught:
            cats_vs_dogs(data_dir=tmp_path, patience=2)
    said = str(caught.value)
    assert "no answer in 2 seconds" in said or "timed out" in said
    assert "INTERP_DATA=sketch" in said and "INTERP_DATA=PATH" in said and str(tmp_path) in said


def test_the_wait_for_an_answer_leaves_room_within_twenty_seconds():
    import inspect

    assert inspect.signature(cats_vs_dogs).parameters["patience"].default <= 10
