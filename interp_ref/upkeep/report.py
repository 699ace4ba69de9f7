"""Shows what the doctor found."""

from __future__ import annotations

from interp_ref.upkeep.doctor import Finding


def show(findings: list[Finding]) -> int:
    """Prints each finding, and its mend under one that is not ready; returns 0 where all are, else 1."""
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=True, markup=False)
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        console.print(
            "ok  " if finding.ready else "MEND", style="green" if finding.ready else "bold red", end="  "
        )
        console.print(f"{finding.name:<{width}}  {finding.found}")
        if not finding.ready:
            console.print(f"{'':{width + 8}}{finding.mend}", style="yellow")
    faults = sum(not finding.ready for finding in findings)
    console.print(
        "\nEverything is ready." if not faults else f"\n{faults} to mend, each with its line above."
    )
    return 1 if faults else 0
