"""A real Jenkins: the one at JENKINS_URL. See README.md."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from jenkins.agent import install_command, publish_library, serve
from jenkins.controller import BUILD_SECONDS, Controller, folder_xml, freestyle_xml, pipeline_xml
from jenkins.runs import AUDIENCE, CREDENTIAL, ID_TOKEN, LIBRARY, Place, Runs
from sandbox import Sandbox

PROBE = """
node {
    sh '''#!/bin/sh
    cd /
    "$TOOLS/cloudsmith-oidc" --version >/dev/null || echo 'no command'
    docker version >/dev/null && echo 'docker answers' || true
    '''
}
"""

SWEEP = r"""#!/bin/sh
cd /
[ "$(basename "${WORKSPACE%/*}")" = "$FOLDER" ] && rm -rf "${WORKSPACE%/*}"
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """No CI has a Jenkins of its own, and some tests wait for one build after another."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.may_skip_in_ci)
            item.add_marker(pytest.mark.timeout(5 * BUILD_SECONDS))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the consoles of a failed test's builds."""
    report = yield
    runs = getattr(item, "funcargs", {}).get("runs")
    if report.failed and isinstance(runs, Runs):
        report.sections += [(build.path, build.story()) for build in runs.builds]
    return report


@pytest.fixture(scope="session")
def controller() -> Iterator[Controller]:
    """Jenkins."""
    url = os.environ.get("JENKINS_URL")
    if not url:
        pytest.skip("JENKINS_URL is unset: there is no Jenkins to test against")
    controller = Controller(url, os.environ.get("JENKINS_USER"), os.environ.get("JENKINS_API_TOKEN"))
    yield controller
    controller.close()


@pytest.fixture(scope="session")
def shared() -> Iterator[Path]:
    """A directory that the agent can read."""
    folder = Path(tempfile.mkdtemp(prefix="cloudsmith-oidc-", dir=os.environ.get("JENKINS_SHARED_DIR")))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def place(controller: Controller, shared: Path, repository: Path) -> Iterator[Place]:
    """A folder with the library and the credential, which goes with all that is in it, and with its workspaces."""
    publish_library(repository, shared / "library" / "library.git")
    with serve(shared / "library") as url:
        name = f"cloudsmith-oidc-{secrets.token_hex(4)}"
        repository_url = f"{url}/library.git"
        path = controller.create_item("", name, folder_xml(LIBRARY, repository_url))
        try:
            store = f"{path}/credentials/store/folder"
            controller.create_credential(store, ID_TOKEN, id=CREDENTIAL, audience=AUDIENCE, issuer="")
            discovery = controller.get(f"oidc/{path}/.well-known/openid-configuration").json()
            yield Place(path, discovery["issuer"], repository_url)
        finally:
            sweep = controller.create_item(path, "sweep", freestyle_xml(SWEEP, {"FOLDER": name}, {}))
            controller.start(sweep).wait()
            controller.delete(path)


@pytest.fixture(scope="session")
def agent(controller: Controller, place: Place, shared: Path, repository: Path) -> dict[str, str]:
    """What an agent must be told: the shared directory, the one with the command, where Docker's engine is.

    `engine` is not empty if it answers there.
    """
    tools = os.environ.get("JENKINS_TOOLS") or str(install_command(repository, shared / "command"))
    settings = {"SHARED": str(shared), "TOOLS": tools}
    settings |= {name: os.environ[name] for name in ("DOCKER_HOST",) if name in os.environ}
    job = controller.create_item(place.path, "probe", pipeline_xml(PROBE, settings))
    build = controller.start(job).wait()
    assert build.result == "SUCCESS", build.story()
    assert not build.says("no command"), f"the agent cannot run the command in {tools}: {build.story()}"
    return settings | {"engine": "docker" if build.says("docker answers") else ""}


@pytest.fixture(scope="session")
def image(agent: dict[str, str], repository: Path) -> Iterator[str]:
    """The image of the project as it is, in the engine that the agent uses, too."""
    if not agent["engine"]:
        pytest.skip("no Docker engine answers on the agent")
    name = f"cloudsmith-oidc:jenkins-{secrets.token_hex(4)}"
    build = ["docker", "build", "--quiet", "--network", "host", "--tag", name, str(repository)]
    subprocess.run(build, check=True, capture_output=True)
    yield name
    subprocess.run(["docker", "rmi", "--force", name], check=True, capture_output=True)


@pytest.fixture
def runs(
    request: pytest.FixtureRequest, controller: Controller, place: Place, agent: dict[str, str], sandbox: Sandbox
) -> Runs:
    """Jobs for this test, in a world where Cloudsmith trusts the folder's issuer."""
    sandbox.trust(place.issuer, {"aud": AUDIENCE})
    settings = {name: value for name, value in agent.items() if name != "engine"}
    return Runs(controller, place, request.node.name, sandbox, settings)
