"""The demo's first picture, on the sketches and on photos."""

import pytest
from rich.console import Console

from interp_ref.errors import UserError
from interp_ref.grading.first_look import explain_pictures


def test_the_first_look_explains_photos_too(photos, tmp_path, monkeypatch):
    monkeypatch.setenv("INTERP_DATA", str(photos / "cats_vs_dogs"))
    assert explain_pictures(tmp_path, Console()).stat().st_size > 10_000


def test_other_classes_than_cat_and_dog_are_refused_with_the_mend(tmp_path, monkeypatch):
    from PIL import Image

    for name in ("cow", "pig"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(12):
            Image.new("RGB", (40, 40), (10 * number, 90, 40)).save(
                tmp_path / "photos" / name / f"{number}.png"
            )
    monkeypatch.setenv("INTERP_DATA", str(tmp_path / "photos"))
    with pytest.raises(UserError, match="knows cats and dogs, this source has cow, pig"):
        explain_pictures(tmp_path / "out", Console())
