"""The table of docs/many-builds.md."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
PAGE, PLOT = ROOT / "docs" / "many-builds.md", ROOT / "docs" / "images" / "many-builds.svg"
FIGURES = Path(__file__).with_name("figures.json")
BEGIN, END = "<!-- table: written by python -m flood -->\n", "<!-- end -->"
COLUMNS = {
    "logins": "logins",
    "requests": "requests",
    "refused": "refused (429)",
    "busiest": "requests in the busiest second",
    "failed": "failed builds",
    "p50": "wait: half of the logins",
    "p99": "99 %",
    "longest": "longest",
}


def with_table(page: str, figures: Mapping[str, Any]) -> str:
    """Return the page with its table written anew."""
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    rows = [["scenario", *COLUMNS.values()], ["---", *["---:"] * len(COLUMNS)]]
    for name, row in figures["scenarios"].items():
        rows.append([name, *(f"{row[key]:,}" + " s" * isinstance(row[key], float) for key in COLUMNS)])
    return before + BEGIN + "".join(f"| {' | '.join(row)} |\n" for row in rows) + END + after
