"""Misconfigured worlds: each takes the healthy sandbox and breaks it in one way, or in two.

A world is a function; its docstring says what somebody did wrong. `WORLDS` is the table of all of them, in the order
of this file, with the cause that a diagnosis has to name first.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox import Issuer, Sandbox, faults

HOUR = 3600
HOSTED = "https://issuer.example.org"


@dataclass(frozen=True)
class Given:
    """What the program is run with. `arguments` are for `explain` only, the environment is for every command."""

    token: str
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class World:
    """A broken world. `login` says whether a login fails there with the cause in its last line."""

    make: Callable[[Sandbox], Given]
    cause: str
    login: bool = True

    @property
    def name(self) -> str:
        return self.make.__name__.replace("_", "-")


WORLDS: list[World] = []

Make = Callable[[Sandbox], Given]


def world(cause: str, *, login: bool = True) -> Callable[[Make], Make]:
    """Add a world to the table."""

    def add(make: Make) -> Make:
        WORLDS.append(World(make, cause, login))
        return make

    return add


def given(sandbox: Sandbox, *arguments: str, **environment: str) -> Given:
    return Given(sandbox.mint(), arguments, environment)


def moved(sandbox: Sandbox, jenkins_url: str = "https://jenkins.example.com", **options: Any) -> Issuer:
    """Replace the issuer, and tell Cloudsmith."""
    sandbox.jenkins.issuers.clear()
    sandbox.issuer = sandbox.add_issuer(Issuer(jenkins_url, **options))
    sandbox.trust(sandbox.issuer.url)
    return sandbox.issuer


def hosted(sandbox: Sandbox, **documents: Any) -> Issuer:
    """Host the issuer's documents elsewhere, with some of their members replaced."""
    issuer = moved(sandbox, explicit=HOSTED)
    site = sandbox.site("issuer.example.org")
    site.pages["/.well-known/openid-configuration"] = issuer.discovery() | documents.get("discovery", {})
    site.pages["/jwks"] = issuer.jwks() | documents.get("jwks", {})
    return issuer


def require(sandbox: Sandbox, **claims: str) -> None:
    """Change the claims that Cloudsmith requires."""
    sandbox.cloudsmith.providers[sandbox.org][0].claims = claims


# Settings


@world("org-invalid", login=False)
def no_workspace(sandbox: Sandbox) -> Given:
    return given(sandbox, CLOUDSMITH_ORG="")


@world("org-invalid", login=False)
def the_workspace_is_a_url(sandbox: Sandbox) -> Given:
    return given(sandbox, CLOUDSMITH_ORG="https://app.cloudsmith.com/acme")


@world("service-invalid", login=False)
def the_service_account_is_a_display_name(sandbox: Sandbox) -> Given:
    return given(sandbox, CLOUDSMITH_SERVICE_SLUG="CI Reader")


@world("api-host-invalid", login=False)
def the_api_is_plain_http(sandbox: Sandbox) -> Given:
    return given(sandbox, CLOUDSMITH_API_HOST="http://api.cloudsmith.io")


@world("network-settings-invalid", login=False)
def the_ca_bundle_is_not_there(sandbox: Sandbox) -> Given:
    return given(sandbox, SSL_CERT_FILE="/nowhere/ca.pem")


# The token


@world("token-missing")
def nothing_was_bound(sandbox: Sandbox) -> Given:
    return replace(given(sandbox), token="")


@world("token-missing", login=False)
def the_token_file_is_not_there(sandbox: Sandbox) -> Given:
    return given(sandbox, "--token-file", "/nowhere/token")


@world("token-malformed")
def a_password_was_bound(sandbox: Sandbox) -> Given:
    return replace(given(sandbox), token="hunter2")


@world("token-malformed")
def the_token_was_cut(sandbox: Sandbox) -> Given:
    return replace(given(sandbox), token=sandbox.mint().rpartition(".")[0])


@world("token-malformed")
def the_token_was_wrapped(sandbox: Sandbox) -> Given:
    token = sandbox.mint()
    return replace(given(sandbox), token=f"{token[:76]}\n{token[76:]}")


@world("token-malformed")
def the_token_never_expires(sandbox: Sandbox) -> Given:
    return replace(given(sandbox), token=sandbox.mint(exp=None))


@world("token-expired")
def the_token_was_kept_for_hours(sandbox: Sandbox) -> Given:
    now = sandbox.issuer.clock.now()
    return replace(given(sandbox), token=sandbox.mint(iat=now - 2 * HOUR, exp=now - HOUR))


@world("token-not-yet-valid")
def the_token_is_for_later(sandbox: Sandbox) -> Given:
    return replace(given(sandbox), token=sandbox.mint(nbf=sandbox.issuer.clock.now() + HOUR))


