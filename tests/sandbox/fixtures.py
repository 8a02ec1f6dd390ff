"""Fixtures: `pytest_plugins = ["sandbox.fixtures"]`."""

from collections.abc import Iterator

import pytest

from sandbox import Sandbox


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[Sandbox]:
    """One sandbox for all tests; use `sandbox` or `packages` instead."""
    with Sandbox() as server:
        yield server


@pytest.fixture
def sandbox(sandbox_server: Sandbox) -> Iterator[Sandbox]:
    """A healthy world without a past."""
    sandbox_server.reset()
    yield sandbox_server
    sandbox_server.reset()


@pytest.fixture
def packages(sandbox: Sandbox) -> Sandbox:
    """The same with all registries running that this machine has; `missing` names the others."""
    sandbox.registries.start("python", "npm", "docker")
    return sandbox
