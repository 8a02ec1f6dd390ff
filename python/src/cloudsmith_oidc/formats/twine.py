"""twine: https://packaging.python.org/specifications/pypirc/ . It has no variable for the place of that file."""

from cloudsmith_oidc.formats.base import PYTHON_UPLOADS, USER_NAME, Access, Format, Override, in_directory


def _files(access: Access) -> dict[str, str]:
    servers = access.named_repos
    lines = ["[distutils]", f"index-servers = {' '.join(servers)}"]
    for name, repo in servers.items():
        url = access.url(PYTHON_UPLOADS, repo)
        lines += ["", f"[{name}]", f"repository = {url}", f"username = {USER_NAME}", f"password = {access.token}"]
    return {"twine/pypirc": "\n".join(lines) + "\n"}


FORMAT = Format(
    client='twine, as `twine upload --config-file "$CLOUDSMITH_TWINE_CONFIG"`; `uv publish` needs no option',
    endpoints=(PYTHON_UPLOADS,),
    files=_files,
    # The first is for the command above. Because of the second, an upload without the option does not go to PyPI.
    variables={"CLOUDSMITH_TWINE_CONFIG": in_directory("twine/pypirc"), "TWINE_REPOSITORY": lambda _: "cloudsmith"},
    overrides=(
        Override(names=("TWINE_REPOSITORY",)),
        Override(names=("TWINE_USERNAME",), undo=lambda _: USER_NAME),
        Override(names=("TWINE_REPOSITORY_URL", "TWINE_PASSWORD")),
    ),
    least={"twine": "1.12.1"},
    hides="With the option, the user's ~/.pypirc. Without it, twine wants a repository `cloudsmith` of that file.",
    project="twine publishes to the first repository, with -r cloudsmith-REPOSITORY to a further one. "
    "TWINE_REPOSITORY_URL, TWINE_USERNAME and TWINE_PASSWORD take precedence.",
    without_files="fails",
)
