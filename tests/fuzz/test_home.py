"""Whatever is in the user's files: with them, each client still has one login for our hosts, which is ours."""

import json
import netrc
import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cloudsmith_oidc import formats
from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.home import Home
from formats.golden import PLAIN
from fuzz.values import CHEAP, JSON

BASIC = replace(PLAIN, inherit=True).basic_auth
JS_BLANK = "\t\n\v\f\r \xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x200B)))


def joined(*pieces: str, least: int = 0) -> st.SearchStrategy[str]:
    """Texts made of these pieces, some with anything in between."""
    return st.lists(st.sampled_from(pieces) | st.text(max_size=2), min_size=least, max_size=14).map("".join)


def written(name: str, path: str, text: str) -> str:
    """Return the file of a login that inherits this one."""
    home = Home("/home/jo", {path: text.encode(errors="replace")})
    (own,) = formats.configure([name], replace(PLAIN, inherit=True, home=home)).files.values()
    return own


def unquoted(text: str) -> str:
    """As `unsafe` of npm's package ini. An object that JSON has as a key becomes text, a list without its brackets."""
    text = text.strip(JS_BLANK)
    if (text.startswith('"') and text.endswith('"')) or (text.startswith("'") and text.endswith("'")):
        text = text[1:-1] if text.startswith("'") else text
        try:
            value = json.loads(text)
        except ValueError:
            return text
        return value if isinstance(value, str) else ",".join(map(str, value)) if isinstance(value, list) else text
    return re.sub(r"\\([\\;#])|[;#].*", lambda found: found[1] or "", text, flags=re.DOTALL).strip(JS_BLANK)


def npm(text: str) -> dict[str, list[str]]:
    """Return the values of each key before the first section, as npm's package ini and its `envReplace` read them."""
    found: dict[str, list[str]] = {}
    for line in re.split(r"[\r\n]+", text):
        if re.fullmatch(rf"\[([^\]]*)\][{JS_BLANK}]*", line):
            break
        if (key := re.match(r"[^=]+", line)) and not re.match(rf"[{JS_BLANK}]*[;#]", line):
            name = re.sub(r"\\*\$\{[^${}?]+\?\}", "", unquoted(key[0])).removesuffix("[]")
            found.setdefault(name, []).append(line.partition("=")[2])
    return found


@CHEAP
@given(
    joined(
        "registry",
        "_auth",
        "//npm.cloudsmith.io/acme/prod/:_authToken",
        "=",
        "x",
        "\n",
        "\r",
        '"',
        "'",
        '["',
        '"]',
        "[]",
        ";",
        "#",
        "\\",
        "${A?}",
        "\u2003",
        "\ufeff",
        "\\u0072egistry",
        "[a]",
        "\0",
    )
)
def test_npmrc(text: str) -> None:
    keys = npm(written("npm", ".npmrc", text))

    assert keys["registry"] == ["https://npm.cloudsmith.io/acme/prod/"]
    assert keys["//npm.cloudsmith.io/acme/prod/:_authToken"] == ["TOKEN"]
    assert not {"_auth", "_authToken", "_password", "username"} & keys.keys()


@CHEAP
@given(
    joined(
        "machine ",
        "dl.cloudsmith.io ",
        "login ",
        "password ",
        "x ",
        "\n",
        "\t",
        '"',
        "\\",
        "default ",
        "macdef ",
        "#",
        "account ",
        "D\\L.cloudsmith.io ",
        "example.com ",
        "\n\n",
        "\xa0",
        "\v",
    )
)
def test_netrc(text: str) -> None:
    try:
        own = written("netrc", ".netrc", text)
    except SettingsError:
        return
    words = own.split()
    named = [
        place
        for place, word in enumerate(words)
        if re.sub(r"\\(.)", r"\1", word.strip('"')).lower() == "dl.cloudsmith.io" and words[place - 1] == "machine"
    ]
    assert [words[place : place + 5] for place in named] == [
        ["dl.cloudsmith.io", "login", "token", "password", "TOKEN"]
    ]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "netrc"
        file.write_text(own)
        assert netrc.netrc(file).authenticators("dl.cloudsmith.io") == ("token", "", "TOKEN")


KEYS = st.sampled_from(
    ["docker.cloudsmith.io", "https://docker.cloudsmith.io/v1/", "HTTP://Docker.cloudsmith.io", "example.com"]
) | st.text(max_size=5)
MEMBERS = [
    "auths",
    "Auths",
    "AUTH\u017f",
    "credHelpers",
    "credhelpers",
    "credsStore",
    "HttpHeaders",
    "proxies",
    "plugins",
]


@CHEAP
@given(
    st.dictionaries(
        st.sampled_from(MEMBERS) | st.text(max_size=5), st.dictionaries(KEYS, JSON, max_size=3) | JSON, max_size=4
    )
)
def test_docker_configuration(own: dict[str, Any]) -> None:
    config = json.loads(written("docker", ".docker/config.json", json.dumps(own)))

    # Docker reads names in any case.
    merged = [
        value
        for name in ("auths", "credhelpers", "credsstore")
        for key, value in config.items()
        if key.casefold() == name
    ]
    assert len(merged) == len({key.casefold() for key in config} & {"auths", "credhelpers", "credsstore"})
    hosts = [
        re.sub("^https?://", "", key, flags=re.IGNORECASE).partition("/")[0].lower() for one in merged for key in one
    ]
    assert hosts.count("docker.cloudsmith.io") == 1
    assert config["auths"]["docker.cloudsmith.io"] == {"auth": BASIC}
    assert "credsStore" not in config
