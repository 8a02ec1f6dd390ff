"""A login directory in a project: what packs the project leaves the login out."""

import subprocess

import pytest

import needs
from program import Cli

PACKERS = {
    "git": "git init -q . && git add -A && git ls-files",
    "npm": "npm pack --dry-run 2>&1",
    "uv": "uv build -q --offline --sdist && tar tzf dist/*.tar.gz",
}


@pytest.mark.parametrize("program", PACKERS)
def test_login_in_a_project_is_not_packed(cli: Cli, program: str) -> None:
    needs.need(program, "git")
    project = cli.directory.parent / "project"
    (project / "src/acme").mkdir(parents=True)
    (project / "src/acme/__init__.py").touch()
    (project / "package.json").write_text('{"name": "acme", "version": "1.0.0"}')
    (project / "pyproject.toml").write_text(
        '[project]\nname = "acme"\nversion = "1.0.0"\n'
        '[build-system]\nrequires = ["uv_build<1"]\nbuild-backend = "uv_build"\n'
    )
    cli.directory = project / ".cloudsmith"
    assert cli.login().code == 0

    path = f"{needs.INSTALLED}:{cli.environment['PATH']}"
    environment = cli.environment | {"PATH": path, "HOME": str(cli.directory.parent.parent)}
    packed = subprocess.run(
        ["sh", "-c", PACKERS[program]], cwd=project, env=environment, capture_output=True, text=True, check=True
    ).stdout

    assert "package.json" in packed or "pyproject.toml" in packed
    assert "netrc" not in packed
