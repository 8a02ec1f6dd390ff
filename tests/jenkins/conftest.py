"""A real Jenkins: the one at JENKINS_URL. See README.md."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from jenkins.controller import BUILD_SECONDS, Controller
from jenkins.runs import AUDIENCE, Place, Runs
from jenkins.surroundings import agent_settings, folder_with_library, shared_folder
from sandbox import Sandbox


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
    with shared_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def place(controller: Controller, shared: Path, repository: Path) -> Iterator[Place]:
    """The folder for the jobs, with the library and the credential."""
    with folder_with_library(controller, shared, repository) as place:
        yield place


@pytest.fixture(scope="session")
def agent(controller: Controller, place: Place, shared: Path, repository: Path) -> dict[str, str]:
    """What an agent must be told, and in `engine`, whether a container engine answers there."""
    return agent_settings(controller, place, shared, repository)


@pytest.fixture(scope="session")
def image(agent: dict[str, str], image: str) -> str:
    """The project's image, if the agent has the engine in which it is."""
    if not agent["engine"]:
        pytest.skip("no Docker engine answers on the agent")
    return image


@pytest.fixture
def runs(
    request: pytest.FixtureRequest, controller: Controller, place: Place, agent: dict[str, str], sandbox: Sandbox
) -> Runs:
    """Jobs for this test, in a world where Cloudsmith trusts the folder's issuer."""
    sandbox.trust(place.issuer, {"aud": AUDIENCE})
    settings = {name: value for name, value in agent.items() if name != "engine"}
    return Runs(controller, place, request.node.name, sandbox, settings)