@world("clock-skew")
def the_controllers_clock_is_ahead(sandbox: Sandbox) -> Given:
    sandbox.jenkins.clock.ahead = 600
    return given(sandbox)


@world("clock-skew", login=False)
def this_machines_clock_is_hours_ahead(sandbox: Sandbox) -> Given:
    sandbox.jenkins.clock.ahead = sandbox.cloudsmith.clock.ahead = -2 * HOUR
    return given(sandbox)


@world("algorithm-unexpected")
def the_token_is_signed_with_a_shared_secret(sandbox: Sandbox) -> Given:
    return replace(given(sandbox), token=sandbox.mint(alg="HS256"))


@world("algorithm-unexpected")
def the_token_is_not_signed(sandbox: Sandbox) -> Given:
    return replace(given(sandbox), token=sandbox.mint(alg="none"))


# The issuer


@world("issuer-missing")
def the_token_has_no_issuer(sandbox: Sandbox) -> Given:
    return replace(given(sandbox), token=sandbox.mint(iss=None))


@world("issuer-not-https")
def jenkins_is_plain_http(sandbox: Sandbox) -> Given:
    moved(sandbox, "http://jenkins.example.com")
    sandbox.cloudsmith.cannot_reach.add("jenkins.example.com")
    return given(sandbox)


@world("issuer-not-https")
def the_issuer_is_a_name(sandbox: Sandbox) -> Given:
    moved(sandbox, explicit="jenkins")
    return given(sandbox)


@world("issuer-not-public")
def jenkins_has_an_internal_name(sandbox: Sandbox) -> Given:
    moved(sandbox, "https://jenkins.corp.internal")
    sandbox.cloudsmith.cannot_reach.add("jenkins.corp.internal")
    return given(sandbox)


@world("issuer-not-public")
def jenkins_has_a_single_label_name(sandbox: Sandbox) -> Given:
    moved(sandbox, "https://jenkins")
    sandbox.cloudsmith.cannot_reach.add("jenkins")
    return given(sandbox)


@world("issuer-not-public")
def jenkins_has_a_private_address(sandbox: Sandbox) -> Given:
    moved(sandbox, "https://10.1.2.3")
    sandbox.cloudsmith.cannot_reach.add("10.1.2.3")
    return given(sandbox)


@world("issuer-not-public")
def the_jenkins_url_was_never_set(sandbox: Sandbox) -> Given:
    moved(sandbox, sandbox.jenkins_url)
    sandbox.cloudsmith.cannot_reach.add("127.0.0.1")
    return given(sandbox)


@world("issuer-trailing-slash")
def the_issuer_ends_in_a_slash(sandbox: Sandbox) -> Given:
    hosted(sandbox)
    moved(sandbox, explicit=f"{HOSTED}/")
    return given(sandbox)


@world("discovery-unreachable")
def jenkins_stopped_serving_an_explicit_issuer(sandbox: Sandbox) -> Given:
    moved(sandbox, explicit="https://jenkins.example.com/oidc")
    return given(sandbox)


@world("discovery-unreachable")
def the_issuer_lacks_its_path(sandbox: Sandbox) -> Given:
    moved(sandbox, explicit="https://jenkins.example.com")
    return given(sandbox)


@world("discovery-unreachable")
def nobody_knows_the_issuers_host(sandbox: Sandbox) -> Given:
    moved(sandbox, explicit="https://nobody.example.org")
    return given(sandbox)


@world("discovery-unreachable")
def the_issuer_has_a_private_ca(sandbox: Sandbox) -> Given:
    sandbox.network.certificates.flaws["jenkins.example.com"] = "unknown-ca"
    return given(sandbox)


@world("discovery-unreachable")
def the_issuer_asks_for_a_login(sandbox: Sandbox) -> Given:
    sandbox.faults.always("discovery", faults.html(403))
    return given(sandbox)


@world("discovery-unreachable")
def the_issuer_hangs(sandbox: Sandbox) -> Given:
    sandbox.faults.always("discovery", faults.hang())
    return given(sandbox, CLOUDSMITH_TIMEOUT="8")


@world("discovery-not-json")
def a_login_page_is_in_front(sandbox: Sandbox) -> Given:
    sandbox.faults.always("discovery", faults.html())
    return given(sandbox)


@world("discovery-not-json")
def a_login_page_is_elsewhere(sandbox: Sandbox) -> Given:
    sandbox.faults.always("discovery", faults.redirect("https://sso.example.com/login"))
    return given(sandbox)


@world("discovery-not-json")
def the_document_is_a_list(sandbox: Sandbox) -> Given:
    sandbox.issuer.served["discovery"] = [sandbox.issuer.discovery()]
    return given(sandbox)


