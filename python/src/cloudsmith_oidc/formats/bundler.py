"""Bundler: https://bundler.io/man/bundle-config.1.html ("Credentials for gem sources")."""

from cloudsmith_oidc.formats.base import RUBY_GEMS, USER_NAME, Access, Format, Override, double_quoted, in_directory


def _files(access: Access) -> dict[str, str]:
    """Return a login for each repository's URL, which is in the name of Bundler's setting."""
    names = [url.replace(".", "__").replace("-", "___").upper() for url in access.urls(RUBY_GEMS)]
    lines = [f"BUNDLE_{name}: {double_quoted(f'{USER_NAME}:{access.token}')}\n" for name in names]
    return {"bundler/config": "---\n" + "".join(lines)}


FORMAT = Format(
    client="Bundler",
    endpoints=(RUBY_GEMS,),
    files=_files,
    variables={"BUNDLE_USER_CONFIG": in_directory("bundler/config")},
    overrides=(
        Override(names=("BUNDLE_CONFIG",), undo=in_directory("bundler/config")),
        Override(names=("BUNDLE_MIRROR__*", "BUNDLE_IGNORE_CONFIG")),
    ),
    publishes=False,
    hides="The user's ~/.bundle/config.",
    project="The Gemfile names the source. A login in .bundle/config takes precedence if it is for the URL, not for "
    "the host.",
    second_index="The highest version of all top-level sources; one in a source block is only of that source.",
    without_files="refused",
)
