"""What people type for the name of an option, a command or a format that is called otherwise."""

from collections.abc import Iterable
from difflib import get_close_matches

_CALLED = {
    "--organisation": "--org",
    "--organization": "--org",
    "--owner": "--org",
    "--namespace": "--org",
    "--workspace": "--org",
    "--repository": "--repo",
    "--service-account": "--service",
    "--audience": "--expect-audience",
    "--issuer-url": "--issuer",
    "--dir": "--output",
    "--directory": "--output",
    "--api-url": "--api-host",
    "apt": "deb",
    "debian": "deb",
    "dnf": "rpm",
    "yum": "rpm",
    "gem": "rubygems",
    "ruby": "rubygems",
    "golang": "go",
    "hf": "huggingface",
    "mvn": "maven",
    "dotnet": "nuget",
    "elixir": "hex",
    "generic": "curl",
    "raw": "curl",
    "wget": "curl",
    "javascript": "npm",
    "node": "npm",
    "bun": "npm",
    "pnpm": "npm",
    "yarn1": "npm with --format-option npm.yarn1=true",
    "oci": "docker",
    "podman": "docker",
    "opentofu": "terraform",
    "pipenv": "pip",
    "pypi": "pip",
    "python": "pip",
    "php": "composer",
    "r": "cran",
    "rust": "cargo",
    "scala": "sbt",
}


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `Did you mean …? ` with the one of the `known` names that is probably meant, or nothing."""
    known = list(known)
    called = _CALLED.get(word.lower(), "")
    if called.partition(" ")[0] not in known:
        called = next(iter(get_close_matches(word[:100], known, n=1)), "")
    return f"Did you mean {called}? " if called else ""
