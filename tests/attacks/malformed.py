"""Submissions that are broken on purpose: notebooks, folders and archives that a reader may stumble over."""

from __future__ import annotations

import json
import os
import zipfile
from io import BytesIO

import nbformat

from attacks.attack import LESSON, NOTEBOOK, Attack, beside, code, raw


def _text(notebook) -> str:
    return nbformat.writes(notebook)


def _json(change):
    """The released notebook's JSON after `change`, which edits it in place, is written as it is."""

    def make(notebook):
        data = json.loads(_text(notebook))
        change(data)
        return json.dumps(data)

    return raw(make)


def _set(**members):
    return lambda data: data.update(members)


def _in_cells(**members):
    def change(data):
        for one in data["cells"]:
            one.update(members)

    return _json(change)


def _fifo(notebook, folder, target):
    os.mkfifo(folder / NOTEBOOK)


def _fifo_beside(notebook, folder, target):
    os.mkfifo(folder / "data.csv")


def _folder(notebook, folder, target):
    (folder / NOTEBOOK).mkdir()
    (folder / NOTEBOOK / "x.txt").write_text("x", encoding="utf-8")


def _loop(notebook, folder, target):
    (folder / NOTEBOOK).symlink_to(NOTEBOOK)


def _zero(notebook, folder, target):
    (folder / NOTEBOOK).symlink_to("/dev/zero")


def _missing(notebook, folder, target):
    (folder / "other.ipynb").write_text(_text(notebook), encoding="utf-8")
    (folder / NOTEBOOK).symlink_to("nowhere")


def _many(notebook, folder, target):
    for number in range(300):
        (folder / f"copy{number}.ipynb").write_text(_text(notebook), encoding="utf-8")


def _names(notebook, folder, target):
    for name in (
        "a\nb.txt",
        "\x1b[2Jc.txt",
        "-rf",
        "~",
        "$(touch x)",
        "'; touch x; '",
        "é" * 60,
        "con",
        "a" * 250,
    ):
        (folder / name).write_text("x", encoding="utf-8")
    os.close(os.open(os.fsencode(folder) + b"/\xff\xfe.txt", os.O_CREAT | os.O_WRONLY))


def _deep_folders(notebook, folder, target):
    place = folder
    for _ in range(60):
        place = place / "deep"
    place.mkdir(parents=True)
    (place / "x.txt").write_text("x", encoding="utf-8")


def _foreign_kernel(notebook, folder, target):
    program = f"open({target.outside + '/' + target.mark!r}, 'w').close()"
    notebook.metadata.kernelspec = {"name": "evil", "display_name": "Evil", "language": "python"}
    notebook.metadata.kernelspec["argv"] = ["python3", "-c", program]
    notebook.metadata.language_info = {"name": "bash", "file_extension": "; touch x", "mimetype": "text/x-sh"}
    spec = folder / "kernels" / "evil"
    spec.mkdir(parents=True)
    spec.joinpath("kernel.json").write_text(json.dumps(notebook.metadata.kernelspec), encoding="utf-8")


def _timestamp(text: str | bytes):
    return beside("timestamp.txt", text, code("def channel_weights(gradients): return 0"))


