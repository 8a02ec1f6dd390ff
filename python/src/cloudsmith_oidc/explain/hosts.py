"""What can be said of a URL's host without asking anybody."""

import ipaddress

import httpx

from cloudsmith_oidc.http import is_loopback

# Names that public DNS never answers: RFC 6761, RFC 6762, RFC 8375, ICANN's reservation of .internal, and old habits.
_PRIVATE_SUFFIXES = (
    *(".localhost", ".test", ".invalid", ".example", ".local", ".home.arpa", ".internal"),
    *(".lan", ".corp", ".home", ".intranet", ".intra", ".private", ".localdomain"),
)


def host_of(url: str) -> str | None:
    """Return the host in `url`, `None` if it is not a URL with a host."""
    try:
        return httpx.URL(url).host or None
    except (httpx.InvalidURL, TypeError, UnicodeError):
        # The last one is about half a character, which JSON can hold and no URL can.
        return None


def can_be_fetched(url: str) -> bool:
    """Say whether this program would send a request there: https, or plain http to this machine."""
    host = host_of(url)
    return host is not None and (url.startswith("https://") or (url.startswith("http://") and is_loopback(host)))


def is_public(host: str) -> bool:
    """Say whether `host` may be known and reached outside: no loopback, private or single-label host."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        name = host.rstrip(".").lower()
        return "." in name and not is_loopback(name) and not name.endswith(_PRIVATE_SUFFIXES)
