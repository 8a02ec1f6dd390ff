"""Google's Security Token Service: an ID token in, an access token of a federated principal out; and a bucket for it.

The exchange: Google's Security Token Service API, v1 `token`. The provider: IAM API, `WorkloadIdentityPoolProvider`:
`allowedAudiences`, an attribute condition in CEL, of which two forms are played, and `google.subject`, here always
`assertion.sub`, of at most 127 bytes. The principal: IAM, "Principal identifiers".
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.clock import Clock
from sandbox.faults import Answer, json_answer
from sandbox.network import Request, Route
from sandbox.verifier import PROBLEMS, RefusedError, Verifier, texts

HOSTS = ("sts.googleapis.com", "storage.googleapis.com")
MAX_SUBJECT_BYTES = 127
EXCHANGE = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
    "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
}


@dataclass(frozen=True)
class Provider:
    """A provider of a workload identity pool. Without `audiences`, its own name is the audience."""

    issuer: str
    condition: str
    audiences: Sequence[str] = ()


@dataclass
class Google:
    """One project. `providers` are known by their full names; `members` may read every bucket."""

    verifier: Verifier
    providers: dict[str, Provider] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    refusals: list[str] = field(default_factory=list)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self._principals: dict[str, str] = {}

    def route(self, request: Request) -> Route:
        """The exchange, or a list of what is in a bucket."""
        if request.host == HOSTS[0] and request.path == "/v1/token":
            return "google-token", lambda: self._exchange(request.form)
        return "google-storage", lambda: self._objects(request)

    def _exchange(self, form: Mapping[str, str]) -> Answer:
        if not EXCHANGE.items() <= form.items():
            return json_answer({"error": "invalid_request", "error_description": "not an exchange"}, 400)
        try:
            claims = self.verifier.claims(form["subject_token"], self.clock.now())
            principal = self._admit(claims, form["audience"])
        except (RefusedError, *PROBLEMS) as problem:
            self.refusals.append(str(problem))
            return json_answer({"error": "invalid_grant", "error_description": str(problem)}, 400)
        token = secrets.token_hex(32)
        self._principals[token] = principal
        about = {"token_type": "Bearer", "expires_in": 3599, "issued_token_type": EXCHANGE["requested_token_type"]}
        return json_answer(about | {"access_token": token})

    def _admit(self, claims: Mapping[str, Any], name: str) -> str:
        """Return the principal of a token. Raises `RefusedError`."""
        provider = self.providers.get(name)
        if provider is None or claims["iss"] != provider.issuer:
            raise RefusedError(f"{name} is not a provider of {claims['iss']}")
        audiences = texts(claims.get("aud"))
        if not {*audiences} & {*(provider.audiences or (name, f"https:{name}"))}:
            raise RefusedError(f"the audience {audiences} does not match")
        subject = str(claims["sub"])
        if len(subject.encode()) > MAX_SUBJECT_BYTES:
            raise RefusedError(f"google.subject has more than {MAX_SUBJECT_BYTES} bytes")
        if not _holds(provider.condition, subject):
            raise RefusedError(f"the attribute condition does not authorize {subject}")
        pool = name.rpartition("/providers/")[0]
        return f"principal:{pool}/subject/{subject}"

    def _objects(self, request: Request) -> Answer:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self._principals:
            return json_answer({"error": {"code": 401, "message": "Invalid Credentials"}}, 401)
        if self._principals[token] not in self.members:
            return json_answer({"error": {"code": 403, "message": "storage.objects.list"}}, 403)
        return json_answer({"kind": "storage#objects", "items": [{"name": "app.tar.gz"}]})


def _holds(condition: str, subject: str) -> bool:
    """Evaluate `assertion.sub == '…'` or `assertion.sub.startsWith('…')`."""
    if equal := re.fullmatch(r"assertion\.sub == '([^']*)'", condition):
        return subject == equal[1]
    if begins := re.fullmatch(r"assertion\.sub\.startsWith\('([^']*)'\)", condition):
        return subject.startswith(begins[1])
    raise ValueError(f"the sandbox does not play the condition {condition}")
