"""What people type for the name of an option, a command or a format that is called otherwise."""

from collections.abc import Iterable
from difflib import get_close_matches

_OTHER_WORDS = {
    "--org": "--organisation --organization --owner --namespace --workspace",
    "--repo": "--repository",
    "--service": "--service-account",
    "--expect-audience": "--audience",
    "--issuer": "--issuer-url",
    "--output": "--dir --directory",
    "--api-host": "--api-url",
    "cargo": "rust",
    "composer": "php",
    "cran": "r",
    "curl": "generic raw wget",
    "deb": "apt debian",
    "docker": "oci podman",
    "go": "golang",
    "hex": "elixir",
    "huggingface": "hf",
    "maven": "mvn",
    "npm": "javascript node bun pnpm",
    "npm with --format-option npm.yarn1=true": "yarn1",
    "nuget": "dotnet",
    "pip": "pipenv pypi python",
    "rpm": "dnf yum",
    "rubygems": "gem ruby",
    "sbt": "scala",
    "terraform": "opentofu",
}
_CALLED = {word: name for name, words in _OTHER_WORDS.items() for word in words.split()}


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `Did you mean …? ` with the one of the `known` names that is probably meant, or nothing."""
    known = list(known)
    called = _CALLED.get(word.lower(), "")
    if called.partition(" ")[0] not in known:
        called = next(iter(get_close_matches(word[:100], known, n=1)), "")
    return f"Did you mean {called}? " if called else ""
