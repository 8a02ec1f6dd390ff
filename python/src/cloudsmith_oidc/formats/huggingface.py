"""Hugging Face: https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables ."""

from cloudsmith_oidc.formats.base import Endpoint, Format, Override, in_directory

HUB = Endpoint("huggingface.cloudsmith.io", "{org}/{repo}/")


FORMAT = Format(
    client="huggingface_hub (hf) and what is built on it",
    endpoints=(HUB,),
    files=lambda access: {"huggingface/token": f"{access.token}\n"},
    variables={
        "HF_TOKEN_PATH": in_directory("huggingface/token"),
        "HF_ENDPOINT": lambda access: access.url(HUB, access.repos[0]).rstrip("/"),
    },
    overrides=(
        Override(names=("HF_TOKEN_PATH",)),
        # The client removes white space, and takes what is left for no token.
        Override(names=("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"), undo=lambda _: " "),
        Override(names=("HF_HUB_DISABLE_IMPLICIT_TOKEN",), undo=lambda _: "0"),
        Override(names=("HF_OIDC_RESOURCE",)),
    ),
    not_in_path=r"\$",  # the client replaces variables in this path as a shell does
    least={"huggingface": "0.23.0 (before, it sends the user's own token to Cloudsmith)"},
    hides="The token of `hf auth login`, and huggingface.co: the client has one endpoint.",
    project="HF_TOKEN takes precedence if it is set inside the login. `hf upload` publishes to the first "
    "repository. With another HF_ENDPOINT, or an endpoint in the code, the client sends the token there: do not "
    "set one inside a login.",
    second_index="There is one endpoint, so that no other is asked.",
    without_files="refused",
)
