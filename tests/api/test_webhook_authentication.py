"""How deliveries of notifications prove who is calling: Basic, OAuth2, client certificates (contract 7.0)."""
import datetime
import json

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from support.receiver import Receiver
from support.waiting import wait_until

HOOKS = "/api/v1/webhooks"
SECRET = "Vexillarius-secret-4410"
EXPIRES = datetime.datetime(2031, 5, 6, 7, 8, 9, tzinfo=datetime.timezone.utc)


def make_certificate(name: str = "chartroom") -> tuple[str, str]:
    """Certificate and key in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
                   .serial_number(1).not_valid_before(EXPIRES - datetime.timedelta(days=3650))
                   .not_valid_after(EXPIRES).sign(key, hashes.SHA256()))
    return (certificate.public_bytes(serialization.Encoding.PEM).decode(),
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                              serialization.NoEncryption()).decode())


CERTIFICATE, KEY = make_certificate()
LOCKED_KEY = serialization.load_pem_private_key(KEY.encode(), None).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
    serialization.BestAvailableEncryption(b"a passphrase")).decode()


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


def add(customer, url: str, **members) -> dict:
    answer = customer.post(HOOKS, {"url": url, **members})
    assert answer.status_code == 201, answer.text
    return answer.json()


def oauth2(receiver, **changes) -> dict:
    return {"type": "oauth2", "tokenUrl": receiver.url("token"), "clientId": "us", "clientSecret": SECRET,
            "scope": "notifications.write", **changes}


def authorization(customer, listener, hook: dict) -> str | None:
    """The header of a test event."""
    before = len(listener.deliveries())
    assert customer.call("POST", f"{HOOKS}/{hook['id']}/test").status_code == 202
    return listener.wait_for_count(before + 1)[-1].headers.get("authorization")


def test_basic_credentials_are_sent_and_not_shown(quiet, listener):
    hook = add(quiet, listener.url, authentication={"type": "basic", "user": "us", "password": SECRET})
    listener.secret = hook["secret"]
    assert hook["authentication"] == {"type": "basic", "user": "us"}
    assert authorization(quiet, listener, hook) == "Basic dXM6VmV4aWxsYXJpdXMtc2VjcmV0LTQ0MTA="


def test_tokens_are_fetched_kept_and_renewed_after_a_401(quiet, listener, receiver):
    hook = add(quiet, listener.url, authentication=oauth2(receiver))
    listener.secret = hook["secret"]
    assert hook["authentication"] == {"type": "oauth2", "tokenUrl": receiver.url("token"), "clientId": "us",
                                      "scope": "notifications.write", "secretIn": "header"}
    assert authorization(quiet, listener, hook) == "Bearer token-1"
    assert authorization(quiet, listener, hook) == "Bearer token-1"
    asked = receiver.received("token")
    assert len(asked) == 1 and asked[0].body == b"grant_type=client_credentials&scope=notifications.write"
    listener.fail_next(401)
    assert authorization(quiet, listener, hook) == "Bearer token-1"
    renewed = listener.wait_for_count(4)[-1]
    assert renewed.headers["authorization"] == "Bearer token-2" and renewed.answered == 200
    assert renewed.webhook_id == listener.deliveries()[-2].webhook_id


def test_the_secret_can_go_in_the_body(quiet, listener, receiver):
    hook = add(quiet, listener.url, authentication=oauth2(receiver, secretIn="body"))
    listener.secret = hook["secret"]
    assert authorization(quiet, listener, hook) == "Bearer token-1"
    asked = receiver.received("token")[0]
    assert b"client_id=us&client_secret=" + SECRET.encode() in asked.body and "authorization" not in asked.headers


def test_without_a_token_nothing_is_sent_and_it_is_tried_again(quiet, listener, receiver):
    receiver.fail_next("token", 401, 500)
    hook = add(quiet, listener.url, authentication=oauth2(receiver))
    listener.secret = hook["secret"]
    assert authorization(quiet, listener, hook) == "Bearer token-1"
    path = f"{HOOKS}/{hook['id']}/attempts"
    wait_until(lambda: len(quiet.get(path).json()["attempts"]) == 3, "three attempts")
    attempts = quiet.get(path).json()["attempts"]
    assert [one.get("error") for one in attempts] == [None, "token endpoint failed", "token refused"]


def test_a_change_replaces_and_takes_away(quiet, listener, receiver):
    hook = add(quiet, listener.url, authentication=oauth2(receiver),
               clientCertificate={"certificate": CERTIFICATE, "privateKey": KEY})
    listener.secret = hook["secret"]
    path = f"{HOOKS}/{hook['id']}"

    def patch(body: dict) -> dict:
        answer = quiet.call("PATCH", path, json=body)
        assert answer.status_code == 200, answer.text
        assert quiet.get(path).json() == answer.json()
        return answer.json()

    shown = patch({"description": "Nights"})
    assert (shown["authentication"], shown["clientCertificate"]) == (hook["authentication"], hook["clientCertificate"])
    shown = patch({"authentication": {"type": "basic", "user": "a", "password": "b"}})
    assert shown["authentication"] == {"type": "basic", "user": "a"}
    assert shown["clientCertificate"] == hook["clientCertificate"], "they are independent"
    assert authorization(quiet, listener, hook) == "Basic YTpi"
    assert "clientCertificate" not in patch({"clientCertificate": {}})
    assert patch({"authentication": {"type": "none"}})["authentication"] == {"type": "none"}
    assert authorization(quiet, listener, hook) is None


def test_a_certificate_is_shown_by_subject_and_expiry(quiet, listener):
    hook = add(quiet, listener.url, clientCertificate={"certificate": CERTIFICATE, "privateKey": KEY})
    assert hook["clientCertificate"] == {"subject": "CN=chartroom", "expiresAt": "2031-05-06T07:08:09.000Z"}
    for answer in (quiet.get(HOOKS), quiet.get(f"{HOOKS}/{hook['id']}")):
        assert "PRIVATE KEY" not in answer.text and "BEGIN CERTIFICATE" not in answer.text


GOOD = {"certificate": CERTIFICATE, "privateKey": KEY}
BASIC = {"type": "basic", "user": "a", "password": "b"}
OAUTH2 = {"type": "oauth2", "tokenUrl": "https://login.example.com/token", "clientId": "a", "clientSecret": "b"}
REFUSED = [
    ({"authentication": "basic"}, ["authentication"], '"authentication" must be an object'),
    ({"authentication": {}}, ["authentication.type"], '"authentication.type" is required'),
    ({"authentication": {"type": "digest"}}, ["authentication.type"],
     '"authentication.type" must be one of [none, basic, oauth2]'),
    ({"authentication": {"type": "none", "user": "a"}}, ["authentication.user"],
     '"authentication.user" is not allowed'),
    ({"authentication": {"type": "basic"}}, ["authentication.user", "authentication.password"],
     '"authentication.user" is required'),
    ({"authentication": {**BASIC, "user": "a:b"}}, ["authentication.user"],
     '"authentication.user" must not contain a colon'),
    ({"authentication": {**BASIC, "password": "a\nb"}}, ["authentication.password"],
     '"authentication.password" must be 1 to 1000 characters without control characters'),
    ({"authentication": {**OAUTH2, "tokenUrl": "ftp://x"}}, ["authentication.tokenUrl"],
     '"authentication.tokenUrl" must begin with https:// or http://'),
    ({"authentication": {**OAUTH2, "scope": "a  b"}}, ["authentication.scope"],
     '"authentication.scope" must be words of printable ASCII with one space between them'),
    ({"authentication": {**OAUTH2, "secretIn": "query"}}, ["authentication.secretIn"],
     '"authentication.secretIn" must be one of [header, body]'),
    ({"authentication": BASIC, "headers": {"authorization": "x"}}, ["headers.authorization"],
     '"headers.authorization" is not allowed together with "authentication"'),
    ({"clientCertificate": {"certificate": CERTIFICATE}}, ["clientCertificate.privateKey"],
     '"clientCertificate.privateKey" is required'),
    ({"clientCertificate": {**GOOD, "certificate": "x"}}, ["clientCertificate.certificate"],
     '"clientCertificate.certificate" must be a certificate in PEM'),
    ({"clientCertificate": {**GOOD, "privateKey": "x"}}, ["clientCertificate.privateKey"],
     '"clientCertificate.privateKey" must be a private key in PEM without a passphrase'),
    ({"clientCertificate": {**GOOD, "privateKey": LOCKED_KEY}}, ["clientCertificate.privateKey"],
     '"clientCertificate.privateKey" must be a private key in PEM without a passphrase'),
    ({"clientCertificate": {**GOOD, "privateKey": make_certificate()[1]}}, ["clientCertificate.privateKey"],
     '"clientCertificate.privateKey" must be the key of the first certificate'),
]


@pytest.mark.parametrize("body, keys, message", REFUSED, ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_wrong_is_named(client, body, keys, message):
    answer = client.post(HOOKS, {"url": "https://example.com/hook", **body})
    assert answer.status_code == 400
    assert answer.json()["message"] == message and answer.json()["validation"]["keys"] == keys
    assert client.get(HOOKS).json() == []


def test_a_change_is_held_against_what_is_there(quiet):
    hook = add(quiet, "https://example.com/hook", headers={"Authorization": "x"})
    answer = quiet.call("PATCH", f"{HOOKS}/{hook['id']}", json={"authentication": BASIC})
    assert answer.status_code == 400 and answer.json()["validation"]["keys"] == ["headers.Authorization"]
    both = quiet.call("PATCH", f"{HOOKS}/{hook['id']}", json={"authentication": BASIC, "headers": {}})
    assert both.status_code == 200


def test_secrets_are_in_no_log_and_no_file(quiet, listener, receiver):
    hook = add(quiet, listener.url, authentication=oauth2(receiver),
               clientCertificate={"certificate": CERTIFICATE, "privateKey": KEY})
    listener.secret = hook["secret"]
    authorization(quiet, listener, hook)
    files = [path for path in quiet.server.data.rglob("*") if path.is_file()] + [quiet.server.log]
    for needle in (SECRET, KEY.splitlines()[1], "token-1"):
        assert [path.name for path in files if needle.encode() in path.read_bytes()] == [], needle


def test_the_command_line_takes_a_file(quiet, listener, receiver, tmp_path):
    (tmp_path / "client.pem").write_text(CERTIFICATE)
    (tmp_path / "client.key").write_text(KEY)
    file = tmp_path / "auth.toml"
    file.write_text(f'[authentication]\ntype = "oauth2"\ntoken_url = "{receiver.url("token")}"\nclient_id = "us"\n'
                    f'client_secret = "{SECRET}"\n[headers]\nX-Tenant = "7"\n'
                    '[client_certificate]\ncertificate_file = "client.pem"\nprivate_key_file = "client.key"\n')
    for path in tmp_path.iterdir():
        path.chmod(0o600)
    run = quiet.server.tool.run
    place = ("webhook", "add", "--data", quiet.server.data, "--app", quiet.client_id, "--url", listener.url)
    done = run(*place, "--auth-file", file)
    assert done.returncode == 0 and done.stderr == ""
    listener.secret = json.loads(done.stdout)["secret"]
    hook = quiet.get(HOOKS).json()[0]
    assert hook["authentication"]["type"] == "oauth2" and hook["headers"] == ["X-Tenant"]
    assert hook["clientCertificate"]["subject"] == "CN=chartroom"
    assert authorization(quiet, listener, hook) == "Bearer token-1"
    file.write_text('[authentication]\ntype = "basic"\nuser = "us"\nextra = 1\n')
    refused = run(*place, "--auth-file", file)
    assert refused.returncode == 2 and len(quiet.get(HOOKS).json()) == 1
    assert "authentication.password: is required" in refused.stderr
    assert "authentication.extra: is unknown" in refused.stderr
