"""Asks for tokens and uses them."""
import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from support.tokens import decode

REQUEST_ID = "x-humanapi-request-id"
DAY_S = 86_400


def post(server, path: str, body: dict, headers: dict | None = None) -> requests.Response:
    return requests.post(server.url + path, json=body, headers=headers or {}, timeout=60)


def grant(customer, headers: dict | None = None, **changes) -> requests.Response:
    body = {"client_id": customer.client_id, "client_secret": customer.client_secret, "type": "client", **changes}
    return post(customer.server, "/v1/admin/token", body, headers)


def connect(customer, client_user_id: str, kind: str = "access", **changes) -> requests.Response:
    """A change to None leaves the member out."""
    body = {"client_id": customer.client_id, "client_user_id": client_user_id, "type": kind,
            "client_secret": customer.client_secret, **changes}
    return post(customer.server, "/v1/connect/token", {k: v for k, v in body.items() if v is not None})


def new_token(customer) -> str:
    answer = grant(customer)
    assert answer.status_code == 200, answer.status_code
    return answer.json()["client_token"]


def status_with(server, token: str, path: str = "/api/v1/order-types", method: str = "GET") -> int:
    answer = requests.request(method, server.url + path, headers={"Authorization": f"Bearer {token}"}, timeout=60)
    return answer.status_code


def without_id(answer: requests.Response) -> dict:
    body = answer.json()
    assert body.pop(REQUEST_ID) == answer.headers[REQUEST_ID]
    return body


def assert_plain(answer, status: int, reason: str, message: str) -> None:
    assert answer.status_code == status
    assert without_id(answer) == {"code": status, "statusCode": status, "error": reason, "message": message}


def keys_of(server) -> list[dict]:
    answer = requests.get(server.url + "/.well-known/jwks.json", timeout=60)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=300"
    keys = answer.json()["keys"]
    assert all(set(key) == {"kty", "n", "e", "kid", "alg", "use"} for key in keys), "and nothing private"
    return keys


def assert_signed(token: str, jwk: dict) -> None:
    """As somebody else checks it, with the published key alone."""
    numbers = rsa.RSAPublicNumbers(int.from_bytes(decode(jwk["e"]), "big"), int.from_bytes(decode(jwk["n"]), "big"))
    signed, _, signature = token.rpartition(".")
    numbers.public_key().verify(decode(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())


def tool(server, *arguments) -> str:
    done = server.tool.run(*arguments[:2], "--data", server.data, *arguments[2:])
    assert done.returncode == 0, done.stderr
    return done.stdout
