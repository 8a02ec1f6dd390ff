"""Key pairs, made once per process: a new RSA key costs more than a whole sandbox."""

from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec, rsa

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | bytes | None


@cache
def rsa_key(number: int = 0) -> rsa.RSAPrivateKey:  # noqa: ARG001 - what the cache goes by
    """The RSA key of that number, 2048 bit."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    """A P-256 key."""
    return ec.generate_private_key(ec.SECP256R1())
