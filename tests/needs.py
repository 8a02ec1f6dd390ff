"""Programs that some tests need and a machine may lack."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGES = dict(
    line.split() for line in Path(__file__).with_name("programs.txt").read_text().splitlines() if line[0] != "#"
)

ENGINE_SECONDS = 10.0
"""For an engine to say its version: one that takes longer has accepted the connection and will never answer."""
INSTALLED = Path(os.environ.get("CLOUDSMITH_CLIENTS") or Path(__file__).parents[1] / ".cache/clients").resolve() / "bin"
"""Where `clients/install.sh` puts programs."""
_ROWS = {
    program.partition("=")[0]: row.split()
    for row in Path(__file__).with_name("clients").joinpath("clients.txt").read_text().splitlines()
    if row[0] != "#"
    for program in row.split()[5:]
}
"""What `clients/install.sh` knows, by the program that it brings."""


def lacking(*programs: str) -> str:
    """Say which of the programs are not installed, and how to install them. Empty if all are there."""
    absent = [program for program in programs if not shutil.which(program)]
    if not absent:
        return ""
    packages = " ".join(PACKAGES[program] for program in absent if program in PACKAGES)
    clients = " ".join(_ROWS.get(program, [program])[0] for program in absent if program not in PACKAGES)
    ways = [f"Debian: apt-get install {packages}"] * bool(packages)
    ways += [f"sh tests/clients/install.sh {clients}"] * bool(clients)
    return f"not installed: {', '.join(absent)} ({'; '.join(ways)})"


def lacking_engine() -> str:
    """Say why there is no Docker engine for the tests. Empty if there is one."""
    if sys.platform != "linux":
        return "the engine runs in a virtual machine here, whose network is not this machine's"
    if reason := lacking("docker"):
        return reason
    try:
        subprocess.run(["docker", "version"], capture_output=True, check=True, timeout=ENGINE_SECONDS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return "no Docker engine answers here (start one: systemctl start docker; or let DOCKER_HOST lead to it)"
    return ""


def need(*programs: str) -> None:
    """Skip this test if it cannot have the programs."""
    if reason := lacking(*programs):
        pytest.skip(reason)


def client(program: str) -> None:
    """Skip this test if a package client is neither among those that `clients/install.sh` installed, nor on PATH."""
    if not shutil.which(program, path=f"{INSTALLED}{os.pathsep}{os.environ['PATH']}"):
        pytest.skip(f"not installed: {program} (sh tests/clients/install.sh {_ROWS.get(program, [program])[0]})")


def in_ci(program: str) -> bool:
    """Whether every CI run has a package client: `clients/install.sh --ci` brings it, or other tests need it, too."""
    return _ROWS[program][1] == "ci" if program in _ROWS else program in {*PACKAGES, sys.executable}
