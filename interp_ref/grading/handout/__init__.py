"""`interp handout`: one zip with all that a student needs, and nothing that is not for students."""

from interp_ref.grading.handout.packing import Handout, make_handout

__all__ = ["Handout", "make_handout"]
