"""pip: https://pip.pypa.io/en/stable/topics/configuration/ ; it reads logins from a netrc (topics/authentication)."""

from cloudsmith_oidc.formats.base import PYTHON_INDEX, Access, Format, Override, first_url, in_directory


def _files(access: Access) -> dict[str, str]:
    """Return a configuration with the first repository as pip's index and the others as additional ones.

    The empty lines override those of the machine's files. A command's own section takes precedence over
    [global], also if it is in another file.
    """
    index, *others = access.urls(PYTHON_INDEX)
    # The URL has no login, because pip passes it in the arguments of the pips that it starts.
    lines = [f"index-url = {index}", "extra-index-url =", *[f"    {url}" for url in others]]
    lines += ["find-links =", "no-index = false"]
    sections = ("global", "install", "download", "wheel")
    return {"pip.conf": "".join("\n".join([f"[{section}]", *lines, ""]) for section in sections)}


def _extra_indexes(access: Access) -> str:
    """Return the URLs of the other repositories; that of the first once more if there is no other one."""
    index, *others = access.urls(PYTHON_INDEX)
    return " ".join(others or [index])


FORMAT = Format(
    client="pip",
    endpoints=(PYTHON_INDEX,),
    files=_files,
    variables={
        "PIP_CONFIG_FILE": in_directory("pip.conf"),
        # Without its files, pip asks Cloudsmith and is refused. It would ask PyPI.
        "PIP_INDEX_URL": first_url(PYTHON_INDEX),
        "PIP_EXTRA_INDEX_URL": _extra_indexes,
    },
    overrides=(
        Override(names=("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CONFIG_FILE")),
        Override(names=("PIP_PYPI_URL",), undo=first_url(PYTHON_INDEX)),
        # pip ignores a place that is neither a file nor a directory, and says so.
        Override(names=("PIP_FIND_LINKS",), undo=lambda _: "/dev/null"),
        Override(names=("PIP_NO_INDEX",), undo=lambda _: "0"),
        Override(names=("PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT", "PIP_REQUIREMENT")),
        # pipenv asks it instead of PyPI. Without it, pipenv asks what its Pipfile names.
        Override(names=("PIPENV_PYPI_MIRROR",), undo=first_url(PYTHON_INDEX)),
    ),
    hidden_files=(".config/pip/pip.conf", ".pip/pip.conf"),
    needs=("netrc",),
    publishes=False,
    least={"pip": "20.3"},
    hides="The user's pip.conf, with its proxy and CA. The machine's /etc/pip.conf is read, except its indexes, "
    "find-links and no-index.",
    project="An index in requirements.txt or on the command line takes precedence, and so does PIP_INDEX_URL if it is "
    "set inside the login.",
    without_files="refused",
    second_index="The highest version of all indexes: give pip no other index, but an upstream in Cloudsmith.",
)
