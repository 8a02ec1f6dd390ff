"""What some tests need and a machine may lack. Such tests are skipped, and the end of a run says what to install."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
ENGINE_SECONDS = 10.0
"""The time in which a Docker engine must answer: a broken one accepts the connection and never does."""
INSTALLED = Path(os.environ.get("CLOUDSMITH_CLIENTS") or FOLDER.parent / ".cache/clients").resolve() / "bin"
"""Where `clients/install.sh` puts programs."""
LACKING = "not installed: "
"""How the reason of a skip begins that lists programs, separated by a comma and a space."""


def _table(file: str) -> list[list[str]]:
    lines = (FOLDER / file).read_text().splitlines()
    return [line.split() for line in lines if not line.startswith("#")]


PROGRAMS = dict(_table("programs.txt"))
"""The Debian package of each program that CI installs."""
PACKAGES, CLIENTS, IN_CI = dict(PROGRAMS), dict[str, str](), {*PROGRAMS, sys.executable}
for _name, _ci, _source, _version, _packages, *_programs in _table("clients/clients.txt"):
    for _program in (program.partition("=")[0] for program in _programs):
        if _source == "debian":
            PACKAGES.setdefault(_program, _packages.replace(",", " "))
        else:
            CLIENTS[_program] = _name
        if _ci == "ci":
            IN_CI.add(_program)


def lacking(*programs: str) -> str:
    """Return the reason of a skip that lists those programs that are not installed, "" if all are."""
    path = f"{INSTALLED}{os.pathsep}{os.environ['PATH']}"
    absent = [program for program in dict.fromkeys(programs) if not shutil.which(program, path=path)]
    return f"{LACKING}{', '.join(absent)}" if absent else ""


def installation(reasons: Iterable[str]) -> str:
    """Return one line for a shell that installs all programs that the reasons of skips list, "" if there are none."""
    listed = (reason.removeprefix(LACKING).split(", ") for reason in reasons if reason.startswith(LACKING))
    programs = sorted({program.rpartition("/")[2] for names in listed for program in names})
    packages = sorted({word for program in programs for word in PACKAGES.get(program, "").split()})
    clients = sorted({CLIENTS[program] for program in programs if program in CLIENTS.keys() - PACKAGES.keys()})
    ways = {"apt-get install": packages, "sh tests/clients/install.sh": clients}
    return " && ".join(" ".join([way, *names]) for way, names in ways.items() if names)


def lacking_engine() -> str:
    """Return why the tests have no Docker engine, "" if they have one."""
    if sys.platform != "linux":
        return "the engine runs in a virtual machine here, whose network is not this machine's"
    if reason := lacking("docker"):
        return reason
    try:
        subprocess.run(["docker", "version"], capture_output=True, check=True, timeout=ENGINE_SECONDS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return "no Docker engine answers here (start it: systemctl start docker; or set DOCKER_HOST)"
    return ""


def need(*programs: str) -> None:
    """Skip this test unless the programs are installed."""
    if reason := lacking(*programs):
        pytest.skip(reason)
