"""The API document (api/openapi.yaml) as the tests use it: operations, found by request, with compiled shapes."""
import functools
import pathlib
import re
import sys
import urllib.parse
from dataclasses import dataclass, field

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT / "cmake"))

import openapi_document  # noqa: E402  (it lives beside the build)

DOCUMENT = openapi_document.load(ROOT / "api/openapi.yaml")

# Documented operations that this build does not have yet. Tests leave them out; one that is here and in the
# router is an error.
EXPECTED_MISSING: set[str] = set()

# Documented answers that this build cannot give yet.
EXPECTED_UNSEEN: set[tuple[str, int]] = set()


def inline(node):
    """A part of the document without references; its shapes are not recursive."""
    node = openapi_document.resolve(DOCUMENT, node)
    if isinstance(node, dict):
        return {name: inline(value) for name, value in node.items()}
    if isinstance(node, list):
        return [inline(value) for value in node]
    return node


Validator = jsonschema.Draft202012Validator


@dataclass
class Answer:
    """What one status of an operation looks like. A media type without a schema has None."""

    content: dict[str, Validator | None]
    headers: dict[str, tuple[bool, Validator]]  # by name in lower case: required, shape

    @staticmethod
    def of(node: dict) -> "Answer":
        raw = inline(node)
        content = {name: Validator(media["schema"]) if "schema" in media else None
                   for name, media in raw.get("content", {}).items()}
        headers = {name.lower(): (one.get("required", False), Validator(one["schema"]))
                   for name, one in raw.get("headers", {}).items()}
        return Answer(content, headers)


@dataclass
class Operation:
    """One operation; `segments` are the parts of its path, None where a parameter stands."""

    id: str
    method: str
    path: str
    needs_token: bool
    parameters: list[dict]
    body: dict | None  # schema, without references
    body_examples: list
    answers: dict[int, Answer]
    segments: list[str | None] = field(default_factory=list)

    def parameters_in(self, place: str) -> list[dict]:
        return [one for one in self.parameters if one["in"] == place]

    @property
    def is_idempotent_by_key(self) -> bool:
        return any(one["name"] == "Idempotency-Key" for one in self.parameters)

    def fits(self, parts: list[str]) -> bool:
        return len(parts) == len(self.segments) and all(
            part if segment is None else urllib.parse.unquote(part) == segment
            for part, segment in zip(parts, self.segments))

    def url(self, **values: str) -> str:
        """The path with parameters from `values`, else the documented examples."""
        given = {one["name"]: values.get(one["name"], one.get("example")) for one in self.parameters_in("path")}
        return self.path.format(**{name: urllib.parse.quote(str(value), safe="") for name, value in given.items()})


def _examples(body: dict) -> list:
    media = body["content"]["application/json"]
    return [media["example"]] if "example" in media else [one["value"] for one in media.get("examples", {}).values()]


def _operation(method: str, path: str, node: dict, parameters: list[dict]) -> Operation:
    body = inline(node["requestBody"]) if "requestBody" in node else None
    segments = [None if part.startswith("{") else part for part in path.strip("/").split("/")]
    return Operation(
        id=node["operationId"], method=method, path=path, needs_token=node.get("security") != [],
        parameters=[inline(one) for one in parameters],
        body=body["content"]["application/json"]["schema"] if body else None,
        body_examples=_examples(body) if body else [],
        answers={int(status): Answer.of(answer) for status, answer in node["responses"].items()}, segments=segments)


OPERATIONS = [_operation(*one) for one in openapi_document.operations(DOCUMENT)]
BY_ID = {one.id: one for one in OPERATIONS}
PRESENT = [one for one in OPERATIONS if one.id not in EXPECTED_MISSING]
OTHER_ANSWERS = {int(status): Answer.of(answer) for status, answer in DOCUMENT["x-chartroom-other-answers"].items()}


@functools.lru_cache(maxsize=4096)
def candidates(path: str) -> tuple[Operation, ...]:
    """Operations of the path, whatever their method; the one with most literal parts wins, as in the router."""
    parts = path.removeprefix("/").split("/")
    fitting = [one for one in OPERATIONS if one.fits(parts)]
    least = min((one.segments.count(None) for one in fitting), default=0)
    return tuple(one for one in fitting if one.segments.count(None) == least)


def pattern_of(path: str) -> str:
    """A path whose parameters have lost their names: clients do not see them."""
    return re.sub(r"{\w+}", "{}", path)


def _notification(name: str) -> Validator:
    return Validator(inline({"$ref": f"#/components/schemas/{name}"}))


NOTIFICATIONS = {
    ("order", None): _notification("OrderStatusNotification"),
    ("task", None): _notification("TaskNotification"),
    (None, "orders.OrderSummaryUpdated"): _notification("OrderSummaryNotification"),
    (None, "tasks.TaskUpdated"): _notification("TaskEnvelope"),
    (None, "integrations.VendorNoteCreated"): _notification("VendorNoteNotification"),
    (None, "webhooks.Test"): _notification("TestNotification"),
}
