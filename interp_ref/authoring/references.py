"""The papers of the course, out of references.bib."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pybtex.database import Entry, Person, parse_string
from pybtex.richtext import Text

from interp_ref.errors import UserError

FILE = "references.bib"


@dataclass(frozen=True)
class Reference:
    """A paper: its authors, year, title, where it appeared, and its address ("" if none)."""

    last_names: tuple[str, ...]
    full_names: tuple[str, ...]
    year: str
    title: str
    venue: str
    url: str

    @property
    def authors(self) -> str:
        """ "Zhou et al.", "Simonyan and Zisserman" or "Elson"."""
        if len(self.last_names) > 2:
            return f"{self.last_names[0]} et al."
        return " and ".join(self.last_names)

    def cited(self, textual: bool = False) -> str:
        """ "Zhou et al. 2016", or in running text "Zhou et al. (2016)"; a link where there is an address."""
        words = f"{self.authors} ({self.year})" if textual else f"{self.authors} {self.year}"
        return f"[{words}]({self.url})" if self.url else words

    def listed(self) -> str:
        """The line of a bibliography, in markdown."""
        title = f"[*{self.title}*]({self.url})" if self.url else f"*{self.title}*"
        venue = f" {self.venue}." if self.venue else ""
        return f"{', '.join(self.full_names)} ({self.year}). {title}.{venue}"


def load_references(root: Path) -> dict[str, Reference]:
    """All papers by key; none where there is no file. Raises UserError if the file is not BibTeX."""
    path = root / FILE
    if not path.is_file():
        return {}
    try:
        entries = parse_string(path.read_text(encoding="utf-8"), "bibtex").entries
    except Exception as error:
        raise UserError(f"Expected BibTeX in {path}, got what cannot be read: {error}") from error
    return {key: _reference(entry) for key, entry in entries.items()}


def _reference(entry: Entry) -> Reference:
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    fields = {name: _plain(value) for name, value in entry.fields.items()}
    address = f"https://doi.org/{fields['doi']}" if "doi" in fields else ""
    return Reference(
        last_names=tuple(_last(person) for person in people),
        full_names=tuple(_full(person) for person in people),
        year=fields.get("year", "n.d."),
        title=fields.get("title", ""),
        venue=fields.get("booktitle") or fields.get("journal") or fields.get("publisher", ""),
        url=fields.get("url") or address,
    )


def _last(person: Person) -> str:
    return _plain(" ".join(person.prelast_names + person.last_names))


def _full(person: Person) -> str:
    initials = " ".join(f"{_plain(name)[:1]}." for name in person.first_names + person.middle_names)
    return f"{_last(person)}, {initials}" if initials else _last(person)


def _plain(latex: str) -> str:
    return str(Text.from_latex(latex)).replace("\n", " ")
