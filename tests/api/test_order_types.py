"""An application's own order types: the commands, and orders of such a type from end to end."""
import json
import pathlib

import pytest

from support.orders import new_order

USED_WRONGLY = 2
LABS = """code = "labs"
alias = "Laboratory Order"
description = "EHR networks alone, data only"
timeout = "5d"
task_time = "2d"
reminders = ["6h", "1d"]
sufficiency = { sources = 1, facts = 1, named_providers = false, months = 0 }
email_required = false
withhold_restricted = false
levels = {}

[[channels]]
channel = "ehr"
trigger = "at_start"
delay = "0s"
needs = ["name", "dateOfBirth", "gender", "address", "hipaaAuthorization"]

[[outputs]]
name = "healthcheck"
format = "json"

[[outputs]]
name = "apidata"
format = "json"
"""
PORTAL = """
[[channels]]
channel = "portal"
"""


class Types:
    """The order types of a customer's application, by the command line."""

    def __init__(self, customer, folder: pathlib.Path) -> None:
        self.customer = customer
        self.file = folder / "type.toml"

    def run(self, command: str, *arguments):
        server = self.customer.server
        return server.tool.run("order-type", command, "--data", server.data, "--app", self.customer.client_id,
                               *arguments)

    def take_in(self, text: str, *arguments):
        self.file.write_text(text)
        return self.run("import", "--file", self.file, *arguments)

    def add(self, text: str) -> dict:
        done = self.take_in(text)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def listed(self) -> list[dict]:
        return json.loads(self.run("list").stdout)

    def codes(self) -> list[str]:
        return [entry["code"] for entry in self.listed()]

    def offered(self) -> list[str]:
        return [entry["orderType"] for entry in self.customer.get("/api/v1/order-types").json()]


@pytest.fixture
def types(customer, tmp_path) -> Types:
    return Types(customer, tmp_path)


def reports_of(summary: dict) -> list[tuple[str, str]]:
    return sorted((report["name"], report["fileExtension"]) for report in summary["eventPayload"]["reports"])


# ── commands ──


def test_every_application_has_five_from_the_start(types):
    listed = types.listed()
    assert [entry["code"] for entry in listed] == ["healthcheck", "complete", "ehr-only", "no-contact", "aps-only"]
    assert [entry["code"] for entry in listed if entry["default"]] == ["healthcheck"]
    assert not any(entry["own"] for entry in listed)
    assert list(listed[0]) == ["code", "alias", "description", "own", "default"]
    assert types.offered() == types.codes()


def test_every_default_type_comes_out_as_it_went_in(types):
    exported = {code: types.run("export", "--code", code).stdout for code in types.codes()}
    everything = types.run("export").stdout
    types.add(everything)
    assert all(entry["own"] for entry in types.listed())
    for code, text in exported.items():
        types.add(text)
        assert types.run("export", "--code", code).stdout == text
    assert sorted(types.codes()) == sorted(exported)


def test_show_has_the_same_members(types):
    types.add(LABS)
    assert types.run("export", "--code", "labs").stdout == LABS
    shown = json.loads(types.run("show", "--code", "labs").stdout)
    assert shown["timeout"] == "5d" and shown["sufficiency"] == {
        "sources": 1, "facts": 1, "named_providers": False, "months": 0}
    assert shown["outputs"] == [{"name": "healthcheck", "format": "json"}, {"name": "apidata", "format": "json"}]
    assert list(shown) == ["code", "alias", "description", "timeout", "task_time", "reminders", "sufficiency",
                           "email_required", "withhold_restricted", "levels", "channels", "outputs"]
    assert json.loads(types.run("show").stdout) == [shown]


