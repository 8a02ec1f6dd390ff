"""The Python package as others get it: a wheel, installed where there is nothing else."""

import subprocess
import sys
import venv
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from zipfile import ZipFile

import pytest
from trove_classifiers import classifiers

import cloudsmith_oidc
from cloudsmith_oidc import __version__

SOURCE = Path(cloudsmith_oidc.__file__).parent


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = ["-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), "./python"]
    subprocess.run([sys.executable, *build], cwd=repository, check=True)
    (made,) = folder.iterdir()
    return made


def member(wheel: Path, name: str) -> bytes:
    with ZipFile(wheel) as archive:
        return archive.read(f"cloudsmith_oidc-{__version__}.dist-info/{name}")


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    return message_from_bytes(member(wheel, "METADATA"))


def test_it_is_this_version_for_every_platform(wheel: Path, metadata: Message) -> None:
    assert wheel.name == f"cloudsmith_oidc-{__version__}-py3-none-any.whl"
    assert (metadata["Name"], metadata["Version"]) == ("cloudsmith-oidc", __version__)


def test_it_has_every_module_and_says_that_it_is_typed(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    sources = [*SOURCE.rglob("*.py"), *SOURCE.rglob("*.css"), SOURCE / "py.typed"]
    there = {str(path.relative_to(SOURCE.parent)) for path in sources}
    assert packed == there


def test_it_says_what_it_is(repository: Path, wheel: Path, metadata: Message) -> None:
    given = metadata.get_all("Classifier", [])
    assert "Typing :: Typed" in given
    assert set(given) <= classifiers
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata.get_payload() == (repository / "python/README.md").read_text()
    assert member(wheel, "licenses/LICENSE") == (repository / "LICENSE").read_bytes()
    # The project has no public address yet. One that is invented would lead people to somebody else.
    assert metadata.get_all("Project-URL") is None
    assert metadata["Home-page"] is None


def test_it_works_in_an_empty_environment(repository: Path, wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv")
    program = tmp_path / "venv/bin"
    pip = [sys.executable, "-m", "pip", "--python", str(program / "python"), "--quiet", "--disable-pip-version-check"]
    requirements = ["--require-hashes", "--requirement", str(repository / "python/requirements.txt")]
    for what in (requirements, [str(wheel)]):
        subprocess.run([*pip, "install", "--no-deps", *what], cwd=tmp_path, check=True)
    subprocess.run([*pip, "check"], cwd=tmp_path, check=True)
    for command, expected in {
        (program / "cloudsmith-oidc", "--version"): f"cloudsmith-oidc {__version__}\n",
        (program / "python", "-m", "cloudsmith_oidc", "--version"): f"cloudsmith-oidc {__version__}\n",
        (program / "python", "-c", "from cloudsmith_oidc import *; print(configure.__name__)"): "configure\n",
    }.items():
        said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (said.stdout, said.stderr) == (expected, "")
