"""Pictures and maps side by side: one row a picture, colour bars with the maps' own values, alt text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize

from interp_ref.errors import UserError
from interp_ref.show.alt import Picture
from interp_ref.show.overlay import named_colour_map, overlay

# Red speaks for the class and blue against it; the two differ for colour-blind readers too.
DIVERGING = "RdBu_r"
_PLACES = (
    ("upper left", "upper middle", "upper right"),
    ("middle left", "centre", "middle right"),
    ("lower left", "lower middle", "lower right"),
)


@dataclass
class _Column:
    title: str
    images: np.ndarray | None
    maps: np.ndarray | None

    def __len__(self) -> int:
        return len(self.images if self.maps is None else self.maps)


def grid(
    columns: dict, *, row_titles=None, scale="column", colour_map="viridis", alpha=0.5, alt=None
) -> Picture:
    """Draw a grid with one row a picture and one column an entry of `columns`.

    columns: title -> pictures [N, H, W, 3] uint8, or maps [N, h, w], or a pair (pictures, maps) to lay the
    maps over the pictures; maps come as they are, neither normalised nor enlarged.
    row_titles: N words; scale: "column" gives a column's maps one colour bar, so that they can be
    compared, "picture" gives each map its own; alpha: see `overlay`.
    A map with negative values gets a diverging colour map, white at zero, any other `colour_map` from zero.
    alt: what the figure shows; None stands for a description of the columns and the maps' strongest places.
    Returns a matplotlib figure with the attribute `alt`. Raises UserError where the columns do not fit.
    """
    columns = [_read(title, content) for title, content in columns.items()]
    rows = _check(columns, row_titles, scale)
    alt = alt or _describe(columns, rows, row_titles)
    size = (2.5 * len(columns) + 0.3, 2.5 * rows + 0.7)
    figure = Picture(figsize=size, dpi=100, layout="constrained", alt=alt)
    axes = figure.subplots(rows, len(columns), squeeze=False)
    for j, column in enumerate(columns):
        axes[0, j].set_title(column.title)
        _draw(figure, axes[:, j], column, scale, colour_map, alpha)
    for i, title in enumerate(row_titles or []):
        axes[i, 0].set_ylabel(title)
    return figure


def _read(title: str, content) -> _Column:
    if isinstance(content, tuple):
        images, maps = (np.asarray(part) for part in content)
    else:
        array = np.asarray(content)
        images, maps = (array, None) if array.ndim == 4 else (None, array)
    if (images is not None and (images.ndim != 4 or images.dtype != np.uint8)) or (
        maps is not None and maps.ndim != 3
    ):
        shapes = [list(part.shape) for part in (images, maps) if part is not None]
        raise UserError(
            f"Expected in column '{title}' pictures [N, H, W, 3] in uint8, maps [N, h, w] or a pair of both, "
            f"got {shapes}: check its shape and type."
        )
    return _Column(title, images, None if maps is None else maps.astype(np.float32))


def _check(columns: list[_Column], row_titles, scale: str) -> int:
    lengths = {len(part) for c in columns for part in (c.images, c.maps) if part is not None}
    if len(lengths) != 1 or lengths == {0}:
        raise UserError(
            f"Expected columns of one length, at least 1, got {sorted(lengths)}: one row a picture."
        )
    (rows,) = lengths
    if row_titles is not None and len(row_titles) != rows:
        raise UserError(f"Expected {rows} row titles, got {len(row_titles)}: one a picture.")
    if scale not in ("column", "picture"):
        raise UserError(f"Expected scale 'column' or 'picture', got {scale!r}.")
    return rows


def _draw(figure, axes, column: _Column, scale: str, colour_map: str, alpha: float) -> None:
    whole = None if column.maps is None or scale == "picture" else colours_of(column.maps, colour_map)
    for i, ax in enumerate(axes):
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
        if column.maps is None:
            ax.imshow(column.images[i])
            continue
        colours = whole or colours_of(column.maps[i], colour_map)
        _draw_map(ax, column, i, colours, alpha)
        if whole is None:
            figure.colorbar(colours, ax=ax, fraction=0.046, pad=0.03)
    if whole is not None:
        figure.colorbar(whole, ax=list(axes), location="bottom", shrink=0.8, aspect=25)


def _draw_map(ax, column: _Column, i: int, colours: ScalarMappable, alpha: float) -> None:
    if column.images is None:
        ax.imshow(column.maps[i], cmap=colours.cmap, norm=colours.norm)
        return
    from interp_ref.methods.maps import resize_map

    image = column.images[i : i + 1]
    enlarged = resize_map(column.maps[i : i + 1], *image.shape[1:3])
    shown = np.clip(np.asarray(colours.norm(enlarged)), 0, 1)
    ax.imshow(overlay(image, shown, alpha, colours.cmap.name)[0])


def colours_of(maps: np.ndarray, colour_map: str) -> ScalarMappable:
    """Colours for the values of maps: diverging and white at zero where some are negative, else from zero."""
    lowest, highest = float(maps.min()), float(maps.max())
    if lowest < 0:
        largest = max(-lowest, highest)
        return ScalarMappable(Normalize(-largest, largest), named_colour_map(DIVERGING))
    return ScalarMappable(Normalize(0, highest or 1), named_colour_map(colour_map))


def _describe(columns: list[_Column], rows: int, row_titles) -> str:
    heads = "; ".join(column.title for column in columns)
    lines = [f"Grid of {rows} row{'s' * (rows > 1)} with the columns {heads}."]
    for i in range(rows):
        places = [
            f"{c.title} is strongest {strongest_place(c.maps[i])}" for c in columns if c.maps is not None
        ]
        if places:
            lines.append(f"{row_titles[i] if row_titles else f'Row {i + 1}'}: {', '.join(places)}.")
    return " ".join(lines)


def strongest_place(one_map: np.ndarray) -> str:
    """Where a map [h, w] has its maximum, in words such as "at the upper left"."""
    if one_map.min() == one_map.max():
        return "nowhere, it is constant"
    top, left = np.unravel_index(np.argmax(one_map), one_map.shape)
    place = _PLACES[3 * int(top) // one_map.shape[0]][3 * int(left) // one_map.shape[1]]
    return f"at the {place}"
