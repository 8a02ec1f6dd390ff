"""Two builds of one commit on one base: the same bytes, and the same names, owners, modes and times of all files."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from container.build import built

pytestmark = [pytest.mark.on_request, pytest.mark.timeout(900)]


@pytest.fixture
def again(repository: Path, engine: dict[str, str]) -> Iterator[str]:
    """The image, built without anything of an earlier build."""
    with built(repository, engine, "again", "--no-cache") as name:
        yield name


def layers(image: str) -> list[str]:
    """The checksums of an image's layers, each of an archive with all files of the layer."""
    command = ["docker", "image", "inspect", "--format", "{{json .RootFS.Layers}}", image]
    found: list[str] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return found


def test_two_builds_have_the_same_layer(image: str, again: str) -> None:
    assert layers(image) == layers(again)
    assert len(layers(image)) == 1
