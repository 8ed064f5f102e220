#!/usr/bin/env python3
"""Turns api/openapi.yaml into what the server hands out.

usage: openapi.py YAML VERSION WEB_FOLDER OUTPUT_FOLDER

Writes openapi.json (compact), docs.html (one page, with its style inside and without scripts) and docs_policy.txt
(the page's Content-Security-Policy, which allows that one style and nothing else).
"""
import base64
import hashlib
import json
import pathlib
import sys

import jinja2
import markupsafe

import openapi_document
import openapi_page


def policy_for(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'")


def main() -> int:
    source, version, web, output = pathlib.Path(sys.argv[1]), sys.argv[2], *map(pathlib.Path, sys.argv[3:5])
    document = openapi_document.load(source, version)
    problems = openapi_document.problems(document)
    for problem in problems:
        print(f"{source}: {problem}", file=sys.stderr)
    if problems:
        return 1
    output.mkdir(parents=True, exist_ok=True)
    style = (web / "docs.css").read_text()
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(web), autoescape=True, trim_blocks=True,
                                     lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    page = environment.get_template("docs.html.j2").render(style=markupsafe.Markup(style),
                                                           **openapi_page.view_of(document))
    (output / "openapi.json").write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")))
    (output / "docs.html").write_text(page)
    (output / "docs_policy.txt").write_text(policy_for(style))
    return 0


if __name__ == "__main__":
    sys.exit(main())
