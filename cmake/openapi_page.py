"""What the page /docs shows of the OpenAPI document, in the words of its template (web/docs)."""
import html
import json
import re

import markupsafe

from openapi_document import operations, resolve

RULES = (("minLength", "at least {} characters"), ("maxLength", "at most {} characters"), ("minimum", "from {}"),
         ("maximum", "up to {}"), ("minItems", "at least {} entries"), ("maxItems", "at most {} entries"),
         ("maxProperties", "at most {} members"), ("minProperties", "at least {} members"))
LONG_PATTERN = 60


def slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _inline(text: str) -> str:
    """Code between backticks as it stands; bold and emphasis in the rest."""
    out = []
    for number, part in enumerate(html.escape(text, quote=False).split("`")):
        if number % 2:
            out.append(f"<code>{part}</code>")
            continue
        part = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", part)
        out.append(re.sub(r"(?<![\w*])\*([^*\s][^*]*)\*(?![\w*])", r"<em>\1</em>", part))
    return "".join(out)


def prose(text: str) -> markupsafe.Markup:
    """Paragraphs and lists of the small part of Markdown that the document uses."""
    out = []
    for block in re.split(r"\n\s*\n", text.strip()):
        head, *items = re.split(r"(?:^|\n)- ", block)
        if head.strip():
            out.append(f"<p>{_inline(' '.join(head.split()))}</p>")
        if items:
            out.append("<ul>" + "".join(f"<li>{_inline(' '.join(item.split()))}</li>" for item in items) + "</ul>")
    return markupsafe.Markup("".join(out))


def line(text: str) -> markupsafe.Markup:
    return markupsafe.Markup(_inline(" ".join(text.split())))


