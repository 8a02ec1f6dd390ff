"""The rows of faults.toml, and the table of them in docs/faults.md: `python -m faults.table` writes that."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/faults.md"
BEGIN, END = "<!-- faults: written by tests/faults -->\n", "<!-- end -->\n"
UNTIL_THEN = "until then"
SIGKILL = -9
WORDS = {"closed": "HOST:PORT", "fifo": "FILE", "proxy": "HOST:PORT", "silent": "HOST:PORT"}
"""What the page has for words in braces."""


@dataclass
class Row:
    """What is wrong, and how a login ends: see faults.toml."""

    next: tuple[str, ...] = ()
    always: str = ""
    proxy: str = ""
    certificate: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    expires: int = 0
    ahead: int = 0
    python: str = ""
    limits: str = ""
    inject: str = ""
    sh: Mapping[str, str] = field(default_factory=dict)
    hurry: str = ""
    fails: bool = False
    timeout: int = 0
    attempts: int | str | None = None
    exit: int | None = None
    says: str = ""
    left: str = ""

    def __post_init__(self) -> None:
        lasts = self.timeout and not self.next
        if self.exit is None:
            self.exit = 6 if lasts else 0
        if self.attempts is None:
            self.attempts = UNTIL_THEN if lasts else 1
        self.left = self.left or ("nothing" if self.exit else "the login")


ROWS: dict[str, dict[str, Row]] = {
    area: {wrong: Row(**fields) for wrong, fields in rows.items()}
    for area, rows in tomllib.loads(Path(__file__).with_name("faults.toml").read_text()).items()
}
COLUMNS = ("What is wrong", "Attempts", "Ends", "Exit code", "On the console", "What is left")


def written(page: str) -> str:
    """The page with the table written anew."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    return f"{before}{begin}{_table()}\n{end}{after}"


def _table() -> str:
    parts = [f"{sum(map(len, ROWS.values()))} faults."]
    for area, rows in ROWS.items():
        lines = [COLUMNS, ("---",) * len(COLUMNS), *(_line(wrong, row) for wrong, row in rows.items())]
        parts.append(f"## {area}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines))
    return "\n\n".join(parts)


def _line(wrong: str, row: Row) -> tuple[str, ...]:
    calls = row.inject.partition(":")[0].replace(",", ", ")
    bound = f"within {row.timeout} s" if row.timeout else "at the time-out" if row.hurry else "at once"
    code = "killed" if row.exit == SIGKILL else str(row.exit)
    says = row.says.format_map(WORDS)
    each = f", at each {calls}" if calls else ""
    return wrong + each, str(row.attempts), bound, code, f"`{says}`" if says else "", row.left


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
