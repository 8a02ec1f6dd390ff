"""docs/client-does-not-use-the-login.md has the messages as the real clients print them, and what it advises helps."""

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

import needs
from clients.client import clients
from clients.job import Jobs
from pages import DOCS
from program import Cli
from sandbox import Sandbox

PAGE = (DOCS / "client-does-not-use-the-login.md").read_text()
SYMPTOMS: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("symptoms.toml").read_text())
DROP = "setpriv --bounding-set=-dac_override " if os.geteuid() == 0 else ""


def cases() -> list[object]:
    """The titles; CI runs those whose client it has."""
    marks = {True: (), False: (pytest.mark.on_request,)}
    return [pytest.param(title, marks=marks[clients()[case["client"]].in_ci]) for title, case in SYMPTOMS.items()]


@pytest.mark.parametrize("title", cases())
def test_message_is_on_the_page_and_its_advice_helps(
    packages: Sandbox, tmp_path: Path, request: pytest.FixtureRequest, title: str
) -> None:
    case = SYMPTOMS[title]
    client = clients()[case["client"]]
    needs.need(client.program)
    if client.engine:
        request.getfixturevalue("engine")
    packages.grant("Write")
    jobs = Jobs(client, Cli(packages, tmp_path), tmp_path)
    jobs.environment["LOGIN"] = str(jobs.cli.directory)
    jobs.log_in(**({"CLOUDSMITH_FORMAT_OPTIONS": case["options"]} if "options" in case else {}))

    printed = jobs.fails(client.filled(case["fails"].replace("{DROP}", DROP)))
    assert [text for text in case["prints"] if text not in printed] == [], printed
    assert [text for text in case["prints"] if text not in PAGE] == []

    if "works" in case:
        jobs.log_in()
        jobs.succeeds(client.filled(case["works"].replace("{DROP}", DROP)), "works")
