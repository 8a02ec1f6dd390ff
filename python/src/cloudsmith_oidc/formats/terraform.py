"""Terraform, OpenTofu: https://opentofu.org/docs/cli/config/config-file/ ; the token's form is in Cloudsmith's page."""

from urllib.parse import urlsplit

from cloudsmith_oidc.formats.base import DOWNLOADS, Access, Endpoint, Format, Override, double_quoted, in_directory

REGISTRY = Endpoint("terraform.cloudsmith.io", "{org}/{repo}/")


def _files(access: Access) -> dict[str, str]:
    """Return a token for each host. The token names one repository, the first at the host.

    With a custom domain of the workspace, the token does not name the workspace (cloudsmith-cli 1.30.0,
    credential_helpers/terraform/runtime.py).
    """
    tokens: dict[str, str] = {}
    for repo in access.repos:
        host = urlsplit(access.url(REGISTRY, repo)).netloc
        workspace = f"{access.org}/" if host == REGISTRY.host else ""
        tokens.setdefault(host, f"{workspace}{repo}/{access.token}")
    # A project can name Cloudsmith's own host in spite of a custom domain.
    tokens.setdefault(REGISTRY.host, f"{access.org}/{access.repos[0]}/{access.token}")
    blocks = [
        f"credentials {double_quoted(host)} {{\n  token = {double_quoted(token)}\n}}\n"
        for host, token in tokens.items()
    ]
    return {"terraform/config.tfrc": "".join(blocks)}


FORMAT = Format(
    client="Terraform, OpenTofu",
    endpoints=(REGISTRY, DOWNLOADS),
    files=_files,
    variables={"TF_CLI_CONFIG_FILE": in_directory("terraform/config.tfrc")},
    hidden_files=(".terraformrc", ".tofurc"),
    needs=("netrc",),
    overrides=(Override(names=("TF_CLI_CONFIG_FILE",)), Override(names=("TF_TOKEN_terraform_*",))),
    publishes=False,
    hides="The user's ~/.terraformrc and ~/.tofurc, and what `terraform login` has written.",
    project="Modules come from the first repository at a host: its token names one. TF_TOKEN variables take "
    "precedence, also those of a custom domain, of which the login does not warn.",
    second_index="A module's source names its host, so that no other is asked for it.",
    without_files="refused",
)
