"""Figures that carry their alt text: into the notebook, into the file."""

from __future__ import annotations

import base64
import html
import io

from matplotlib.figure import Figure

from interp_ref.errors import UserError


class Picture(Figure):
    """A matplotlib figure that says in words what it shows, in `alt`, and shows itself with them."""

    def __init__(self, *args, alt: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.alt = alt

    def _ipython_display_(self):
        display_with_alt(self)


def display_with_alt(figure, alt: str | None = None) -> None:
    """Show a figure in the notebook as an HTML image with alt text, which inline figures do not have.

    figure: any matplotlib figure; alt: None stands for the figure's own `alt`.
    Raises UserError where there is no alt text.
    """
    from IPython.display import display

    alt = _alt_of(figure, alt)
    data = base64.b64encode(_png(figure, alt)).decode("ascii")
    image = f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{data}" style="max-width: 100%">'
    display({"text/html": image, "text/plain": alt}, raw=True)


def save(figure, path, alt: str | None = None) -> None:
    """Write a figure as PNG, its alt text as the file's description.

    Raises UserError where there is no alt text.
    """
    with open(path, "wb") as file:
        file.write(_png(figure, _alt_of(figure, alt)))


def _alt_of(figure, alt: str | None) -> str:
    alt = alt or getattr(figure, "alt", "")
    if not alt:
        raise UserError("This figure has no alt text: say in a sentence what it shows, with alt='…'.")
    return alt


def _png(figure, alt: str) -> bytes:
    buffer = io.BytesIO()
    # No software version in the file: the same figure gives the same bytes after an update.
    metadata = {"Description": alt, "Software": None}
    figure.savefig(buffer, format="png", dpi=figure.dpi, bbox_inches="tight", metadata=metadata)
    return buffer.getvalue()
