"""Measure what a login costs, as a command, by the launcher, and in a container. See README.md."""

import json
import os
import resource
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Nothing of the project is imported: no process seems to be smaller than the one that starts it.
ROOT = Path(__file__).parents[2]
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
LAUNCHER_FILE = ROOT / "resources/cloudsmith/oidc/cloudsmith-oidc.sh"
IMAGE = "cloudsmith-oidc:bench"
VENDORS_VENV = ROOT / ".cache" / "bench"
RUNS = 15

MAX_CPU_RATIO = 0.6
MAX_WALL_RATIO = 0.2
MAX_PEAK = 45.0
MAX_RATIO_TO_PACKAGES = 1.15
MAX_LAUNCHER = 30.0
MAX_CONTAINER = 60.0
"""Milliseconds over a login, and over a login and what any container takes."""

OURS, CURL, VENDORS, PACKAGES = "cloudsmith-oidc", "curl and jq", "cloudsmith-cli", "import of its packages"
LAUNCHER, CONTAINER, FLOOR = "launcher", "launcher with docker", "docker run of nothing"
COMMANDS = {
    OURS: [f"{Path(sys.executable).parent}/cloudsmith-oidc", "login", "--output", "login"],
    CURL: [
        "sh",
        "-c",
        r"""
        jq --null-input '{oidc_token: env.CLOUDSMITH_OIDC_TOKEN, service_slug: env.CLOUDSMITH_SERVICE_SLUG}' |
        curl --silent --show-error --fail --header 'Content-Type: application/json' --data @- \
            "$CLOUDSMITH_API_HOST/openid/$CLOUDSMITH_ORG/" |
        jq --raw-output --exit-status .token >token
        """,
    ],
    VENDORS: [f"{VENDORS_VENV}/bin/cloudsmith", "credential-helper", "generic"],
    PACKAGES: [sys.executable, "-c", "import httpx, jwt, pydantic_settings, structlog"],
    LAUNCHER: ["sh", str(LAUNCHER_FILE), "login", "login"],
    CONTAINER: ["sh", str(LAUNCHER_FILE), "login", "login"],
    FLOOR: ["docker", "run", "--rm", "--network", "host", "--entrypoint", "true", IMAGE],
}
RUNTIMES = {LAUNCHER: "local", CONTAINER: "docker"}

Environment = Mapping[str, str]


@dataclass(frozen=True)
class Cost:
    """What one process took, its children included: milliseconds, and MiB of memory at the peak of the largest."""

    wall: float
    cpu: float
    peak: float


def main() -> None:
    if sys.platform != "linux":
        sys.exit("This runs on Linux only: elsewhere a keyring keeps the vendor's token from one run to the next.")
    missing = {CURL: missing_tools(), VENDORS: install_vendors(), CONTAINER: (reason := build_image()), FLOOR: reason}
    for name, reason in missing.items():
        if reason:
            say(f"Not measured: {name}: {reason}")
    with sandbox() as world:
        settings = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "CI": "true",
            "DO_NOT_TRACK": "1",
            "CLOUDSMITH_ORG": world["org"],
            "CLOUDSMITH_SERVICE_SLUG": world["service"],
            "CLOUDSMITH_REPO": world["repos"][0],
            "CLOUDSMITH_OIDC_IMAGE": IMAGE,
            "CLOUDSMITH_OIDC_NETWORK": "host",
            **{name: os.environ[name] for name in ("DOCKER_HOST",) if name in os.environ},
        }
        loopback = settings | {"CLOUDSMITH_API_HOST": world["api_url"]}
        public = settings | exports(world["env_file"]) | {"CLOUDSMITH_API_HOST": "https://api.cloudsmith.io"}
        programs = [name for name in COMMANDS if not missing.get(name)]
        id_token = Path(world["id_token_file"]).read_text
        report("Plain http, the API on this machine", measure(dict.fromkeys(programs, loopback), id_token))
        report("TLS through a proxy", measure(dict.fromkeys(programs, public), id_token))
    own_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"\nPeaks below that of this script, {own_peak:.0f} MiB, do not show.")


def missing_tools() -> str:
    """Return which of curl and jq this machine lacks."""
    missing = [tool for tool in ("curl", "jq") if shutil.which(tool) is None]
    return f"{' and '.join(missing)} cannot be found" if missing else ""


