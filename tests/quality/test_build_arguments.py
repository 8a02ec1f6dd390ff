"""What docs/image.md and the Jenkinsfile pass to the build is what the Dockerfile takes: else it only warns."""

import re
from pathlib import Path


def test_every_build_argument_is_one_of_the_dockerfile(repository: Path) -> None:
    taken = set(re.findall(r"(?m)^ARG (\w+)", (repository / "Dockerfile").read_text()))
    passed = {
        name: set(re.findall(r"--build-arg (\w+)", (repository / name).read_text()))
        for name in ("docs/image.md", "Jenkinsfile")
    }

    assert passed == {"docs/image.md": taken, "Jenkinsfile": taken - {"BASE"}}
