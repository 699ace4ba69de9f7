"""The data of an explorable made from arrays of the reader's own, in the form of the book's data files."""

from __future__ import annotations

import numpy as np

from interp_ref.errors import UserError
from interp_ref.explorables.face import face, vector_that_draws
from interp_ref.explorables.making import data_of
from interp_ref.explorables.packing import colour_table, pack
from interp_ref.explorables.reading import check_count, check_most, read_numbers, read_pictures
from interp_ref.explorables.stops import by_stop

CLASSES = ("cat", "dog")
ROOM = 4
"""Pictures, or maps side by side, that a page has room for."""


def build_a_cam(features, class_weights, bias, pictures=None, maps=None) -> dict:
    """Features [N, h, w, K], N at most 4, and the head of cat and dog: class_weights [K, 2], bias [2].

    pictures: uint8 [N, H, W, 3]; maps: your own of both classes [2, N, h, w], to compare with the sum.
    Raises UserError where the shapes do not fit.
    """
    features = read_numbers("features", features, "[N, h, w, K]")
    weights, bias = read_head(class_weights, bias, features.shape[3])
    count, rows, columns, _ = features.shape
    check_most("features", count, ROOM)
    shown = [
        {"image": image, **one_of_a_cam(one, weights)}
        for image, one in zip(read_pictures(pictures, count), features, strict=True)
    ]
    for one, own in zip(shown, read_both(maps, (count, rows, columns)), strict=False):
        one["own"] = pack(own)
    return {
        "names": list(CLASSES),
        "titles": titles(count),
        "side": columns,
        "weights": pack(weights.T),
        "bias": [float(one) for one in bias],
        "colours": colour_table("RdBu_r"),
        "pictures": dict(zip(titles(count), shown, strict=True)),
    }


