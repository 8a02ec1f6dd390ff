"""Conda: https://docs.conda.io and https://rattler.dev ; conda and rattler read logins from a netrc."""

from cloudsmith_oidc.formats.base import Endpoint, Format, Override, in_directory

CHANNEL = Endpoint("conda.cloudsmith.io", "{org}/{repo}/")

FORMAT = Format(
    client="conda, and rattler by its AuthenticationMiddleware",
    endpoints=(CHANNEL,),
    # rattler prefers it to the netrc, so it has no logins.
    files=lambda _: {"conda/credentials.json": "{}\n"},
    variables={},
    needs=("netrc",),
    needs_repo=False,
    user_files=(".condarc",),
    overrides=(
        Override(names=("RATTLER_AUTH_FILE",), undo=in_directory("conda/credentials.json")),
        Override(names=("CONDA_CHANNELS", "CONDA_DEFAULT_CHANNELS", "CONDA_CHANNEL_ALIAS", "CONDARC", "MAMBARC")),
    ),
    publishes=False,
    least={"rattler": "0.9"},
    project="The project names its channels. rattler: logins in ~/.rattler/credentials.json take precedence.",
    second_index="The first channel that has the package, whatever the version, as long as the priority is strict.",
    without_files="refused",
)
