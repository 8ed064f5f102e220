"""Tokens that nobody issued: what an attacker would try."""
import base64
import hashlib
import hmac
import json

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def parts_of(token: str) -> tuple[dict, dict, bytes]:
    header, claims, signature = token.split(".")
    return json.loads(decode(header)), json.loads(decode(claims)), decode(signature)


def _signed_part(header: dict, claims: dict) -> str:
    return encode(json.dumps(header).encode()) + "." + encode(json.dumps(claims).encode())


def _public_key(jwk: dict) -> rsa.RSAPublicKey:
    numbers = rsa.RSAPublicNumbers(int.from_bytes(decode(jwk["e"]), "big"), int.from_bytes(decode(jwk["n"]), "big"))
    return numbers.public_key()


def hostile_tokens(token: str, jwk: dict) -> dict[str, str]:
    """By what is wrong with them. `token` is a good one, `jwk` the server's public key."""
    header, claims, signature = parts_of(token)
    signed_header, signed_claims, signed_end = token.split(".")
    longer = {**claims, "exp": claims["exp"] + 3600}
    other_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    forged = _signed_part(header, claims)
    own_signature = other_key.sign(forged.encode(), padding.PKCS1v15(), hashes.SHA256())
    public_pem = _public_key(jwk).public_bytes(serialization.Encoding.PEM,
                                               serialization.PublicFormat.SubjectPublicKeyInfo)
    hs256 = _signed_part({**header, "alg": "HS256"}, claims)
    mac = hmac.new(public_pem, hs256.encode(), hashlib.sha256).digest()
    own_jwk = {"kty": "RSA", "e": "AQAB", "n": encode(other_key.public_key().public_numbers().n.to_bytes(256, "big"))}
    embedded = _signed_part({"alg": "RS256", "jwk": own_jwk}, claims)
    embedded_signature = other_key.sign(embedded.encode(), padding.PKCS1v15(), hashes.SHA256())
    flipped = bytes([signature[0] ^ 1]) + signature[1:]
    return {
        "empty": "",
        "not a token": "hello",
        "claims changed": ".".join([signed_header, encode(json.dumps(longer).encode()), signed_end]),
        "signature changed": f"{signed_header}.{signed_claims}.{encode(flipped)}",
        "signature cut off": f"{signed_header}.{signed_claims}.",
        "signed by another key": f"{forged}.{encode(own_signature)}",
        "alg none": _signed_part({**header, "alg": "none"}, claims) + ".",
        "alg none with signature": f"{_signed_part({**header, 'alg': 'None'}, claims)}.{signed_end}",
        "HS256 with the public key": f"{hs256}.{encode(mac)}",
        "key of its own": f"{embedded}.{encode(embedded_signature)}",
        "unknown kid": _signed_part({**header, "kid": "../../etc/passwd"}, claims) + "." + signed_end,
        "five parts": token + ".a.b",
        "very long": token + "A" * 9000,
    }
