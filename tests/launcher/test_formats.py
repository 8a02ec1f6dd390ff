"""What the launcher knows of formats is generated from them: for a new one, nothing in it is written by hand."""

import sys
from pathlib import Path

import pytest

from cloudsmith_oidc import formats as known
from formats import tables
from launcher.agent import Agent
from sandbox import Sandbox

MODULE = """
from cloudsmith_oidc.formats.base import Endpoint, Format

FORMAT = Format(
    client="hello",
    endpoints=(Endpoint("dl.cloudsmith.io"),),
    files=lambda access: {"hello.xml": ""},
    variables={"HELLO_ARGS": lambda access: access.extended("HELLO_ARGS", f"-gs {access.directory}/hello.xml")},
    extends=("HELLO_ARGS",),
)
"""
PROGRAM = """
import sys
from cloudsmith_oidc import cli, formats
formats.__path__.append({folder!r})
sys.exit(cli.main())
"""


@pytest.fixture
def agent(agent: Agent, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agent:
    """An agent with a program that has one more format."""
    folder = tmp_path / "formats"
    folder.mkdir()
    (folder / "hello.py").write_text(MODULE)
    (folder / "program").write_text(PROGRAM.format(folder=str(folder)))
    monkeypatch.setattr(known, "__path__", [*known.__path__, str(folder)])
    launcher = folder / "launcher"
    launcher.write_text(tables.launcher(agent.launcher.read_text()))
    agent.launcher = launcher
    agent.script("cloudsmith-oidc", f'exec {sys.executable} {folder}/program "$@"')
    agent.enters(sandbox)
    agent.env["CLOUDSMITH_FORMATS"] = "hello"
    return agent


def test_what_a_format_adds_to_a_variable_of_the_job_is_there_once_after_each_refresh(agent: Agent) -> None:
    added = f"-gs {agent.workspace}/d/hello.xml"
    for own, expected in {"": added, "-B -V": f"-B -V {added}", f"{added} -V": f"{added} -V"}.items():
        value = own
        for _ in range(3):
            result = agent.run("login", "d", HELLO_ARGS=value)
            assert (result.status, result.out) == (0, f"HELLO_ARGS={expected}\n"), result.err
            value = result.out.rstrip("\n").partition("=")[2]


def test_what_cannot_be_kept_on_one_line_is_refused(agent: Agent) -> None:
    result = agent.run("login", "d", HELLO_ARGS="a\nb")
    assert result.status == 2
    assert "HELLO_ARGS would hold a line break" in result.err
    assert agent.tree() == {}
