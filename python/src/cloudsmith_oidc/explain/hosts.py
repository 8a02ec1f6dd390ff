"""What a URL says about its host, without asking anybody."""

import ipaddress

import httpx

from cloudsmith_oidc.http import is_loopback

# Names that public DNS never answers: RFC 6761, RFC 6762, RFC 8375, ICANN's reservation of .internal, and old habits.
_PRIVATE_SUFFIXES = (
    *(".localhost", ".test", ".invalid", ".example", ".local", ".home.arpa", ".internal"),
    *(".lan", ".corp", ".home", ".intranet", ".intra", ".private", ".localdomain"),
)


def _parsed(url: str) -> httpx.URL:
    """Return the parts of `url`; of an empty one if it cannot be read."""
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, TypeError, UnicodeError):
        # UnicodeError: half a surrogate pair, which JSON can hold and no URL can.
        return httpx.URL()


def host_of(url: str) -> str:
    """Return the host in `url` as DNS has it, "" if it is not a URL with a host."""
    # httpx's `host` is decoded from Punycode, and raises an error for text that only looks like it.
    return _parsed(url).raw_host.decode("ascii")


def can_be_fetched(url: str) -> bool:
    """Return whether this program would send a request there: https, or http to this machine, and no user name."""
    host = host_of(url)
    allowed = url.startswith("https://") or (url.startswith("http://") and is_loopback(host))
    return allowed and bool(host) and not _parsed(url).userinfo


def same_origin(url: str, other: str) -> bool:
    """Return whether both URLs have the same scheme, host and port."""
    one, two = _parsed(url), _parsed(other)
    return bool(one.raw_host) and (one.scheme, one.raw_host, one.port) == (two.scheme, two.raw_host, two.port)


def is_public(host: str) -> bool:
    """Return whether `host` can be known and reached outside: no loopback, private or single-label host."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        name = host.rstrip(".").lower()
        return "." in name and not is_loopback(name) and not name.endswith(_PRIVATE_SUFFIXES)
