"""The ``leads`` command as operators and their scripts run it."""

import inspect
import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from leads_admin.local_client import CREDENTIALS
from leads_admin.stack import DEFAULT_STACK, stack_settings
from leads_admin.workspaces import Workspaces
from leads_cli import local_state
from leads_cli.main import COMMANDS, app, command_of
from leads_core import keys
from leads_core.dynamodb.schema import api_key_key, workspace_key
from leads_core.plans import Plan
from leads_core.settings import Settings
from leads_dev.local.moto_dynamodb import create_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SUBCOMMANDS = [
    ["workspace"],
    ["workspace", "create"],
    ["workspace", "list"],
    ["workspace", "show"],
    ["workspace", "delete"],
    ["key"],
    ["key", "create"],
    ["key", "list"],
    ["key", "rotate"],
    ["key", "revoke"],
    ["key", "reset-limit"],
    ["key", "check"],
    ["plan"],
    ["plan", "set"],
    ["list"],
    ["console"],
    ["show"],
    ["delete"],
    ["export"],
    ["import"],
    ["send"],
    ["ping"],
    ["doctor"],
]

Leads = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port without a listener. It is bound, so that no other process can listen there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def assert_one_clear_line(result: subprocess.CompletedProcess[str], *parts: str, exit_code: int = 1) -> None:
    """Check that a command failed with one readable line on standard error, and no result."""
    assert result.returncode == exit_code, result.stderr
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1, result.stderr
    assert "Traceback" not in result.stderr
    for part in parts:
        assert part in result.stderr


def test_creating_a_workspace_prints_its_id_alone(leads: Leads, dynamodb: "DynamoDBClient", settings: Settings) -> None:
    result = leads("workspace", "create", "[b]Acme[/x] & Söhne", "--plan", "free")

    assert result.returncode == 0, result.stderr
    workspace = result.stdout.removesuffix("\n")
    item = dynamodb.get_item(TableName=settings.access_table, Key=workspace_key(workspace))["Item"]
    assert (item["name"], item["plan"]) == ({"S": "[b]Acme[/x] & Söhne"}, {"S": "free"})
    assert f"leads key create {workspace}" in result.stderr
    assert "[b]Acme[/x] & Söhne" in result.stderr


def test_creating_a_key_prints_the_key_alone(
    leads: Leads, workspaces: Workspaces, dynamodb: "DynamoDBClient", settings: Settings
) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)

    result = leads("key", "create", workspace, "--label", "CRM")

    assert result.returncode == 0, result.stderr
    secret = result.stdout.removesuffix("\n")
    assert keys.is_well_formed(secret)
    item = dynamodb.get_item(TableName=settings.access_table, Key=api_key_key(keys.hash_secret(secret)))["Item"]
    assert (item["workspace_id"], item["label"]) == ({"S": workspace}, {"S": "CRM"})
    assert secret not in result.stderr


def test_a_label_that_is_too_long_is_refused(leads: Leads, workspaces: Workspaces) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)

    result = leads("key", "create", workspace, "--label", "x" * 65)

    assert result.returncode != 0
    assert result.stdout == ""
    assert "64" in result.stderr


def test_revoking_a_key_prints_its_start(
    leads: Leads, workspaces: Workspaces, dynamodb: "DynamoDBClient", settings: Settings
) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)
    secret = workspaces.create_key(workspace)

    result = leads("key", "revoke", workspace, secret[:9])

    assert (result.returncode, result.stdout) == (0, "")
    assert secret[:12] in result.stderr
    item = dynamodb.get_item(TableName=settings.access_table, Key=api_key_key(keys.hash_secret(secret)))["Item"]
    assert "revoked_at" in item
    assert_one_clear_line(leads("key", "revoke", workspace, secret[:9]), "no valid keys", secret[:9])


def test_resetting_the_limit_of_a_key_prints_its_start_and_the_time(leads: Leads, workspaces: Workspaces) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)
    secret = workspaces.create_key(workspace)

    result = leads("key", "reset-limit", workspace, secret[:9])
    other_window = leads("key", "reset-limit", workspace, secret[:9], RATE_LIMIT_WINDOW_SECONDS="90")

    assert (result.returncode, result.stdout) == (0, "")
    assert secret[:12] in result.stderr
    assert secret[:13] not in result.stderr
    assert "within 5 seconds" in result.stderr
    assert "within 1.5 seconds" in other_window.stderr
    assert_one_clear_line(leads("key", "reset-limit", workspace, "cdz_????"), "no valid keys")


