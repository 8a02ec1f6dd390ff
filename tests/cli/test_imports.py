"""What a login loads: every build pays for it."""

import re

from program import Cli

NEEDLESS = {
    "cloudsmith_oidc.discovery",
    "cloudsmith_oidc.explain",
    "cloudsmith_oidc.formats.docker",
    "cloudsmith_oidc.formats.pip",
    "cryptography",
    "jwt",
}


def test_a_login_that_succeeds_loads_nothing_that_it_has_no_use_for(cli: Cli) -> None:
    result = cli.login("--format", "npm", PYTHONVERBOSE="1")

    assert result.code == 0, result.stderr
    loaded = set(re.findall(r"(?m)^import '([\w.]+)' #", result.stderr))
    assert "cloudsmith_oidc.formats.npm" in loaded
    assert loaded & NEEDLESS == set()
