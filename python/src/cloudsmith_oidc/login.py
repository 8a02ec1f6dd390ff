"""`cloudsmith-oidc login`."""

import json
import os
import shlex
from dataclasses import replace
from pathlib import Path

import structlog

from cloudsmith_oidc import formats, login_directory, streams
from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.errors import CloudsmithOidcError, ExchangeRefusedError, ServiceMismatchError
from cloudsmith_oidc.exchange import CloudsmithToken, ServiceAccount, exchange
from cloudsmith_oidc.home import Home
from cloudsmith_oidc.http import HttpClient
from cloudsmith_oidc.id_token import IdToken, fetch
from cloudsmith_oidc.settings import Login
from cloudsmith_oidc.times import timestamp


def run(options: Login) -> None:
    """Exchange the ID token and write the files of the formats asked for. Raises `CloudsmithOidcError`."""
    if options.output == Login.STDOUT:
        streams.standard_output()
    deadline = Deadline(options.timeout)
    given = fetch(options, deadline)
    id_token = IdToken.read(given.text)
    client = HttpClient(given.ca_bundle)
    account = _account(options, Home(files=given.home))
    # What no client's file can hold is said before anything is sent.
    formats.configure(options.chosen_formats, account)
    service = ServiceAccount(options.api_host, options.org, options.service)
    try:
        token = exchange(client, service, id_token, timeout=deadline.remaining())
    except (ExchangeRefusedError, ServiceMismatchError) as refused:
        _explain(refused, client, service, id_token, deadline)
        raise
    files = _files(options, id_token, token, replace(account, token=token.value))
    if options.output == Login.STDOUT:
        streams.write(login_directory.as_lines(files))
    else:
        login_directory.write(options.output, files)
    structlog.get_logger().info(
        "logged in",
        org=options.org,
        service=options.service,
        formats=",".join(options.chosen_formats),
        expires_at=timestamp(token.expires_at),
        fingerprint=token.fingerprint,
    )


def _explain(
    refused: CloudsmithOidcError, client: HttpClient, service: ServiceAccount, id_token: IdToken, deadline: Deadline
) -> None:
    """Log the likely cause of a refusal. Whatever goes wrong in finding it must not hide the refusal."""
    try:
        # Loaded only now: a login that succeeds has no use for it.
        from cloudsmith_oidc import explain  # noqa: PLC0415

        explain.explain_refusal(refused, client, service, id_token, deadline)
    except Exception as error:  # noqa: BLE001 - the refusal is what has to be reported
        structlog.get_logger().warning("the diagnosis of the refusal failed: a bug", kind=type(error).__name__)


def _account(options: Login, home: Home) -> formats.Account:
    """Return what the login is to give access to, without a token. Its files know where the clients will run."""
    return formats.Account(
        org=options.org,
        repos=options.repo,
        token="",
        directory=str((options.root or Path()) if options.output == Login.STDOUT else options.output),
        domains=dict(options.domain),
        options=options.format_options,
        environment=os.environ,
        home=home,
        inherit=options.inherit,
    )


def _files(options: Login, id_token: IdToken, token: CloudsmithToken, account: formats.Account) -> dict[str, str]:
    """Return every file of the login directory."""
    configuration = formats.configure(options.chosen_formats, account)
    files, variables = configuration.files, configuration.variables
    files[login_directory.ENV] = "".join(f"{name}={value}\n" for name, value in variables.items())
    # What a job runs after the login has no use for the ID token.
    files[login_directory.ACTIVATE] = "unset CLOUDSMITH_OIDC_TOKEN OIDC_TOKEN\n" + "".join(
        f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()
    )
    record = {
        "org": options.org,
        "service": options.service,
        "formats": options.chosen_formats,
        "files": [*files, login_directory.RECORD],
        "expires_at": timestamp(token.expires_at),
        "fingerprint": token.fingerprint,
        **{claim: id_token.claims.get(claim) for claim in ("iss", "sub", "aud")},
    }
    files[login_directory.RECORD] = json.dumps(record, indent=2) + "\n"
    return files
