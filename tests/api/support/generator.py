"""Makes requests out of the API document: good ones, good ones with one thing wrong, and junk. Seeded."""
import copy
import json
import random
import string
import urllib.parse
from dataclasses import dataclass, field

from support.document import Operation, Validator

WORDS = ("Jane", "Doe", "12 Hill Street", "Boise", "ID", "83712", "north", "O'Neil", "Zoë", "名前", "a b\tc", "x" * 200)
TRIES = 30


@dataclass
class Pools:
    """Values that mean something to the server under test, by name of field or parameter."""

    values: dict[str, list] = field(default_factory=dict)


@dataclass
class Request:
    """`is_valid`: whether the body is as the document wants it; None: nobody knows."""

    operation: Operation | None
    kind: str
    method: str
    target: str
    headers: dict[str, str]
    body: bytes | None
    is_valid: bool | None = None


class Generator:
    """Not for several threads."""

    def __init__(self, seed: str, pools: Pools) -> None:
        self.chance = random.Random(seed)
        self.pools = pools
        self._validators: dict[str, Validator] = {}

    # ── values ──

    def value(self, schema: dict, name: str = ""):
        """Mostly good for the schema; what a schema cannot say by construction is sifted out by valid_body()."""
        chance = self.chance
        if name in self.pools.values and chance.random() < 0.9:
            return chance.choice(self.pools.values[name])
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return chance.choice(schema["enum"])
        if "examples" in schema and chance.random() < 0.9:
            return chance.choice(schema["examples"])
        if "properties" in schema or schema.get("type") == "object":
            return self._object(schema)
        for key in ("anyOf", "oneOf"):
            if key in schema:
                return self.value(chance.choice(schema[key]), name)
        if "allOf" in schema:
            return self.value({**schema["allOf"][0], **{k: v for k, v in schema.items() if k != "allOf"}}, name)
        return self._scalar(schema)

    def _scalar(self, schema: dict):
        chance = self.chance
        kind = schema.get("type", "string")
        if kind == "array":
            most = min(schema.get("maxItems", 3), 3)
            return [self.value(schema["items"]) for _ in range(chance.randint(schema.get("minItems", 0), most))]
        if kind == "boolean":
            return chance.random() < 0.5
        if kind == "integer":
            low = schema.get("minimum", -5)
            return chance.choice([low, low + 1, min(schema.get("maximum", 100), low + chance.randint(0, 99_999))])
        if kind == "number":
            return chance.choice([0, 7, -3.5, 1e3])
        text = chance.choice(WORDS)
        return text[:schema.get("maxLength", 1000)]

    def _object(self, schema: dict) -> dict:
        chance = self.chance
        properties = schema.get("properties", {})
        wanted = set(schema.get("required", []))
        allowed = set(properties)
        for key in ("oneOf", "anyOf"):  # alternatives that only say what is required
            if key in schema:
                branch = chance.choice(schema[key])
                wanted |= set(branch.get("required", []))
                if key == "oneOf":
                    allowed -= {n for one in schema[key] for n in one.get("required", [])} - wanted
        share = chance.random()
        wanted |= {name for name in sorted(allowed) if chance.random() < share}
        made = {name: self.value(one, name) for name, one in properties.items() if name in wanted}
        extra = schema.get("additionalProperties")
        if isinstance(extra, dict):
            for _ in range(chance.randint(0, 3)):
                made["".join(chance.choices(string.ascii_letters, k=6))] = self.value(extra)
        return made

    # ── bodies ──

    def is_valid(self, operation: Operation, body) -> bool:
        validator = self._validators.setdefault(operation.id, Validator(operation.body or {}))
        return validator.is_valid(body)

    def valid_body(self, operation: Operation):
        for _ in range(TRIES):
            body = self.value(operation.body or {})
            if operation.id == "createUser":  # most order types want it; no schema can say which
                body.setdefault("clientUserEmail", "jane@example.com")
            if self.is_valid(operation, body):
                return body
        return copy.deepcopy(self.chance.choice(operation.body_examples))

    def _places(self, value, found: list | None = None) -> list[tuple]:
        """Every container with a key of its own."""
        found = [] if found is None else found
        if isinstance(value, dict):
            for key, one in value.items():
                found.append((value, key))
                self._places(one, found)
        elif isinstance(value, list):
            for index, one in enumerate(value):
                found.append((value, index))
                self._places(one, found)
        return found

    def _wrong(self, old):
        text = str(old)
        return self.chance.choice([
            None, "", " ", 0, -1, 1.5, 10 ** 30, True, [], {}, [None], {"a": {"b": [1]}}, text + "\u0000", "\u0007" + text,
            "x" * 1001, "x" * 5000, text + "!", [old], {"value": old}, "\U0001F600" * 3, "1968-02-30", "000-00-0001",
            "%%%", "' OR 1=1 --", "../../etc/passwd", "<script>", "ftp://example.com", "9999-99-99T99:99:99Z"])

    def mutated_body(self, operation: Operation):
        """A good body with one thing changed: taken away, added, or replaced."""
        chance = self.chance
        body = self.valid_body(operation)
        places = self._places(body)
        way = chance.random()
        if not places or way < 0.1:
            holders = [body, *(holder[key] for holder, key in places if isinstance(holder[key], dict))]
            chance.choice(holders)[chance.choice(["unknown", "", "__proto__", "x" * 300])] = 1
        else:
            holder, key = chance.choice(places)
            if way < 0.25:
                del holder[key]
            else:
                holder[key] = self._wrong(holder[key])
        return body

    # ── requests ──

    def _id(self, name: str, example) -> str:
        pool = self.pools.values.get(name)
        if pool and self.chance.random() < 0.7:
            return str(self.chance.choice(pool))
        return self.chance.choice([str(example), "0", "x" * 300, "é", "a b", "%", "..a", "null"])

    def _target(self, operation: Operation, is_wild: bool) -> str:
        chance = self.chance
        ids = {one["name"]: self._id(one["name"], one.get("example", "")) for one in operation.parameters_in("path")}
        query = []
        for one in operation.parameters_in("query"):
            if one.get("required") or chance.random() < 0.4:
                query.append((one["name"], self._query_value(one, is_wild)))
        if is_wild and chance.random() < 0.3:
            query.append(chance.choice([("unknown", "1"), ("", ""), ("limit", "-1"), ("cursor", "\u2603")]))
        encoded = urllib.parse.urlencode([(name, str(value)) for name, value in query])
        return operation.url(**ids) + ("?" + encoded if encoded else "")

    def _query_value(self, parameter: dict, is_wild: bool):
        if is_wild and self.chance.random() < 0.6:
            return self.chance.choice(["", "x", "-1", "0", "501", "99999999999999999999", "1e3", "\u2603", "a" * 2000,
                                       "2026-02-30", "2026-01-01T00:00:00+99:99", "' OR 1=1 --"])
        if parameter["name"] == "limit":
            return self.chance.choice([1, 2, 50, 500])
        value = self.value(parameter["schema"], parameter["name"])
        return parameter.get("example", value) if self.chance.random() < 0.3 else value

    def _headers(self, operation: Operation, token: str) -> dict[str, str]:
        chance = self.chance
        headers = {"Authorization": f"Bearer {token}"}
        if chance.random() < 0.03:
            headers["Authorization"] = chance.choice(["", "Bearer", "Basic YTpi", f"Bearer {token}x", "Bearer \u00ff"])
        if operation.is_idempotent_by_key and chance.random() < 0.2:
            headers["Idempotency-Key"] = chance.choice([f"key-{chance.randint(0, 40)}", "two words", "x" * 300, ""])
        if chance.random() < 0.1:
            headers["Accept"] = chance.choice(["application/problem+json", "*/*", "text/html", "application/problem+json;q=0"])
        return headers

    def request(self, operation: Operation, token: str) -> Request:
        way = self.chance.random()
        if way < 0.06:
            return self._junk(operation, token)
        is_mutated = way < 0.5
        headers = self._headers(operation, token)
        target = self._target(operation, is_mutated)
        if operation.body is None:
            return Request(operation, "mutated" if is_mutated else "valid", operation.method, target, headers, None)
        body = self.mutated_body(operation) if is_mutated else self.valid_body(operation)
        headers["Content-Type"] = "application/json"
        encoded = json.dumps(body, ensure_ascii=self.chance.random() < 0.5).encode("utf-8", "surrogatepass")
        is_valid: bool | None = self.is_valid(operation, body)
        if is_valid and operation.id == "createUser" and "clientUserEmail" not in body:
            is_valid = None  # it depends on the order type
        return Request(operation, "mutated" if is_mutated else "valid", operation.method, target, headers, encoded,
                       is_valid)

    def _junk(self, operation: Operation, token: str) -> Request:
        """Broken in ways that no schema speaks of."""
        chance = self.chance
        headers = {"Authorization": f"Bearer {token}", "Content-Type": chance.choice(
            ["application/json", "application/json; charset=latin-1", "text/plain", "", "application/x-www-form-urlencoded"])}
        method = chance.choice([operation.method, operation.method, "HEAD", "OPTIONS", "TRACE", "PURGE", "get"])
        target = chance.choice([
            operation.url(), operation.url() + "/", operation.url() + "/more", operation.url() + "?%ff=%00",
            "/" + "".join(chance.choices(string.ascii_letters + "%./;{}", k=20)), operation.url().upper(),
            "/api/v1/" + "a/" * 200, operation.url() + "?" + "&" * 300, "//", "*", "/%2e%2e/" + operation.path])
        good = json.dumps(self.valid_body(operation) if operation.body else {}).encode()
        body = chance.choice([
            b"", good[:len(good) // 2], good + good, b"[" * chance.randint(1, 3000), chance.randbytes(200), b"\xef\xbb\xbf" + good,
            b'{"a":1,"a":2}', good.replace(b'"', b"'"), b"null", b'"text"', b"[]", b"1e999999", b'{"clientUserId":"\\ud800"}'])
        return Request(operation, "junk", method, target, headers, body)
