"""The operations of the server under test, as it names them itself."""
import json
import re


def routes(tool) -> set[tuple[str, str]]:
    """Method and pattern of each; what stands in braces is left out, for its name is nobody's business here."""
    done = tool.run("routes")
    assert done.returncode == 0, done.stderr
    listed = [json.loads(line) for line in done.stdout.splitlines()]
    assert listed
    return {(one["method"], blank(one["path"])) for one in listed}


def blank(path: str) -> str:
    return re.sub(r"\{.*?\}|<.*?>", "{}", path)
