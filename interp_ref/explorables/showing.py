"""The book's explorables inside a notebook, with the reader's own maps in them."""

from __future__ import annotations

from inspect import Parameter, signature

from interp_ref.errors import UserError
from interp_ref.explorables.embedding import embedded
from interp_ref.explorables.own import BUILDERS


def explorable(name: str, **own):
    """A page of the book to play with, as the output of a cell; it needs no server and no network.

    name: build_a_cam, occluder, sign_lab, colour_maps or randomise. own: your data for it, as arrays;
    without any the page shows the book's and asks its question first. N is at most 4, pictures are uint8
    [N, H, W, 3] and may be left out.

    build_a_cam: features [N, h, w, K], class_weights [K, 2] and bias [2] of cat and dog, pictures, and maps
    [2, N, h, w], your own of cat and of dog, to compare with the sum.

    colour_maps: maps [N, h, w], signed and not normalized, pictures, and logits [N] of the class.

    sign_lab: maps [2, N, h, w] of cat and of dog, signed, logits [N, 2], pictures.

    occluder: maps [14, 14], your class activation map of the book's cat, which is
    data.load("sketch", split="validation", limit=16).images[6]; or [2, 14, 14], of it and of the dog,
    images[0].

    randomise: maps, a dict of titles and arrays [S, h, w], the first of the trained network, then with ever
    more random layers; picture [H, W, 3]; stops, S words.

    Returns an object that a notebook shows as the page. Raises UserError for an unknown name, for data that
    do not fit, and where the output would be larger than 1.5 MB.
    """
    if name not in tuple(BUILDERS):
        raise UserError(f"Expected an explorable of {', '.join(BUILDERS)}, got {name!r}.")
    if not own:
        return embedded(name)
    _check_names(name, signature(BUILDERS[name]).parameters, own)
    return embedded(name, BUILDERS[name](**own))


def _check_names(name: str, known, own: dict) -> None:
    needed = [one for one, of in known.items() if of.default is Parameter.empty]
    if set(own) - set(known) or set(needed) - set(own):
        optional = [one for one in known if one not in needed]
        more = f", and {', '.join(optional)} if you like" if optional else ""
        raise UserError(f"Expected for {name} {', '.join(needed)}{more}, got {', '.join(own)}.")