def one_of_a_cam(features: np.ndarray, weights: np.ndarray) -> dict:
    """Features of one picture [h, w, K] as [K, h w], and the vector [K] that draws a face on its maps."""
    rows, columns, channels = features.shape
    drawn = face().reshape(14, 14)[np.ix_(14 * np.arange(rows) // rows, 14 * np.arange(columns) // columns)]
    places = features.reshape(-1, channels)
    largest = np.abs(places @ weights).max()
    vector = vector_that_draws(places, 2 * largest * drawn.ravel())
    return {"features": pack(places.T), "vector": pack(vector)}


def read_head(class_weights, bias, channels: int) -> tuple[np.ndarray, np.ndarray]:
    """The head of cat and dog, checked: weights [K, 2] and biases [2], float64."""
    weights, bias = read_numbers("class_weights", class_weights, "[K, 2]"), read_numbers("bias", bias, "[2]")
    if weights.shape != (channels, 2) or bias.shape != (2,):
        raise UserError(
            f"Expected class_weights [{channels}, 2] and bias [2], of cat and dog and of as many channels as "
            f"the features have, got {list(weights.shape)} and {list(bias.shape)}."
        )
    return weights, bias


def read_both(maps, shape: tuple[int, int, int]) -> np.ndarray:
    """Maps of both classes [2, N, h, w] by picture, [N, 2, h w]; none where none are given."""
    if maps is None:
        return np.empty((0, 2, 0))
    both = read_numbers("maps", maps, "[2, N, h, w]")
    if both.shape != (2, *shape):
        raise UserError(f"Expected maps {[2, *shape]}, of cat and dog, got {list(both.shape)}.")
    return both.transpose(1, 0, 2, 3).reshape(shape[0], 2, -1)


def colour_maps(maps, pictures=None, logits=None) -> dict:
    """Maps [N, h, w], N at most 4, signed and not normalized; pictures: uint8 [N, H, W, 3].

    logits: [N], of the class that each map is about; without them the page says which map's mean is largest.
    Raises UserError where the shapes do not fit.
    """
    maps = read_numbers("maps", maps, "[N, h, w]")
    check_most("maps", len(maps), ROOM)
    data = {"side": maps.shape[2], "images": read_pictures(pictures, len(maps))}
    if logits is not None:
        logits = read_numbers("logits", logits, "[N]")
        check_count("logits", len(logits), len(maps))
        data["logits"] = [float(one) for one in logits]
    tables = {"jet": "jet", "viridis": "viridis", "diverging": "RdBu_r"}
    data["tables"] = {name: colour_table(of) for name, of in tables.items()}
    return data | {"maps": pack(maps.reshape(len(maps), -1))}


def sign_lab(maps, logits, pictures=None) -> dict:
    """Signed maps of cat and dog [2, N, h, w], N at most 4, of a head behind global average pooling.

    logits: [N, 2]; pictures: uint8 [N, H, W, 3]. Raises UserError where the shapes do not fit.
    """
    both = read_numbers("maps", maps, "[2, N, h, w]")
    count = both.shape[1]
    check_most("maps", count, ROOM)
    both = read_both(both, both.shape[1:])
    logits = read_numbers("logits", logits, "[N, 2]")
    if logits.shape != (count, 2):
        raise UserError(f"Expected logits [{count}, 2], of cat and dog, got {list(logits.shape)}.")
    shown = [
        {"image": image, "maps": pack(one), "logits": [float(z) for z in of]}
        for image, one, of in zip(read_pictures(pictures, count), both, logits, strict=True)
    ]
    return {
        "names": list(CLASSES),
        "titles": titles(count),
        "side": np.shape(maps)[3],
        "colours": colour_table("viridis"),
        "pictures": dict(zip(titles(count), shown, strict=True)),
    }


def occluder(maps) -> dict:
    """Your map [14, 14] of the book's cat, or [2, 14, 14] of its cat and dog, each for its own class.

    Pictures and scores stay the book's, which took VGG16 minutes. Raises UserError for another shape.
    """
    own = read_numbers("maps", maps, "[2, 14, 14]" if _is_pair(maps) else "[14, 14]")
    if own.shape[-2:] != (14, 14) or own.shape[:-2] not in ((), (2,)):
        raise UserError(
            "Expected maps [14, 14], of the book's cat, or [2, 14, 14], of its cat and dog, got "
            f"{list(own.shape)}."
        )
    data = data_of("occluder")
    pairs = zip(data["pictures"].items(), own.reshape(-1, 196), strict=False)
    pictures = {name: of | {"map": pack(one)} for (name, of), one in pairs}
    return data | {"choices": {name: f"the {name}" for name in pictures}, "pictures": pictures}


def _is_pair(maps) -> bool:
    """Whether maps are of several pictures; what is no array at all is for `read_numbers` to say."""
    try:
        return np.ndim(maps) == 3
    except ValueError:
        return False


def randomise(maps: dict, picture, stops=None) -> dict:
    """Maps by title, {title: [S, h, w]}, at most 4: of the trained network, then of ever more random ones.

    What is above 0 is shown. Sides above 14 must be multiples of 4. picture: uint8 [H, W, 3]; stops: S
    words, what is random at each. Raises UserError where the shapes do not fit.
    """
    read = {str(title): read_stops(title, one) for title, one in read_titled(maps).items()}
    counts = sorted({len(one) for one in read.values()})
    stops = ["none", *(f"layer {n}" for n in range(1, counts[0]))] if stops is None else list(map(str, stops))
    if counts != [len(stops)]:
        raise UserError(f"Expected as many maps of each title as stops, {len(stops)}, got {counts}.")
    slots = dict(zip(("grad_cam", "saliency", "guided", "random"), read, strict=False))
    image = read_pictures(np.asarray(picture)[None], 1)[0]
    methods = {slot: by_stop(read[title]) for slot, title in slots.items()}
    return {
        "stops": stops,
        "titles": slots,
        "choices": titles(1),
        "colours": colour_table("viridis"),
        "pictures": {"1": {"image": image, "methods": methods}},
    }


def read_titled(maps) -> dict:
    """Maps by title. Raises UserError for what is no such dict, or has more titles than there is room for."""
    if not isinstance(maps, dict) or not 1 <= len(maps) <= ROOM:
        got = f"{len(maps)} titles" if isinstance(maps, dict) else type(maps).__name__
        raise UserError(f"Expected maps as a dict of 1 to {ROOM} titles and arrays [S, h, w], got {got}.")
    return maps


def read_stops(title: str, maps) -> np.ndarray:
    """The maps of one title [S, h, w]. Raises UserError for sides that the page can't show."""
    read = read_numbers(f"maps[{title!r}]", maps, "[S, h, w]")
    if len(read) < 2 or (read.shape[1] > 14 and any(side % 4 for side in read.shape[1:])):
        raise UserError(
            f"Expected maps[{title!r}] [S, h, w] of at least 2 stops, with sides up to 14 or multiples of 4, "
            f"got {list(read.shape)}."
        )
    return read


def titles(count: int) -> dict[str, str]:
    """What the pictures are called, in their order."""
    return {str(n): f"picture {n}" for n in range(1, count + 1)}


BUILDERS = {one.__name__: one for one in (build_a_cam, occluder, sign_lab, colour_maps, randomise)}
"""For each explorable the function that makes its data of arrays."""
