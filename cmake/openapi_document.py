"""Reads api/openapi.yaml, and refuses what would not be a sound OpenAPI 3.1 document."""
import pathlib
import re
from typing import Iterator

import yaml

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def load(path: pathlib.Path, version: str = "0.0.0") -> dict:
    """The document as it is served: without the YAML's own parts."""
    document = yaml.safe_load(path.read_text())
    document.pop("x-parts", None)
    document["info"]["version"] = version
    return document


def resolve(document: dict, node):
    """What a $ref stands for, through as many steps as it takes; everything else as it is."""
    while isinstance(node, dict) and "$ref" in node:
        target = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def operations(document: dict, part: str = "paths") -> Iterator[tuple[str, str, dict, list[dict]]]:
    """Method (in capitals), path, operation, and its parameters with those of the path."""
    for path, item in document[part].items():
        for method, operation in item.items():
            if method in METHODS:
                given = [*item.get("parameters", []), *operation.get("parameters", [])]
                yield method.upper(), path, operation, [resolve(document, one) for one in given]


def _references(node) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _exists(document: dict, reference: str) -> bool:
    try:
        resolve(document, {"$ref": reference})
    except KeyError:
        return False
    return reference.startswith("#/")


def problems(document: dict) -> list[str]:
    """What is wrong with the document; empty when it is sound."""
    found = [f"{name}: no such thing" for name in sorted(set(_references(document))) if not _exists(document, name)]
    if found:
        return found
    tags = {tag["name"] for tag in document["tags"]}
    seen: set[str] = set()
    for part in ("paths", "webhooks"):
        for method, path, operation, parameters in operations(document, part):
            where = f"{method} {path}"
            name = operation.get("operationId", "")
            if not name or name in seen:
                found.append(f"{where}: operationId '{name}' is missing or used twice")
            seen.add(name)
            if len(operation.get("tags", [])) != 1 or operation["tags"][0] not in tags:
                found.append(f"{where}: needs one of the tags above")
            if not operation.get("summary") or not operation.get("responses"):
                found.append(f"{where}: needs a summary and responses")
            in_path = {one["name"] for one in parameters if one["in"] == "path"}
            if part == "paths" and in_path != set(re.findall(r"{(\w+)}", path)):
                found.append(f"{where}: parameters of the path differ from those declared")
            if len({(one["name"].lower(), one["in"]) for one in parameters}) != len(parameters):
                found.append(f"{where}: a parameter is declared twice")
            for status, answer in operation["responses"].items():
                if "description" not in resolve(document, answer):
                    found.append(f"{where}: answer {status} needs a description")
    used = set(_references(document))
    for kind, things in document["components"].items():
        for name in things if kind != "securitySchemes" else ():
            if f"#/components/{kind}/{name}" not in used:
                found.append(f"#/components/{kind}/{name}: nobody uses it")
    return found
