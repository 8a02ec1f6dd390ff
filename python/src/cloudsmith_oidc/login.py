"""`cloudsmith-oidc login`: from the options to the files of the clients.

options --given_token, id_token--> ID token --exchange--> Cloudsmith token --formats--> files and variables
--login_directory--> a directory, or an answer on standard output
"""

import json
import os
import shlex
from dataclasses import replace
from pathlib import Path

import structlog

from cloudsmith_oidc import formats, log, login_directory, streams
from cloudsmith_oidc.deadline import Deadline, timestamp
from cloudsmith_oidc.errors import CloudsmithOidcError, ExchangeRefusedError, ServiceMismatchError
from cloudsmith_oidc.exchange import CloudsmithToken, ServiceAccount, exchange
from cloudsmith_oidc.formats.base import Access
from cloudsmith_oidc.given_token import fetch
from cloudsmith_oidc.home import WITH_REGISTRY, Home
from cloudsmith_oidc.http import HttpClient
from cloudsmith_oidc.id_token import IdToken
from cloudsmith_oidc.settings import STDOUT, Login


def run(options: Login) -> None:
    """Exchange the ID token and write the files of the formats asked for. Raises `CloudsmithOidcError`."""
    if options.output == STDOUT:
        streams.standard_output()
    deadline = Deadline(options.timeout)
    given = fetch(deadline, stdin=options.token_stdin, file=options.token_file)
    id_token = IdToken.read(given.text)
    client = HttpClient(given.ca_bundle)
    sent = dict(given.files)
    registry = sent.pop(WITH_REGISTRY, None)
    access = _access(options, Home(files=sent or None, registry=registry))
    # A value that a client's file cannot hold is reported before anything is sent.
    formats.configure(options.chosen_formats, access)
    for name, host, url in formats.places(options.chosen_formats, access):
        log.debug("points a client to", format=name, host=host, url=url)
    service = ServiceAccount(options.api_host, options.org, options.service)
    try:
        token = exchange(client, service, id_token, timeout=deadline.remaining())
    except (ExchangeRefusedError, ServiceMismatchError) as refused:
        _explain(refused, client, service, id_token, deadline)
        raise
    files = _files(options, id_token, token, replace(access, token=token.value))
    if options.output == STDOUT:
        streams.write(login_directory.as_lines(files))
    else:
        login_directory.write(options.output, files)
    _report_overriding(options, access)
    structlog.get_logger().info(
        "logged in",
        org=options.org,
        service=options.service,
        formats=",".join(options.chosen_formats),
        expires_at=timestamp(token.expires_at),
        fingerprint=token.fingerprint,
    )


def _report_overriding(options: Login, access: Access) -> None:
    """Log the names of variables and files that take precedence over the login, and of files that it hides.

    What is in them may be a login.
    """
    if os.environ.get("CLOUDSMITH_OIDC_REFRESH"):
        return  # It writes the files anew, and leaves the variables as the body has them.
    for one in formats.overriding(options.chosen_formats, access):
        keep = f"{one.format}.keep={one.variable}"
        if one.value:
            structlog.get_logger().info(
                f"{one.variable} is set around the login: inside, the login overrides it (to keep it: {keep})"
            )
        else:
            log.warn(
                f"{one.variable} is set around the login and can send {one.format} elsewhere: unset it before the login"
                f" (to accept it: {keep})"
            )
    for name in options.chosen_formats:
        for path in formats.load(name).user_files:
            keep = f"{name}.keep"
            if access.home.has(path) and path not in access.options.get(keep, ()):
                file = access.home.place(path)
                log.warn(f"{file} can send {name} elsewhere if it names a source (to accept it: {keep}={path})")
    for form in formats.with_needs(options.chosen_formats).values():
        inherited = dict.fromkeys(() if access.inherit else form.logins, ": the setting inherit copies its logins")
        for path, hint in (dict.fromkeys(form.hidden_files, "") | inherited).items():
            if access.home.has(path):
                structlog.get_logger().info(f"{access.home.place(path)} is not read inside the login{hint}")


def _explain(
    refused: CloudsmithOidcError, client: HttpClient, service: ServiceAccount, id_token: IdToken, deadline: Deadline
) -> None:
    """Log the likely cause of a refusal. An error in the diagnosis must not replace the refusal."""
    try:
        # Loaded only now, because a login that succeeds does not need it.
        from cloudsmith_oidc import explain  # noqa: PLC0415

        explain.explain_refusal(refused, client, service, id_token, deadline)
    except Exception as error:  # noqa: BLE001 - the refusal is the error to report
        structlog.get_logger().warning("the diagnosis of the refusal failed: a bug", kind=type(error).__name__)


def _access(options: Login, home: Home) -> Access:
    """Return what the login gives access to, still without a token."""
    return Access(
        org=options.org,
        repos=options.repo,
        token="",
        directory=str((options.root or Path()) if options.output == STDOUT else options.output),
        domains=dict(options.domain),
        options=options.format_options,
        environment=os.environ,
        around=_around(),
        home=home,
        inherit=options.inherit,
    )


def _around() -> frozenset[str]:
    """Return the names of the variables around the login. The launcher passes them, as it keeps few variables."""
    if "CLOUDSMITH_OIDC_LAUNCHER" in os.environ:
        return frozenset(os.environ.get("CLOUDSMITH_OIDC_AROUND", "").split())
    return frozenset(name for name, value in os.environ.items() if value)


def _files(options: Login, id_token: IdToken, token: CloudsmithToken, access: Access) -> dict[str, str]:
    """Return every file of the login directory."""
    configuration = formats.configure(options.chosen_formats, access)
    files, variables = configuration.files, configuration.variables
    files[login_directory.ENV] = "".join(f"{name}={value}\n" for name, value in variables.items())
    # The job does not need the ID token after the login.
    unset = ["CLOUDSMITH_OIDC_TOKEN", "OIDC_TOKEN", *configuration.unset]
    files[login_directory.ACTIVATE] = f"unset {' '.join(unset)}\n" + "".join(
        f"export {name}={shlex.quote(value)}\n" for name, value in variables.items() if name not in unset
    )
    files[login_directory.IGNORE] = "*\n"
    record = {
        "org": options.org,
        "service": options.service,
        "formats": options.chosen_formats,
        "files": [*files, login_directory.RECORD],
        "expires_at": timestamp(token.expires_at),
        "fingerprint": token.fingerprint,
        **{claim: _plain(id_token.claims.get(claim)) for claim in ("iss", "sub", "aud")},
    }
    files[login_directory.RECORD] = json.dumps(record, indent=2) + "\n"
    return files


def _plain(claim: object) -> object:
    """Return a claim that is a text or a list of texts, else None. A nested one, indented, could fill megabytes."""
    texts = claim if isinstance(claim, list) else [claim]
    return claim if all(isinstance(text, str) for text in texts) else None
