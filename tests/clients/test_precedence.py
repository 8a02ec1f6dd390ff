"""Settings of the project, the job and the user inside a login: precedence.toml lists which take precedence."""

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clients.client import clients
from clients.job import Jobs
from cloudsmith_oidc import formats

CASES: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("precedence.toml").read_text())


@pytest.mark.parametrize(
    ("name", "title"), [(name, title) for title, case in CASES.items() for name in case["client"].split()]
)
def test_precedence(jobs: Jobs, title: str) -> None:
    case = CASES[title]
    for path, text in case.get("home", {}).items():
        (jobs.home / path).parent.mkdir(parents=True, exist_ok=True)
        (jobs.home / path).write_text(text)
    jobs.environment |= {name: value.replace("HOME", str(jobs.home)) for name, value in case.get("job", {}).items()}
    files = dict(jobs.client.files)
    for old, new in case.get("project", {}).items():
        assert any(old in text for text in files.values())
        files = {path: text.replace(old, new) for path, text in files.items()}
    jobs.client = replace(jobs.client, files=files)
    jobs.log_in(**case.get("login", {}))
    assert [text for text in case.get("says", []) if text not in jobs.said] == [], jobs.said
    assert "public.example.com" not in jobs.said
    if case.get("freestyle"):
        jobs.pointers = {}

    script = case.get("script", "{read}").replace("{ACTIVATE}", f". '{jobs.cli.directory}/activate'")
    printed = (jobs.fails if case.get("fails") else jobs.succeeds)(jobs.client.filled(script))

    assert [text for text in case.get("prints", []) if text not in printed] == [], printed
    assert "hides" not in case or case["hides"] not in printed
    assert case.get("public") in {None, bool(jobs.asked("public"))}
    assert not any(jobs.shows_token(text) for text in [printed, *(str(one.headers) for one in jobs.asked("public"))])


def test_every_client_and_every_overriding_variable_is_tried() -> None:
    tried: dict[str, set[str]] = {}
    for case in CASES.values():
        for name in case["client"].split():
            tried.setdefault(name, set()).update(case.get("job", {}))
    assert clients().keys() - tried.keys() == set()

    for name in formats.names():
        of_format = [tried[client] for client, said in clients().items() if name in said.format.split(",")]
        variables = set().union(*of_format)
        for override in formats.load(name).overrides:
            assert any(map(override.spelled, variables)), (name, override.names)
