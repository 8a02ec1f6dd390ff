"""docs/reader-and-publisher.md: its credential, its Jenkinsfile and its Terraform, and what other jobs try.

The folder of the tests stands for the controller: its credential is that of all jobs.
"""

import os
import subprocess
from pathlib import Path

import pytest

from jenkins.agent import publish_library
from jenkins.controller import Controller, checkout_pipeline_xml
from jenkins.runs import Place, Runs
from needs import INSTALLED, need
from pages import example
from sandbox import Sandbox
from terraform.hcl import enter

PAGE = "reader-and-publisher.md"
PROJECT = {
    "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    "backend.py": """
import pathlib, zipfile

METADATA = "Metadata-Version: 2.1\\nName: app\\nVersion: 1.0.0\\nRequires-Dist: acme-hello\\n"

def build_wheel(directory, settings=None, metadata=None):
    with zipfile.ZipFile(pathlib.Path(directory, "app-1.0.0-py3-none-any.whl"), "w") as wheel:
        wheel.writestr("app-1.0.0.dist-info/METADATA", METADATA)
        wheel.writestr("app-1.0.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("app-1.0.0.dist-info/RECORD", "")
    return "app-1.0.0-py3-none-any.whl"
""",
    "Jenkinsfile": example(PAGE, "Jenkinsfile"),
}
"""The release job's repository. Its package needs acme-hello, which is in Cloudsmith."""


UPLOAD = 'twine upload --config-file "$CLOUDSMITH_TWINE_CONFIG" dist/app-*.whl'


def on(place: Place, text: str) -> str:
    """Return a text of the page with a folder of this Jenkins in place of the controller."""
    root, _, _ = place.issuer.partition("/oidc")
    text = text.replace("https://jenkins.example.com/oidc", place.issuer)
    return text.replace("https://jenkins.example.com/", f"{root}/{place.path}/")


@pytest.fixture(scope="module")
def release(controller: Controller, place: Place, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The folder of the release job, with its repository, and with the credential that the page's command makes."""
    if not (user := os.environ.get("JENKINS_USER")):
        pytest.skip("JENKINS_USER is unset: an anonymous user has no API token")
    project, home = tmp_path_factory.mktemp("app"), tmp_path_factory.mktemp("home")
    for name, text in PROJECT.items():
        (project / name).write_text(text)
    publish_library(project, shared / "library" / "app.git")
    path = controller.create_item(place.path, "release", "<com.cloudbees.hudson.plugins.folder.Folder/>")
    tokens = f"user/{user}/descriptorByName/jenkins.security.ApiTokenProperty"
    token = controller.post(f"{tokens}/generateNewToken", data={"newTokenName": "tests/jenkins"}).json()["data"]
    (home / ".netrc").write_text(f"machine 127.0.0.1 login {user} password {token['tokenValue']}\n")
    try:
        command = ["sh", "-c", on(place, example(PAGE, "credential.sh"))]
        environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
        subprocess.run(command, env=environment, check=True)
        keys = controller.get(f"oidc/{path}/jwks").json()
        subprocess.run(command, env=environment, check=True)
        assert controller.get(f"oidc/{path}/jwks").json() == keys, "once more makes no new key"
    finally:
        controller.post(f"{tokens}/revoke", data={"tokenUuid": token["tokenUuid"]})
    return Place(path, f"{place.issuer}/job/release", place.repository.replace("library.git", "app.git"))


@pytest.fixture
def world(runs: Runs, packages: Sandbox, place: Place) -> Sandbox:
    """Cloudsmith as the page sets it up; builds find twine, and Cloudsmith's own hosts."""
    need("twine")
    enter(on(place, example(PAGE, "cloudsmith.tf")), packages)
    tools = {"PATH+TOOLS": f"{runs.settings['TOOLS']}:{INSTALLED}", "CLOUDSMITH_DOMAINS": ""}
    runs.settings.update(packages.environment() | tools)
    return packages


def uploads(sandbox: Sandbox) -> list[int]:
    """Return the answers to uploads."""
    return [status for request, status in sandbox.answers if (request.endpoint, request.method) == ("python", "POST")]


def test_release_job_reads_and_publishes(runs: Runs, world: Sandbox, release: Place) -> None:
    xml = checkout_pipeline_xml(release.repository, runs.settings)
    build = runs.controller.start(runs.controller.create_item(release.path, "app", xml))
    runs.builds.append(build.wait())

    assert build.result == "SUCCESS"
    assert [world.cloudsmith.service_of(token) for token in world.cloudsmith.issued] == ["ci-reader", "ci-publisher"]
    assert "acme_hello" in build.console
    assert uploads(world) == [200]
    assert runs.remains(build).secrets == ()


@pytest.mark.parametrize(
    ("in_folder", "credential", "refusal"),
    [
        (False, "oidc-token-cred", "ci-publisher is not linked"),
        (False, "cloudsmith-publisher", ""),
        (True, "oidc-token-cred", "ci-publisher is not linked"),
        (True, "cloudsmith-publisher", "claim sub is"),
    ],
)
def test_other_job_cannot_log_in_as_publisher(
    runs: Runs, world: Sandbox, release: Place, in_folder: bool, credential: str, refusal: str
) -> None:
    if in_folder:
        runs.folder = release.path
    build = runs.on_node(f"cloudsmithOidc(service: 'ci-publisher', credentialsId: '{credential}') {{ }}")

    assert build.result == "FAILURE"
    assert world.cloudsmith.issued == []
    assert [refusal in said for said in world.cloudsmith.refusals] == [True] * bool(refusal)
    assert refusal or "cloudsmith-publisher" in build.errors[0]


def test_reader_cannot_publish(runs: Runs, world: Sandbox, release: Place) -> None:
    build = runs.on_node(f"""
        git branch: 'main', url: '{release.repository}'
        cloudsmithOidc(service: 'ci-reader', formats: ['pip', 'twine']) {{
            sh 'pip wheel --no-deps --wheel-dir dist .'
            sh '{UPLOAD}'
        }}
    """)

    assert build.result == "FAILURE"
    assert uploads(world) == [403]
