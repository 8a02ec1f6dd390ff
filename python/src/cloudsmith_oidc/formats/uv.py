"""uv: https://docs.astral.sh/uv/concepts/authentication/http/ (netrc), /reference/environment/ (the variables)."""

from pathlib import Path

from cloudsmith_oidc.formats.base import PYTHON_INDEX, PYTHON_UPLOADS, Access, Format, FormatOption, Override, switch


def _index(access: Access) -> str:
    return access.url(PYTHON_INDEX, access.repos[0])


FORMAT = Format(
    client="uv",
    endpoints=(PYTHON_INDEX, PYTHON_UPLOADS),
    files=lambda _: {},
    variables={
        "UV_PUBLISH_URL": lambda access: access.url(PYTHON_UPLOADS, access.repos[0]),
        # Only if the option asks for it: a lock file of another index would not fit.
        "UV_DEFAULT_INDEX": lambda access: _index(access) if access.switched_on("index") else None,
    },
    needs=("netrc",),
    user_files=(".config/uv/uv.toml",),
    overrides=(
        Override(names=("UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX"), undo=_index),
        # An empty value would do, but see `Override`. The login directory has no packages.
        Override(names=("UV_FIND_LINKS",), undo=lambda access: Path(access.directory).absolute().as_uri()),
        Override(names=("UV_PUBLISH_URL",)),
        Override(names=("UV_CONFIG_FILE", "UV_TORCH_BACKEND", "UV_INDEX_*_USERNAME", "UV_INDEX_*_PASSWORD")),
        Override(names=("UV_CONSTRAINT", "UV_BUILD_CONSTRAINT", "UV_OVERRIDE")),
        Override(names=("UV_PUBLISH_INDEX", "UV_PUBLISH_TOKEN", "UV_PUBLISH_USERNAME", "UV_PUBLISH_PASSWORD")),
    ),
    options={
        "index": FormatOption(
            takes="true|false",
            help="Make the first repository the default index. Default: the project says where its index is.",
            check=switch,
        )
    },
    least={"uv": "0.4.23 (before, it ignores uv.index=true, and asks PyPI)"},
    project="[tool.uv] is kept. `uv publish` publishes to the first repository: it overrides the project's "
    "publish-url, and `uv publish --index` needs UV_PUBLISH_URL unset. With uv.index=true, the project's other indexes "
    "take precedence over Cloudsmith, and so do those of the machine's /etc/uv/uv.toml. "
    "Its default index is not asked, and a lock file made with that does not fit.",
    second_index="The first index that has the package, whatever the version.",
    without_files="refused: with uv.index=true, or if the project names Cloudsmith; else PyPI",
)
