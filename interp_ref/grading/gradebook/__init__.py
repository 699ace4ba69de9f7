"""nbgrader's gradebook as the grader's only memory: preparing, storing, seeds, grading again."""

from interp_ref.grading.gradebook.book import Book
from interp_ref.grading.gradebook.preparing import Prepared
from interp_ref.grading.gradebook.records import Change, GradebookTrouble, Graded, Made, NotStored

__all__ = ["Book", "Change", "Graded", "GradebookTrouble", "Made", "NotStored", "Prepared"]
