"""The vendor's command line: https://docs.cloudsmith.com/developer-tools/cli .

It sends the token as `X-Api-Key`, which Cloudsmith accepts of tokens by OIDC as well: others were seen to upload so.
"""

from cloudsmith_oidc.formats.base import Format, Override, in_directory

FORMAT = Format(
    client="cloudsmith, Cloudsmith's own command line",
    endpoints=(),
    files=lambda access: {"cloudsmith/credentials.ini": f"[default]\napi_key = {access.token}\n"},
    variables={"CLOUDSMITH_CREDENTIALS_FILE": in_directory("cloudsmith/credentials.ini")},
    needs_repo=False,
    overrides=(
        # It ignores a blank key, and reads the file (cloudsmith-cli 1.30.0, credentials/providers/env_var.py).
        Override(names=("CLOUDSMITH_API_KEY",), undo=lambda _: " "),
        Override(names=("CLOUDSMITH_CONFIG_FILE", "CLOUDSMITH_PROFILE")),
    ),
    least={"cloudsmith": "0.40"},
    hides="The api_key of the user's credentials.ini.",
    project="--api-key takes precedence over the login, and so does CLOUDSMITH_API_KEY if it is set inside. The login "
    "takes precedence over the project's credentials.ini. From 1.30 on, the command reports its own crashes to Sentry, "
    "unless DO_NOT_TRACK=1 or CLOUDSMITH_NO_TELEMETRY=1 is set, or config.ini has telemetry = false.",
    without_files="fails",
)