@world("discovery-not-json")
def the_document_has_five_mebibytes(sandbox: Sandbox) -> Given:
    sandbox.faults.always("discovery", faults.oversized())
    return given(sandbox)


@world("discovery-issuer-mismatch")
def jenkins_is_reached_by_another_url_than_its_own(sandbox: Sandbox) -> Given:
    sandbox.issuer.served["discovery"] = sandbox.issuer.discovery() | {"issuer": "https://ci.example.com/oidc"}
    return given(sandbox)


@world("discovery-issuer-mismatch")
def the_hosted_document_has_another_slash(sandbox: Sandbox) -> Given:
    hosted(sandbox, discovery={"issuer": f"{HOSTED}/"})
    return given(sandbox)


# The keys


@world("jwks-host-mismatch")
def the_hosted_document_leads_back_to_jenkins(sandbox: Sandbox) -> Given:
    hosted(sandbox, discovery={"jwks_uri": "https://jenkins.corp.internal/oidc/jwks"})
    return given(sandbox)


@world("jwks-unreachable")
def the_key_set_was_not_hosted(sandbox: Sandbox) -> Given:
    hosted(sandbox, discovery={"jwks_uri": f"{HOSTED}/keys.json"})
    return given(sandbox)


@world("jwks-unreachable")
def the_document_does_not_lead_to_keys(sandbox: Sandbox) -> Given:
    hosted(sandbox, discovery={"jwks_uri": None})
    return given(sandbox)


@world("jwks-unreachable")
def the_key_set_hangs(sandbox: Sandbox) -> Given:
    sandbox.faults.always("jwks", faults.hang())
    return given(sandbox, CLOUDSMITH_TIMEOUT="8")


@world("jwks-unreachable")
def the_key_set_is_a_page(sandbox: Sandbox) -> Given:
    sandbox.faults.always("jwks", faults.html())
    return given(sandbox)


@world("jwks-unreachable")
def the_key_set_has_no_list_of_keys(sandbox: Sandbox) -> Given:
    hosted(sandbox, jwks={"keys": "none"})
    return given(sandbox)


@world("key-not-in-jwks")
def the_credential_was_renamed(sandbox: Sandbox) -> Given:
    issuer = hosted(sandbox)
    issuer.credential_id = "cloudsmith"
    return given(sandbox)


@world("key-not-in-jwks")
def the_key_set_is_empty(sandbox: Sandbox) -> Given:
    sandbox.issuer.served["jwks"] = {"keys": []}
    return given(sandbox)


@world("key-not-in-jwks")
def the_token_names_no_key(sandbox: Sandbox) -> Given:
    return replace(given(sandbox), token=sandbox.mint(headers={"kid": None}))


@world("signature-invalid")
def a_reload_rotated_the_key_behind_a_hosted_copy(sandbox: Sandbox) -> Given:
    hosted(sandbox).rotate()
    return given(sandbox)


@world("signature-invalid")
def the_tokens_claims_were_changed(sandbox: Sandbox) -> Given:
    honest, forged = sandbox.mint().split("."), sandbox.mint(sub="https://jenkins.example.com/job/other/").split(".")
    return replace(given(sandbox), token=".".join([forged[0], forged[1], honest[2]]))


# The claims


@world("subject-missing")
def the_claim_templates_lack_the_subject(sandbox: Sandbox) -> Given:
    return replace(given(sandbox), token=sandbox.mint(sub=None))


@world("audience-missing")
def the_credential_has_no_audience(sandbox: Sandbox) -> Given:
    sandbox.issuer.audience = None
    return given(sandbox)


@world("audience-mismatch", login=False)
def the_audience_is_another_one(sandbox: Sandbox) -> Given:
    require(sandbox, aud="cloudsmith")
    return given(sandbox, "--expect-audience", "cloudsmith")


@world("audience-mismatch", login=False)
def the_audience_is_another_text(sandbox: Sandbox) -> Given:
    sandbox.issuer.audience_as_list = False
    require(sandbox, aud="cloudsmith")
    return given(sandbox, "--expect-audience", "cloudsmith")


@world("claim-mismatch", login=False)
def the_job_is_in_another_folder(sandbox: Sandbox) -> Given:
    require(sandbox, sub="https://jenkins.example.com/job/prod/*")
    return given(sandbox, "--expect-claim", "sub=https://jenkins.example.com/job/prod/*")


@world("claim-mismatch", login=False)
def the_provider_url_is_the_jenkins_url(sandbox: Sandbox) -> Given:
    sandbox.cloudsmith.providers[sandbox.org][0].issuer = "https://jenkins.example.com"
    return given(sandbox, "--expect-claim", "iss=https://jenkins.example.com")


