"""Jenkins is played in the exact shape of the plugin oidc-provider."""

import base64

import httpx
import jwt

from sandbox import Issuer, Sandbox

ISSUER = "https://jenkins.example.com/oidc"


def claims_of(token: str) -> dict[str, object]:
    claims: dict[str, object] = jwt.decode(token, options={"verify_signature": False})
    return claims


def test_id_token_is_what_jenkins_binds(sandbox: Sandbox) -> None:
    token = sandbox.mint()
    claims = claims_of(token)
    iat = claims.pop("iat")
    assert isinstance(iat, int)
    assert claims.pop("exp") == iat + 3600
    assert claims == {
        "iss": ISSUER,
        "aud": ["https://cloudsmith.example.com"],
        "sub": "https://jenkins.example.com/job/team/job/app/job/main/",
        "build_number": 7,
    }
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "kid": "oidc-token-cred", "typ": "JWT"}


def test_documents_are_those_of_the_plugin(sandbox: Sandbox, client: httpx.Client) -> None:
    discovery = client.get(f"{ISSUER}/.well-known/openid-configuration")
    assert discovery.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert discovery.json() == {
        "issuer": ISSUER,
        "jwks_uri": f"{ISSUER}/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "authorization_endpoint": "https://unimplemented",
        "token_endpoint": "https://unimplemented",
    }
    (key,) = client.get(discovery.json()["jwks_uri"]).json()["keys"]
    modulus = base64.urlsafe_b64decode(key.pop("n") + "==")
    assert (len(modulus), modulus[0]) == (257, 0)
    assert key == {"kid": "oidc-token-cred", "kty": "RSA", "alg": "RS256", "use": "sig", "e": "AQAB"}
    assert [request.endpoint for request in sandbox.requests] == ["discovery", "jwks"]


def test_claims_and_headers_can_be_replaced_or_removed(sandbox: Sandbox) -> None:
    token = sandbox.mint(alg="none", headers={"kid": None}, aud="a string", sub=None, build_number=8)
    claims = claims_of(token)
    assert (claims["aud"], claims["build_number"], "sub" in claims) == ("a string", 8, False)
    assert jwt.get_unverified_header(token) == {"alg": "none", "typ": "JWT"}
    assert token.endswith(".")


def test_folder_has_its_own_issuer(sandbox: Sandbox, client: httpx.Client) -> None:
    issuer = sandbox.add_issuer(Issuer(folder="team/sub team"))
    assert issuer.url == f"{ISSUER}/job/team/job/sub%20team"
    assert client.get(f"{issuer.url}/jwks").json() == issuer.jwks()
    assert client.get(f"{ISSUER}/job/other/jwks").status_code == 404
