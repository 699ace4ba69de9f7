"""Text that a student wrote, made fit to be shown: no character that steers a page, a terminal or a table."""

from __future__ import annotations

import unicodedata

# Control characters, and those that turn the direction of what follows or hide in it.
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
KEPT = {"\n", "\t", "\u200d"}  # the last one joins the parts of letters and signs
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def printable(text: object, longest: int = 300) -> str:
    """The text without hidden characters, cut where it is longer than `longest`."""
    seen = "".join(c for c in str(text) if c in KEPT or unicodedata.category(c) not in HIDDEN)
    return seen if len(seen) <= longest else f"{seen[: longest - 1]}…"


def plain_cell(value: object) -> str:
    """A cell of a table file that no spreadsheet takes for a formula; numbers stay numbers."""
    text = "" if value is None else str(value)
    harmless = text.strip() in ("-", "+") or _is_number(text)  # a platform writes "-" for what is not there
    return text if harmless or not text.lstrip(" ").startswith(FORMULA) else f"'{text}"


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True
