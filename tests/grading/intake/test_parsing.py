"""Bytes that call themselves a notebook: each is read into something safe, or refused in one sentence."""

import json
import subprocess
import sys
import time

import nbformat
import pytest

from interp_ref.grading.intake import Unreadable, parse
from interp_ref.grading.intake.incoming import NOTEBOOK_BYTES


def notebook(*cells, **more):
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **more}
    ).encode()


def code(source="x = 1", **more):
    return {
        "cell_type": "code",
        "source": source,
        "metadata": {},
        "outputs": [],
        "execution_count": 1,
        **more,
    }


DEEP = b"[" * 200_000 + b"]" * 200_000
REFUSED = {
    "nothing": b"",
    "blanks": b" \n\t ",
    "cut off": notebook(code())[:-20],
    "no JSON": b"%PDF-1.7 not a notebook",
    "UTF-16": notebook(code()).decode().encode("utf-16"),
    "Latin-1": notebook(code()).replace(b"x = 1", b"x = '\xe9'"),
    "a list": b"[1, 2]",
    "a number": b"7",
    "a string": b'"cells"',
    "nested deep": DEEP,
    "nested deep in a cell": b'{"nbformat": 4, "cells": [{"metadata": ' + DEEP + b"}]}",
    "nested in objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a number of a million digits": notebook(code()).replace(
        b'"execution_count": 1', b'"execution_count": ' + b"9" * 10**6
    ),
    "larger than the bound": b" " * (NOTEBOOK_BYTES + 1),
    "a million lists": b'{"nbformat": 4, "cells": [' + b"[]," * 1_000_000 + b"[]]}",
    "no cells": json.dumps({"nbformat": 4}).encode(),
    "cells of text": notebook()[:-3] + b'"x"}',
    "cells of an object": json.dumps({"nbformat": 4, "cells": {"0": code()}}).encode(),
    "too many cells": notebook(*[code()] * 3001),
    "a cell that is a number": notebook(7),
    "a cell that is nothing": notebook(None),
    "a notebook in a cell's place": notebook([json.loads(notebook(code()))]),
    "source a number": notebook(code(7)),
    "source an object": notebook(code({"a": "b"})),
    "source lines of numbers": notebook(code(["x", 7])),
    "source of a megabyte": notebook(code("x" * (2**20 + 1))),
    "sources of a megabyte": notebook(*[code("x" * 2000)] * 600),
    "format 3": json.dumps({"nbformat": 3, "worksheets": [{"cells": []}]}).encode(),
    "format 5": notebook(code(), nbformat=5),
    "format in words": notebook(code(), nbformat="4"),
    "format true": notebook(code(), nbformat=True),
    "format missing": json.dumps({"cells": []}).encode(),
    "format a list": notebook(code(), nbformat=[4]),
    "format huge": notebook(code(), nbformat=10**25),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_notebook_is_refused_in_one_sentence_with_the_mend(name):
    started = time.monotonic()
    with pytest.raises(Unreadable) as refusal:
        parse(REFUSED[name])
    assert time.monotonic() - started < 5
    said = str(refusal.value)
    assert "\n" not in said and len(said) < 200 and said.endswith(".") and ": " in said, said


ODD = {
    "metadata a list": notebook(code(metadata=[1, 2]), metadata=[]),
    "metadata of wrong types": notebook(
        code(metadata={"tags": "story", "nbgrader": [1]}), metadata={"kernelspec": 7, "interp": "02_cam"}
    ),
    "marks of wrong types": notebook(
        code(
            metadata={
                "nbgrader": {"grade_id": ["x"], "points": {"a": 1}, "grade": "yes", "schema_version": 1e300}
            }
        )
    ),
    "marks with unknown fields": notebook(code(metadata={"nbgrader": {"grade_id": "x", "exec": "rm"}})),
    "tags of wrong types": notebook(code(metadata={"tags": [1, None, {"a": 1}, "x" * 10**5, "story"]})),
    "NaN and infinity": notebook(code(metadata={"a": 1})).replace(b'"a": 1', b'"nbgrader": {"points": NaN}'),
    "a float too large": notebook(code(metadata={"a": 1})).replace(
        b'"a": 1', b'"nbgrader": {"points": 1e999}'
    ),
    "lone halves of characters": notebook(code()).replace(b"x = 1", b"x = '\\ud800'"),
    "a NUL in the source": notebook(code("x = '\0'")),
    "an unknown type of cell": notebook(
        code(cell_type="heading"), code(cell_type=7), code(cell_type=["code"])
    ),
    "unknown outputs": notebook(code(outputs=[{"output_type": "evil"}, 7, None])),
    "outputs no list": notebook(code(outputs={"a": 1})),
    "script in the outputs": notebook(
        code(outputs=[{"output_type": "display_data", "data": {"text/html": "<script>alert(1)</script>"}}])
    ),
    "attachments with a script": notebook(
        {
            "cell_type": "markdown",
            "source": "![](attachment:a.svg)",
            "metadata": {},
            "attachments": {
                "a.svg": {"image/svg+xml": "<svg onload=alert(1)>"},
                "b.png": {"image/png": '"><script>alert(1)</script>'},
                "../c.png": {"image/png": "iVBORw0KGgo="},
            },
        }
    ),
    "ids of wrong types": notebook(
        code(id=7), code(id="../x"), code(id="x" * 65), code(id=None), code(id=["a"])
    ),
    "ids twice": notebook(
        code(id="a"), code(id="a"), code(id="cell-4-2"), code(id="a"), code(metadata={"id": "a"})
    ),
    "keys of everything": notebook(code(cells=[1], nbformat=3), cells2=[], worksheets=[]),
    "a byte order mark": b"\xef\xbb\xbf" + notebook(code()),
    "minor versions unknown": notebook(code(), nbformat_minor=99),
    "minor versions in words": notebook(code(), nbformat_minor="five"),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_in_a_notebook_is_dropped(name):
    read = parse(ODD[name])
    nbformat.validate(read)
    text = json.dumps(read, ensure_ascii=False)
    text.encode("utf-8")
    assert "script" not in text and "onload" not in text and "\\u0000" not in text and "NaN" not in text
    assert len(text) < 5000
    assert parse(text.encode()) == read == parse(ODD[name])


def test_a_pasted_picture_stays():
    picture = {"cell_type": "markdown", "source": "![](attachment:a.png)", "metadata": {}}
    picture["attachments"] = {"a.png": {"image/png": "iVBORw0KGgo=", "image/svg+xml": "<svg>"}}
    assert parse(notebook(picture)).cells[0].attachments == {"a.png": {"image/png": "iVBORw0KGgo="}}


def test_reading_costs_little_memory_whatever_the_bytes_are():
    """A million texts and as many objects, which is the most that is let in."""
    script = """
import resource
from interp_ref.grading.intake.parsing import Unreadable, parse
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for filler, count in ((b'"ab",', 1_000_000), (b'{"":0},', 990_000)):
    parse(b'{"nbformat": 4, "metadata": {"a": [' + filler * count + b'0]}, "cells": []}')
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 400_000  # kB


def test_intake_doesnt_load_tensorflow():
    script = """
import sys
from pathlib import Path
from interp_ref.authoring import find_lesson
from interp_ref.grading.intake import find_submissions, mend, parse, predictions_in
for found in find_submissions(Path("lessons")):
    released = parse(found.notebook)
    mend(parse(found.notebook), released)
    predictions_in(released)
print([name for name in sys.modules if name.split(".")[0] in ("tensorflow", "keras", "jax")])
"""
    from interp_ref.authoring import course_root

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=course_root(), check=True
    )
    assert done.stdout.strip() == "[]"