def test_setting_the_plan_prints_the_number_of_leads(
    leads: Leads, workspaces: Workspaces, post: Callable[..., list[str]]
) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)
    post(workspace, "A", "B", "C")

    down = leads("plan", "set", workspace, "free")
    up = leads("plan", "set", workspace, "basic")

    assert (down.returncode, down.stdout, up.returncode, up.stdout) == (0, "", 0, "")
    assert "is on the free plan" in down.stderr
    assert "3 leads" in down.stderr
    assert "is on the basic plan" in up.stderr


def test_listed_leads_are_json_lines_when_piped(
    leads: Leads, workspaces: Workspaces, post: Callable[..., list[str]]
) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)
    long = "ä 🎉 [b]x[/x]\n" * 400
    ids = post(workspace, *(f"Company {row}" for row in range(25)), notes=long, labels=["Apollo"])

    newest = leads("list", workspace)
    some = leads("list", workspace, "--limit", "2")

    listed = [json.loads(line) for line in newest.stdout.splitlines()]
    assert [lead["id"] for lead in listed] == ids[:4:-1]
    assert listed[0] == {
        "id": ids[-1],
        "company": "Company 24",
        "notes": long,
        "labels": ["Apollo"],
        "employeeCount": 1,
        "date": "2026-11-23T08:00:00Z",
    }
    assert newest.stderr == ""
    assert some.stdout.splitlines() == newest.stdout.splitlines()[:2]


def test_an_empty_workspace_lists_nothing(leads: Leads, workspaces: Workspaces) -> None:
    result = leads("list", workspaces.create_workspace("Acme", Plan.BASIC))

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_listed_leads_are_a_table_on_a_terminal(
    leads: Leads, workspaces: Workspaces, post: Callable[..., list[str]]
) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)
    (lead_id,) = post(workspace, "Open AI", contacts=[{"email": "x@example.com"}, {"name": "Zoë"}], phoneNumber="+46 7")

    result = leads("list", workspace, FORCE_COLOR="1", COLUMNS="200")

    assert result.returncode == 0, result.stderr
    for part in (lead_id, "Open AI", "Zoë", "+46 7", "2026-11-23"):
        assert part in result.stdout
    assert "{" not in result.stdout


@pytest.mark.parametrize("company", ["[bold]Acme", "Acme [/x]", "[link=file:///etc/passwd]Acme"])
def test_a_lead_is_shown_on_a_terminal_as_it_was_sent(
    leads: Leads, workspaces: Workspaces, post: Callable[..., list[str]], company: str
) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)
    post(workspace, company)

    result = leads("list", workspace, FORCE_COLOR="1", COLUMNS="200")

    assert result.returncode == 0, result.stderr
    assert company in result.stdout


def test_a_lead_cannot_send_control_characters_to_the_terminal(
    leads: Leads, workspaces: Workspaces, post: Callable[..., list[str]]
) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)
    post(workspace, "\x1b]0;owned\x07\x1b[2J Acme")

    result = leads("list", workspace, FORCE_COLOR="1", COLUMNS="200")

    assert result.returncode == 0, result.stderr
    assert "\x1b]0;" not in result.stdout
    assert "\x1b[2J" not in result.stdout


def test_a_lead_is_shown_with_its_custom_members(
    leads: Leads, workspaces: Workspaces, post: Callable[..., list[str]]
) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)
    (lead,) = post(workspace, "A", custom={"utm_source": "ads\x1b[2J", "consent": True})

    result = leads("show", workspace, lead, FORCE_COLOR="1", COLUMNS="200")

    assert result.returncode == 0, result.stderr
    assert "utm_source: ads" in result.stdout
    assert "consent: true" in result.stdout
    assert "\x1b[2J" not in result.stdout


def test_local_works_on_the_server_of_the_current_directory(
    leads: Leads, dynamodb: "DynamoDBClient", dynamodb_url: str, tmp_path: Path
) -> None:
    with suppress(dynamodb.exceptions.ResourceInUseException):  # from an earlier run, if the database is kept running
        create_tables(dynamodb, DEFAULT_STACK)
    tables = stack_settings(DEFAULT_STACK)
    workspaces = Workspaces(dynamodb, access_table=tables.access_table, leads_table=tables.leads_table)
    workspace = workspaces.create_workspace("Demo", Plan.BASIC)
    secret = workspaces.create_key(workspace)
    demo = local_state.DemoWorkspace(workspace, secret)
    local_state.write(local_state.LocalState(dynamodb_url, dynamodb_url, demo, demo), tmp_path / ".local")

    result = leads(
        "--local",
        "key",
        "revoke",
        workspace,
        secret[:12],
        LEADS_STACK=DEFAULT_STACK,
        AWS_ENDPOINT_URL_DYNAMODB="http://127.0.0.1:9",
    )

    assert result.returncode == 0, result.stderr
    assert secret[:12] in result.stderr


