"""Exchange a Jenkins ID token for a Cloudsmith token and configure package clients with it."""

from typing import TYPE_CHECKING

from cloudsmith_oidc.version import __version__

if TYPE_CHECKING:
    from cloudsmith_oidc.errors import CloudsmithOidcError
    from cloudsmith_oidc.exchange import CloudsmithToken
    from cloudsmith_oidc.explain.findings import Finding
    from cloudsmith_oidc.formats import Configuration
    from cloudsmith_oidc.library import Diagnosis, configure, diagnose, exchange_token

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

if not TYPE_CHECKING:  # a type checker would accept every name

    def __getattr__(name: str) -> object:
        # The library is loaded on first use, so the command does not pay for it.
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from cloudsmith_oidc import library  # noqa: PLC0415

        return getattr(library, name)
