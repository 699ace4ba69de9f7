"""`python tests/attacks`: tries every attack on both graders and writes docs/attacks.md."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from attacks import machine, on_interp, on_stock, table  # noqa: E402
from attacks.attack import KINDS  # noqa: E402
from attacks.catalogue import ATTACKS  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(prog="python tests/attacks", description=__doc__)
    parser.add_argument(
        "only", nargs="*", help=f"attacks by id, or kinds ({', '.join(KINDS)}); all when not given"
    )
    parser.add_argument("--side", choices=("stock", "interp", "both", "none"), default="both")
    parser.add_argument(
        "--again", action="store_true", help="also those whose result is stored (stock nbgrader)"
    )
    asked = parser.parse_args()
    attacks = [a for a in ATTACKS if not asked.only or a.id in asked.only or a.kind in asked.only]
    with tempfile.TemporaryDirectory(prefix="attacks-") as place:
        if asked.side in ("interp", "both"):
            ours(Path(place) / "interp", attacks)
        if asked.side in ("stock", "both"):
            if why := machine.missing():
                print(f"Stock nbgrader is not tried: {why}.", file=sys.stderr)
                return 2
            stock(Path(place) / "stock", attacks, asked.again)
    print(f"Wrote {table.write()}")
    return 0


def ours(place: Path, attacks) -> None:
    place.mkdir()
    batch = on_interp.run(place, attacks)
    on_interp.look(batch, attacks, place)
    table.keep("interp", batch.found)
    largest = f"{batch.peak / 2**20:.0f} MB in a process"
    print(f"interp grade: {len(attacks)} attacks in {batch.seconds:.0f} s, at most {largest}")
    for one in batch.harm:
        print(f"  harm: {one}")
    for i, one in batch.found.items():
        if not one.stopped:
            print(f"  {i}: {table.words(one)}")


def stock(place: Path, attacks, again: bool) -> None:
    place.mkdir()
    known = {} if again else table.read("stock")
    template = on_stock.template_graded_before(place / "template")
    batches = on_stock.batches([one for one in attacks if one.id not in known])
    for number, batch in enumerate(batches, start=1):
        print(
            f"stock nbgrader, batch {number} of {len(batches)}: {', '.join(one.id for one in batch)}",
            flush=True,
        )
        table.keep("stock", on_stock.run(batch, template, place / f"kept-{number}"))
        table.write()


if __name__ == "__main__":
    raise SystemExit(main())
