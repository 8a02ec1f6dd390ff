"""`cloudsmith-oidc explain`."""

from cloudsmith_oidc import log, output_file, streams
from cloudsmith_oidc.deadline import Deadline
from cloudsmith_oidc.errors import IdTokenError
from cloudsmith_oidc.exchange import ServiceAccount
from cloudsmith_oidc.explain import report_on
from cloudsmith_oidc.explain.evidence import Evidence, Expectations, gather
from cloudsmith_oidc.explain.findings import CODES
from cloudsmith_oidc.explain.html_report import as_html
from cloudsmith_oidc.explain.json_report import as_json
from cloudsmith_oidc.explain.text_report import as_text
from cloudsmith_oidc.given_token import api_key, fetch
from cloudsmith_oidc.settings import STDOUT, Explain


def run(options: Explain) -> None:
    """Diagnose, print the report on standard output, and write the page if one is asked for.

    Raises `CloudsmithOidcError`: the likely cause, or the reason why the page could not be written.
    """
    report = report_on(_gathered(options))
    text = as_json(report) + "\n" if options.as_json else as_text(report)
    if options.html == STDOUT:
        log.StandardError().write(text)
        streams.write(as_html(report).encode())
    else:
        streams.write(text.encode())
        if options.html is not None:
            output_file.write(options.html, as_html(report).encode())
    if report.cause is not None:
        raise CODES[report.cause.code].error(
            f"{report.headline if report.unexpected else 'likely cause'}: {report.cause.found}",
            hint=report.cause.hint,
            code=report.cause.code,
        )


def _gathered(options: Explain) -> Evidence:
    deadline = Deadline(options.timeout)
    account = ServiceAccount(options.api_host, options.org, options.service)
    expectations = Expectations(
        audience=options.expect_audience,
        claims=options.expect_claim,
        repositories=options.repo,
        write=options.write,
        labels=options.labels,
        formats=options.format,
        domains=options.domain,
    )
    try:
        given = fetch(deadline, stdin=options.token_stdin, file=options.token_file, may_have_key=True)
    except IdTokenError as error:
        return gather(error, account, expectations, deadline)
    return gather(
        given.text,
        account,
        expectations,
        deadline,
        api_key=given.api_key or api_key(),
        ca_bundle=given.ca_bundle,
        with_exchange=options.exchange,
    )
