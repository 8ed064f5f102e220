"""Requests that no well-behaved library would send, over one connection that is kept."""
import http.client
from dataclasses import dataclass

from support.conformance import CONFORMANCE

TIMEOUT_S = 120


class _Connection(http.client.HTTPConnection):
    def _validate_path(self, url: str) -> None:
        """Anything goes."""

    def _validate_method(self, method: str) -> None:
        """Anything goes."""


@dataclass
class RawAnswer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    violations: list[str]


class RawClient:
    """One connection to a server. Not for several threads."""

    def __init__(self, port: int) -> None:
        self._connection = _Connection("127.0.0.1", port, timeout=TIMEOUT_S)

    def call(self, method: str, target: str, headers: dict[str, str] | None = None, body: bytes | None = None,
             declared_length: int | None = None) -> RawAnswer:
        """`declared_length`: what is announced while nothing is sent. Connects anew when the server has hung up."""
        for is_last in (False, True):
            try:
                return self._call(method, target, headers or {}, body, declared_length)
            except (http.client.HTTPException, ConnectionError, BrokenPipeError):
                self.close()
                if is_last:
                    raise
        raise AssertionError("not reached")

    def _call(self, method: str, target: str, headers: dict[str, str], body: bytes | None,
              declared_length: int | None) -> RawAnswer:
        connection = self._connection
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        length = declared_length if declared_length is not None else len(body) if body is not None else None
        if length is not None:
            connection.putheader("Content-Length", str(length))
        connection.endheaders(body if declared_length is None else None)
        answer = connection.getresponse()
        content = answer.read()
        violations = CONFORMANCE.note_answer(method, target, answer.status, answer.headers, content)
        if declared_length is not None:
            self.close()
        return RawAnswer(answer.status, answer.headers, content, violations)

    def close(self) -> None:
        self._connection.close()
