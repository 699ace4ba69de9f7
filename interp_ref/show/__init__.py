"""Pictures of the course: maps over photos, grids with alt text, the diagram of the network."""

from interp_ref.show.alt import Picture, display_with_alt, save
from interp_ref.show.diagram import diagram
from interp_ref.show.grid import grid
from interp_ref.show.overlay import overlay
from interp_ref.show.sheet import sheet

__all__ = ["Picture", "diagram", "display_with_alt", "grid", "overlay", "save", "sheet"]
