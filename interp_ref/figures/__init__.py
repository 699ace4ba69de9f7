"""`interp figures`: every figure of the course, on the sketches for the README, on photos for oneself."""

from interp_ref.figures.making import FIGURES, make_figures

__all__ = ["FIGURES", "make_figures"]
