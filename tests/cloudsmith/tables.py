"""Writes the tables of docs/real-service.md: `cd tests && ../.venv/bin/python -m cloudsmith.tables`."""

from pathlib import Path

from cloudsmith.belief import beliefs, recorded

PAGE = Path(__file__).parent.parent.parent / "docs" / "real-service.md"
BEGIN, END = "<!-- answers: written by tests/cloudsmith/tables.py -->\n", "<!-- end -->"
NOBODY = "Nobody has run the kit with a real workspace yet."


def answers() -> str:
    """The questions with what is believed, why, and what was seen."""
    seen = recorded()
    newest = max((entry["day"] for entry in seen.values()), default="")
    rows = [
        "| question | believed, and seen with the sandbox | source | seen with the real service |",
        "|---|---|---|---|",
    ]
    for name, belief in beliefs().items():
        entry = seen.get(name)
        answer = f"`{entry['answer']}` ({entry['day']}, {entry['versions']})" if entry else "not yet"
        rows.append(f"| {belief.question} | `{belief.shown}` | {belief.source} | {answer} |")
    said = f"The newest answer of the real service is of {newest}." if seen else NOBODY
    return "\n".join([said, "", *rows])


def with_answers(page: str) -> str:
    """The page with its tables written anew."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    return f"{before}{begin}{answers()}\n{end}{after}"


if __name__ == "__main__":
    PAGE.write_text(with_answers(PAGE.read_text()))
