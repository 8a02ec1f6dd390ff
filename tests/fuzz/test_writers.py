"""Whatever is in the settings, the variables and the home directory: a client's file has no line, key or host more.

A login with odd values is compared with one that has plain words in their places. Read with the client's grammar, both
have to mean the same, word for word.
"""

import base64
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from hypothesis import assume, event, given
from hypothesis import strategies as st

from cloudsmith_oidc import formats
from cloudsmith_oidc.command_line import parse
from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.formats.base import Access
from cloudsmith_oidc.home import Home
from cloudsmith_oidc.settings import Login
from fuzz.readers import read
from fuzz.values import CHEAP, matches, odd

T = TypeVar("T")
SLUGS = odd(matches(r"[A-Za-z0-9][A-Za-z0-9._-]{0,11}"))
HOSTS = odd(
    matches(r"(https://)?[a-z0-9]([a-z0-9-]{0,5}[a-z0-9])?(\.[a-zA-Z]{1,3}){0,2}(:[0-9]{1,5})?")
    | st.sampled_from(["[2001:db8::1]", "http://[::1]:8080", "http://localhost"])
)
DIRECTORIES = odd(matches(r"(/[A-Za-z0-9@%+=._-]{1,9}){1,3}")).map("/{}".format)
KEYS = {name: [name, *(one.label for one in formats.load(name).endpoints)] for name in formats.names()}
# Each with a check of its own; no file has the others.
OPTIONS = {
    "npm.scope": odd(matches("@[a-z0-9-]{1,5}")),
    "rpm.distribution": odd(matches(r"[a-z]{1,3}/[0-9]")),
    "go.private": odd(matches(r"[a-z]{1,3}\.com/[a-z*]{1,3}")),
}


def unless_refused(call: Callable[[], T]) -> T | None:
    """Return what a call returns; None if it refuses the settings, which it has to say in one line."""
    said = ""
    try:
        return call()
    except SettingsError as refused:
        said = str(refused)
    event(said[:40])
    assert said.isprintable()
    return None


@st.composite
def logins(draw: st.DrawFn) -> tuple[Login, dict[str, str], str]:
    """Settings that the command accepts, the job's variables, and the home directory."""
    names = draw(st.lists(st.sampled_from(formats.names()), min_size=1, max_size=3, unique=True))
    repos = draw(st.lists(SLUGS, min_size=1, max_size=3, unique_by=lambda slug: re.sub("[._-]+", "-", slug).lower()))
    keys = st.sampled_from([key for name in names for key in KEYS[name]])
    words = [
        "login",
        f"--org={draw(SLUGS)}",
        "--service=ci",
        f"--output={draw(DIRECTORIES)}",
        *(f"--repo={repo}" for repo in repos),
    ]
    words += [f"--format={name}" for name in names]
    for key, host in draw(st.dictionaries(keys, HOSTS, max_size=2)).items():
        words.append(f"--domain={key}{draw(st.sampled_from(['', ':' + repos[-1]]))}={host}")
    words += [f"--format-option={name}={draw(of)}" for name, of in OPTIONS.items() if name.split(".")[0] in names]
    login = unless_refused(lambda: parse(words))
    assume(login)
    assert isinstance(login, Login)
    variables = sorted(
        {one for form in formats.with_needs(names).values() for one in form.extends}
        - {"GIT_CONFIG_COUNT", "GRADLE_OPTS"}
    )
    own = (
        draw(st.dictionaries(st.sampled_from(variables), odd(matches("/[a-z]{1,9}")), max_size=3)) if variables else {}
    )
    return login, own, draw(DIRECTORIES)


def plain(real: Access) -> tuple[Access, dict[str, str]]:
    """Return a login with plain words in place of all values, and the values by these words."""
    values = {"zorg": real.org, "ztoken": real.token, "/zdirectory": real.directory, "/zhome": real.home.path}
    values |= {f"zrepo{number}": repo for number, repo in enumerate(real.repos)}
    values |= {f"/zown/{name}/z": value for name, value in real.environment.items()}
    values |= {f"zoption{number}z": value for number, value in enumerate(sum(real.options.values(), ()))}
    values |= {base64.b64encode(b"token:ztoken").decode(): real.basic_auth}
    words = {value: word for word, value in values.items()}
    domains = {}
    for key, url in real.domains.items():
        scheme, _, place = url.partition("://")
        host = re.sub(r":\d+$", "", place)
        word = words.setdefault(
            host.strip("[]"), f"2001:db8::{len(words):x}" if "[" in host else f"z{len(words)}.example"
        )
        values[word] = host.strip("[]")
        name, colon, repo = key.partition(":")
        domains[name + (colon and f":{words[repo]}")] = f"{scheme}://{place.replace(host.strip('[]'), word, 1)}"
    access = replace(
        real,
        org="zorg",
        repos=tuple(words[repo] for repo in real.repos),
        token="ztoken",
        directory="/zdirectory",
        domains=domains,
        options={key: tuple(words[one] for one in given) for key, given in real.options.items()},
        environment={name: f"/zown/{name}/z" for name in real.environment},
        home=Home("/zhome", {}),
    )
    # Bundler has URLs in the names of its settings, in a form of its own.
    upper = {word.upper(): value.replace(".", "__").replace("-", "___").upper() for word, value in values.items()}
    return access, values | {word.replace(".", "__").replace("-", "___"): value for word, value in upper.items()}


def replaced(meaning: Any, values: Mapping[str, str]) -> Any:
    """Return what a file means with the values in place of the plain words."""
    if isinstance(meaning, str):
        found = "|".join(re.escape(word) for word in sorted(values, key=len, reverse=True))
        return re.sub(found, lambda match: values[match[0]], meaning)
    if isinstance(meaning, dict):
        return {replaced(key, values): replaced(value, values) for key, value in meaning.items()}
    return [replaced(one, values) for one in meaning] if isinstance(meaning, list | tuple) else meaning


def in_words(variables: dict[str, str]) -> dict[str, Any]:
    """Return the variables, with that in words which its client reads as a shell does."""
    return {name: shlex.split(value) if name == "GRADLE_OPTS" else value for name, value in variables.items()}


def as_lists(meaning: Any) -> Any:
    return replaced(meaning, {"\0never": ""})


@CHEAP
@given(logins(), matches(r"[A-Za-z0-9_-]{1,20}\.[A-Za-z0-9_-]{1,20}\.[A-Za-z0-9_-]{0,20}"))
def test_odd_values_change_nothing_but_themselves(login: tuple[Login, dict[str, str], str], token: str) -> None:
    options, own, home = login
    real = Access(
        org=options.org,
        repos=options.repo,
        token=token,
        directory=str(options.output),
        domains=dict(options.domain),
        options=options.format_options,
        environment=own,
        home=Home(home, {}),
    )
    access, values = plain(real)
    written = unless_refused(lambda: formats.configure(options.chosen_formats, real))
    assume(written)
    assert written
    expected = formats.configure(options.chosen_formats, access)

    assert in_words(written.variables) == replaced(in_words(expected.variables), values)
    assert written.files.keys() == expected.files.keys()
    for path, text in written.files.items():
        assert as_lists(read(path, text)) == replaced(read(path, expected.files[path]), values), (path, text)
