"""The systems that issue ID tokens: one module each, found by itself.

To add a system, add a module here that defines `ISSUER`. See `base.py` for what it can say and `circleci.py` for an
example. Jenkins is the one that this project is for: a token that no other system has issued counts as its own.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any

from cloudsmith_oidc.explain.issuers import jenkins
from cloudsmith_oidc.explain.issuers.base import Choice, Issuer

__all__ = ["Choice", "Issuer", "issuer_of", "names"]


def names() -> list[str]:
    """Return the names of the modules, one for each system."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name != "base")


def load(name: str) -> Issuer:
    """Return the system called `name`, which has to be one of `names()`."""
    return importlib.import_module(f"{__name__}.{name}").ISSUER  # type: ignore[no-any-return]


def issuer_of(claims: Mapping[str, Any]) -> Issuer:
    """Return the system that has issued a token with these claims."""
    return next((issuer for issuer in map(load, names()) if issuer.issued(claims)), jenkins.ISSUER)
