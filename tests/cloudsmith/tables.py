"""Writes the tables of docs/real-service.md: `cd tests && ../.venv/bin/python -m cloudsmith.tables`."""

from cloudsmith.belief import beliefs, recorded
from pages import DOCS, table, with_part

PAGE = DOCS / "real-service.md"
REAL = "seen with the real service"
NOBODY = "Nobody has run the kit with a real workspace yet."


def answers() -> str:
    """The questions with what is believed, why, and what was seen; then the clients."""
    seen = recorded()
    newest = max((entry["day"] for entry in seen.values()), default="")
    questions, clients = [], []
    for name, belief in beliefs().items():
        entry = seen.get(name)
        answer = f"`{entry['answer']}` ({entry['day']}, {entry['versions']})" if entry else "not yet"
        if name.startswith("client-"):
            clients.append((name.removeprefix("client-"), belief.shown, answer))
        else:
            questions.append((belief.question, f"`{belief.shown}`", belief.source, answer))
    said = f"The newest answer of the real service is of {newest}." if seen else NOBODY
    of_questions = table(("question", "believed, and seen with the sandbox", "source", REAL), questions)
    of_clients = table(("client with a login", "what it does with the sandbox", REAL), clients)
    return f"{said}\n\n{of_questions}\n\n{of_clients}"


def with_answers(page: str) -> str:
    """The page with its tables written anew."""
    return with_part(page, "answers: written by tests/cloudsmith/tables.py", answers())


if __name__ == "__main__":
    PAGE.write_text(with_answers(PAGE.read_text()))
