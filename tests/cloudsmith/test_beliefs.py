"""The product agrees with what was seen of the real service, and the page shows it."""

from pathlib import Path

import pytest

from cloudsmith.belief import beliefs, record, recorded
from cloudsmith.tables import PAGE, answers, with_answers

BELIEFS = beliefs()


def test_product_agrees_with_the_record() -> None:
    seen = recorded()
    assert seen.keys() <= BELIEFS.keys()
    found = [BELIEFS[name].contradicted_by(entry["answer"]) for name, entry in seen.items()]
    assert [contradiction for contradiction in found if contradiction] == []


@pytest.mark.parametrize("name", BELIEFS)
def test_belief_names_an_existing_place(repository: Path, name: str) -> None:
    file, _, member = BELIEFS[name].code.partition(": ")
    assert member in (repository / file).read_text()


def test_page_is_generated_from_the_record() -> None:
    page = PAGE.read_text()
    assert page == with_answers(page)


def test_page_shows_what_was_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "record.json"
    record("number", "yes", "cloudsmith-api 2", file)
    record("number", "no", "cloudsmith-api 3", file)
    [entry] = recorded(file).values()
    monkeypatch.setattr("cloudsmith.tables.recorded", lambda: recorded(file))
    assert answers().startswith(f"The newest answer of the real service is of {entry['day']}.")
    assert f"| `no` ({entry['day']}, cloudsmith-api 3) |" in answers()
    assert answers().count("| not yet |") == len(BELIEFS) - 1
