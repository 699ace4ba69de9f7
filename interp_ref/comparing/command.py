"""`interp compare`: the trust table of all methods on sketches, as CSV, Markdown and a picture."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from tqdm import tqdm

from interp_ref import models
from interp_ref.comparing.picture import describe, draw
from interp_ref.comparing.scoring import BASELINES, Scores, keep_scores, kept_scores, score
from interp_ref.comparing.subjects import Subjects, find_subjects
from interp_ref.comparing.table import Table, as_csv, as_markdown, make_table
from interp_ref.errors import UserError
from interp_ref.explaining.catalogue import Method, chosen_methods
from interp_ref.explaining.keeping import ready_folder, writing
from interp_ref.explaining.settings import Settings

BEGIN, END = "<!-- compare -->", "<!-- /compare -->"
FILES = ("trust.csv", "trust.md", "trust.png")
PICTURE = Path("images", "trust.png")  # where the picture of a README lies, beside it


@dataclass(frozen=True)
class Asked:
    """What the command was asked for: methods by name, pictures, passes."""

    method: str = "all"
    size: int = 112
    count: int = 20
    tolerance: float = 0
    steps: int = 32
    samples: int = 16
    masks: int = 100
    seed: int = 0

    def settings(self) -> Settings:
        """The methods' numbers; occlusion's patch and stride are lesson 7's, 24 and 16 of 112 pixels."""
        passes = {"steps": self.steps, "samples": self.samples, "masks": self.masks, "seed": self.seed}
        patch = {"patch": max(1, 3 * self.size // 14), "stride": max(1, self.size // 7)}
        return Settings(models.preprocess, **passes, **patch)

    def command(self) -> str:
        """The command line that asks for this, what is as by default left out but size and count."""
        plain = Asked(size=self.size, count=self.count)
        given = [f"--{name} {value}" for name, value in asdict(self).items() if value != getattr(plain, name)]
        return " ".join(["interp compare", f"--size {self.size} --count {self.count}", *given])


def compare(asked: Asked, out: Path, readme: Path | None = None) -> int:
    """Measures, prints the table and writes FILES into `out`, the table into `readme`; returns 0.

    What an earlier run with the same numbers has measured is not measured again. Raises UserError for an
    unknown method, numbers that cannot be, a folder that cannot be written to and a README without markers.
    """
    methods, out = chosen_methods(asked.method), ready_folder(out)
    text = _readme_with_markers(readme) if readme else ""
    settings = asked.settings()
    settings.check((asked.size, asked.size))
    if not asked.tolerance >= 0:
        raise UserError(
            f"Expected --tolerance of 0 pixels or more, got {asked.tolerance}: the paper's is 15."
        )
    subjects = find_subjects(asked.size, asked.count)
    numbers = {name: value for name, value in asdict(asked).items() if name != "method"}
    scores = _measured(methods, subjects, settings, kept_scores(out / "scores.json", numbers), out)
    table = make_table(scores, [method.name for method in methods], _caption(asked, subjects), asked.seed)
    _write(table, out)
    print(as_markdown(table))
    print(f"\nIn {out}: {', '.join(FILES)}.")
    if readme:
        with writing(readme.parent):
            (readme.parent / PICTURE).parent.mkdir(exist_ok=True)
            shutil.copy(out / PICTURE.name, readme.parent / PICTURE)
            readme.write_text(with_table(text, asked, table), encoding="utf-8", newline="\n")
        print(f"The table of {readme} is this one, and {readme.parent / PICTURE} its picture.")
    return 0


def _measured(methods: list[Method], subjects: Subjects, settings: Settings, scores: Scores, out: Path):
    """The scores with those of every method and baseline that were not there yet."""
    named = {method.name: method for method in (*BASELINES, *methods)}
    missing = [method for name, method in named.items() if name not in scores.hits]
    tolerance = scores.settings["tolerance"]
    # Standard output, as all bars of the course: a notebook, a terminal and a log file show it.
    total = len(missing) * len(subjects.labels)
    with tqdm(total=total, desc="Comparing", unit=" maps", file=sys.stdout, disable=not missing) as bar:
        for method in missing:
            bar.set_postfix_str(method.name)
            found = score(method, subjects, settings, tolerance, bar.update)
            scores.hits[method.name], scores.energy[method.name] = found
            with writing(out):
                keep_scores(scores, out / "scores.json")
    return scores


def _caption(asked: Asked, subjects: Subjects) -> str:
    near = f" or at most {asked.tolerance:g} pixels beside them" if asked.tolerance else ""
    return (
        f"{asked.count} sketches of the validation set, {asked.size} pixels wide; VGG16 with {subjects.head}"
        f", {subjects.accuracy:.0%} right; asked: each sketch's own class. The deciding parts cover "
        f"{subjects.deciding.mean():.1%} of the picture. Hits: the map's maximum lies in them{near}; energy: "
        "the share of the positive evidence inside them. Mean [95 % interval over sketches]; differences in "
        "percentage points, paired by sketch."
    )


def _write(table: Table, out: Path) -> None:
    from interp_ref.show import save

    with writing(out):
        (out / "trust.csv").write_text(as_csv(table), encoding="utf-8", newline="\n")
        (out / "trust.md").write_text(as_markdown(table) + "\n", encoding="utf-8", newline="\n")
        save(draw(table), out / "trust.png")


def _readme_with_markers(readme: Path) -> str:
    try:
        text = readme.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"{readme} cannot be read ({error.strerror}): give the path of a README.md."
        ) from error
    if BEGIN not in text or END not in text:
        raise UserError(f"{readme} has no place for the table: put the lines {BEGIN} and {END} into it.")
    return text


def with_table(text: str, asked: Asked, table: Table) -> str:
    """A README's text with the table, its picture and the command that makes both, between the markers."""
    picture = f"![{describe(table)}]({PICTURE.as_posix()})"
    inside = f"{BEGIN}\n`{asked.command()}` prints:\n\n{as_markdown(table)}\n\n{picture}\n{END}"
    return re.sub(f"{BEGIN}.*?{END}", lambda _: inside, text, flags=re.DOTALL)
