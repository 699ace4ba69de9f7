"""MathJax beside the pages: one file of its npm package, fetched once and checked, never committed."""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import urllib.request

from interp_ref.authoring.writing import write_atomically
from interp_ref.errors import UserError
from interp_ref.models.weights import cache_folder

VERSION = "3.2.2"
ADDRESS = f"https://registry.npmjs.org/mathjax/-/mathjax-{VERSION}.tgz"
# What the registry says of the package, as `npm view mathjax@3.2.2 dist.integrity` prints it.
INTEGRITY = "Bt+SSVU8eBG27zChVewOicYs7Xsdt40qm4+UpHyX7k0/O9NliPc+x77k1/FEsPsjKPZGJvtRZM1vO+geW0OhGw=="
MEMBER = "package/es5/tex-svg.js"
PATIENCE = 60


def mathjax_script() -> bytes:
    """MathJax with TeX in and SVG out. Raises UserError where it cannot be fetched or is another one."""
    place = cache_folder() / f"mathjax-{VERSION}-tex-svg.js"
    if not place.is_file():
        write_atomically(place, _unpacked(_fetched()))
    return place.read_bytes()


def _fetched() -> bytes:
    try:
        with urllib.request.urlopen(ADDRESS, timeout=PATIENCE) as answer:
            return answer.read()
    except OSError as error:
        raise UserError(
            f"MathJax could not be fetched from {ADDRESS} ({error}): check the network, or put its file "
            f"es5/tex-svg.js at {cache_folder() / f'mathjax-{VERSION}-tex-svg.js'}."
        ) from None


def _unpacked(package: bytes) -> bytes:
    found = base64.b64encode(hashlib.sha512(package).digest()).decode("ascii")
    if found != INTEGRITY:
        raise UserError(
            f"Expected MathJax {VERSION} at {ADDRESS}, got something else: its checksum is {found}."
        )
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        return archive.extractfile(MEMBER).read()
