"""The command line (docs/operations.md): what it prints, and how it ends."""
import json
import re
import stat

import pytest

from support.engine import embedded_only

USED_WRONGLY = 2
FAILED = 1


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def create_application(tool, data) -> dict:
    return tool.json("app", "create", "--data", data, "--name", "A Life", "--sandbox")


def test_version(tool):
    done = tool.run("version")
    assert done.returncode == 0
    assert re.fullmatch(r"chartroom \d+\.\d+\.\d+\n", done.stdout)


def test_help_names_the_commands(tool):
    done = tool.run("--help")
    assert done.returncode == 0
    for command in ("serve", "app", "keys", "webhook", "migrate", "check-config", "version"):
        assert command in done.stdout


@pytest.mark.parametrize("arguments", [
    [], ["explode"], ["serve", "--no-such-flag"], ["app"], ["app", "create", "--data", "x"], ["keys"],
    ["keys", "delete"], ["app", "revoke-tokens"], ["webhook", "add"],
    ["check-config", "--listen"], ["serve", "--data", "x", "--sandbox-records", "/no/such/folder"],
])
def test_wrong_use_exits_2_and_points_to_help(tool, arguments, tmp_path):
    done = tool.run(*arguments)
    assert done.returncode == USED_WRONGLY
    assert "--help" in done.stdout + done.stderr


def test_check_config_prints_what_results(tool, data, tmp_path):
    settings = tmp_path / "chartroom.toml"
    settings.write_text('data = "/from/file"\nworker_threads = 3\nlog_level = "warning"\n')
    done = tool.run("check-config", "--config", settings, "--data", data, "--sandbox",
                    environment={"CHARTROOM_WORKER_THREADS": "7"})
    assert done.returncode == 0
    printed = json.loads(done.stdout)
    assert printed["data"] == str(data), "flags win over the file"
    assert printed["worker_threads"] == 7, "the environment wins over the file"
    assert printed["log_level"] == "warning"
    assert printed["sandbox"] is True


@pytest.mark.parametrize("text, named", [
    ("no_such_setting = 1", "no_such_setting"), ('log_level = "loud"', "log_level"),
    ("worker_threads = 0", "worker_threads"),
    ('listen = "nowhere"', "listen"), ('public_url = "ftp://x"', "public_url"), ("data = ", "chartroom.toml"),
    ('roles = "boss"', "roles"), ('sandbox = "perhaps"', "sandbox"),
])
def test_wrong_settings_are_refused_with_their_place(tool, tmp_path, text, named):
    settings = tmp_path / "chartroom.toml"
    settings.write_text(text + "\n")
    done = tool.run("check-config", "--config", settings)
    assert done.returncode == USED_WRONGLY
    assert named in done.stderr


def test_unknown_environment_settings_are_refused(tool, data):
    done = tool.run("check-config", "--data", data, environment={"CHARTROOM_NO_SUCH_THING": "1"})
    assert done.returncode == USED_WRONGLY
    assert "NO_SUCH_THING" in done.stderr.upper()


@pytest.mark.parametrize("arguments", [
    ["serve", "--sandbox"], ["app", "create", "--name", "A"], ["migrate"],
])
def test_data_is_needed(tool, arguments):
    done = tool.run(*arguments)
    assert done.returncode == USED_WRONGLY
    assert "--data" in done.stderr


def test_app_create_prints_one_json_line(tool, data):
    done = tool.run("app", "create", "--data", data, "--name", "A Life", "--sandbox")
    assert done.returncode == 0 and done.stdout.count("\n") == 1
    printed = json.loads(done.stdout)
    assert list(printed) == ["client_id", "client_secret"]
    assert re.fullmatch(r"[0-9a-f]{40}", printed["client_id"])
    assert re.fullmatch(r"[0-9a-f]{40}", printed["client_secret"])


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_app_create_refuses_names(tool, data, name):
    done = tool.run("app", "create", "--data", data, "--name", name, "--sandbox")
    assert done.returncode == USED_WRONGLY and "--name" in done.stderr


