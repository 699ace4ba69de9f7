"""The explorables' data: whole, small, and what VGG16 computes today."""

import json

import numpy as np
import pytest

from interp_ref import models
from interp_ref.bootstrap import ROOT
from interp_ref.errors import UserError
from interp_ref.explorables import colour_maps, face, occluder, randomise, stops
from interp_ref.explorables.making import DATA, NAMES, SITE, as_script, data_of, make_explorables
from interp_ref.explorables.packing import pack, unpack
from interp_ref.explorables.questions import QUESTIONS
from interp_ref.explorables.subjects import LAYER
from interp_ref.methods.cam import cam
from interp_ref.methods.class_scores import class_scores
from interp_ref.methods.grad_cam import channel_weights, combine
from interp_ref.methods.gradients import gradient_of
from interp_ref.methods.rank_correlation import rank_correlation

ALL_TOGETHER, ONE_PAGE = 3_000_000, 1_200_000


@pytest.fixture(scope="module")
def subjects():
    """The sketches and VGG16, as `interp explorables` has them."""
    from interp_ref.explorables.subjects import find_subjects

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
        assert np.corrcoef(drawn, face.face())[0, 1] > 0.999
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


def test_the_sign_lab_adds_up_to_what_a_tape_gives(subjects):
    import tensorflow as tf

    from interp_ref.methods.class_scores import class_probability
    from interp_ref.methods.scores import class_score

    def loss(logits, labels):
        return tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)

    one = data_of("sign_lab")["pictures"]["both2"]
    maps, p = unpack(one["maps"]), np.exp(one["logits"]) / np.exp(one["logits"]).sum()
    slopes = {class_score: [1, 0], loss: p - [1, 0], class_probability: p[0] * ([1, 0] - p)}
    inputs = models.preprocess(subjects.pairs[1:2])
    for score, of in slopes.items():
        activations, gradients = gradient_of(score, subjects.model, inputs, np.array([0]), LAYER)
        by_tape = combine(activations, channel_weights(gradients)).ravel()
        assert np.abs(np.maximum(of @ maps, 0) / 196 - by_tape).max() < 1e-3 * by_tape.max()


def test_colour_maps_holds_the_maps_that_vgg16_gives(subjects):
    stored, images = data_of("colour_maps"), np.stack(colour_maps.shown(subjects))
    today = cam(subjects.model, models.preprocess(images), 0).reshape(4, -1)
    assert np.abs(unpack(stored["maps"]) - today).max() < 1e-3 * np.abs(today).max()
    assert np.argmax(stored["logits"]) == np.argmax(today.max(axis=1)) == 2  # as the page says
    said = f"+{today[1].max():.1f}, the surest cat's is +{today[2].max():.1f}"
    assert said in QUESTIONS["colour_maps"].happened


def test_randomise_holds_what_the_cascade_gives(subjects):
    stored = data_of("randomise")
    assert [stored["stops"][n] for n in (0, 1, 14)] == ["none", "logits", "block1_conv1"]
    images, asked = subjects.pictures.images[subjects.chosen], np.array([0, 1])
    trained, head = (
        randomise.explained(model, models.preprocess(images), asked, place)
        for place, (_, model) in zip(range(2), randomise.networks(subjects), strict=False)
    )
    for n, name in enumerate(subjects.names):
        for method, one in stored["pictures"][name]["methods"].items():
            pair = trained[method][n : n + 1], head[method][n : n + 1]
            assert one["correlations"][1] == pytest.approx(float(rank_correlation(*pair)[0]), abs=0.01)
            assert np.abs(unpack(one["maps"])[1] - stops.stretched(pair[1][0]).ravel()).max() < 0.02


def test_the_question_about_random_layers_is_answered_by_its_data():
    happened = QUESTIONS["randomise"].happened
    for one in data_of("randomise")["pictures"].values():
        for method, stop in (("guided", 1), ("guided", 14), ("grad_cam", 1)):
            value = one["methods"][method]["correlations"][stop]
            assert f"{value:.2f}".replace("-", "−") in happened


def test_the_occluders_scores_are_what_vgg16_says_of_covered_pictures(subjects):
    rng = np.random.default_rng(0)
    assert list(data_of("occluder")["pictures"]) == ["cat", "dog"]
    for label, one in enumerate(data_of("occluder")["pictures"].values()):
        check_scores(subjects, label, unpack(one["scores"]), rng)


def check_scores(subjects, label, scores, rng):
    image = subjects.pictures.images[subjects.chosen[label]]
    assert scores.shape == (2, 3, 196)
    for f, fill in enumerate(occluder.FILLS):
        for s, size in enumerate(occluder.SIZES):
            places = rng.integers(0, 196, 2)
            copies = np.stack(list(occluder.covered(image, fill, size)))[places]
            today = class_scores(subjects.model, models.preprocess(copies), label)
            assert np.abs(scores[f, s, places] - today).max() < 2e-3


def test_an_occluder_covers_its_size_and_nothing_else():
    image = np.random.default_rng(0).integers(0, 100, (224, 224, 3), np.uint8)
    changed = [np.argwhere((copy != image).any(axis=2)) for copy in occluder.covered(image, "grey", 48)]
    assert len(changed) == 196
    # Row 3, column 4 of the places: its centre is (56, 72).
    assert changed[3 * 14 + 4].min(axis=0).tolist() == [32, 48]
    assert changed[3 * 14 + 4].max(axis=0).tolist() == [79, 95]
    assert len(changed[0]) == 32 * 32, "at a corner the part outside is cut off"


def correlations(animal, size):
    """Of what the map predicts and what was measured, by fill: a number each, as it is written."""
    one, s = data_of("occluder")["pictures"][animal], occluder.SIZES.index(size)
    pixels = np.kron(np.maximum(unpack(one["map"]).reshape(14, 14), 0), np.ones((16, 16)))
    spans = [occluder.span(16 * place + 8, size) for place in range(14)]
    predicted = [pixels[rows, columns].sum() for rows in spans for columns in spans]
    measured = one["score"] - unpack(one["scores"])[:, s]
    return [f"{np.corrcoef(predicted, fell)[0, 1]:.2f}" for fell in measured]


def test_the_words_about_the_occluder_hold_the_correlations_of_its_data():
    for size in occluder.SIZES:
        for value in correlations("cat", size):
            assert value in QUESTIONS["occluder"].happened
    page = (ROOT / "docs" / "book" / "explorables" / "occluder.md").read_text("utf-8")
    assert f"{' and '.join(correlations('dog', 48))} at 48 pixels" in page
