"""api/openapi.yaml is sound, is what the server hands out, and names exactly the operations that the router has."""
import json
import re

import jsonschema
import pytest
import requests

import openapi_document
from support.conformance import CONFORMANCE
from support.document import BY_ID, DOCUMENT, EXPECTED_MISSING, OPERATIONS, Validator, inline, pattern_of

CONTRACT_IDS = {"getOrderTypes", "createUser", "getUsersList", "performActionForUser", "getUserDetails",
                "userProviders", "getUsersSubscriptions", "createSubscription", "getSubscriptionDetails",
                "deleteSubscription", "getUserReports", "getReportById", "getTasksLiistLink"}


def _media_types():
    """Every media type object of the document with the name of its place."""
    for part in ("paths", "webhooks"):
        for method, path, operation, _ in openapi_document.operations(DOCUMENT, part):
            where = f"{method} {path}"
            yield from ((where, one) for one in inline(operation.get("requestBody", {})).get("content", {}).values())
            for status, answer in operation["responses"].items():
                yield from ((f"{where} {status}", one) for one in inline(answer).get("content", {}).values())


def _examples():
    for where, media in _media_types():
        values = [media["example"]] if "example" in media else [e["value"] for e in media.get("examples", {}).values()]
        yield from ((where, media["schema"], value) for value in values)
    for operation in OPERATIONS:
        yield from ((f"{operation.id} {one['name']}", one["schema"], one["example"])
                    for one in operation.parameters if "example" in one)
    for name, schema in DOCUMENT["components"]["schemas"].items():
        yield from ((f"shape {name}", inline(schema), value) for value in schema.get("examples", []))


def _schemas(node):
    if isinstance(node, dict):
        if isinstance(node.get("schema"), dict):  # an example may have a member of that name
            yield node["schema"]
        for value in node.values():
            yield from _schemas(value)
    elif isinstance(node, list):
        for value in node:
            yield from _schemas(value)


def test_the_document_is_sound():
    assert openapi_document.problems(DOCUMENT) == []
    for schema in [*_schemas(DOCUMENT), *DOCUMENT["components"]["schemas"].values()]:
        jsonschema.Draft202012Validator.check_schema(schema)
    assert CONTRACT_IDS <= set(BY_ID)


def test_what_is_ours_is_marked():
    contract_paths = {BY_ID[name].path for name in CONTRACT_IDS} | {"/v1/admin/token", "/v1/connect/token"}
    for _, path, operation, _ in openapi_document.operations(DOCUMENT):
        assert operation.get("x-chartroom-extension", False) == (path not in contract_paths), path


def test_every_example_is_valid():
    examples = list(_examples())
    assert len(examples) > 100
    for where, schema, value in examples:
        broken = [error.json_path for error in Validator(schema).iter_errors(value)]
        assert not broken, f"example of {where}: {broken}"


def test_every_operation_has_examples():
    for operation in OPERATIONS:
        assert operation.body is None or operation.body_examples, operation.id
        assert all("example" in one for one in operation.parameters_in("path")), operation.id


def test_router_and_document_agree(tool):
    done = tool.run("routes")
    assert done.returncode == 0
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    routes = sorted((line["method"], pattern_of(line["path"])) for line in lines)
    documented = {(one.method, pattern_of(one.path)): one.id for one in OPERATIONS}
    assert len(set(routes)) == len(routes)
    undocumented = [route for route in routes if route not in documented]
    assert not undocumented, "routes that api/openapi.yaml does not describe"
    missing = {documented[route] for route in documented if route not in routes}
    assert missing == EXPECTED_MISSING, "operations without a route; tests/api/support/document.py names those expected"


def test_served_document_is_the_one_in_the_repository(server):
    answer = requests.get(server.url + "/openapi.json", timeout=30)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    served = answer.json()
    assert re.fullmatch(r"\d+\.\d+\.\d+", served["info"]["version"])
    served["info"]["version"] = DOCUMENT["info"]["version"]
    assert served == DOCUMENT
    assert ": " not in answer.text[:30] and "\n" not in answer.text  # compact


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
def test_what_did_not_change_is_not_sent_again(server, path):
    first = requests.get(server.url + path, timeout=30)
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "public, max-age=300"
    for header in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = requests.get(server.url + path, timeout=30, headers={"If-None-Match": header})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert requests.get(server.url + path, timeout=30, headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_page_is_whole_and_loads_nothing(server):
    answer = requests.get(server.url + "/docs", timeout=30)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy
    page = answer.text
    assert page.lstrip().startswith("<!doctype html>") and "<script" not in page and "style=" not in page
    assert not re.search(r"""(?:src|href)=(?!"(?:#|/openapi\.json|data:,))""", page)
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    assert {one.id for one in OPERATIONS} <= set(ids)
    assert all(f">{one.path}<" in page for one in OPERATIONS)


def test_a_wrong_answer_would_be_noticed():
    """The check that all tests lean on is itself able to fail."""
    user = BY_ID["getUserDetails"]
    headers = {"x-humanapi-request-id": "12345678", "content-type": "application/json"}
    good = json.dumps(DOCUMENT["paths"][user.path]["get"]["responses"]["200"]["content"]["application/json"]["example"])
    for status, changed_headers, body in (
            (200, headers, good.replace("Completed", "completed")), (200, headers, "{}"), (200, headers, "{"),
            (200, headers, good[:-1] + ',"more":1}'), (200, {**headers, "content-type": "text/plain"}, good),
            (200, {"content-type": "application/json"}, good), (418, headers, good), (405, headers, good)):
        assert CONFORMANCE.note_answer("GET", user.url(), status, changed_headers, body.encode()), (status, body[:20])
    assert not CONFORMANCE.note_answer("GET", user.url(), 200, headers, good.encode())
    CONFORMANCE.note_delivery(b'[{"topic":"order","value":"completed"}]')
    assert len(CONFORMANCE.take_violations()) > 8