def test_local_without_a_server_explains_how_to_start_one(leads: Leads) -> None:
    assert_one_clear_line(leads("--local", "list", "acme"), "make serve")


def test_local_with_a_stopped_server_reports_it(leads: Leads, tmp_path: Path, closed_port: int) -> None:
    demo = local_state.DemoWorkspace("acme", "")
    address = f"http://127.0.0.1:{closed_port}"
    gone = local_state.LocalState(address, address, demo, demo)
    local_state.write(gone, tmp_path / ".local")

    assert_one_clear_line(leads("--local", "list", "acme"), str(closed_port), exit_code=4)


@pytest.mark.usefixtures("dynamodb")
@pytest.mark.parametrize("arguments", [["key", "create"], ["list"]], ids=" ".join)
def test_an_unknown_workspace_is_named(leads: Leads, arguments: list[str]) -> None:
    assert_one_clear_line(leads(*arguments, "[x]"), "There is no workspace [x].")


def test_a_missing_region_is_named(leads: Leads) -> None:
    assert_one_clear_line(leads("list", "acme", unset=["AWS_REGION", "AWS_DEFAULT_REGION"]), "region")


def test_the_region_may_be_set_by_the_variables_of_the_aws_cli_or_lambda(leads: Leads, workspaces: Workspaces) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)

    result = leads("list", workspace, unset=["AWS_DEFAULT_REGION"])

    assert (result.returncode, result.stderr) == (0, "")