def test_what_is_left_out_is_as_in_the_default_types(types):
    types.add('code = "short"\nalias = "S"\ntask_time = "2d"\n[[channels]]\nchannel = "ehr"\n' + PORTAL
              + '[[outputs]]\nname = "apidata"\nformat = "json"\n')
    shown = json.loads(types.run("show", "--code", "short").stdout)
    assert (shown["timeout"], shown["reminders"], shown["email_required"]) == ("30d", ["1d"], True)
    assert shown["channels"][0] == {
        "channel": "ehr", "trigger": "at_start", "delay": "0s",
        "needs": ["name", "dateOfBirth", "gender", "address", "hipaaAuthorization"]}
    assert shown["channels"][1]["needs"] == []


def test_levels_are_those_of_rules_that_exist(types):
    types.add(LABS.replace("levels = {}", 'levels = { "sbp-140" = "135" }'))
    shown = json.loads(types.run("show", "--code", "labs").stdout)
    assert shown["levels"] == {"sbp-140": "135"}
    assert types.run("export", "--code", "labs").stdout.count('levels = { sbp-140 = "135" }') == 1
    for levels, words in (('{ nonsense = "1" }', "levels.nonsense must be one of ["),
                          ('{ sbp-140 = "high" }', "levels.sbp-140 must be a decimal"),
                          ("{ sbp-140 = 135 }", "levels.sbp-140 must be a text")):
        refused = types.take_in(LABS.replace("levels = {}", f"levels = {levels}"))
        assert refused.returncode == USED_WRONGLY
        assert words.split()[0] in refused.stderr and words.split(" ", 1)[1] in refused.stderr, refused.stderr


def test_the_first_own_type_takes_the_place_of_the_default_ones(types):
    assert types.add(LABS) == {"imported": ["labs"], "default_order_type": "labs"}
    assert types.codes() == ["labs"] and types.offered() == ["labs"]
    second = types.add(LABS.replace('"labs"', '"more"'))
    assert second == {"imported": ["more"], "default_order_type": "labs"}
    assert types.offered() == ["labs", "more"]


def test_remove(types):
    refused = types.run("remove", "--code", "complete")
    assert refused.returncode == USED_WRONGLY and "--code" in refused.stderr
    types.add(LABS)
    types.add(LABS.replace('"labs"', '"more"'))
    for code, words in (("labs", "default"), ("nothing", "[labs, more]"), ("", "[labs, more]")):
        refused = types.run("remove", "--code", code)
        assert refused.returncode == USED_WRONGLY and "--code" in refused.stderr and words in refused.stderr
        assert refused.stdout == ""
    done = types.run("remove", "--code", "more")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"removed": "more"})
    assert types.offered() == ["labs"]


@pytest.mark.parametrize("command", ["show", "export"])
def test_an_unknown_code_is_refused(types, command):
    done = types.run(command, "--code", "labs")
    assert done.returncode == USED_WRONGLY and "--code" in done.stderr and "healthcheck" in done.stderr


def test_import_may_insist_on_a_code(types):
    refused = types.take_in(LABS, "--code", "other")
    assert refused.returncode == USED_WRONGLY and 'code: must be "other"' in refused.stderr
    assert types.codes()[0] == "healthcheck"
    assert types.take_in(LABS, "--code", "labs").returncode == 0


