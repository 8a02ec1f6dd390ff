"""Hugging Face: https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables ."""

from cloudsmith_oidc.formats.base import Endpoint, Format, in_directory

HUB = Endpoint("huggingface.cloudsmith.io", "{org}/{repo}/")


FORMAT = Format(
    client="huggingface_hub (hf) and what is built on it",
    endpoints=(HUB,),
    files=lambda access: {"huggingface/token": f"{access.token}\n"},
    variables={
        "HF_TOKEN_PATH": in_directory("huggingface/token"),
        "HF_ENDPOINT": lambda access: access.url(HUB, access.repos[0]).rstrip("/"),
    },
    not_in_path=r"\$",  # the client replaces variables in this path as a shell does
    hides="The token of `hf auth login`, and huggingface.co: the client has one endpoint.",
    project="HF_TOKEN takes precedence. `hf upload` publishes to the first repository. With another HF_ENDPOINT, or an "
    "endpoint in the code, the client sends the token there: do not set one inside a login.",
    second_index="There is one endpoint, so that no other is asked.",
    without_files="refused",
)
