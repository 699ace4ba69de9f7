"""nbgrader's settings for this course; every nbgrader command from this folder reads them."""

import os
import sys
from pathlib import Path

from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    DeduplicateIds,
    Execute,
    IgnorePattern,
    IncludeHeaderFooter,
    LimitOutput,
    LockCells,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
    SaveCells,
)

from interp_ref.authoring.hidden_seed import VARIABLE, hidden_seed
from interp_ref.authoring.preprocessors import (
    BlankPredictions,
    LowerMyst,
    RecordRelease,
    RepairCells,
    SkipStory,
)

c = get_config()  # noqa: F821 (nbgrader puts it here)
root = Path(__file__).resolve().parent

c.CourseDirectory.root = str(root)
c.CourseDirectory.course_id = "interp"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "lessons"
c.CourseDirectory.solution_directory = ".nbgrader_solutions"
# nbgrader hands out whatever lies beside the notebook; the markdown twin holds the solutions.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", "*.md", "*.part"]

# nbgrader's own list with LowerMyst and BlankPredictions before the cells are stored and RecordRelease at the
# end, and without InstantiateTests: the course has no tests in its cells.
c.GenerateAssignment.preprocessors = [
    IncludeHeaderFooter,
    LowerMyst,
    BlankPredictions,
    LockCells,
    ClearSolutions,
    ClearOutput,
    CheckCellMetadata,
    ComputeChecksums,
    SaveCells,
    ClearHiddenTests,
    ClearMarkScheme,
    ComputeChecksums,
    CheckCellMetadata,
    RecordRelease,
]
# The rubric stands in a locked question cell, beside a markdown answer; nbgrader expects it in task cells.
c.ClearMarkScheme.enforce_metadata = False

c.Autograde.sanitize_preprocessors = [
    RepairCells,
    ClearOutput,
    DeduplicateIds,
    OverwriteKernelspec,
    OverwriteCells,
    CheckCellMetadata,
]
c.OverwriteCells.add_missing_cells = True
c.Autograde.autograde_preprocessors = [
    SkipStory,
    Execute,
    IgnorePattern,
    ClearMetadataPreprocessor,
    LimitOutput,
    SaveAutoGrades,
    AssignLatePenalties,
    CheckCellMetadata,
]
# VGG16 on two cores, checks with several challenges: the default of 30 s is too short.
c.Execute.timeout = 120

# Kernels started from here draw their hidden challenges from this seed.
os.environ[VARIABLE] = hidden_seed(root)
# nbgrader calls `alembic` by name, which is on the path only in an activated environment.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
