"""What the test side puts where the agent can read it: the library as a git repository, and the command."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path
from threading import Thread

GIT_SETTINGS = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "tests/jenkins",
    "GIT_AUTHOR_EMAIL": "tests@jenkins.invalid",
    "GIT_COMMITTER_NAME": "tests/jenkins",
    "GIT_COMMITTER_EMAIL": "tests@jenkins.invalid",
}

COMMAND = """#!/bin/sh
# The Python of the tests, which need not be one for everybody, or another of the same version.
for python in {python} python{version}; do
    command -v "$python" >/dev/null && PYTHONPATH={packages} exec "$python" -P -m {module} "$@"
done
echo "neither {python} nor python{version} can be run here" >&2
exit 127
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def publish_library(project: Path, folder: Path) -> None:
    """Commit the project as it is on disk to the branch `main` of a repository that any web server can serve."""
    git = ["git", "--git-dir", str(folder), "--work-tree", str(project)]
    commands = [
        ["git", "init", "--quiet", "--bare", "--initial-branch", "main", str(folder)],
        [*git, "add", "--all", str(project)],
        [*git, "commit", "--quiet", "--message", "The project as it is on disk"],
        [*git, "update-server-info"],
    ]
    for command in commands:
        subprocess.run(command, cwd=project, env=os.environ | GIT_SETTINGS, check=True)


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a directory on a loopback port. Git reads a repository from there without any setting of Jenkins."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def install_command(project: Path, folder: Path) -> Path:
    """Copy the command and what it needs out of this Python's environment. Return the directory for PATH.

    The agent may belong to a user who can read neither the project nor the environment of the tests.
    """
    packages, commands = folder / "packages", folder / "bin"
    commands.mkdir(parents=True)
    locked = re.findall(r"(?m)^([\w.-]+)==", (project / "python/requirements.txt").read_text())
    for name in (*locked, "pip"):
        copy_distribution(name, packages)
    shutil.copytree(project / "python/src/cloudsmith_oidc", packages / "cloudsmith_oidc")
    for command, module in (("cloudsmith-oidc", "cloudsmith_oidc"), ("pip", "pip")):
        script = commands / command
        script.write_text(
            COMMAND.format(
                python=os.path.realpath(sys.executable),
                version=f"{sys.version_info.major}.{sys.version_info.minor}",
                packages=packages,
                module=module,
            )
        )
        script.chmod(0o755)
    subprocess.run(["chmod", "-R", "a+rX", str(folder)], check=True)
    return commands


def copy_distribution(name: str, packages: Path) -> None:
    """Copy an installed distribution without its scripts. One that is not for this Python is not there."""
    try:
        files = metadata.distribution(name).files or []
    except metadata.PackageNotFoundError:
        return
    for file in files:
        if ".." not in file.parts and "__pycache__" not in file.parts:
            target = packages / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(str(file.locate()), target)
