"""Exchange a Jenkins ID token for a Cloudsmith token and configure package clients with it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cloudsmith_oidc.library import (
        CloudsmithOidcError,
        CloudsmithToken,
        Configuration,
        Diagnosis,
        Finding,
        configure,
        diagnose,
        exchange_token,
    )

__version__ = "0.1.0"

# What other programs may use: see docs/library.md. Everything else is internal.
__all__ = [
    "CloudsmithOidcError",
    "CloudsmithToken",
    "Configuration",
    "Diagnosis",
    "Finding",
    "__version__",
    "configure",
    "diagnose",
    "exchange_token",
]

if not TYPE_CHECKING:  # a type checker would let every name pass

    def __getattr__(name: str) -> object:
        # Loaded on first use, so that the command does not pay for it.
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from cloudsmith_oidc import library  # noqa: PLC0415

        return getattr(library, name)
