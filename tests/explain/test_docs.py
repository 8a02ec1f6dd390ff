"""The pages say what the code does."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from cloudsmith_oidc.command_line import parse
from cloudsmith_oidc.explain.findings import CODES
from explain import tables
from explain.worlds import has_domains
from program import Cli

PAGES = ["administrator.md", "explain.md", "troubleshooting.md", "explain-json.md"]


@pytest.fixture
def docs(repository: Path) -> Path:
    return repository / "docs"


def test_troubleshooting_page_lists_exactly_the_codes(docs: Path) -> None:
    page = (docs / "troubleshooting.md").read_text()

    assert page == tables.with_parts(page), "run: (cd tests && ../.venv/bin/python -m explain.tables)"
    assert re.findall(r"(?m)^### (\S+)$", page) == list(CODES)


@pytest.mark.parametrize("name", PAGES)
def test_every_command_in_the_pages_is_valid(
    docs: Path, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (docs / name).read_text().replace("\\\n", " ").replace('"$ISSUER"', "https://issuer.example.org")
    commands = re.findall(r"(?m)^ *(?:sh ')?(cloudsmith-oidc [^'\n]*(?:'[^'\n]*' *)*)'?$", text)
    assert commands or name == "explain-json.md"
    for command in commands:
        arguments = shlex.split(command.replace('"$JENKINS_URL"', "https://jenkins.example.com").strip())[1:]
        parse(arguments)


def test_documented_json_has_the_shape_of_the_real_one(docs: Path, cli: Cli) -> None:
    page = (docs / "explain-json.md").read_text()
    has_domains(NATIVE_DOCKER="docker.acme.com")(cli.sandbox)
    (sample,) = re.findall(r"(?s)```json\n(.*?)```", page)

    arguments = ["--json", "--expect-audience", "other", "--repo", "prod", "--repo", "nowhere"]
    real = json.loads(cli.run("explain", *arguments, CLOUDSMITH_API_KEY=cli.sandbox.api_key()).stdout)

    assert _shape(json.loads(sample)) == _shape(real)


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shape(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_shape(value[0])]
    return type(value).__name__
