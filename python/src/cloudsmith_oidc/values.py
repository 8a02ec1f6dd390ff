"""Checks of the texts that people give. Each function returns the value, and raises `ValueError` with a plain text."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from cloudsmith_oidc.http import is_loopback
from cloudsmith_oidc.redaction import quoted

_MAX_SECONDS = 3600
_USUAL_PORTS = {"http": 80, "https": 443}
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", re.ASCII)
_SECONDS = re.compile(r"(?:0|[1-9][0-9]{0,3})(?:\.[0-9]+)?|\.[0-9]+", re.ASCII)
"""The launcher reads the same."""
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\]", re.ASCII)


def slug(text: str) -> str:
    """Return the slug of a workspace, a repository or a service account."""
    if not _SLUG.fullmatch(text) or ".." in text:
        raise ValueError(f"{quoted(text)} is not a slug: letters, digits, '-', '_' and '.', as in the Cloudsmith URL")
    return text


def repository(text: str) -> str:
    """Return the slug of a repository, which is often given with its workspace."""
    workspace, slash, name = text.rstrip("/").rpartition("/")
    if slash and _SLUG.fullmatch(name):
        raise ValueError(f"{quoted(text)} is not the slug of a repository alone: leave out {quoted(workspace + slash)}")
    return slug(text)


def base_url(text: str) -> str:
    """Return `scheme://host[:port]` for a host, `host:port` or URL."""
    problem = f"{quoted(text)} is not a host, host:port or https URL without a path"
    try:
        url = urlsplit(text if "://" in text else f"https://{text}")
        port = url.port
    except ValueError:
        raise ValueError(problem) from None
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname or ""
    is_url_of_host = url.scheme in _USUAL_PORTS and _HOST.fullmatch(host) and not url.path.strip("/")
    if not is_url_of_host or "@" in url.netloc or "?" in text or "#" in text:
        raise ValueError(problem)
    if url.scheme == "http" and not is_loopback(host):
        raise ValueError(f"{quoted(text)} is plain http, which is for a loopback host only: use https")
    # Some clients leave the usual port out where they look a login up, and some do not.
    return f"{url.scheme}://{host}" + (f":{port}" if port not in {None, _USUAL_PORTS[url.scheme]} else "")


def web_address(text: str) -> str:
    """Return the URL of an issuer or of a Jenkins, without slashes at its end."""
    address = text.rstrip("/")
    scheme, _, rest = address.partition("://")
    host, _, path = rest.partition("/")
    if scheme not in _USUAL_PORTS:
        raise ValueError(f"{quoted(text)} is not an https URL")
    base_url(f"{scheme}://{host}")
    if not re.fullmatch(r"[\w./~%+-]*", path, re.ASCII):
        raise ValueError(f"{quoted(text)} is not a plain URL: no query, no fragment")
    return address


def domain(text: str) -> tuple[str, str]:
    """Return the key of `KEY=HOST` or `KEY:REPO=HOST`, and the base URL of the host."""
    key, equals, host = text.partition("=")
    name, colon, repo = key.partition(":")
    if not name or not equals or (colon and not repo):
        raise ValueError(f"{quoted(text)} is not NAME=HOST or NAME:REPO=HOST, such as dl=dl.example.com")
    url = base_url(host)
    if (urlsplit(url).hostname or "").endswith(".cloudsmith.io"):
        # The paths of custom domains leave out the workspace.
        raise ValueError(f"{quoted(host)} is Cloudsmith's own host and no custom domain: leave it out")
    return f"{name}:{slug(repo)}" if colon else name, url


def claim(text: str) -> tuple[str, str]:
    """Return the parts of `NAME=VALUE`. The value may be empty and may hold anything."""
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise ValueError(f"{quoted(text)} is not NAME=VALUE")
    return name, value


def seconds(text: str) -> float:
    """Return a time span in seconds, at most an hour."""
    number = float(text) if _SECONDS.fullmatch(text) else 0.0
    if not 0 < number <= _MAX_SECONDS:
        raise ValueError(
            f"{quoted(text)} is not a time-out: give the seconds as a whole or decimal number, greater than 0 and at "
            f"most {_MAX_SECONDS}"
        )
    return number


def path(text: str) -> Path:
    """Return an absolute path, without following symbolic links."""
    if not text:
        raise ValueError("it is empty")
    if not text.isprintable():
        raise ValueError("a path with control characters cannot be used")
    try:
        return Path(os.path.abspath(text))  # noqa: PTH100 - resolve() would follow symbolic links
    except FileNotFoundError:
        raise ValueError("the current directory does not exist any more: give an absolute path") from None


def login_directory(text: str) -> Path:
    """Return the absolute path of a login directory. The launcher takes the same paths, and no others."""
    if ".." in Path(text).parts:
        raise ValueError(f"{quoted(text)} has .. in it: give the plain path of the directory")
    return path(text)


def absolute_path(text: str) -> Path:
    """Return a path that must be absolute."""
    if not text.startswith("/"):
        raise ValueError(f"{quoted(text)} is not an absolute path")
    return path(text)
