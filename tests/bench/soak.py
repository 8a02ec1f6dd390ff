"""Log in, refresh and log out again and again, and report what is left. See README.md."""

import argparse
import gc
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psutil

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from bench.login import exports, sandbox  # noqa: E402 - found by the line above

LAUNCHER = ROOT / "resources/cloudsmith/oidc/cloudsmith-oidc.sh"
STEPS: tuple[tuple[str, dict[str, str]], ...] = (
    ("login", {}),
    ("login", {"CLOUDSMITH_OIDC_REFRESH": "true"}),
    ("logout", {}),
)
MAX_GROWTH = 1.05
"""Of memory, from the first tenth of the rounds to the last."""


@dataclass
class Builds:
    """Builds on one agent. What the launcher starts has `cookie` in its environment, as in Jenkins."""

    home: Path
    environment: dict[str, str]
    id_token: Path
    cookie: str

    def run(self, directory: str) -> float:
        """Log in, refresh and log out. Return the peak of memory of the largest process, in MiB."""
        peaks = []
        for command, variables in STEPS:
            token = {"CLOUDSMITH_OIDC_TOKEN": self.id_token.read_text()}
            process = subprocess.Popen(
                ["sh", LAUNCHER, command, directory],
                cwd=self.home / "workspace",
                env=self.environment | token | variables,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            assert process.stderr
            with process.stderr as errors:
                said = errors.read().decode()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                raise RuntimeError(f"{command} ended with {process.returncode}: {said}")
            peaks.append(usage.ru_maxrss / 1024)
        return max(peaks)

    def left(self) -> dict[str, int]:
        """Count the processes, files and containers that there still are."""
        processes = [process for process in psutil.process_iter() if self.cookie in _environment(process)]
        files = [path for path in self.home.glob("*/**/*") if path.parent != self.home]
        counts = {"processes": len(processes), "files": len(files)}
        if image := self.environment.get("CLOUDSMITH_OIDC_IMAGE"):
            list_them = ["docker", "ps", "--all", "--quiet", "--filter", f"ancestor={image}"]
            counts["containers"] = len(subprocess.run(list_them, capture_output=True, check=True).stdout.split())
        return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000, help="of each part")
    parser.add_argument("--directories", type=int, nargs="*", default=[1, 50], help="used at once, in each part")
    parser.add_argument("--image", help="use docker with this image, instead of the command")
    options = parser.parse_args()
    good = True
    with sandbox() as world, tempfile.TemporaryDirectory() as home:
        id_token = Path(world["id_token_file"])
        builds = _builds(Path(home), id_token, exports(world["env_file"]), options.image)
        for directories in options.directories:
            good &= _launcher(builds, directories, options.rounds)
        good &= _library(world["api_url"], id_token, options.rounds)
    sys.exit(not good)


def _builds(home: Path, id_token: Path, world: dict[str, str], image: str | None) -> Builds:
    for name in ("workspace", "workspace@tmp", "tmp", "home"):
        (home / name).mkdir()
    cookie = str(uuid4())
    environment = world | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(home / "home"),
        "TMPDIR": str(home / "tmp"),
        "WORKSPACE": str(home / "workspace"),
        "JENKINS_NODE_COOKIE": cookie,
        "CLOUDSMITH_ORG": "acme",
        "CLOUDSMITH_SERVICE_SLUG": "ci-reader",
        "CLOUDSMITH_REPO": "prod",
        "CLOUDSMITH_TIMEOUT": "600",  # fifty at once share the processors
        "CLOUDSMITH_OIDC_RUNTIME": "local",
    }
    if image:
        environment |= {"CLOUDSMITH_OIDC_RUNTIME": "docker", "CLOUDSMITH_OIDC_IMAGE": image}
        environment |= {"CLOUDSMITH_OIDC_NETWORK": "host", "DOCKER_HOST": os.environ.get("DOCKER_HOST", "")}
    return Builds(home, environment, id_token, cookie)


def _library(api_host: str, id_token: Path, rounds: int) -> bool:
    """Exchange tokens in this process, last: no process seems to be smaller than the one that starts it."""
    from cloudsmith_oidc import exchange_token  # noqa: PLC0415

    process, sizes, descriptors = psutil.Process(), [], []
    for _ in range(rounds):
        exchange_token(id_token.read_text(), org="acme", service="ci-reader", api_host=api_host)
        gc.collect()
        sizes.append(process.memory_info().rss / 2**20)
        descriptors.append(process.num_fds())
    return _report(f"{rounds} exchanges in one process", sizes, {"more descriptors": descriptors[-1] - descriptors[0]})


def _launcher(builds: Builds, directories: int, rounds: int) -> bool:
    names = [f"cloudsmith-{number}" for number in range(directories)]
    with ThreadPoolExecutor(directories) as threads:
        tracks = threads.map(lambda name: [builds.run(name) for _ in range(rounds // directories)], names)
        peaks = [peak for round_ in zip(*tracks, strict=True) for peak in round_]
    return _report(f"{len(peaks)} rounds, {directories} at once", peaks, builds.left())


def _report(title: str, sizes: Sequence[float], left: dict[str, int]) -> bool:
    tenth = max(len(sizes) // 10, 1)
    first, last = statistics.median(sizes[:tenth]), statistics.median(sizes[-tenth:])
    counts = ", ".join(f"{name}: {number}" for name, number in left.items())
    sys.stdout.write(f"{title}: {first:.1f} MiB in the first tenth, {last:.1f} in the last; left: {counts}\n")
    sys.stdout.flush()
    return last <= first * MAX_GROWTH and not any(left.values())


def _environment(process: psutil.Process) -> str:
    try:
        return str(process.environ())
    except psutil.Error:
        return ""


if __name__ == "__main__":
    main()
