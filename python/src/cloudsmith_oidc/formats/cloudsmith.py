"""The vendor's command line: https://docs.cloudsmith.com/developer-tools/cli .

It sends the `api_key` of a file as `X-Api-Key`. Whether the service takes a token of OpenID Connect there is said in
two ways: the vendor's orb sets such a token as the key; the source of version 1.30 (core/credentials/models.py) says
that a JWT is refused there.
"""

from cloudsmith_oidc.formats.base import Format, in_directory

FORMAT = Format(
    client="Cloudsmith's own cloudsmith; not tried with the real service, which may refuse this token as an API key",
    endpoints=(),
    files=lambda access: {"cloudsmith/credentials.ini": f"[default]\napi_key = {access.token}\n"},
    variables={"CLOUDSMITH_CREDENTIALS_FILE": in_directory("cloudsmith/credentials.ini")},
    needs_repo=False,
    hides="The api_key of the user's credentials.ini.",
    project="CLOUDSMITH_API_KEY and --api-key win. An api_key in a credentials.ini of the project loses.",
)
