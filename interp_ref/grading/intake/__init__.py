"""From what students handed in to submissions that may be graded: everything here is read, nothing is run."""

from interp_ref.grading.intake.collecting import find_submissions
from interp_ref.grading.intake.identity import identity_findings
from interp_ref.grading.intake.letters import predictions_in
from interp_ref.grading.intake.mending import mend
from interp_ref.grading.intake.parsing import Unreadable, parse

__all__ = ["Unreadable", "find_submissions", "identity_findings", "mend", "parse", "predictions_in"]
