"""Cargo: https://doc.rust-lang.org/cargo/reference/registry-authentication.html .

The token is sent as `Bearer`, as Cloudsmith's own credential provider sends one that it got by OIDC (cloudsmith-cli
1.30.0, credential_helpers/cargo/runtime.py); `Token`, which the format's page has, is for API keys and entitlements.
"""

import shlex

from cloudsmith_oidc.formats.base import Access, Endpoint, Format, Override, in_directory

REGISTRY = Endpoint("cargo.cloudsmith.io", "{org}/{repo}/")


def _files(access: Access) -> dict[str, str]:
    """Return a script that gives Cargo the token for the repositories' registries, and for no other."""
    names = "|".join(shlex.quote(f"sparse+{url}") for url in access.login_urls(REGISTRY))
    return {
        "cargo/login.sh": f"case $CARGO_REGISTRY_INDEX_URL in\n{names}) echo 'Bearer {access.token}' ;;\n"
        '*) echo "This login is not for $CARGO_REGISTRY_INDEX_URL" >&2; exit 1 ;;\nesac\n'
    }


FORMAT = Format(
    client="Cargo",
    endpoints=(REGISTRY,),
    files=_files,
    variables={
        "CARGO_REGISTRIES_CLOUDSMITH_INDEX": lambda access: f"sparse+{access.url(REGISTRY, access.repos[0])}",
        "CARGO_REGISTRIES_CLOUDSMITH_CREDENTIAL_PROVIDER": lambda _: "cloudsmith",
        # Cargo splits this at white space, whatever is quoted.
        "CARGO_CREDENTIAL_ALIAS_CLOUDSMITH": lambda _: 'cargo:token-from-stdout sh -c sh<"$CLOUDSMITH_CARGO_LOGIN"',
        "CLOUDSMITH_CARGO_LOGIN": in_directory("cargo/login.sh"),
    },
    overrides=(
        Override(names=("CARGO_REGISTRIES_CLOUDSMITH_INDEX",)),
        Override(names=("CARGO_REGISTRY_DEFAULT",), undo=lambda _: "cloudsmith"),
        Override(names=("CARGO_SOURCE_*",)),
    ),
    least={"cargo": "1.74"},
    project="The login overrides a registry called cloudsmith in config.toml. For a further repository, write "
    '`credential-provider = "cloudsmith"`. crates.io is replaced only if the project says so. `cargo publish '
    "--registry cloudsmith` publishes to the first repository. A [source] in the user's config.toml that replaces "
    "Cloudsmith's index takes precedence.",
    second_index="A dependency names its registry, so that no other is asked for it.",
    without_files="refused",
)
