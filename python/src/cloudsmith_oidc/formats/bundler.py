"""Bundler: https://bundler.io/man/bundle-config.1.html ("Credentials for gem sources")."""

from cloudsmith_oidc.formats.base import RUBY_GEMS, USER_NAME, Access, Format, Override, double_quoted, in_directory

_MIRROR = "BUNDLE_MIRROR__ALL"


def _files(access: Access) -> dict[str, str]:
    """Return a login for each repository's URL, which is in the name of Bundler's setting."""
    names = [url.replace(".", "__").replace("-", "___").upper() for url in access.login_urls(RUBY_GEMS)]
    lines = [f"BUNDLE_{name}: {double_quoted(f'{USER_NAME}:{access.token}')}\n" for name in names]
    return {"bundler/config": "---\n" + "".join(lines)}


def _timeout(access: Access) -> str | None:
    """Return the value by which Bundler ignores a mirror that does not answer, if one takes the place of the job's."""
    return "true" if _MIRROR in access.around.difference(access.option("keep")) else None


FORMAT = Format(
    client="Bundler",
    endpoints=(RUBY_GEMS,),
    files=_files,
    variables={
        "BUNDLE_USER_CONFIG": in_directory("bundler/config"),
        f"{_MIRROR}__FALLBACK_TIMEOUT": _timeout,
    },
    overrides=(
        Override(names=("BUNDLE_CONFIG",), undo=in_directory("bundler/config")),
        # No mirror listens there. Bundler then asks the sources themselves.
        Override(names=(_MIRROR,), undo=lambda _: "http://127.0.0.1:1/"),
        Override(names=("BUNDLE_MIRROR__HTTP*", "BUNDLE_IGNORE_CONFIG", "BUNDLE_APP_CONFIG")),
    ),
    hidden_files=(".bundle/config",),
    publishes=False,
    least={"bundler": "2.2"},
    hides="The user's ~/.bundle/config.",
    project="The Gemfile names the source. A login in .bundle/config takes precedence if it is for the URL, not for "
    "the host, and so does a mirror.",
    second_index="The highest version of all top-level sources; one in a source block is only of that source.",
    without_files="refused",
)
