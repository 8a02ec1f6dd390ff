"""The files of a login, read with the grammars of their clients, into what they mean: lists, pairs and texts."""

import json
import re
import shlex
from collections.abc import Callable
from configparser import RawConfigParser
from fnmatch import fnmatchcase
from typing import Any
from xml.etree import ElementTree as ET

import yaml

STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"')


def ini(text: str) -> Any:
    parser = RawConfigParser(strict=True, delimiters=("=",), comment_prefixes=("#", ";"))
    parser.read_string(text)
    return [(name, list(parser.items(name))) for name in parser.sections()]


def xml(text: str) -> Any:
    return [(one.tag, sorted(one.items()), (one.text or "").strip()) for one in ET.fromstring(text.encode()).iter()]


def code(text: str) -> Any:
    """Text with strings in double quotes, as C, R, Lua, HCL and curl have them: what is around them, and they."""
    parts = STRING.split(text)
    assert '"' not in "".join(parts[::2])
    return [re.sub(r"\\(.)", r"\1", part) if place % 2 else part for place, part in enumerate(parts)]


def git(text: str) -> Any:
    """As code; git gives what begins with an exclamation mark to a shell."""
    return [shlex.split(part) if part.startswith("!") else part for part in code(text)]


def apt(text: str) -> Any:
    """Text with strings in double quotes, in which nothing is escaped."""
    return text.split('"')


def shell(text: str) -> Any:
    return list(shlex.shlex(text, posix=True, punctuation_chars=True))


def rubygems(text: str) -> Any:
    return yaml.safe_load(text.replace("%5F", "_"))


def lines(text: str) -> Any:
    assert text.isascii()
    return text.split("\n")


READERS: dict[str, Callable[[str], Any]] = {
    "*.json": json.loads,
    "*.conf": ini,
    "*.ini": ini,
    "*.repo": ini,
    "twine/pypirc": ini,
    "*.xml": xml,
    "nuget/*": xml,
    "*.yaml": yaml.safe_load,
    "bundler/*": yaml.safe_load,
    "rubygems/*": rubygems,
    "*.sh": shell,
    "git/config": git,
    "apt/*.conf": apt,
    **dict.fromkeys(("*.R", "*.lua", "*.tfrc", "*.cjs", "hex/*", "curl/*"), code),
    **dict.fromkeys(("conan/*/global.conf", "apt/auth.conf"), lines),
}
"""The last that fits takes precedence; without one it is `lines`."""


def read(path: str, text: str) -> Any:
    """Return what a file means."""
    return [reader for pattern, reader in {"*": lines, **READERS}.items() if fnmatchcase(path, pattern)][-1](text)
