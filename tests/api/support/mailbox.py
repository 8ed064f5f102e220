"""A mail server on loopback that speaks STARTTLS with a certificate of its own and keeps what comes in."""
import collections
import datetime
import email
import email.message
import email.policy
import ipaddress
import pathlib
import ssl
import threading
from dataclasses import dataclass
from typing import Callable

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from support.server import free_port
from support.waiting import PATIENCE_S

SENDER = "records@chartroom.example"
REPLY_TO = "help@chartroom.example"


def make_certificate(folder: pathlib.Path) -> tuple[pathlib.Path, pathlib.Path]:
    """A self-signed certificate for 127.0.0.1 and its key, as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "test mail server")])
    now = datetime.datetime.utcnow()
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256()))
    certificate_file, key_file = folder / "mail.pem", folder / "mail.key"
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                           serialization.NoEncryption()))
    return certificate_file, key_file


@dataclass(frozen=True)
class Arrived:
    """One mail, with the reply that it got."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    over_tls: bool
    reply: str

    @property
    def accepted(self) -> bool:
        return self.reply.startswith("250")

    @property
    def message(self) -> email.message.EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def subject(self) -> str:
        return self.message["Subject"]

    @property
    def message_id(self) -> str:
        return self.message["Message-ID"]

    @property
    def text(self) -> str:
        return self.message.get_body(("plain",)).get_content()

    @property
    def html(self) -> str:
        return self.message.get_body(("html",)).get_content()

    @property
    def link(self) -> str:
        return next(line for line in self.text.splitlines() if line.startswith("http"))


class Mailbox:
    """Takes every mail, unless `answer_next` says something else."""

    def __init__(self, folder: pathlib.Path, *, starttls: bool = True, password: str | None = None) -> None:
        self.folder = folder
        self._mails: list[Arrived] = []
        self._replies: collections.deque[str] = collections.deque()
        self._changed = threading.Condition()
        self._before_reply: Callable[[], None] | None = None
        self.certificate, key = make_certificate(folder)
        self.password = password
        self.logins: list[tuple[bytes, bytes]] = []
        context = None
        if starttls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate, key)
        self.port = free_port()
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, tls_context=context, require_starttls=starttls,
            authenticator=self._authenticate, auth_required=password is not None, auth_require_tls=True)
        self._controller.start()

    def config(self, **more) -> pathlib.Path:
        """A file with the settings that lead here."""
        settings = {"smtp_url": f"smtp://127.0.0.1:{self.port}", "smtp_ca_file": str(self.certificate),
                    "mail_from": SENDER, "mail_reply_to": REPLY_TO, **more}
        file = self.folder / "mail.toml"
        file.write_text("".join(f'{name} = "{value}"\n' for name, value in settings.items()))
        return file

    def answer_next(self, *replies: str) -> None:
        """The next mails get these replies to their text."""
        with self._changed:
            self._replies.extend(replies)

    def before_next_reply(self, action: Callable[[], None]) -> None:
        """Runs when the next mail is in and before it is answered."""
        self._before_reply = action

    def _authenticate(self, _server, _session, _envelope, _mechanism, data) -> AuthResult:
        if isinstance(data, LoginPassword):
            self.logins.append((data.login, data.password))
        good = isinstance(data, LoginPassword) and data.password.decode() == self.password
        return AuthResult(success=good, handled=good)

    # aiosmtpd calls this by name.
    async def handle_DATA(self, _server, session: Session, envelope: Envelope) -> str:  # pylint: disable=invalid-name
        with self._changed:
            reply = self._replies.popleft() if self._replies else "250 OK"
            self._mails.append(Arrived(envelope.mail_from, tuple(envelope.rcpt_tos), envelope.original_content,
                                       session.ssl is not None, reply))
            action, self._before_reply = self._before_reply, None
            self._changed.notify_all()
        if action:
            action()
        return reply

    def mails(self, to: str | None = None) -> list[Arrived]:
        with self._changed:
            return [mail for mail in self._mails if to is None or to in mail.recipients]

    def wait_for(self, count: int, to: str, patience_s: float = PATIENCE_S) -> list[Arrived]:
        """All mails to somebody, once there are `count`."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.mails(to)) >= count, patience_s):
                raise AssertionError(f"{count} mails: not within {patience_s:.0f} s ({len(self.mails(to))} came)")
        return self.mails(to)

    def close(self) -> None:
        self._controller.stop()