@world("claim-mismatch", login=False)
def a_claim_is_not_there(sandbox: Sandbox) -> Given:
    require(sandbox, branch="main")
    return given(sandbox, "--expect-claim", "build_number=7", "--expect-claim", "branch=main")


# Cloudsmith's answer


@world("exchange-refused")
def the_service_account_is_not_linked(sandbox: Sandbox) -> Given:
    return given(sandbox, CLOUDSMITH_SERVICE_SLUG="ci-writer")


@world("exchange-refused")
def the_workspace_is_another_one(sandbox: Sandbox) -> Given:
    return given(sandbox, CLOUDSMITH_ORG="acme-inc")


@world("exchange-refused")
def the_provider_was_never_made(sandbox: Sandbox) -> Given:
    sandbox.cloudsmith.providers[sandbox.org].clear()
    return given(sandbox)


@world("exchange-refused")
def only_cloudsmith_cannot_reach_the_issuer(sandbox: Sandbox) -> Given:
    sandbox.cloudsmith.cannot_reach.add("jenkins.example.com")
    return given(sandbox)


@world("exchange-refused")
def cloudsmith_does_not_match_lists(sandbox: Sandbox) -> Given:
    sandbox.cloudsmith.lists_match = False
    return given(sandbox)


@world("service-mismatch")
def the_token_is_for_another_service_account(sandbox: Sandbox) -> Given:
    sandbox.faults.always("exchange", faults.token(sandbox.issue("ci-writer")))
    return given(sandbox)


@world("exchange-throttled", login=False)
def the_rate_limit_is_used_up(sandbox: Sandbox) -> Given:
    sandbox.faults.always("exchange", faults.throttled("3304"))
    return given(sandbox)


@world("exchange-unreachable", login=False)
def the_api_is_down(sandbox: Sandbox) -> Given:
    sandbox.faults.always("exchange", faults.status(503))
    return given(sandbox, CLOUDSMITH_TIMEOUT="2")


@world("exchange-not-understood", login=False)
def a_captive_portal_answers_for_the_api(sandbox: Sandbox) -> Given:
    sandbox.faults.always("exchange", faults.html())
    return given(sandbox)


# Two at once: the first one needed is named first


@world("org-invalid", login=False)
def a_bad_workspace_and_a_bad_token(sandbox: Sandbox) -> Given:
    return replace(given(sandbox, CLOUDSMITH_ORG="acme/prod"), token="hunter2")


@world("token-expired")
def an_old_token_of_a_rotated_key(sandbox: Sandbox) -> Given:
    old = the_token_was_kept_for_hours(sandbox)
    sandbox.issuer.rotate()
    return old


@world("issuer-not-public")
def an_internal_jenkins_with_a_private_ca(sandbox: Sandbox) -> Given:
    given_ = jenkins_has_an_internal_name(sandbox)
    sandbox.network.certificates.flaws["jenkins.corp.internal"] = "unknown-ca"
    return given_


@world("issuer-not-https")
def plain_http_and_no_subject(sandbox: Sandbox) -> Given:
    given_ = jenkins_is_plain_http(sandbox)
    return replace(given_, token=sandbox.mint(sub=None))


@world("discovery-issuer-mismatch")
def a_stale_copy_of_another_issuer(sandbox: Sandbox) -> Given:
    hosted(sandbox, discovery={"issuer": "https://jenkins.example.com/oidc"}).rotate()
    return given(sandbox)


@world("jwks-host-mismatch")
def keys_elsewhere_and_of_another_age(sandbox: Sandbox) -> Given:
    issuer = hosted(sandbox, discovery={"jwks_uri": "https://keys.example.net/jwks"})
    sandbox.site("keys.example.net").pages["/jwks"] = issuer.jwks()
    issuer.rotate()
    return given(sandbox)


@world("signature-invalid")
def a_rotated_key_and_a_wrong_claim(sandbox: Sandbox) -> Given:
    hosted(sandbox).rotate()
    return given(sandbox, "--expect-claim", "sub=https://jenkins.example.com/job/other/")


@world("signature-invalid", login=False)
def a_rotated_key_and_a_busy_api(sandbox: Sandbox) -> Given:
    sandbox.faults.always("exchange", faults.throttled("3304"))
    hosted(sandbox).rotate()
    return given(sandbox)


@world("audience-missing")
def no_audience_and_an_unlinked_service_account(sandbox: Sandbox) -> Given:
    sandbox.issuer.audience = None
    return given(sandbox, CLOUDSMITH_SERVICE_SLUG="ci-writer")


@world("clock-skew")
def a_clock_ahead_and_a_list_that_is_not_matched(sandbox: Sandbox) -> Given:
    sandbox.cloudsmith.lists_match = False
    return the_controllers_clock_is_ahead(sandbox)
