"""``leads doctor`` and ``leads key check`` report problems and their remedies."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from leads_admin.workspaces import Workspaces
from leads_cli import local_state
from leads_core import keys
from leads_core.admission import Admission
from leads_core.deadlines import Clock
from leads_core.dynamodb.key_store import DynamoDBKeyStore
from leads_core.plans import Plan
from leads_core.rate_limit import RateLimit
from leads_core.settings import Settings
from support.apis import in_process
from support.clock import soon

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Leads = Callable[..., subprocess.CompletedProcess[str]]

NO_CREDENTIALS = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
NO_REGION = ["AWS_REGION", "AWS_DEFAULT_REGION"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[local_state.LocalState]:
    """An API that `--local` finds."""
    with in_process(tmp_path) as state:
        local_state.write(state, tmp_path / ".local")
        yield state


def findings(result: subprocess.CompletedProcess[str]) -> dict[str, tuple[bool | None, str]]:
    """The result and the text of each check."""
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert "Traceback" not in result.stderr
    return {line["check"]: (line["ok"], line["detail"]) for line in lines}


@pytest.mark.usefixtures("server")
def test_on_this_machine_all_is_fine(leads: Leads) -> None:
    result = leads("doctor", "--local")

    assert result.returncode == 0, result.stdout + result.stderr
    words = [line.split()[:2] for line in result.stdout.splitlines()]
    assert words[:4] == [["ok", "versions"], ["ok", "server"], ["ok", "table"], ["ok", "table"]]
    assert words[-1] == ["ok", "key"]
    assert ["fails", "clock"] not in words


def test_without_a_server_the_remedy_is_to_start_one(leads: Leads) -> None:
    result = leads("doctor", "--local", "--json")

    assert (result.returncode, result.stderr) == (1, "1 check failed.\n")
    assert findings(result)["server"] == (False, "No local server runs here: start one with `make serve`.")


def test_everything_that_a_stack_lacks_is_named(leads: Leads) -> None:
    nothing = findings(leads("doctor", "--json", unset=[*NO_CREDENTIALS, *NO_REGION]))
    elsewhere = leads("doctor", "--json", "--stack", "nowhere")
    unreachable = findings(leads("doctor", "--json", AWS_ENDPOINT_URL_DYNAMODB="http://127.0.0.1:9"))
    wrong_profile = findings(leads("doctor", "--json", AWS_PROFILE="nobody"))

    assert nothing["region"] == (False, "None is set: set AWS_REGION to the stack's region.")
    assert nothing["credentials"][0] is False
    assert nothing["API"] == (None, "Not checked: set LEADS_URL, or give --url.")
    assert elsewhere.returncode == 1
    assert findings(elsewhere)["table"][1].startswith("nowhere-access: The stack's tables are not there: check --stack")
    assert "Nothing answers at http://127.0.0.1:9/" in unreachable["table"][1]
    assert "check AWS_PROFILE" in wrong_profile["profile"][1]


@pytest.mark.usefixtures("dynamodb")
def test_the_api_and_the_key_are_checked_if_set(leads: Leads, server: local_state.LocalState) -> None:
    good = findings(leads("doctor", "--json", LEADS_URL=server.url, LEADS_API_KEY=server.basic.key))
    bad_key = leads("doctor", "--json", LEADS_URL=server.url, LEADS_API_KEY="cdz_wrong")
    bad_local_key = findings(leads("doctor", "--json", "--local", LEADS_API_KEY="cdz_wrong"))
    no_url = findings(leads("doctor", "--json", LEADS_URL="nonsense", LEADS_API_KEY="cdz_wrong"))
    bad_url = findings(leads("doctor", "--json", LEADS_URL="http://127.0.0.1:9"))

    from_here = "Invalid API key. The key is from LEADS_API_KEY; for its operator"
    assert good["API"][0] is good["key"][0] is good["clock"][0] is True
    assert bad_key.returncode == 1
    assert findings(bad_key)["key"] == (False, f"{from_here}, leads key check shows the reason.")
    assert bad_local_key["key"] == (False, f"{from_here}, leads --local key check shows the reason.")
    assert no_url["API"][1].startswith("The address of the lead API must begin with http://")
    assert bad_url["API"][0] is False


@pytest.mark.usefixtures("dynamodb")
def test_sending_needs_neither_region_nor_credentials(leads: Leads, server: local_state.LocalState) -> None:
    sender = {"unset": [*NO_CREDENTIALS, *NO_REGION, "LEADS_STACK"], "LEADS_API_KEY": server.basic.key}

    result = leads("doctor", "--json", LEADS_URL=server.url, **sender)
    shown = leads("doctor", "--url", server.url, **sender)
    with_a_stack = findings(leads("doctor", "--json", "--stack", "acme", LEADS_URL=server.url, **sender))

    assert (result.returncode, result.stderr) == (shown.returncode, shown.stderr) == (0, "")
    assert findings(result)["credentials"] == (None, "There are none: only operators need some, and a region.")
    assert findings(result)["key"][0] is True
    assert "fails" not in shown.stdout
    assert with_a_stack["region"][0] is with_a_stack["credentials"][0] is False


def test_a_wrong_clock_is_reported(
    leads: Leads, server: local_state.LocalState, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert server

    class Ahead(Clock):
        def now_ms(self) -> int:
            return super().now_ms() + 400_000

    monkeypatch.setattr("leads_cli.diagnosis.Clock", Ahead)

    is_fine, detail = findings(leads("doctor", "--local", "--json"))["clock"]

    assert is_fine is False
    assert "ahead of" in detail
    assert "set its clock" in detail


def check(leads: Leads, secret: str, **variables: str) -> tuple[int, str]:
    result = leads("key", "check", answer=f"{secret}\n", **variables)
    assert not secret or secret not in result.stdout + result.stderr
    return result.returncode, result.stderr


@pytest.mark.usefixtures("dynamodb")
@pytest.mark.parametrize(
    ("secret", "expected"),
    [
        ("", "No key was given"),
        ("wrong", "Malformed: a key is cdz_ and 49 letters and digits, and this text has 5 characters"),
        ("cdz_" + "0" * 49, "Mistyped"),
        (keys.with_checksum("cdz_" + "A" * 43), "Unknown: the table test-"),
    ],
    ids=["none", "malformed", "mistyped", "unknown"],
)
def test_an_invalid_key_is_explained(leads: Leads, secret: str, expected: str) -> None:
    exit_code, line = check(leads, secret)

    assert exit_code == 1
    assert line.startswith(expected)


def test_a_refused_key_is_explained_with_the_time(
    leads: Leads, workspaces: Workspaces, dynamodb: "DynamoDBClient", settings: Settings
) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.FREE)
    revoked, expired, used, good = (workspaces.create_key(workspace) for _ in range(4))
    workspaces.revoke_key(workspace, revoked[:12])
    workspaces.rotate_key(workspace, expired[:12], grace=0)
    Admission(DynamoDBKeyStore(dynamodb, settings.access_table), RateLimit(1, 300)).admit(
        used, now_ms=Clock().now_ms(), deadline=soon()
    )
    times = {key.start: key for key in workspaces.keys(workspace)}

    another = f"leads key create {workspace} makes another one.\n"
    assert check(leads, revoked) == (1, f"Revoked at {times[revoked[:12]].revoked_at}: {another}")
    assert check(leads, expired) == (1, f"Expired at {times[expired[:12]].expires_at}: {another}")
    exit_code, exhausted = check(leads, used, RATE_LIMIT_REQUESTS="1")
    assert exit_code == 1
    assert exhausted.startswith("Exhausted: the next request is admitted in ")
    assert f"leads key reset-limit {workspace} {used[:12]}" in exhausted
    assert check(leads, good) == (0, "")
    secret = workspaces.create_key(workspace, expires_in=86_400_000)
    [expiry] = [key.expires_at for key in workspaces.keys(workspace) if key.start == secret[:12]]
    assert f"expires    {expiry}\n" in leads("key", "check", answer=f"{secret}\n").stdout
    for copied in ("X-API-Key: {}", 'X-API-Key: "{}",', "Bearer {}", "  '{}'  ", "LEADS_API_KEY={} # web"):
        result = leads("key", "check", answer=f"{copied.format(good)}\n")
        assert result.returncode == 0, result.stderr
        before, behind = map(len, copied.strip().split("{}"))
        assert f"cut off    {before} characters before the key, {behind} behind it\n" in result.stdout
        assert "LEADS_API_KEY" not in result.stdout, "it may be a secret, too"
        assert good not in result.stdout
    assert leads("key", "check", answer=f"{good} {revoked}\n").stderr.startswith("Malformed")


def test_a_full_plan_is_reported(
    leads: Leads, workspaces: Workspaces, dynamodb: "DynamoDBClient", settings: Settings
) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.FREE)
    secret = workspaces.create_key(workspace, label="web")
    dynamodb.update_item(
        TableName=settings.access_table,
        Key={"pk": {"S": f"WORKSPACE#{workspace}"}},
        UpdateExpression="SET lead_count = :five",
        ExpressionAttributeValues={":five": {"N": "5"}},
    )

    exit_code, line = check(leads, secret)

    assert exit_code == 1
    assert line == f"The free plan is full: leads plan set {workspace} basic, or delete some leads.\n"
