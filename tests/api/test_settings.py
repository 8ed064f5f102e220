"""What an operator sets per application: the commands, and what a running server makes of it."""
import json
import pathlib
import re

import pytest

from support.orders import new_order
from support.page import open_page

USED_WRONGLY = 2
OPERATIONS = pathlib.Path(__file__).resolve().parents[2] / "docs/operations.md"
DEFAULTS = {
    "default_order_type": "healthcheck", "callback_urls": [], "task_notifications": "off", "vendor_notes": False,
    "retention_days": 90, "require_city_and_state": False, "order_id_in_answer": False, "legacy_timestamps": False,
    "admin_api": True, "mails_applicant": True, "mails_subscribers": ["order_status"], "mail_from": ""}
DEFAULT_TYPES = ["healthcheck", "complete", "ehr-only", "no-contact", "aps-only"]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A store without a server."""
    return tmp_path_factory.mktemp("settings") / "data"


class Application:
    """An application and the commands that configure it."""

    def __init__(self, tool, data) -> None:
        self.tool = tool
        self.data = data
        created = tool.json("app", "create", "--data", data, "--name", "A Life", "--sandbox")
        self.client_id, self.secret = created["client_id"], created["client_secret"]

    def run(self, command: str, *arguments):
        return self.tool.run("app", command, "--data", self.data, "--app", self.client_id, *arguments)

    def show(self) -> dict:
        return json.loads(self.run("show").stdout)

    def export(self) -> str:
        done = self.run("export")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def take_in(self, file: pathlib.Path, text: str):
        file.write_text(text)
        return self.run("import", "--file", file)


@pytest.fixture
def application(tool, data) -> Application:
    return Application(tool, data)


def configure(customer, *assignments: str) -> None:
    customer.server.tool.json("app", "set", "--data", customer.server.data, "--app", customer.client_id, *assignments)


def example() -> str:
    return re.search(r"```toml\n(\[settings\].*?)```", OPERATIONS.read_text(), re.DOTALL).group(1)


def keys_in(done) -> list[str]:
    """Where the errors are, one a line, before the last line that says that nothing was changed."""
    lines = done.stderr.splitlines()
    assert lines[-1] == "chartroom: nothing was changed"
    return [re.sub(r"^chartroom: (\S+\.toml: )?", "", line).split(":")[0] for line in lines[:-1]]


# ── commands ──


def test_show_tells_everything_but_secrets(application):
    done = application.run("show")
    assert done.returncode == 0 and done.stdout.count("\n") == 1
    shown = json.loads(done.stdout)
    assert list(shown) == ["client_id", "name", "sandbox", "enabled", "created_at", "settings", "own_order_types",
                           "order_types"]
    assert shown["settings"] == DEFAULTS and list(shown["settings"]) == list(DEFAULTS)
    assert shown["own_order_types"] is False and shown["order_types"] == DEFAULT_TYPES
    for forbidden in (application.secret, "secret", "hash", "argon2"):
        assert forbidden not in done.stdout


def test_set_changes_what_is_named_and_nothing_else(application):
    changes = {"default_order_type": "complete", "callback_urls": ["https://a.example/done", "https://b.example:8443"],
               "task_notifications": "envelope", "vendor_notes": True, "retention_days": 3650,
               "require_city_and_state": True, "order_id_in_answer": True, "legacy_timestamps": True,
               "admin_api": False, "mails_applicant": False, "mails_subscribers": ["tasks", "reminders"],
               "mail_from": "records@insurer.example"}
    texts = [f"{name}={','.join(value) if isinstance(value, list) else str(value)}" for name, value in changes.items()]
    texts = [text.replace("=True", "=true").replace("=False", "=false") for text in texts]
    assert application.run("set", *texts).returncode == 0
    assert application.show()["settings"] == changes
    done = application.run("set", "callback_urls=", "retention_days=1")
    assert json.loads(done.stdout)["settings"] == {**changes, "callback_urls": [], "retention_days": 1}
    assert application.show()["settings"] == {**changes, "callback_urls": [], "retention_days": 1}


BAD_VALUES = [
    ("default_order_type", ""), ("default_order_type", "labs"), ("callback_urls", "a.example"),
    ("callback_urls", "https://a.example,ftp://b.example"), ("callback_urls", "https://user@a.example"),
    ("callback_urls", "https://a.example?x=1"), ("callback_urls", ",".join(["https://a.example"] * 21)),
    ("task_notifications", "on"), ("vendor_notes", "yes"), ("retention_days", "0"), ("retention_days", "3651"),
    ("retention_days", "1d"), ("retention_days", ""), ("require_city_and_state", "1"), ("order_id_in_answer", "TRUE"),
    ("legacy_timestamps", ""), ("admin_api", "off"), ("mails_applicant", "no"), ("mails_subscribers", "all"),
    ("mail_from", "records"), ("colour", "red"), ("Retention_days", "1"),
]


@pytest.mark.parametrize("name, value", BAD_VALUES)
def test_set_refuses_with_the_name_and_stores_nothing(application, name, value):
    done = application.run("set", "order_id_in_answer=true" if name != "order_id_in_answer" else "vendor_notes=true",
                           f"{name}={value}")
    assert done.returncode == USED_WRONGLY and done.stdout == ""
    assert keys_in(done) == [name]
    assert application.show()["settings"] == DEFAULTS


def test_set_names_everything_that_is_wrong(application):
    done = application.run("set", "retention_days=0", "retention_days=1", "vendor_notes", "admin_api=maybe")
    assert done.returncode == USED_WRONGLY
    assert keys_in(done) == ["retention_days", "retention_days", "vendor_notes", "admin_api"]


@pytest.mark.parametrize("command", [["app", "set", "vendor_notes=true"], ["app", "show"], ["app", "export"],
                                     ["order-type", "list"], ["order-type", "show"], ["order-type", "export"],
                                     ["order-type", "remove", "--code", "complete"]])
def test_an_unknown_application_is_refused(tool, application, command):
    group, name, *rest = command
    done = tool.run(group, name, "--data", application.data, "--app", "0" * 40, *rest)
    assert done.returncode == USED_WRONGLY and "--app" in done.stderr and done.stdout == ""


@pytest.mark.parametrize("arguments", [["app", "set"], ["app", "set", "--app", "x"], ["app", "show"],
                                       ["app", "import", "--app", "x"], ["order-type"], ["order-type", "list"],
                                       ["order-type", "remove", "--app", "x"],
                                       ["order-type", "import", "--app", "x", "--file", "/no/such/file"]])
def test_wrong_use_points_to_help(tool, arguments):
    done = tool.run(*arguments)
    assert done.returncode == USED_WRONGLY and "--help" in done.stdout + done.stderr


# ── files ──


def test_the_documented_example_comes_out_as_it_went_in(application, tmp_path):
    done = application.take_in(tmp_path / "f.toml", example())
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == application.show()
    assert application.export() == example()
    shown = application.show()
    assert shown["own_order_types"] is True and shown["order_types"] == ["full", "labs"]
    assert shown["settings"]["default_order_type"] == "labs" and shown["settings"]["retention_days"] == 30


def test_an_export_makes_another_application_alike(tool, data, application, tmp_path):
    other = Application(tool, data)
    assert application.take_in(tmp_path / "f.toml", example()).returncode == 0
    for source, target in ((application, other), (Application(tool, data), other)):
        exported = source.export()
        assert target.take_in(tmp_path / "g.toml", exported).returncode == 0
        assert target.export() == exported
        assert {**target.show(), "client_id": "", "created_at": ""} == {
            **source.show(), "client_id": "", "created_at": ""}
    assert other.show()["order_types"] == DEFAULT_TYPES and "order_types = []" in other.export()


def test_a_file_changes_only_what_it_speaks_of(application, tmp_path):
    assert application.take_in(tmp_path / "f.toml", example()).returncode == 0
    before = application.show()
    assert application.take_in(tmp_path / "g.toml", "[settings]\nretention_days = 7\n").returncode == 0
    assert application.show() == {**before, "settings": {**before["settings"], "retention_days": 7}}


def test_texts_survive_whatever_they_hold(application, tmp_path):
    odd = r'He said \"no\" \\ back\\slash, it' + "'" + 's an äöü ☂ # no comment'
    text = example().replace("Laboratory Order", odd)
    done = application.take_in(tmp_path / "f.toml", text)
    assert done.returncode == 0, done.stderr
    exported = application.export()
    other = tmp_path / "g.toml"
    assert application.take_in(other, exported).returncode == 0
    assert application.export() == exported
    listed = application.tool.json("order-type", "show", "--data", application.data, "--app", application.client_id,
                                   "--code", "labs")
    assert listed["alias"] == 'He said "no" \\ back\\slash, it\'s an äöü ☂ # no comment'


BAD_FILES = [
    ("", ["settings"]), ("x = 1\n[settings]\n", ["x"]), ("settings = 1\n", ["settings"]),
    ("order_types = 1\n", ["order_types"]), ("order_types = [1]\n", ["order_types[0]"]),
    ("[settings]\nretention_days = 0\nvendor_notes = 1\ncolour = 1979-05-27\n",
     ["settings.colour", "settings.retention_days", "settings.vendor_notes"]),
    ("[settings]\ncallback_urls = [1]\n", ["settings.callback_urls"]),
    ("[settings]\ncallback_urls = [\"https://a.example\", \"\"]\n", ["settings.callback_urls"]),
    ("[settings]\ndefault_order_type = \"labs\"\n", ["settings.default_order_type"]),
]


@pytest.mark.parametrize("text, keys", BAD_FILES)
def test_import_refuses_with_the_key(application, tmp_path, text, keys):
    done = application.take_in(tmp_path / "f.toml", text)
    assert done.returncode == USED_WRONGLY and done.stdout == ""
    assert keys_in(done) == keys
    assert application.show()["settings"] == DEFAULTS and application.show()["own_order_types"] is False


def test_import_finds_everything_and_stores_nothing(application, tmp_path):
    text = example().replace("retention_days = 30", "retention_days = 4000").replace('code = "labs"', 'code = "full"')
    text = text.replace('delay = "14d"', 'delay = "50d"').replace('format = "json"', 'format = "tiff"')
    text = text.replace('alias = "Full Order"\n', "")
    done = application.take_in(tmp_path / "f.toml", text)
    assert done.returncode == USED_WRONGLY
    assert keys_in(done) == ["settings.retention_days", "order_types[0].alias", "order_types[0].channels[2].delay",
                             "order_types[1].outputs[0].format", "order_types[1].outputs[1].format",
                             "order_types[1].code"]
    assert application.show()["settings"] == DEFAULTS and application.show()["order_types"] == DEFAULT_TYPES


def test_order_types_without_the_default_one_are_refused(application, tmp_path):
    text = example().replace('default_order_type = "labs"\n', "")
    done = application.take_in(tmp_path / "f.toml", text)
    assert done.returncode == USED_WRONGLY and keys_in(done) == ["settings.default_order_type"]
    assert "[full, labs]" in done.stderr


@pytest.mark.parametrize("text, words", [("[settings]\nx = \n", "line 2"), ("a" * (1024 * 1024 + 1), "1 MiB")],
                         ids=["broken", "too large"])
def test_what_is_no_toml_is_refused_with_the_place(application, tmp_path, text, words):
    done = application.take_in(tmp_path / "f.toml", text)
    assert done.returncode == USED_WRONGLY and words in done.stderr and "f.toml" in done.stderr


# ── a running server ──


def test_the_default_order_type_is_what_is_ordered(customer):
    configure(customer, "default_order_type=aps-only")
    order = new_order(orderType=None, clientUserEmail=None)
    human_id = customer.place(order)["humanId"]
    assert customer.get(f"/api/v1/users/{human_id}").json()["orders"][0]["orderType"] == "aps-only"


def test_the_order_id_is_in_the_answer_where_it_is_wanted(customer):
    assert "orderId" not in customer.place(new_order())
    configure(customer, "order_id_in_answer=true")
    answer = customer.place(new_order())
    assert list(answer)[-1] == "orderId"
    details = customer.get(f"/api/v1/users/{answer['humanId']}").json()
    assert details["orders"][0]["orderId"] == answer["orderId"]
    configure(customer, "order_id_in_answer=false")
    assert "orderId" not in customer.place(new_order())


def test_city_and_state_are_demanded_where_they_are_wanted(customer):
    address = {"street1": "12 Hill Street", "zip": "83712"}
    customer.place(new_order(address=address))
    configure(customer, "require_city_and_state=true")
    answer = customer.post("/api/v1/users", new_order(address=address))
    assert answer.status_code == 400
    assert answer.json()["validation"]["keys"] == ["address.city", "address.state"]
    assert answer.json()["message"].startswith('"address.city" is required')
    customer.place(new_order(address={**address, "city": "Boise", "state": "ID"}))
    customer.place(new_order(address=None))


def test_reports_are_gone_after_the_retention_time_and_the_order_stays(customer):
    configure(customer, "retention_days=2")
    order = new_order()
    summary = customer.complete(order)
    uris = [report["uri"] for report in summary["eventPayload"]["reports"]]
    listing = {"clientUserId": order["clientUserId"]}
    customer.advance_clock("47h")
    assert customer.get(uris[0]).status_code == 200
    customer.advance_clock("2h")
    assert {customer.get(uri).status_code for uri in uris} == {404}
    assert customer.get("/api/v1/user/reports", params=listing).json() == []
    users = customer.get("/api/v1/users", params=listing).json()
    details = customer.get(f"/api/v1/users/{users[0]['humanId']}").json()
    assert [o["orderStatus"] for o in details["orders"]] == ["Completed"]


def test_a_list_of_callbacks_leaves_these_and_loopback(customer):
    order = new_order("Pended")
    link = customer.place(order)["consumerLink"]
    customer.listener.wait_for_summary(order["clientUserId"], "pended")

    def is_called(callback: str) -> bool:
        page = open_page(f"{link}&callback={callback}")
        assert page.status == 200
        origin = "/".join(callback.split("/")[:3])
        return page.answer.headers["content-security-policy"].endswith(origin)

    assert is_called("https://insurer.example.com/back")
    configure(customer, "callback_urls=https://insurer.example.com/records")
    assert is_called("https://insurer.example.com/records/7")
    assert is_called("http://127.0.0.1:3000/back")
    for elsewhere in ("https://insurer.example.com/back", "https://insurer.example.com/recordsandmore",
                      "https://insurer.example.com.evil.example/records", "http://insurer.example.com/records"):
        assert not is_called(elsewhere), elsewhere


def test_settings_are_one_applications_own(server, make_customer):
    mine, other = make_customer(server, listens=False), make_customer(server, listens=False)
    configure(mine, "order_id_in_answer=true")
    assert "orderId" in mine.place(new_order())
    assert "orderId" not in other.place(new_order())
