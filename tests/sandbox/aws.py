"""AWS' Security Token Service: an ID token in, temporary credentials of a role out.

`AssumeRoleWithWebIdentity` and its errors: AWS Security Token Service API Reference. What a trust policy can say of an
ID token, `ISSUER:sub` and `ISSUER:aud` with the issuer's URL without https://: IAM User Guide, "Creating a role for
OpenID Connect federation". Of conditions, StringEquals and StringLike are played.
"""

import operator
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from sandbox.clock import Clock
from sandbox.faults import Answer
from sandbox.network import Request, Route
from sandbox.verifier import PROBLEMS, RefusedError, Verifier, texts

HOST = "sts.eu-central-1.amazonaws.com"
NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
OPERATORS: Mapping[str, Callable[[str, str], bool]] = {"StringEquals": operator.eq, "StringLike": fnmatchcase}
AUDIENCES = "client IDs of the provider"


@dataclass
class Aws:
    """One account. `providers` are the audiences by the issuer's URL, `roles` the trust policies by the role's ARN."""

    verifier: Verifier
    account: str = "123456789012"
    providers: dict[str, Sequence[str]] = field(default_factory=dict)
    roles: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self._sessions: dict[str, str] = {}

    def route(self, request: Request) -> Route:
        """Every request is a form that names its action."""
        form = request.form
        match form.get("Action"):
            case "AssumeRoleWithWebIdentity":
                return "aws-assume-role", lambda: self._assume(form)
            case "GetCallerIdentity":
                return "aws-identity", lambda: self._identity(request)
        return "aws", lambda: _error(400, "InvalidAction", "unknown")

    def _assume(self, form: Mapping[str, str]) -> Answer:
        role, session = form["RoleArn"], form["RoleSessionName"]
        try:
            claims = self.verifier.claims(form["WebIdentityToken"], self.clock.now())
            self._admit(claims, role)
        except (RefusedError, *PROBLEMS) as problem:
            self.refusals.append(str(problem))
            if AUDIENCES in str(problem):
                return _error(400, "InvalidIdentityToken", "Incorrect token audience")
            return _error(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
        key, token = f"ASIA{secrets.token_hex(8).upper()}", secrets.token_hex(32)
        assumed = role.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")
        self._sessions[f"{key} {token}"] = f"{assumed}/{session}"
        credentials = {
            "AccessKeyId": key,
            "SecretAccessKey": secrets.token_hex(20),
            "SessionToken": token,
            "Expiration": "2099-01-01T00:00:00Z",
        }
        members = "".join(f"<{name}>{value}</{name}>" for name, value in credentials.items())
        return _result("AssumeRoleWithWebIdentity", f"<Credentials>{members}</Credentials>")

    def _admit(self, claims: Mapping[str, Any], role: str) -> None:
        """Raise `RefusedError` unless the role's trust policy authorizes the token."""
        issuer = str(claims["iss"])
        audiences = texts(claims.get("aud"))
        if not {*audiences} & {*self.providers.get(issuer, ())}:
            raise RefusedError(f"{audiences} are none of the {AUDIENCES}")
        name = issuer.removeprefix("https://")
        for statement in self.roles.get(role, {"Statement": []})["Statement"]:
            if (
                statement["Effect"] == "Allow"
                and statement["Action"] == "sts:AssumeRoleWithWebIdentity"
                and statement["Principal"] == {"Federated": f"arn:aws:iam::{self.account}:oidc-provider/{name}"}
                and self._holds(statement["Condition"], {f"{name}:{claim}": claims[claim] for claim in ("sub", "aud")})
            ):
                return
        raise RefusedError(f"the trust policy of {role} does not authorize {claims['sub']}")

    def _holds(self, condition: Mapping[str, Mapping[str, object]], context: Mapping[str, object]) -> bool:
        """Return whether every key of every operator has an allowed value."""
        return all(
            any(OPERATORS[name](found, allowed) for found in texts(context.get(key)) for allowed in texts(values))
            for name, tests in condition.items()
            for key, values in tests.items()
        )

    def _identity(self, request: Request) -> Answer:
        """Return the owner of these credentials. The request's signature is not verified."""
        key = re.search(r"Credential=(\w+)/", request.headers.get("Authorization", ""))
        arn = self._sessions.get(f"{key[1] if key else ''} {request.headers.get('X-Amz-Security-Token')}")
        if arn is None:
            return _error(403, "InvalidClientTokenId", "The security token included in the request is invalid")
        return _result("GetCallerIdentity", f"<Arn>{arn}</Arn><Account>{self.account}</Account>")


def _result(action: str, content: str) -> Answer:
    return _xml(200, f"{action}Response", f"<{action}Result>{content}</{action}Result>")


def _error(status: int, code: str, text: str) -> Answer:
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{text}</Message></Error>"
    return _xml(status, "ErrorResponse", error)


def _xml(status: int, root: str, content: str) -> Answer:
    text = f'<{root} xmlns="{NAMESPACE}">{content}</{root}>'
    return Answer(status, text.encode(), {"Content-Type": "text/xml"})
