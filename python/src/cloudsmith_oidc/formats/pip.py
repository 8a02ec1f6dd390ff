"""pip: https://pip.pypa.io/en/stable/topics/configuration/ ; it reads logins from a netrc (topics/authentication)."""

from cloudsmith_oidc.formats.base import PYTHON_INDEX, Access, Format, in_directory


def _files(access: Access) -> dict[str, str]:
    """Return a configuration with the first repository as pip's index and the others as additional ones."""
    index, *others = access.urls(PYTHON_INDEX)
    # The URL has no login, because pip passes it in the arguments of the pips that it starts.
    lines = ["[global]", f"index-url = {index}"]
    if others:
        lines += ["extra-index-url =", *[f"    {url}" for url in others]]
    return {"pip.conf": "\n".join(lines) + "\n"}


FORMAT = Format(
    client="pip",
    endpoints=(PYTHON_INDEX,),
    files=_files,
    variables={"PIP_CONFIG_FILE": in_directory("pip.conf")},
    needs=("netrc",),
    publishes=False,
    hides="The user's pip.conf, with its proxy and CA. The machine's /etc/pip.conf is also read.",
    project="PIP_INDEX_URL and an index named in requirements.txt or on the command line take precedence.",
    second_index="The highest version of all indexes: give pip no other index, but an upstream in Cloudsmith.",
)
