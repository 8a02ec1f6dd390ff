"""RubyGems: https://guides.rubygems.org/command-reference/#gem-environment (GEMRC), /rubygems-org-api (the API key).

From 3.4.21 on, it reads a gemrc with a YAML reader of its own (rubygems/yaml_serializer.rb, config_file.rb), which
takes the quotes around a key for a part of the key, and `__` in a key for a dot.
"""

from urllib.parse import urlsplit

from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.formats.base import RUBY_GEMS, USER_NAME, Access, Endpoint, Format, Override, double_quoted

PUSHES = Endpoint("ruby.cloudsmith.io", "{org}/{repo}/")


def _push_hosts(access: Access) -> list[str]:
    """Return the hosts without a slash at the end: RubyGems adds one and a path, and looks the key up by the host.

    `%5F` is another way to write an underscore in a URL. Some versions of RubyGems do not find a key with two in a row.
    """
    return [url.rstrip("/").replace("__", "_%5F") for url in access.login_urls(PUSHES)]


def _files(access: Access) -> dict[str, str]:
    """Return the repositories as sources, and a key for each host that gems are pushed to.

    The login is in the URLs of the sources: RubyGems reads it nowhere else.
    """
    sources = [urlsplit(url) for url in access.urls(RUBY_GEMS)]
    with_login = [url._replace(netloc=f"{USER_NAME}:{access.token}@{url.netloc}").geturl() for url in sources]
    lines = [":sources:", *(f"- {double_quoted(url)}" for url in with_login)]
    # YAML needs no quotes around a URL, and some versions of RubyGems do not understand them around a key.
    # It sends the whole value as the header. Raw keys are for API keys: with tokens by OIDC, users send Bearer.
    lines += [f"{url}: {double_quoted(f'Bearer {access.token}')}" for url in _push_hosts(access)]
    # Arguments in another gemrc could name a source. `gem` has those of all commands, `install` those of one.
    lines += ["gem: --no-document", *(f'{command}: ""' for command in ("install", "update", "fetch"))]
    return {"rubygems/gemrc": "\n".join(lines) + "\n"}


def _gemrc(access: Access) -> str:
    """Return the list of files with ours. Without GEMRC, RubyGems reads the user's."""
    users = f"{access.home.path}/.gemrc"
    if ":" in users:
        raise SettingsError("RubyGems cannot read a gemrc in a HOME with a colon", hint="Leave the format rubygems out")
    return access.extended("GEMRC", f"{access.directory}/rubygems/gemrc", ":", default=users)


FORMAT = Format(
    client="RubyGems",
    endpoints=(RUBY_GEMS, PUSHES),
    files=_files,
    variables={"GEMRC": _gemrc, "RUBYGEMS_HOST": lambda access: _push_hosts(access)[0]},
    overrides=(Override(names=("RUBYGEMS_HOST",)), Override(names=("GEM_HOST_API_KEY",))),
    extends=("GEMRC",),
    not_in_path=":",
    least={"rubygems": "3.2"},
    hides="The sources and the arguments of commands in the user's and the machine's gemrc, and ~/.config/gem/gemrc. "
    "Gems are installed without their documentation.",
    project="`gem push` publishes to the first repository; to another one of the login with --host "
    "https://ruby.cloudsmith.io/WORKSPACE/REPOSITORY, in which __ is to be written _%5F. If there is "
    "~/.gem/credentials or ~/.local/share/gem/credentials, that file takes precedence, and gems are pushed without the "
    "login.",
    second_index="The first source that has the gem, whatever the version; --source adds one after Cloudsmith.",
    without_files="public: rubygems.org",
)
