"""What is made of a graded class: report, tables, feedback pages, archives for a learning platform."""

from __future__ import annotations

from interp_ref.grading.report.archive import Archive, write_archive
from interp_ref.grading.report.canvas import Filled, fill_canvas, write_canvas
from interp_ref.grading.report.feedback import feedback_path, write_feedback
from interp_ref.grading.report.moodle import fill_moodle, write_moodle
from interp_ref.grading.report.report import write_report
from interp_ref.grading.report.tables import write_csv

__all__ = [
    "Archive",
    "Filled",
    "feedback_path",
    "fill_canvas",
    "fill_moodle",
    "write_archive",
    "write_canvas",
    "write_csv",
    "write_feedback",
    "write_moodle",
    "write_report",
]
