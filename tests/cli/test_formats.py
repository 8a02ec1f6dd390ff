"""A package format is one module, and nothing else."""

import os
from pathlib import Path
from unittest.mock import patch

import pytest

from cloudsmith_oidc import cli as program
from cloudsmith_oidc import formats
from program import Cli

MODULE = """
from cloudsmith_oidc.formats.base import Access, Endpoint, Format

CHARTS = Endpoint("hello-charts", "dl.cloudsmith.io", "basic/{org}/{repo}/helm/charts/")


def repositories(access: Access) -> str:
    return "".join(f"{url} {access.basic_auth}\\n" for url in access.urls(CHARTS))


FORMAT = Format(
    files={"charts/repositories": repositories},
    variables={"HELLO_CHARTS": "{dir}/charts/repositories"},
    needs_repo=True,
)
"""


@pytest.fixture
def hello_charts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that somebody added to the package `formats`."""
    (tmp_path / "hello_charts.py").write_text(MODULE)
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(tmp_path)])


@pytest.mark.usefixtures("hello_charts")
def test_a_new_module_is_a_new_format(cli: Cli) -> None:
    settings = {"CLOUDSMITH_OIDC_TOKEN": cli.sandbox.mint(), "CLOUDSMITH_DOMAINS": "hello-charts:prod=charts.acme.com"}
    with patch.dict(os.environ, cli.environment | settings):
        code = program.main(["login", "--format", "hello-charts,pip", "--output", str(cli.directory)])

        assert code == 0
        assert cli.file("charts/repositories").startswith("https://charts.acme.com/basic/helm/charts/ ")
        assert f"HELLO_CHARTS={cli.directory}/charts/repositories\n" in cli.file("env")
        assert program.main(["logout", str(cli.directory)]) == 0
    assert not cli.directory.exists()
