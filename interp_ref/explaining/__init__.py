"""Maps of pictures of one's own: a stream of any length, and the command `interp explain`."""

from interp_ref.explaining.stream import METHODS, Explanation, explain_many

__all__ = ["METHODS", "Explanation", "explain_many"]