REFUSED = [
    ('code = "labs"', 'code = "Labs 1"', "code"), ('code = "labs"\n', "", "code"),
    ('code = "labs"', f'code = "{"a" * 41}"', "code"), ('code = "labs"', "code = 1", "code"),
    ('alias = "Laboratory Order"', 'alias = ""', "alias"),
    ('description = "', 'description = "\\n', "description"),
    ('timeout = "5d"', 'timeout = "59m"', "timeout"), ('timeout = "5d"', 'timeout = "366d"', "timeout"),
    ('timeout = "5d"', "timeout = 5", "timeout"), ('timeout = "5d"', 'timeout = "5 days"', "timeout"),
    ('task_time = "2d"', 'task_time = "91d"', "task_time"), ('task_time = "2d"', 'task_time = "-2d"', "task_time"),
    ('["6h", "1d"]', '["1d", "6h"]', "reminders[1]"), ('["6h", "1d"]', '["2d"]', "reminders[0]"),
    ('["6h", "1d"]', '["soon"]', "reminders[0]"), ('["6h", "1d"]', '"1d"', "reminders"),
    ('["6h", "1d"]', str([f"{hour}h" for hour in range(1, 12)]), "reminders"),
    ("sources = 1", "sources = 0", "sufficiency.sources"), ("sources = 1", "sources = 101", "sufficiency.sources"),
    ("facts = 1", "facts = 10001", "sufficiency.facts"), ("facts = 1", 'facts = "1"', "sufficiency.facts"),
    ("facts = 1", "facts = 1, more = 2", "sufficiency.more"), ("{ sources = 1, facts = 1, named_providers = false, months = 0 }", "1", "sufficiency"),
    ("months = 0", "months = 601", "sufficiency.months"),
    ("named_providers = false", "named_providers = 1", "sufficiency.named_providers"),
    ("email_required = false", 'email_required = "no"', "email_required"),
    ("email_required = false", "email_required = false\ncolour = 1", "colour"),
    ('channel = "ehr"', 'channel = "fax"', "channels[0].channel"), ('channel = "ehr"\n', "", "channels[0].channel"),
    ('trigger = "at_start"', 'trigger = "never"', "channels[0].trigger"),
    ('trigger = "at_start"', 'trigger = "when_insufficient"', "channels[0].trigger"),
    ('delay = "0s"', 'delay = "5d"', "channels[0].delay"), ('delay = "0s"', "delay = 0", "channels[0].delay"),
    ('"gender"', '"shoe size"', "channels[0].needs[2]"), ('"gender"', "1", "channels[0].needs[2]"),
    ('[[outputs]]\nname = "healthcheck"', '[[channels]]\nchannel = "ehr"\n[[outputs]]\nname = "healthcheck"',
     "channels[1].channel"),
    ('[[outputs]]\nname = "healthcheck"', PORTAL + '[[outputs]]\nname = "healthcheck"', "email_required"),
    ('name = "healthcheck"', 'name = "x-ray"', "outputs[0].name"),
    ('name = "healthcheck"', 'name = "ccdraw"', "outputs[0].format"),
    ('name = "healthcheck"', 'name = "apidata"', "outputs[1]"),
    ('name = "healthcheck"', 'name = "healthcheck"\nbase_reports = ["ccdraw"]', "outputs[0].base_reports"),
    ('name = "healthcheck"\nformat = "json"', 'name = "combined"\nformat = "pdf"', "outputs[0].base_reports"),
    ('name = "healthcheck"\nformat = "json"', 'name = "combined"\nformat = "pdf"\nbase_reports = ["ccdraw"]',
     "outputs[0].base_reports"),
    ('name = "healthcheck"\nformat = "json"', 'name = "combined"\nformat = "pdf"\nbase_reports = ["apidata"]',
     "outputs[0].base_reports"),
]


@pytest.mark.parametrize("old, new, key", REFUSED)
def test_import_refuses_with_the_key(types, old, new, key):
    assert old in LABS
    done = types.take_in(LABS.replace(old, new, 1))
    assert done.returncode == USED_WRONGLY and done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 2, lines
    assert lines[0].startswith(f"chartroom: {types.file}: {key}: "), lines[0]
    assert types.codes()[0] == "healthcheck", "nothing was stored"


def test_import_finds_everything_that_is_wrong(types):
    done = types.take_in('code = "Labs"\ntimeout = "0s"\nchannels = []\n[[outputs]]\nname = "x"\n')
    assert [line.split(": ")[2] for line in done.stderr.splitlines()[:-1]] == [
        "alias", "outputs[0].format", "code", "channels", "timeout", "outputs[0].name"]


