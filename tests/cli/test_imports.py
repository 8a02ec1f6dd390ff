"""What a login loads: every build pays for it."""

import re

from cloudsmith_oidc.formats import names
from program import Cli

NEEDLESS = {
    "cloudsmith_oidc.discovery",
    "cloudsmith_oidc.explain",
    "cloudsmith_oidc.catalogue",
    "cloudsmith_oidc.library",
    "cryptography",
    "jwt",
}


def test_successful_login_loads_nothing_needless(cli: Cli) -> None:
    result = cli.login("--format", "npm", PYTHONVERBOSE="1")

    assert result.code == 0, result.stderr
    loaded = set(re.findall(r"(?m)^import '([\w.]+)' #", result.stderr))
    assert loaded & {f"cloudsmith_oidc.formats.{name}" for name in names()} == {"cloudsmith_oidc.formats.npm"}
    assert loaded & NEEDLESS == set()