def install_vendors() -> str:
    """Install the vendor's CLI, unless it is there. Return what went wrong."""
    stamp = VENDORS_VENV / REQUIREMENTS.name
    if stamp.exists() and stamp.read_text() == REQUIREMENTS.read_text():
        return ""
    say(f"Installing {VENDORS} into {VENDORS_VENV.relative_to(ROOT)} …")
    shutil.rmtree(VENDORS_VENV, ignore_errors=True)
    pip = [f"{VENDORS_VENV}/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for command in (
        [sys.executable, "-m", "venv", str(VENDORS_VENV)],
        [*pip, "--require-hashes", "--no-deps", "--requirement", str(REQUIREMENTS)],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return (done.stderr or done.stdout).strip().rpartition("\n")[2]
    shutil.copy(REQUIREMENTS, stamp)
    return ""


def build_image() -> str:
    """Build the image of this checkout. Return what went wrong."""
    if shutil.which("docker") is None:
        return "docker cannot be found"
    say(f"Building {IMAGE} …")
    build = ["docker", "build", "--quiet", "--network", "host", "--tag", IMAGE, str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    return done.stderr.strip().rpartition("\n")[2] if done.returncode != 0 else ""


@contextmanager
def sandbox() -> Iterator[dict[str, Any]]:
    """Run the sandbox in a process of its own, and yield its description of itself."""
    with (
        tempfile.TemporaryDirectory() as state,
        subprocess.Popen(
            [sys.executable, "-m", "sandbox", "--until-eof", "--state", state],
            cwd=ROOT / "tests",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as process,
    ):
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())


def exports(file: str) -> dict[str, str]:
    """Read the variables of a shell script that consists of `export` lines."""
    words = shlex.split(Path(file).read_text())
    return dict(word.split("=", 1) for word in words if word != "export")


def measure(worlds: Mapping[str, Environment], id_token: Callable[[], str]) -> dict[str, list[Cost]]:
    """Run the programs in turn, so that all of them share what else the machine does, after a round to warm up."""
    rounds = [
        {name: run(name, {**world, "CLOUDSMITH_OIDC_TOKEN": id_token()}) for name, world in worlds.items()}
        for _ in range(1 + RUNS)
    ]
    return {name: [costs[name] for costs in rounds[1:]] for name in worlds}


def run(name: str, environment: Environment) -> Cost:
    """Run a program once, in a new home, so that it finds nothing that it kept."""
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(
            COMMANDS[name],
            cwd=home,
            env={**environment, "HOME": home, "CLOUDSMITH_OIDC_RUNTIME": RUNTIMES.get(name, "")},
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            errors.seek(0)
            sys.exit(f"{name} failed with {process.returncode}:\n{errors.read().decode()}")
    return Cost(1000 * wall, 1000 * (usage.ru_utime + usage.ru_stime), usage.ru_maxrss / 1024)


def report(title: str, costs: Mapping[str, Sequence[Cost]]) -> None:
    """Print what everything took, how ours compares run by run, and whether the aims are met."""
    row(f"\n{title}", "wall ms", "CPU ms", "peak MiB")
    for name, measured in costs.items():
        columns = ([getattr(cost, quantity) for cost in measured] for quantity in ("wall", "cpu", "peak"))
        row(name, *(spread(values, 0) for values in columns))

    ratios = {}
    others = [name for name in costs if name != OURS]
    if others:
        row(f"{OURS} to", "wall", "CPU")
    for name in others:
        pairs = list(zip(costs[OURS], costs[name], strict=True))
        ratios[name] = [our.wall / its.wall for our, its in pairs], [our.cpu / its.cpu for our, its in pairs]
        row(name, *(spread(values, 2) for values in ratios[name]))

    aims = [("peak MiB", [cost.peak for cost in costs[OURS]], MAX_PEAK)]
    aims.append((f"CPU to {PACKAGES}", ratios[PACKAGES][1], MAX_RATIO_TO_PACKAGES))
    if VENDORS in ratios:
        wall, cpu = ratios[VENDORS]
        aims += [(f"wall to {VENDORS}", wall, MAX_WALL_RATIO), (f"CPU to {VENDORS}", cpu, MAX_CPU_RATIO)]
    aims.append((f"wall ms of {LAUNCHER} over {OURS}", over(costs, LAUNCHER, OURS), MAX_LAUNCHER))
    if CONTAINER in costs:
        aims.append((f"wall ms of {CONTAINER} over both", over(costs, CONTAINER, OURS, FLOOR), MAX_CONTAINER))
    for name, values, most in aims:
        verdict = "met" if statistics.median(values) <= most else "missed"
        row(f"aim: {name}", spread(values, 2), f"at most {most:g}", verdict)


def over(costs: Mapping[str, Sequence[Cost]], name: str, *parts: str) -> list[float]:
    """Return how much longer something took than its parts, run by run."""
    runs = zip(costs[name], *(costs[part] for part in parts), strict=True)
    return [whole.wall - sum(part.wall for part in rest) for whole, *rest in runs]


def row(name: str, *columns: str) -> None:
    say(f"{name:44}" + "".join(f"{column:>20}" for column in columns))


def spread(values: Sequence[float], digits: int) -> str:
    """Write the median and, in parentheses, the least and the most."""
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
