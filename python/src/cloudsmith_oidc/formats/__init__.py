"""The package formats: one module each, found by its name.

To add a format, add a module here that defines `FORMAT`; its name is the module's, with `-` for `_`. See `base.py` for
what it can say and `pip.py` for an example.
"""

import importlib
import pkgutil

from cloudsmith_oidc.formats.base import Access, Endpoint, Format

__all__ = ["Access", "Endpoint", "Format", "load", "names"]


def names() -> list[str]:
    """Return the names of all formats, without loading them."""
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__) if module.name != "base")


def load(name: str) -> Format:
    """Return the format called `name`, which has to be one of `names()`."""
    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
    return module.FORMAT  # type: ignore[no-any-return]
