import pytest

from leaks.needles import WAYS, found
from sandbox import Sandbox


@pytest.mark.parametrize("way", WAYS)
def test_secret_is_found_in_every_form_and_in_no_other_text(sandbox: Sandbox, way: str) -> None:
    for secret, other in (
        (sandbox.mint(), sandbox.mint(branch="other")),
        (sandbox.issue("ci-reader"), sandbox.issue("deployer")),
        (sandbox.api_key(), sandbox.api_key()),
    ):
        text = f"before {WAYS[way](secret)} after"

        assert found(text, secret)
        assert found(text, other) == []