class Page:
    def __init__(self, document: dict) -> None:
        self.document = document

    # ── shapes ──

    def _is_object(self, schema: dict) -> bool:
        schema = resolve(self.document, schema)
        return "properties" in schema or any(self._is_object(one) for one in schema.get("oneOf", []))

    def _merged(self, schema: dict) -> dict:
        """A schema with what it refers to and with its one allOf."""
        own = resolve(self.document, schema)
        for part in own.get("allOf", []):
            own = {**self._merged(part), **{name: value for name, value in own.items() if name != "allOf"}}
        return own

    def kind(self, schema: dict) -> markupsafe.Markup:
        """The type in words, with a link to the shape where it has a name."""
        reference = schema.get("$ref", "")
        if reference and self._is_object(schema):
            name = reference.rsplit("/", 1)[-1]
            return markupsafe.Markup(f'<a href="#shape-{slug(name)}">{html.escape(name)}</a>')
        schema = self._merged(schema)
        if "const" in schema:
            return markupsafe.Markup(f"always <code>{html.escape(json.dumps(schema['const']))}</code>")
        if "enum" in schema:
            return markupsafe.Markup("one of " + ", ".join(f"<code>{html.escape(str(v))}</code>" for v in schema["enum"]))
        if schema.get("type") == "array":
            return markupsafe.Markup("array of ") + self.kind(schema.get("items", {}))
        choices = schema.get("oneOf") or schema.get("anyOf")
        if choices and "properties" not in schema:
            return markupsafe.Markup(" or ").join(self.kind(one) for one in choices)
        kind = schema.get("type", "anything")
        return markupsafe.Markup(html.escape(" or ".join(kind) if isinstance(kind, list) else kind))

    def rules(self, schema: dict) -> list[markupsafe.Markup]:
        schema = self._merged(schema)
        found = [line(words.format(f"{schema[name]:,}")) for name, words in RULES
                 if name in schema and not (name == "minLength" and schema[name] == 1)]
        if "pattern" in schema and len(schema["pattern"]) <= LONG_PATTERN:
            found.append(markupsafe.Markup(f"pattern <code>{html.escape(schema['pattern'])}</code>"))
        if "default" in schema:
            found.append(markupsafe.Markup(f"default <code>{html.escape(json.dumps(schema['default']).strip(chr(34)))}</code>"))
        if schema.get("type") == "array" and "items" in schema:
            found += [markupsafe.Markup("each ") + rule for rule in self.rules(schema["items"])]
        return found

    def fields(self, schema: dict) -> list[dict]:
        schema = self._merged(schema)
        if schema.get("type") == "array":
            return self.fields(schema["items"])
        required = schema.get("required", [])
        rows = []
        for name, one in schema.get("properties", {}).items():
            merged = self._merged(one)
            is_named = "$ref" in one and self._is_object(one)
            rows.append({"name": name, "required": name in required, "kind": self.kind(one), "rules": self.rules(one),
                         "place": "", "deprecated": merged.get("deprecated", False),
                         "text": line("" if is_named else merged.get("description", "")),
                         "fields": [] if is_named or "$ref" in merged.get("items", {}) else self.fields(one)})
        return rows

    def shape(self, schema: dict) -> dict:
        merged = self._merged(schema)
        choices = []
        if "properties" not in merged:
            for one in merged.get("oneOf", []) or merged.get("anyOf", []):
                choices.append({"title": self._merged(one).get("title", ""), "kind": self.kind(one),
                                "fields": [] if "$ref" in one else self.fields(one)})
        return {"kind": self.kind(schema), "fields": self.fields(schema), "choices": choices,
                "text": prose(merged.get("description", ""))}

    # ── operations ──

    def examples(self, media: dict) -> list[dict]:
        media = resolve(self.document, media)
        found = {"": media["example"]} if "example" in media else {
            name: resolve(self.document, one)["value"] for name, one in media.get("examples", {}).items()}
        return [{"name": name, "text": json.dumps(value, ensure_ascii=False, indent=2)} for name, value in found.items()]

    def body(self, content: dict) -> list[dict]:
        return [{"media_type": media_type, "shape": self.shape(media["schema"]) if "schema" in media else None,
                 "examples": self.examples(media)} for media_type, media in content.items()]

    def answer(self, status: str, raw: dict) -> dict:
        answer = resolve(self.document, raw)
        headers = [{"name": name, "text": line(resolve(self.document, one).get("description", ""))}
                   for name, one in answer.get("headers", {}).items() if name != "x-humanapi-request-id"]
        content = {name: media for name, media in answer.get("content", {}).items() if "problem" not in name}
        is_error = status.isdigit() and int(status) >= 400
        return {"status": status, "text": prose(answer["description"]), "headers": headers, "is_error": is_error,
                "envelopes": [self.kind(media["schema"]) for media in content.values()] if is_error else [],
                "body": self.body(content)}

    def operation(self, method: str, path: str, operation: dict, parameters: list[dict]) -> dict:
        rows = [{"name": one["name"], "place": one["in"], "required": one.get("required", False),
                 "kind": self.kind(one["schema"]), "rules": self.rules(one["schema"]),
                 "example": one.get("example", ""), "text": line(one.get("description", "")),
                 "deprecated": False, "fields": []} for one in parameters]
        answers = [self.answer(status, one) for status, one in sorted(operation["responses"].items())]
        return {"id": operation["operationId"], "method": method, "path": path, "summary": operation["summary"],
                "text": prose(operation.get("description", "")), "parameters": rows,
                "is_extension": operation.get("x-chartroom-extension", False),
                "is_public": operation.get("security") == [],
                "body": self.body(operation["requestBody"]["content"]) if "requestBody" in operation else [],
                "body_required": operation.get("requestBody", {}).get("required", False),
                "answers": [one for one in answers if not one["is_error"]],
                "errors": [one for one in answers if one["is_error"]]}

    def group(self, tag: dict) -> dict:
        return {"name": tag["name"], "id": "tag-" + slug(tag["name"]), "text": prose(tag.get("description", "")),
                "operations": [self.operation(*one) for one in operations(self.document)
                               if one[2]["tags"] == [tag["name"]]]}


def view_of(document: dict) -> dict:
    page = Page(document)
    shapes = [{"name": name, "id": "shape-" + slug(name), **page.shape(schema)}
              for name, schema in document["components"]["schemas"].items() if page._is_object(schema)]
    return {"title": document["info"]["title"], "version": document["info"]["version"],
            "summary": document["info"]["summary"], "introduction": prose(document["info"]["description"]),
            "groups": [page.group(tag) for tag in document["tags"]],
            "webhooks": [page.operation(*one) for one in operations(document, "webhooks")], "shapes": shapes}
