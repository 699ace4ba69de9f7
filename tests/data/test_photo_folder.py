import os

import numpy as np
import pytest
from PIL import Image

from interp_ref.data.photo_folder import folder
from interp_ref.errors import UserError


@pytest.fixture
def animals(tmp_path):
    """Twenty dark cats and twenty bright dogs."""
    for name, value in (("dog", 200), ("cat", 50)):
        (tmp_path / name).mkdir()
        for i in range(20):
            Image.new("RGB", (30 + i, 20), (value + i,) * 3).save(tmp_path / name / f"{i}.png")
    return tmp_path


def test_each_sub_folder_is_a_class_in_alphabetical_order(animals):
    pictures = folder(animals, "all", 16)
    assert pictures.class_names == ("cat", "dog")
    assert pictures.images.shape == (40, 16, 16, 3) and pictures.masks is None
    assert ((pictures.images.mean((1, 2, 3)) > 128) == pictures.labels).all()


def test_train_and_validation_share_no_photo_and_are_the_same_whenever_asked(animals):
    train, validation = folder(animals, "train", 16), folder(animals, "validation", 16)
    assert not set(train.files) & set(validation.files)
    assert len(train) + len(validation) == 40 and len(train) > len(validation) > 0
    assert folder(animals, "train", 16).files == train.files
    assert set(folder(animals, "train", 16, seed=3).files) == set(train.files)


def test_adding_a_photo_moves_no_other_to_another_split(animals):
    before = set(folder(animals, "train", 16).files)
    Image.new("RGB", (9, 9)).save(animals / "cat" / "new.png")
    assert before <= set(folder(animals, "train", 16).files) <= before | {os.path.join("cat", "new.png")}


def test_a_limit_is_shared_evenly_among_the_classes(animals):
    assert np.bincount(folder(animals, "train", 16, limit=6).labels).tolist() == [3, 3]
    assert np.bincount(folder(animals, "train", 16, limit=3).labels).tolist() == [2, 1]


def test_a_small_class_leaves_its_share_to_the_others(animals):
    for i in range(1, 20):
        (animals / "cat" / f"{i}.png").unlink()
    assert np.bincount(folder(animals, "all", 16, limit=10).labels).tolist() == [1, 9]


def test_another_seed_gives_another_order(animals):
    assert folder(animals, "all", 16, seed=1).files != folder(animals, "all", 16, seed=2).files


def test_ready_made_splits_are_used_as_they_are(tmp_path):
    for split, count in (("train", 3), ("val", 2)):
        for name in ("cat", "dog"):
            (tmp_path / split / name).mkdir(parents=True)
            for i in range(count):
                Image.new("RGB", (9, 9)).save(tmp_path / split / name / f"{i}.png")
    assert len(folder(tmp_path, "train", 16)) == 6
    assert len(folder(tmp_path, "validation", 16)) == 4
    with pytest.raises(UserError, match="no folder for the split 'test'"):
        folder(tmp_path, "test", 16)


def test_what_is_no_photo_is_left_out_counted_and_named(animals, capsys):
    whole = (animals / "cat" / "0.png").read_bytes()
    (animals / "cat" / "cut.png").write_bytes(whole[:-30])
    (animals / "cat" / "void.jpg").write_bytes(b"")
    (animals / "dog" / "page.jpg").write_text("<html>", encoding="utf-8")
    pictures = folder(animals, "all", 16)
    assert len(pictures) == 40
    assert sorted(pictures.skipped) == [
        "cat/cut.png (cut short or damaged)",
        "cat/void.jpg (empty)",
        "dog/page.jpg (not a picture)",
    ]
    said = capsys.readouterr().out
    assert "40 photos read, 3 skipped" in said and "cat/cut.png (cut short or damaged)" in said


def test_hidden_files_and_folders_are_no_photos(animals):
    (animals / ".cache").mkdir()
    (animals / ".cache" / "a.png").write_bytes(b"x")
    (animals / "cat" / ".DS_Store").write_bytes(b"x")
    (animals / "cat" / "more").mkdir()
    pictures = folder(animals, "all", 16)
    assert pictures.class_names == ("cat", "dog") and len(pictures) == 40 and not pictures.skipped


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes and links need a POSIX system")
def test_a_pipe_does_not_block_and_a_broken_link_is_named(animals):
    os.mkfifo(animals / "cat" / "pipe.jpg")
    (animals / "cat" / "link.jpg").symlink_to(animals / "nowhere.jpg")
    pictures = folder(animals, "all", 16)
    assert pictures.skipped == ("cat/link.jpg (no such file)",) and len(pictures) == 40


@pytest.mark.skipif(os.name != "posix", reason="only POSIX has file names that are no text")
def test_a_file_name_that_is_no_text_is_shown_all_the_same(animals, capsys):
    for name in (b"caf\xe9.png", b"caf\xe9.jpg"):
        (animals / "cat" / os.fsdecode(name)).write_bytes(b"")
    (animals / "dog" / os.fsdecode(b"\xff.png")).write_bytes((animals / "dog" / "0.png").read_bytes())
    pictures = folder(animals, "all", 16)
    assert len(pictures) == 41 and len(pictures.skipped) == 2
    assert "cat/caf?.png (empty)" in capsys.readouterr().out


def test_a_folder_that_gives_no_photo_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(UserError, match="no folder .*nowhere"):
        folder(tmp_path / "nowhere")
    with pytest.raises(UserError, match="no sub-folder with files"):
        folder(tmp_path)
    Image.new("RGB", (9, 9)).save(tmp_path / "flat.png")
    with pytest.raises(UserError, match="one sub-folder per class"):
        folder(tmp_path)
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "a.jpg").write_bytes(b"")
    with pytest.raises(UserError, match="no photo could be read"):
        folder(tmp_path, "all")


def test_a_file_in_the_place_of_a_folder_is_refused(tmp_path):
    (tmp_path / "photo.jpg").write_bytes(b"x")
    with pytest.raises(UserError, match="no folder"):
        folder(tmp_path / "photo.jpg")


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"split": "trian"}, "did you mean 'train'"),
        ({"limit": 0}, "limit is a whole number"),
        ({"size": 2}, "8 to 4096"),
        ({"size": "big"}, "8 to 4096"),
    ],
)
def test_a_wrong_wish_gets_one_clear_sentence(animals, wish, said):
    with pytest.raises(UserError, match=said):
        folder(animals, **wish)


def test_real_photos_are_read(photos):
    pictures = folder(photos / "cats_vs_dogs", "validation", 64, limit=20)
    assert pictures.class_names == ("cat", "dog") and np.bincount(pictures.labels).tolist() == [10, 10]
    assert pictures.images.std((1, 2, 3)).min() > 5 and not pictures.skipped
