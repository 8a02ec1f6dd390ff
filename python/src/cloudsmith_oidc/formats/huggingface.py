"""Hugging Face: https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables ."""

from cloudsmith_oidc.errors import SettingsError
from cloudsmith_oidc.formats.base import Access, Endpoint, Format

HUB = Endpoint("huggingface.cloudsmith.io", "{org}/{repo}/")


def _token_path(access: Access) -> str:
    """Return the path of the token's file, in which the client replaces variables as a shell does."""
    if "$" in access.directory:
        raise SettingsError(
            "huggingface_hub takes a $ in the login directory for a variable", hint="Give a directory without $"
        )
    return f"{access.directory}/huggingface/token"


FORMAT = Format(
    client="huggingface_hub (hf) and what is built on it",
    endpoints=(HUB,),
    files=lambda access: {"huggingface/token": f"{access.token}\n"},
    variables={
        "HF_TOKEN_PATH": _token_path,
        "HF_ENDPOINT": lambda access: access.url(HUB, access.repos[0]).rstrip("/"),
    },
    hides="The token of `hf auth login`, and huggingface.co: the client has one endpoint.",
    project="HF_TOKEN wins. `hf upload` publishes to the first repository. With another HF_ENDPOINT, or an endpoint "
    "in the code, the client sends the token there: do not set one inside a login.",
    second_index="There is one endpoint, so that no other is asked.",
)
