"""The CI systems that issue ID tokens: one module each.

To add a system, write a module that defines `SYSTEM`, and add it to `SYSTEMS`. See `base.py` for its parts and
`circleci.py` for an example.
"""

from cloudsmith_oidc.explain.ci_systems import circleci, github, gitlab, jenkins
from cloudsmith_oidc.explain.ci_systems.base import CiSystem, Claims

SYSTEMS = (circleci.SYSTEM, github.SYSTEM, gitlab.SYSTEM, jenkins.SYSTEM)


def system_of(claims: Claims) -> CiSystem:
    """Return the system that issued a token with these claims. Return Jenkins if no system recognises them."""
    return next((system for system in SYSTEMS if system.issued(claims)), jenkins.SYSTEM)
