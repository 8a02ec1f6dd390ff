"""pip: https://pip.pypa.io/en/stable/topics/configuration/ ; uv and poetry do not read it."""

from cloudsmith_oidc.formats.base import Access, Endpoint, Format

INDEX = Endpoint("pip", "dl.cloudsmith.io", "basic/{org}/{repo}/python/simple/")


def pip_conf(access: Access) -> str:
    """Make the first repository pip's index and the others additional ones."""
    index, *others = [access.with_credentials(url) for url in access.urls(INDEX)]
    lines = ["[global]", f"index-url = {index}"]
    if others:
        lines += ["extra-index-url =", *[f"    {url}" for url in others]]
    return "\n".join(lines) + "\n"


FORMAT = Format(files={"pip.conf": pip_conf}, variables={"PIP_CONFIG_FILE": "{dir}/pip.conf"}, needs_repo=True)