def test_several_without_the_default_type_need_app_import(types):
    both = "".join(LABS.replace("[[", "[[order_types.").replace('"labs"', f'"{code}"').join(["[[order_types]]\n", "\n"])
                   for code in ("a", "b"))
    done = types.take_in(both)
    assert done.returncode == USED_WRONGLY and "default_order_type" in done.stderr
    types.add(LABS)
    assert types.add(both) == {"imported": ["a", "b"], "default_order_type": "labs"}


# ── orders ──


def test_an_own_type_makes_its_outputs_and_only_those(types, customer):
    types.add(LABS)
    assert customer.get("/api/v1/order-types").json() == [{
        "orderType": "labs", "orderTypeAlias": "Laboratory Order",
        "orderTypeDescription": "EHR networks alone, data only"}]
    order = new_order(orderType="labs", clientUserEmail=None)
    answer = customer.place(order)
    assert answer["consumerLink"] == "", "nobody is contacted"
    summary = customer.listener.wait_for_summary(order["clientUserId"], "completed")
    assert reports_of(summary) == [("apidata", "json"), ("healthcheck", "json")]
    details = customer.get(f"/api/v1/users/{answer['humanId']}").json()["orders"][0]
    assert (details["orderType"], details["orderTypeAlias"]) == ("labs", "Laboratory Order")


def test_a_combined_report_is_made_of_what_the_type_says(types, customer):
    types.add(LABS + '\n[[outputs]]\nname = "healthcheck"\nformat = "pdf"\n'
              '\n[[outputs]]\nname = "combined"\nformat = "pdf"\nbase_reports = ["healthcheck"]\n')
    order = new_order(orderType="labs")
    summary = customer.complete(order)
    assert ("combined", "pdf") in reports_of(summary)
    groups = customer.get("/api/v1/user/reports", params={"clientUserId": order["clientUserId"]}).json()
    assert [group["baseReportNames"] for group in groups if group["name"] == "combined"] == [["healthcheck"]]


def test_the_email_is_waived_per_type(types, customer):
    types.add(LABS)
    types.add(LABS.replace('"labs"', '"mail"').replace("email_required = false", "email_required = true"))
    customer.place(new_order(orderType="labs", clientUserEmail=None))
    refused = customer.post("/api/v1/users", new_order(orderType="mail", clientUserEmail=None))
    assert refused.status_code == 400 and refused.json()["validation"]["keys"] == ["clientUserEmail"]
    customer.place(new_order(orderType=None, clientUserEmail=None))


def test_the_first_own_type_is_what_is_ordered_without_a_type(types, customer):
    types.add(LABS)
    human_id = customer.place(new_order(orderType=None))["humanId"]
    assert customer.get(f"/api/v1/users/{human_id}").json()["orders"][0]["orderType"] == "labs"
    refused = customer.post("/api/v1/users", new_order(orderType="healthcheck"))
    assert refused.status_code == 400
    assert refused.json()["message"] == '"orderType" must be one of [labs]'


def test_an_order_times_out_as_its_type_says_and_keeps_its_type(types, customer):
    types.add(LABS)
    order = new_order("TimesOut", orderType="labs")
    customer.place(order)
    types.add(LABS.replace('timeout = "5d"', 'timeout = "50d"'))
    customer.advance_clock("4d")
    assert not [d for d in customer.listener.deliveries(order["clientUserId"]) if d.is_final]
    customer.advance_clock("25h")
    payload = customer.listener.wait_for_summary(order["clientUserId"], "completed")["eventPayload"]
    assert payload["timedOut"] is True


def test_own_types_are_nobody_elses(types, server, make_customer):
    types.add(LABS)
    stranger = make_customer(server, listens=False)
    assert "labs" not in [entry["orderType"] for entry in stranger.get("/api/v1/order-types").json()]
    refused = stranger.post("/api/v1/users", new_order(orderType="labs"))
    assert refused.status_code == 400 and refused.json()["validation"]["keys"] == ["orderType"]
    stranger.place(new_order())
