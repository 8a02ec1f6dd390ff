"""The CI systems that issue ID tokens: one module each, found by itself.

To add a system, add a module here that defines `SYSTEM`. See `base.py` for its parts and `circleci.py` for an example.
Jenkins is the one that this project is for: a token that no other system has issued counts as its own.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any

from cloudsmith_oidc.explain.ci_systems import jenkins
from cloudsmith_oidc.explain.ci_systems.base import CiSystem

__all__ = ["CiSystem", "load", "names", "system_of"]


def names() -> list[str]:
    """Return the names of the modules, one for each system."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name != "base")


def load(name: str) -> CiSystem:
    """Return the system of the module `name`, one of `names()`."""
    return importlib.import_module(f"{__name__}.{name}").SYSTEM  # type: ignore[no-any-return]


def system_of(claims: Mapping[str, Any]) -> CiSystem:
    """Return the system that issued a token with these claims, Jenkins if no other has."""
    return next((system for system in map(load, names()) if system.issued(claims)), jenkins.SYSTEM)
