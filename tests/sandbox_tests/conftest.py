from collections.abc import Iterator

import httpx
import pytest

from sandbox import Sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """A client that sees the sandbox's hosts by their public names."""
    tls = sandbox.network.certificates.client_context
    with httpx.Client(proxy=sandbox.proxy_url, verify=tls, trust_env=False, timeout=5) as client:
        yield client
