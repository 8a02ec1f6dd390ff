"""Poetry: https://python-poetry.org/docs/repositories/ ; it reads logins from a netrc, as requests does."""

from cloudsmith_oidc.formats.base import PYTHON_INDEX, PYTHON_UPLOADS, Format, Override, first_url

FORMAT = Format(
    client="Poetry",
    endpoints=(PYTHON_INDEX, PYTHON_UPLOADS),
    files=lambda _: {},
    variables={"POETRY_REPOSITORIES_CLOUDSMITH_URL": first_url(PYTHON_UPLOADS)},
    needs=("netrc",),
    overrides=(
        Override(names=("POETRY_REPOSITORIES_CLOUDSMITH_URL",)),
        Override(names=("POETRY_HTTP_BASIC_*", "POETRY_PYPI_TOKEN_CLOUDSMITH")),
    ),
    least={"poetry": "1.2"},
    project="Its sources and its lock file are kept. `poetry publish -r cloudsmith` publishes to the first repository, "
    "which overrides one that the project calls cloudsmith.",
    second_index="The highest version of all sources of one priority. `poetry add --source` binds a package to one.",
    without_files="refused: if the project names Cloudsmith",
)
