"""The table of docs/many-builds.md."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pages import DOCS, with_part

PAGE, PLOT = DOCS / "many-builds.md", DOCS / "images" / "many-builds.svg"
FIGURES = Path(__file__).with_name("figures.json")
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
    rows = [["scenario", *COLUMNS.values()], ["---", *["---:"] * len(COLUMNS)]]
    for name, row in figures["scenarios"].items():
        rows.append([name, *(f"{row[key]:,}" + " s" * isinstance(row[key], float) for key in COLUMNS)])
    written = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return with_part(page, "table: written by python -m flood", written)
