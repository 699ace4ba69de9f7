"""The notebook that shows the way in on Colab."""

from __future__ import annotations

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}

HOW = """# The course on Colab

Nothing to install on your own machine; you need a Google account.

1. Unpack the zip, and upload the folder `{folder}` to the top of your Google Drive, as it is.
2. In Drive, open a lesson, such as `{folder}/lessons/02_cam/cam.ipynb`, with **Google Colaboratory**. What
   you write is saved in Drive.
3. Add a code cell at the top of the lesson, paste the cell below into it, and run it first each time: a Colab
   machine starts empty. It takes a few minutes, and outside Colab it does nothing.
4. If Colab asks you to restart the session after the installation, do so, then go on with the next cell.

Run it here once to see that it works. The cell that you added may stay in the notebook that you hand in.
"""

INSTALL = """# Colab: installs the course into this session
import sys

if "google.colab" in sys.modules:
    from google.colab import drive

    drive.mount("/content/drive")
    %pip install -q "/content/drive/MyDrive/{folder}/{wheel}"
else:
    print("This is not Colab: nothing to do.")"""

LOOK = """import interp_ref

print("The course's package is here, version", interp_ref.__version__)"""


def colab_notebook(folder: str, wheel: str) -> bytes:
    """A notebook, as bytes, for a folder of that name at the top of Google Drive and that wheel in it."""
    cells = [
        new_markdown_cell(HOW.format(folder=folder), id="how"),
        new_code_cell(INSTALL.format(folder=folder, wheel=wheel), id="install"),
        new_code_cell(LOOK, id="look"),
    ]
    notebook = new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    return (nbformat.writes(notebook) + "\n").encode("utf-8")