def _zipped(*entries, text=""):
    """An LMS archive with a notebook by this student, and entries as (name, bytes, external attributes)."""

    def make(notebook, folder, target):
        with zipfile.ZipFile(folder / "class.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data, attributes in entries:
                info = zipfile.ZipInfo(name.replace("$outside", target.outside).replace("$mark", target.mark))
                info.external_attr, info.compress_type = attributes, zipfile.ZIP_DEFLATED
                data = data.replace(b"$secret", target.secret.encode()) if len(data) < 1000 else data
                archive.writestr(info, data)
            archive.writestr(text or "evil_1_2_grad_cam.ipynb", _text(notebook))

    return make


def _nested() -> bytes:
    """A zip in a zip in a zip."""
    data = b"x" * 1_000_000
    for number in range(4):
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for copy in range(8):
                archive.writestr(f"{number}-{copy}.zip", data)
        data = buffer.getvalue()
    return data


FILE, LINK, FIFO = 0o100644 << 16, 0o120777 << 16, 0o010644 << 16
DEEP = '{"cells": ' + "[" * 100_000 + "]" * 100_000 + ', "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'

ATTACKS = [
    Attack("not-json", "malformed", "Text that is no notebook.", raw("{ this is no notebook")),
    Attack("empty-file", "malformed", "A notebook without a byte.", raw("")),
    Attack(
        "binary",
        "malformed",
        "Random bytes, a PNG's head and null bytes.",
        raw(b"\x89PNG\r\n\x00\xff\xfe" * 1000),
    ),
    Attack("deep-json", "malformed", "JSON nested 100,000 deep.", raw(DEEP)),
    Attack(
        "huge-notebook",
        "malformed",
        "A notebook of 120 MB.",
        _json(
            lambda data: data["cells"].append(
                {"cell_type": "markdown", "id": "h", "metadata": {}, "source": "x" * 120_000_000}
            )
        ),
        gentle="120 MB",
    ),
    Attack(
        "many-cells",
        "malformed",
        "A notebook of 100,000 cells.",
        _json(
            lambda data: data["cells"].extend(
                {
                    "cell_type": "code",
                    "id": f"c{n}",
                    "metadata": {},
                    "source": "1",
                    "outputs": [],
                    "execution_count": None,
                }
                for n in range(100_000)
            )
        ),
    ),  # fmt: skip
    Attack(
        "many-members",
        "malformed",
        "Metadata with a million members.",
        _json(lambda data: data["metadata"].update({f"k{n}": n for n in range(1_000_000)})),
        gentle="one million",
    ),
    Attack(
        "nan-json",
        "malformed",
        "NaN, Infinity, numbers of 5,000 digits and members that are there twice.",
        raw(
            lambda notebook: _text(notebook).replace(
                '"metadata": {',
                '"metadata": {"a": NaN, "b": -Infinity, "a": 1e999, "n": ' + "9" * 5000 + ",",
                1,
            )
        ),
    ),  # fmt: skip
    Attack("cells-are-a-number", "malformed", "The list of cells is a number.", _json(_set(cells=5))),
    Attack(
        "cells-are-null",
        "malformed",
        "Cells of null, of text and of lists.",
        _json(_set(cells=[None, "x", [], 5])),
    ),
    Attack(
        "sources-are-numbers",
        "malformed",
        "Sources that are lists of numbers.",
        _in_cells(source=[1, 2, {"a": None}]),
    ),
    Attack("metadata-is-a-list", "malformed", "Metadata that are lists.", _in_cells(metadata=[1, 2])),
    Attack(
        "nbgrader-is-text",
        "malformed",
        "nbgrader metadata of wrong types.",
        _in_cells(
            metadata={
                "nbgrader": {"grade": "yes", "grade_id": {"a": []}, "points": "many", "schema_version": [3]}
            }
        ),
    ),
    Attack(
        "outputs-are-text",
        "malformed",
        "Outputs of wrong types.",
        _in_cells(outputs="x", execution_count="y"),
    ),
    Attack("alien-cells", "malformed", "Cells of a type that does not exist.", _in_cells(cell_type="alien")),
    Attack(
        "format-99",
        "malformed",
        "A notebook format from the future.",
        _json(_set(nbformat=99, nbformat_minor=7)),
    ),
    Attack(
        "format-of-words",
        "malformed",
        "A notebook format that is no number.",
        _json(_set(nbformat="four", nbformat_minor={})),
    ),
    Attack(
        "format-2",
        "malformed",
        "A notebook of the second format.",
        _json(_set(nbformat=2, worksheets=[{"cells": []}])),
    ),
    Attack(
        "utf-16", "malformed", "A notebook in UTF-16.", raw(lambda notebook: _text(notebook).encode("utf-16"))
    ),
    Attack(
        "surrogates",
        "malformed",
        "Half characters and null bytes in sources and names.",
        raw(lambda notebook: _text(notebook).replace("# YOUR CODE HERE", "# \\ud800 \\u0000 \\udfff", 3)),
    ),
    Attack(
        "long-ids",
        "malformed",
        "Cell ids of 100,000 characters and with paths in them.",
        _in_cells(id="../../" + "x" * 100_000),
    ),
    Attack(
        "notebook-is-a-pipe",
        "malformed",
        "A named pipe in the notebook's place, which nobody writes to.",
        _fifo,
    ),
    Attack("pipe-beside", "malformed", "A named pipe beside the notebook.", _fifo_beside),
    Attack("notebook-is-a-folder", "malformed", "A folder in the notebook's place.", _folder),
    Attack("notebook-is-a-loop", "malformed", "A symbolic link to itself.", _loop),
    Attack("notebook-is-endless", "malformed", "A symbolic link to a device that never ends.", _zero),
    Attack(
        "notebook-is-missing", "malformed", "A notebook of another name, and a link to nowhere.", _missing
    ),
    Attack("many-notebooks", "malformed", "300 further notebooks beside the right one.", _many),
    Attack(
        "odd-names",
        "malformed",
        "Files whose names hold line breaks, escapes, options and no text at all.",
        _names,
    ),
    Attack("deep-folders", "malformed", "Folders 60 deep.", _deep_folders),
    Attack(
        "foreign-kernel",
        "malformed",
        "A kernel of its own, with the command that starts it.",
        _foreign_kernel,
    ),
    Attack(
        "timestamp-forged",
        "malformed",
        "A time of handing in of a thousand years ago.",
        _timestamp("1000-01-01 00:00:00 UTC"),
    ),
    Attack(
        "timestamp-odd",
        "malformed",
        "A time of handing in that is no time.",
        _timestamp(b"\xff\x00 never; drop table " * 1000),
    ),
    Attack(
        "attachments",
        "malformed",
        "Attachments with paths in their names.",
        _json(
            lambda data: data["cells"].insert(
                0,
                {
                    "cell_type": "markdown",
                    "id": "a",
                    "metadata": {},
                    "source": "![x](attachment:../../../x.png)",
                    "attachments": {
                        "../../../x.png": {"image/png": "AAAA"},
                        "/etc/x": {"image/svg+xml": "<svg onload=alert(1)>"},
                    },
                },
            )
        ),
    ),  # fmt: skip
    Attack(
        "zip-with-paths",
        "malformed",
        "An LMS archive whose entries climb out of the folder that they are unpacked to.",
        _zipped(
            ("../../../../../../../..$outside/$mark", b"x", FILE),
            ("$outside/$mark-2", b"x", FILE),
            ("..\\..\\..\\$mark.ipynb", b"x", FILE),
            ("../../submitted/anna/" + LESSON + "/" + NOTEBOOK, b"{}", FILE),
        ),
        archive=True,
    ),
    Attack(
        "zip-with-links",
        "malformed",
        "An LMS archive with symbolic links, a pipe and a device in it.",
        _zipped(
            ("evil2_1_2_grad_cam.ipynb", b"$secret", LINK),
            ("evil3_1_2_notes.txt", b"$secret", LINK),
            ("evil4_1_2_grad_cam.ipynb", b"", FIFO),
        ),
        archive=True,
    ),
    Attack(
        "zip-bomb",
        "malformed",
        "An LMS archive that unpacks to a thousand times its size, and archives in archives.",
        _zipped(
            ("evil5_1_2_grad_cam.ipynb", b"0" * 400_000_000, FILE),
            ("evil6_1_2_grad_cam.zip", _nested(), FILE),
        ),
        gentle="400 MB",
        archive=True,
    ),
    Attack(
        "zip-with-names",
        "malformed",
        "An LMS archive with names of 60,000 characters, control characters, and the same name twice.",
        _zipped(
            ("x" * 60_000, b"x", FILE),
            ("evil7\x1b[2J_1_2_grad_cam.ipynb", b"{}", FILE),
            ("evil_1_2_grad_cam.ipynb", b"{}", FILE),
            ("", b"x", FILE),
        ),
        archive=True,
    ),
]