def test_missing_credentials_are_named(leads: Leads) -> None:
    result = leads("list", "acme", unset=["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])

    assert_one_clear_line(result, "credentials")


def test_an_endpoint_that_does_not_respond_is_named(leads: Leads, closed_port: int) -> None:
    endpoint = f"http://127.0.0.1:{closed_port}"

    assert_one_clear_line(leads("list", "acme", AWS_ENDPOINT_URL_DYNAMODB=endpoint), endpoint, exit_code=4)


def test_the_variable_that_sets_the_endpoint_is_named(leads: Leads, closed_port: int) -> None:
    closed = f"http://127.0.0.1:{closed_port}"
    of_all = leads("list", WORKSPACE, AWS_ENDPOINT_URL=closed, unset=["AWS_ENDPOINT_URL_DYNAMODB"])
    no_address = leads("list", WORKSPACE, AWS_ENDPOINT_URL="localhost", unset=["AWS_ENDPOINT_URL_DYNAMODB"])
    of_both = leads("list", WORKSPACE, AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_ENDPOINT_URL_DYNAMODB=closed)

    assert_one_clear_line(of_all, closed, "or unset AWS_ENDPOINT_URL.", exit_code=4)
    assert_one_clear_line(no_address, "Check AWS_ENDPOINT_URL,")
    assert_one_clear_line(of_both, closed, "or unset AWS_ENDPOINT_URL_DYNAMODB.", exit_code=4)


WORKSPACE = "01M6DWCPDGP7DKK1RX7DV6Q8DA"


@pytest.mark.parametrize("endpoint", ["localhost", "http://localhost:port"])
def test_an_invalid_endpoint_is_named(leads: Leads, endpoint: str) -> None:
    result = leads("list", WORKSPACE, AWS_ENDPOINT_URL_DYNAMODB=endpoint)

    assert_one_clear_line(result, endpoint.rpartition(":")[2], "Check AWS_ENDPOINT_URL_DYNAMODB")


def test_an_invalid_region_is_named(leads: Leads) -> None:
    assert_one_clear_line(leads("list", WORKSPACE, AWS_REGION="new york"), "'new york' is not an AWS region")
    assert_one_clear_line(leads("list", WORKSPACE, AWS_REGION="", unset=["AWS_DEFAULT_REGION"]), "No AWS region is set")


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("[default", "Unable to parse config file"),
        ("[default]\nmax_attempts = many\n", "'many'. Check"),
        ("[default]\nretry_mode = mad\n", "mad"),
        ("[default]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = nobody\n", 'source_profile "nobody"'),
        ("[default]\ncredential_process = false\n", "Your AWS credentials cannot be read"),
        (
            """\
[default]
sso_session = x
sso_account_id = 1
sso_role_name = x
[sso-session x]
sso_region = eu-north-1
sso_start_url = https://x
""",
            "Your AWS login has expired",
        ),
    ],
    ids=["unreadable", "no number", "no mode", "no profile", "process fails", "not logged in"],
)
def test_a_wrong_aws_configuration_is_reported(leads: Leads, tmp_path: Path, config: str, expected: str) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(config)

    result = leads("list", WORKSPACE, unset=["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])

    assert_one_clear_line(result, expected)


@pytest.mark.parametrize(
    "arguments", [["list", "acme"], ["workspace", "create", "Acme", "--plan", "free"]], ids=lambda words: words[0]
)
def test_a_missing_stack_is_reported(leads: Leads, arguments: list[str]) -> None:
    assert_one_clear_line(leads("--stack", "nowhere", *arguments), "--stack")


def test_a_wrong_setting_is_named(leads: Leads) -> None:
    assert_one_clear_line(leads("list", "acme", RATE_LIMIT_REQUESTS="many"), "RATE_LIMIT_REQUESTS", "many")


@pytest.mark.parametrize("command", SUBCOMMANDS, ids=" ".join)
def test_every_command_has_help(command: list[str]) -> None:
    result = CliRunner().invoke(app, [*command, "--help"], env=CREDENTIALS)

    assert result.exit_code == 0
    assert f"Usage: root {' '.join(command)}" in " ".join(result.output.split())


def test_help_needs_neither_region_nor_server(leads: Leads) -> None:
    for arguments in ([], ["key", "create"], ["--local", "list"]):
        result = leads(*arguments, "--help", unset=["AWS_REGION", "AWS_DEFAULT_REGION"])
        assert result.returncode == 0, result.stderr
        assert "Usage: leads" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["workspace", "create", "Acme"],
        ["workspace", "create", "Acme", "--plan", "gold"],
        ["plan", "set", "acme", "gold"],
        ["list", "acme", "--limit", "0"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_refused_before_anything_is_done(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, arguments, env={**CREDENTIALS, "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9"})

    assert result.exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["plan", "set", "acme", "gold"], "'PLAN': 'gold' is not one of 'free', 'basic'."),
        (["import", "leads.csv", "--format", "xls"], "'--format': 'xls' is not one of 'csv',"),
        (["list", "acme", "--limit", "many"], "'--limit': It must be a whole number."),
        (["list", "acme", "--limit", "0"], "'--limit': It must be greater than or equal to 1."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_value_is_reported_with_the_name_of_its_option(
    leads: Leads, arguments: list[str], expected: str
) -> None:
    result = leads(*arguments, COLUMNS="200")

    assert result.returncode == 2
    assert f"Invalid value for {expected}" in result.stderr


SECRET = "cdz_" + "1" * 49


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["key", "check", SECRET], "An API key is not an argument"),
        (["key", "check", "X-API-Key:", SECRET[:-1]], "An API key is not an argument"),
        (["ping", SECRET], "There is more than the command takes: cdz_11111111…"),
        (["workspace", "list", "acme"], "There is more than the command takes: acme"),
        (["send", "leads.csv"], "A file: leads import FILE"),
        (["send", "--company", "X", "-"], "A file: leads import FILE"),
        (["send"], "A file: leads import FILE"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_extra_argument_is_refused_without_printing_a_key(leads: Leads, arguments: list[str], expected: str) -> None:
    result = leads(*arguments, COLUMNS="200")

    assert (result.returncode, result.stdout) == (2, "")
    assert expected in result.stderr
    assert "1" * 9 not in result.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_listed_with_the_first_line_of_its_help(name: str) -> None:
    expected = inspect.cleandoc(command_of(name).help or "").partition("\n\n")[0]

    assert " ".join(expected.split()) == COMMANDS[name][1]


def test_listing_the_commands_imports_only_what_all_of_them_need() -> None:
    program = """
import sys
from typer.testing import CliRunner
from leads_cli.main import app
assert CliRunner().invoke(app, ["--help"]).exit_code == 0
print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert not {"boto3", "botocore", "httpx", "pydantic", "pydantic_core", "openpyxl"} & {*done.stdout.split()}
