"""Hex: https://hexdocs.pm/hex/Mix.Tasks.Hex.Config.html (HEX_HOME, HEX_API_URL) and Mix.Tasks.Hex.Repo."""

import textwrap

from cloudsmith_oidc.formats.base import (
    Access,
    Endpoint,
    Format,
    FormatOption,
    Override,
    double_quoted,
    in_directory,
    matching,
)

REPOSITORY = Endpoint("hex.cloudsmith.io", "{org}/{repo}/")


def _files(access: Access) -> dict[str, str]:
    """Return the repositories by their names in Cloudsmith, which are in their signatures."""
    keys = dict(option.split("=", 1) for option in access.option("public-key"))
    repos = ", ".join(
        f"<<{double_quoted(repo)}>> => #{{url => <<{double_quoted(_url(access, repo))}>>, "
        f'auth_key => <<"{access.token}">>{_pem(keys.get(repo))}, trusted => true}}'
        for repo in access.repos
    )
    return {"hex/hex.config": f"{{api_key, <<\"{access.token}\">>}}.\n{{'$repos', #{{{repos}}}}}.\n"}


def _url(access: Access, repo: str) -> str:
    """Return the URL of a repository as Hex wants it."""
    return access.url(REPOSITORY, repo).removesuffix("/")


def _pem(key: str | None) -> str:
    if key is None:
        return ""
    lines = ["-----BEGIN PUBLIC KEY-----", *textwrap.wrap(key, 64), "-----END PUBLIC KEY-----"]
    return ', public_key => <<"' + "".join(f"{line}\\n" for line in lines) + '">>'


FORMAT = Format(
    client="Hex",
    endpoints=(REPOSITORY,),
    files=_files,
    variables={"HEX_HOME": in_directory("hex"), "HEX_API_URL": lambda access: _url(access, access.repos[0])},
    overrides=(Override(names=("HEX_HOME",)), Override(names=("HEX_API_KEY",))),
    options={
        "public-key": FormatOption(
            takes="REPO=TEXT",
            help="The text between the first and the last line of a repository's public key, in one line. "
            "Default: the job gives it to `mix hex.repo set REPO --public-key FILE`.",
            check=matching(
                r"[A-Za-z0-9][A-Za-z0-9._-]*=[A-Za-z0-9+/]+={0,2}",
                "a repository and the text of its public key in one line, REPO=TEXT",
            ),
        )
    },
    least={"hex": "1.0.1"},
    hides="The user's ~/.hex, with its repositories, keys and cache.",
    project="HEX_API_KEY takes precedence. `mix hex.publish package` publishes to the first repository. A project "
    "whose own api_url is not Cloudsmith's would publish there with the token.",
    second_index="A dependency names its repository, so that no other is asked for it.",
    without_files="fails",
)
