"""Builds images that go after use."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def built(folder: Path, engine: Mapping[str, str], name: str, *options: str) -> Iterator[str]:
    """Build a folder with a Dockerfile, and give the image's name, which is this run's own."""
    name = f"cloudsmith-oidc-{name}:{os.getpid()}"
    environment = {**os.environ, **engine}
    build = ["docker", "build", "--quiet", "--network", "host", "--label", f"test={name}", "--tag", name, *options, "."]
    subprocess.run(build, cwd=folder, env=environment, check=True)
    try:
        yield name
    finally:
        # A container that a killed test has left would keep the image.
        remove = 'docker ps --all --quiet --filter "ancestor=$1" | xargs -r docker rm --force; docker rmi --force "$1"'
        subprocess.run(["sh", "-c", remove, "sh", name], env=environment, capture_output=True, check=True)
