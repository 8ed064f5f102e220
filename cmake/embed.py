#!/usr/bin/env python3
"""Writes files as std::string_view constants into one C++ header.

usage: embed.py NAMESPACE HEADER FILE...
"""
import pathlib
import re
import sys

LITERAL_LIMIT = 8000  # bytes; compilers and the standard limit the length of one string literal


def constant_name(path: pathlib.Path) -> str:
    words = [word for word in re.split(r"[^0-9A-Za-z]+", path.name) if word]
    return "k" + "".join(word[:1].upper() + word[1:] for word in words)


def literal(data: bytes) -> str:
    out = []
    for byte in data:
        char = chr(byte)
        if char in '"\\':
            out.append("\\" + char)
        elif char == "\n":
            out.append('\\n"\n    "')
        elif 32 <= byte < 127:
            out.append(char)
        else:
            out.append(f"\\{byte:03o}")
    return '"' + "".join(out) + '"'


def main() -> None:
    namespace, header, files = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
    lines = ["#pragma once", "", "#include <string_view>", "", f"namespace chartroom::{namespace} {{", ""]
    for name in files:
        path = pathlib.Path(name)
        data = path.read_bytes()
        chunks = [data[i : i + LITERAL_LIMIT] for i in range(0, len(data), LITERAL_LIMIT)] or [b""]
        body = "\n    ".join(literal(chunk) for chunk in chunks)
        lines.append(f"inline constexpr std::string_view {constant_name(path)}{{\n    {body},\n    {len(data)}}};")
        lines.append("")
    lines.append(f"}}  // namespace chartroom::{namespace}")
    header.parent.mkdir(parents=True, exist_ok=True)
    header.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
