"""`interp figures`: every figure of the course, on the sketches for the README, on photos for oneself."""

from interp_ref.figures.making import CARDS, FIGURES, make_figures

__all__ = ["CARDS", "FIGURES", "make_figures"]