def test_webhook_add(tool, data):
    client_id = create_application(tool, data)["client_id"]
    done = tool.run("webhook", "add", "--data", data, "--app", client_id, "--url", "https://example.com/hook",
                    "--events", "order.status,order.summary")
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert list(printed) == ["id", "secret"] and printed["secret"].startswith("whsec_")


@pytest.mark.parametrize("change, named", [
    ({"--url": "ftp://example.com/"}, "--url"), ({"--url": "example.com"}, "--url"),
    ({"--events": "order.status,order.lunch"}, "--events"), ({"--app": "0" * 40}, "--app"),
])
def test_webhook_add_refuses(tool, data, change, named):
    client_id = create_application(tool, data)["client_id"]
    flags = {"--app": client_id, "--url": "https://example.com/hook", **change}
    done = tool.run("webhook", "add", "--data", data, *(part for pair in flags.items() for part in pair))
    assert done.returncode == USED_WRONGLY
    assert named in done.stderr and done.stdout == ""


def test_migrate(tool, data):
    create_application(tool, data)
    done = tool.run("migrate", "--data", data)
    assert (done.returncode, done.stdout) == (0, "the schema is up to date\n")


def test_migrate_plan_changes_nothing(tool, data):
    plan = tool.run("migrate", "--data", data, "--plan")
    assert plan.returncode == 0, plan.stderr
    assert plan.stdout.startswith("0001_initial.sql\n") and plan.stdout.endswith(" to apply\n")
    assert tool.run("migrate", "--data", data, "--plan").stdout == plan.stdout, "a plan changes nothing"
    applied = tool.run("migrate", "--data", data)
    assert applied.stdout == f"{len(plan.stdout.splitlines()) - 1} migrations applied\n"
    assert tool.run("migrate", "--data", data, "--plan").stdout == "the schema is up to date\n"


def test_no_master_key_is_a_clear_refusal(tool, data):
    done = tool.run("serve", "--data", data, "--listen", "127.0.0.1:0")
    assert done.returncode == USED_WRONGLY
    assert "CHARTROOM_KEY_FILE" in done.stderr and "openssl rand -hex 32" in done.stderr


def test_a_key_that_others_can_read_is_refused(tool, data, tmp_path):
    key = tmp_path / "master.key"
    key.write_text("11" * 32 + "\n")
    key.chmod(0o644)
    done = tool.run("app", "create", "--data", data, "--name", "A", environment={"CHARTROOM_KEY_FILE": str(key)})
    assert done.returncode in (FAILED, USED_WRONGLY)
    assert done.stderr and "11" * 32 not in done.stderr
    key.chmod(0o600)
    done = tool.run("app", "create", "--data", data, "--name", "A", environment={"CHARTROOM_KEY_FILE": str(key)})
    assert done.returncode == 0, done.stderr


def test_sandbox_makes_a_key_of_its_own(tool, data):
    create_application(tool, data)
    assert stat.S_IMODE((data / "master.key").stat().st_mode) == 0o600


def test_tools_work_while_the_server_runs(server, make_customer):
    customer = make_customer(server)
    assert customer.get("/api/v1/users").status_code == 200


@embedded_only
def test_a_second_server_on_the_same_data_refuses(server, tool):
    done = tool.run("serve", "--data", server.data, "--sandbox", "--listen", "127.0.0.1:0")
    assert done.returncode == FAILED
    assert done.stderr
    assert server.is_ready()


def test_a_taken_port_is_a_clear_refusal(server, tool, data):
    done = tool.run("serve", "--data", data, "--sandbox", "--listen", f"127.0.0.1:{server.port}")
    assert done.returncode == FAILED
    assert str(server.port) in done.stderr or "in use" in done.stderr


def test_stops_on_sigterm(make_server):
    assert make_server().stop() == 0
