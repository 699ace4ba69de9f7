"""The explorables' data: whole, small, and what VGG16 computes today."""

import json

import numpy as np
import pytest

from interp_ref.bootstrap import ROOT
from interp_ref.errors import UserError
from interp_ref.explorables import build_a_cam
from interp_ref.explorables.making import DATA, NAMES, SITE, as_script, data_of, make_explorables
from interp_ref.explorables.packing import pack, unpack
from interp_ref.explorables.questions import QUESTIONS

ALL_TOGETHER, ONE_PAGE = 3_000_000, 1_200_000


@pytest.fixture(scope="module")
def subjects():
    """The sketches and VGG16, as `interp explorables` has them."""
    from interp_ref.figures.subjects import find_subjects

    return find_subjects("sketch")


def test_every_explorable_has_data_script_fragment_page_and_question():
    assert {path.stem for path in DATA.iterdir()} == set(NAMES) == set(QUESTIONS)
    assert {path.stem for path in SITE.glob("*.js")} == {"explorable", *NAMES}
    assert {path.stem for path in SITE.glob("*.html")} == set(NAMES)
    pages = (ROOT / "docs" / "book" / "explorables").glob("*.md")
    assert {
        path.stem: f"{{explorable}} {path.stem}" in path.read_text("utf-8") for path in pages
    } == dict.fromkeys(NAMES, True)


def test_all_together_are_small():
    sizes = [path.stat().st_size for path in [*DATA.iterdir(), *SITE.iterdir()]]
    assert sum(sizes) < ALL_TOGETHER and max(sizes) < ONE_PAGE


def test_packed_numbers_are_half_a_step_from_the_true_ones_and_a_zero_stays_zero():
    values = np.random.default_rng(0).gamma(0.1, size=(3, 50))
    values[0, 0] = 0
    for bits in (8, 16):
        packed = json.loads(json.dumps(pack(values, bits)))
        assert np.abs(unpack(packed) - values).max() <= 0.5001 * packed["step"]
        assert unpack(packed)[0, 0] == 0
    assert (unpack(pack(np.full(4, 2.5))) == 2.5).all()


def test_an_unknown_name_is_refused(tmp_path):
    with pytest.raises(UserError, match="build_a_cam"):
        make_explorables(["build_a_cat"], tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_the_script_hands_over_what_the_file_holds(name):
    script = as_script(name)
    assert script.startswith(f'explorable.receive("{name}", ')
    assert json.loads(script.split(", ", 1)[1].removesuffix(");\n")) == data_of(name)


def test_build_a_cam_holds_the_features_that_vgg16_computes(subjects):
    stored = data_of("build_a_cam")
    assert np.allclose(unpack(stored["weights"]), subjects.head.weights.T, atol=1e-5)
    for name, row in zip(stored["names"], subjects.chosen, strict=True):
        packed = stored["pictures"][name]["features"]
        today = subjects.features[row].reshape(196, 512).T
        # Another processor rounds differently, by far less than this.
        assert np.abs(unpack(packed) - today).max() < packed["step"] + 1e-4 * today.max()


def test_build_a_cams_vector_draws_a_face_and_moves_no_probability(subjects):
    stored = data_of("build_a_cam")
    weights = unpack(stored["weights"])
    for one in stored["pictures"].values():
        features, vector = unpack(one["features"]), unpack(one["vector"])
        drawn = vector @ features
        assert np.corrcoef(drawn, build_a_cam.face())[0, 1] > 0.999
        moved = (weights + vector) @ features.mean(axis=1) - weights @ features.mean(axis=1)
        assert moved[0] == pytest.approx(moved[1]) and abs(moved[0]) > 1


def test_build_a_cams_question_is_answered_by_its_data():
    stored, needed = data_of("build_a_cam"), []
    for name, one in stored["pictures"].items():
        label = stored["names"].index(name)
        given = unpack(stored["weights"])[label] * unpack(one["features"]).mean(axis=1)
        sums = stored["bias"][label] + np.cumsum(given[np.argsort(-np.abs(given))])
        needed.append(int(np.flatnonzero(np.abs(sums - sums[-1]) > 0.05 * abs(sums[-1])).max()) + 2)
    assert needed == [36, 59]
    assert "36 maps on the cat and 59 on the dog" in QUESTIONS["build_a_cam"].happened
