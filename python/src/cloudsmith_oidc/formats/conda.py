"""Conda: https://rattler.dev and what is built on it read logins from a netrc."""

from cloudsmith_oidc.formats.base import Endpoint, Format, Override

CHANNEL = Endpoint("conda.cloudsmith.io", "{org}/{repo}/")

FORMAT = Format(
    client="rattler, by its AuthenticationMiddleware; conda and micromamba were not to be had for a test",
    endpoints=(CHANNEL,),
    files=lambda _: {},
    variables={},
    needs=("netrc",),
    needs_repo=False,
    overrides=(
        Override(names=("RATTLER_AUTH_FILE", "CONDA_CHANNELS", "CONDA_DEFAULT_CHANNELS", "CONDA_CHANNEL_ALIAS")),
        Override(names=("CONDARC", "MAMBARC")),
    ),
    publishes=False,
    project="The project names its channels.",
    second_index="The first channel that has the package, whatever the version, as long as the priority is strict.",
    without_files="refused",
)
