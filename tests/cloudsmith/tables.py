"""Writes the tables of docs/real-service.md: `cd tests && ../.venv/bin/python -m cloudsmith.tables`."""

from collections.abc import Iterable
from pathlib import Path

from cloudsmith.belief import beliefs, recorded

PAGE = Path(__file__).parent.parent.parent / "docs" / "real-service.md"
BEGIN, END = "<!-- answers: written by tests/cloudsmith/tables.py -->\n", "<!-- end -->"
REAL = "seen with the real service"
NOBODY = "Nobody has run the kit with a real workspace yet."


def answers() -> str:
    """The questions with what is believed, why, and what was seen; then the clients."""
    seen = recorded()
    newest = max((entry["day"] for entry in seen.values()), default="")
    questions = [("question", "believed, and seen with the sandbox", "source", REAL), ("---",) * 4]
    clients = [("client with a login", "what it does with the sandbox", REAL), ("---",) * 3]
    for name, belief in beliefs().items():
        entry = seen.get(name)
        answer = f"`{entry['answer']}` ({entry['day']}, {entry['versions']})" if entry else "not yet"
        if name.startswith("client-"):
            clients.append((name.removeprefix("client-"), belief.shown, answer))
        else:
            questions.append((belief.question, f"`{belief.shown}`", belief.source, answer))
    said = f"The newest answer of the real service is of {newest}." if seen else NOBODY
    return "\n\n".join([said, _table(questions), _table(clients)])


def _table(rows: Iterable[Iterable[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def with_answers(page: str) -> str:
    """The page with its tables written anew."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    return f"{before}{begin}{answers()}\n{end}{after}"


if __name__ == "__main__":
    PAGE.write_text(with_answers(PAGE.read_text()))
