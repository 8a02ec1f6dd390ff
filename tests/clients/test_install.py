"""install.sh and its table: what is locked is what the table says, and what it installs runs."""

import json
import os
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

import needs

FOLDER = Path(__file__).parent


class Row(NamedTuple):
    name: str
    ci: str
    source: str
    version: str
    package: str
    programs: list[str]


ROWS = {
    words[0]: Row(words[0], words[1], words[2], words[3], words[4], words[5:])
    for line in (FOLDER / "clients.txt").read_text().splitlines()
    if (words := line.split())[0] != "#"
}


def install(where: Path, *names: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"CLOUDSMITH_CLIENTS": str(where)}
    command = ["sh", str(FOLDER / "install.sh"), *names]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def locked_version(row: Row) -> str:
    folder = FOLDER / "locks" / row.name
    if row.source == "pypi":
        requirement = row.package.partition("[")[0].replace("_", "-") + "=="
        lines = (folder / "requirements.txt").read_text().splitlines()
        return next(line for line in lines if line.startswith(requirement)).removeprefix(requirement).split()[0]
    if row.source == "npm":
        packages = json.loads((folder / "package-lock.json").read_text())["packages"]
        return str(packages[f"node_modules/{row.package}"]["version"])
    [(_, file)] = [line.split() for line in (folder / "SHA512SUMS").read_text().splitlines()]
    _, artifact, extension, *classifier = row.package.split(":")
    return file.removeprefix(f"{artifact}-").removesuffix("-".join(["", *classifier]) + f".{extension}")


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.source in {"pypi", "npm", "maven"}])
def test_locked_version_is_that_of_the_table(name: str) -> None:
    assert locked_version(ROWS[name]) == ROWS[name].version


def test_no_program_has_two_clients() -> None:
    programs = [program.partition("=")[0] for row in ROWS.values() for program in row.programs]
    assert sorted(programs) == sorted(set(programs))


def test_client_is_installed_once(tmp_path: Path) -> None:
    needs.need("npm", "node")
    where = tmp_path / "with a space"
    first = install(where, "yarn1")
    assert first.returncode == 0, first.stderr
    written = (where / "bin/yarn1").stat().st_mtime_ns

    again = install(where, "yarn1")

    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert (where / "bin/yarn1").stat().st_mtime_ns == written
    version = subprocess.run([where / "bin/yarn1", "--version"], capture_output=True, text=True, check=True)
    assert version.stdout.strip() == ROWS["yarn1"].version


def test_new_pin_is_installed(tmp_path: Path) -> None:
    needs.need("npm", "node")
    stale = tmp_path / "yarn1/pins"
    stale.parent.mkdir()
    stale.write_text("an older one\n")

    assert install(tmp_path, "yarn1").returncode == 0

    assert ROWS["yarn1"].version in stale.read_text()
    assert (tmp_path / "bin/yarn1").exists()


def test_unknown_client_is_refused_with_the_known_names(tmp_path: Path) -> None:
    refused = install(tmp_path, "nix")

    assert refused.returncode != 0
    assert all(name in refused.stderr for name in ROWS)


def test_list_has_every_client(tmp_path: Path) -> None:
    listed = install(tmp_path, "--list").stdout.splitlines()[1:]
    assert [line.split()[:4] for line in listed] == [list(row[:4]) for row in ROWS.values()]


def test_programs_of_install_sh_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "INSTALLED", tmp_path)
    monkeypatch.setenv("PATH", "")
    assert needs.lacking("hf", "helm") == "not installed: hf, helm"
    assert needs.installation([needs.lacking("hf")]) == "sh tests/clients/install.sh huggingface"

    (tmp_path / "hf").touch(mode=0o755)
    assert needs.lacking("hf") == ""
