"""A package format is one module, and nothing else."""

import netrc
import os
from pathlib import Path
from unittest.mock import patch

import pytest

from cloudsmith_oidc import cli as program
from cloudsmith_oidc import formats
from program import Cli

MODULE = """
from cloudsmith_oidc.formats.base import Endpoint, Format, FormatOption, in_directory, switch

CHARTS = Endpoint("charts.cloudsmith.io", "{org}/{repo}/charts/")
FORMAT = Format(
    client="hello",
    endpoints=(CHARTS,),
    files=lambda access: {"charts/repositories": f"{access.urls(CHARTS)} {access.basic_auth}"},
    variables={
        "HELLO_CHARTS": in_directory("charts/repositories"),
        "HELLO_ARGS": lambda access: access.extended("HELLO_ARGS", "--charts {literal}"),
        "HELLO_STRICT": lambda access: "1" if access.switched_on("strict") else None,
        "HELLO_N": lambda _: "numbered",
    },
    number=lambda _: 7,
    needs=("netrc",),
    options={"strict": FormatOption(takes="true|false", help="Be strict.", check=switch)},
    extends=("HELLO_ARGS",),
)
"""


def test_new_module_is_new_format(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hello_charts.py").write_text(MODULE)
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(tmp_path)])
    settings = {"CLOUDSMITH_OIDC_TOKEN": cli.sandbox.mint(), "HELLO_ARGS": "-v"}
    settings["CLOUDSMITH_DOMAINS"] = "hello-charts:prod=charts.acme.com,dl=dl.acme.com"
    settings["CLOUDSMITH_FORMAT_OPTIONS"] = "hello-charts.strict=true"
    with patch.dict(os.environ, cli.environment | settings):
        assert program.main(["login", "--format", "hello-charts,pip", "--output", str(cli.directory)]) == 0

    assert cli.file("charts/repositories").startswith("['https://charts.acme.com/charts/'] ")
    assert cli.file("env").splitlines()[:4] == [
        f"HELLO_CHARTS={cli.directory}/charts/repositories",
        "HELLO_ARGS=-v --charts {literal}",
        "HELLO_STRICT=1",
        "HELLO_7=numbered",
    ]
    hosts = netrc.netrc(cli.directory / "netrc").hosts
    assert set(hosts) == {"charts.cloudsmith.io", "charts.acme.com", "dl.acme.com", "dl.cloudsmith.io"}
