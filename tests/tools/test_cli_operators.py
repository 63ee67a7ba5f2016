"""The commands for workspaces, keys and leads, as operators and their scripts run them."""

import json
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from typer.testing import CliRunner

from leads_admin.errors import AdministrationError
from leads_admin.local_client import CREDENTIALS
from leads_admin.workspaces import Workspace, Workspaces
from leads_cli.main import app
from leads_core import keys, timestamps
from leads_core.admission import Admission, Admitted
from leads_core.deadlines import Clock
from leads_core.dynamodb.key_store import DynamoDBKeyStore
from leads_core.dynamodb.schema import api_key_key
from leads_core.errors import StoreUnavailableError
from leads_core.plans import Plan
from leads_core.rate_limit import RateLimit
from leads_core.settings import Settings
from support.clock import soon

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Leads = Callable[..., subprocess.CompletedProcess[str]]
Post = Callable[..., list[str]]

A_LEAD = "01M83QHZX06B68476KBMMNZ82K-000"
MINUTE, DAY = 60_000, 86_400_000
TERMINAL = {"FORCE_COLOR": "1", "COLUMNS": "200"}


@pytest.fixture
def expiry_of(dynamodb: "DynamoDBClient", settings: Settings) -> Callable[[str], int]:
    """The milliseconds until a key expires."""

    def expiry_of(secret: str) -> int:
        key = api_key_key(keys.hash_secret(secret))
        item = dynamodb.get_item(TableName=settings.access_table, Key=key, ConsistentRead=True)["Item"]
        return timestamps.to_epoch_ms(item["expires_at"]["S"]) - Clock().now_ms()

    return expiry_of


@pytest.fixture
def count_request(dynamodb: "DynamoDBClient", settings: Settings) -> Callable[[str], None]:
    """Counts a request of a key, as the function does before it stores leads."""
    admission = Admission(DynamoDBKeyStore(dynamodb, settings.access_table), RateLimit(1000, 300))

    def count_request(secret: str) -> None:
        assert isinstance(admission.admit(secret, now_ms=Clock().now_ms(), deadline=soon()), Admitted)

    return count_request


def objects(result: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """The JSON objects that a program reads, one per line, after a check that the command succeeded."""
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def assert_refused(result: subprocess.CompletedProcess[str], *parts: str) -> None:
    assert result.returncode == 1, result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    for part in parts:
        assert part in result.stderr


def test_workspaces_are_listed_for_programs_and_for_people(leads: Leads, workspaces: Workspaces) -> None:
    ids = [
        workspaces.create_workspace(name, plan) for name, plan in (("[b]Äcme", Plan.FREE), ("\x1b[2JBolt", Plan.BASIC))
    ]
    workspaces.create_key(ids[0])

    piped, asked, shown = (
        leads("workspace", "list"),
        leads("workspace", "list", "--json", **TERMINAL),
        leads("workspace", "list", **TERMINAL),
    )

    listed = {workspace["id"]: workspace for workspace in objects(piped)}
    assert listed.keys() == set(ids)
    assert listed[ids[0]].items() >= {"name": "[b]Äcme", "plan": "free", "keyCount": 1, "deletionBeganAt": None}.items()
    assert objects(asked) == objects(piped)
    for part in (*ids, "[b]Äcme", "free", "basic"):
        assert part in shown.stdout
    assert "\x1b[2J" not in shown.stdout


def test_a_workspace_is_shown_with_its_leads_and_what_its_keys_have_used(
    leads: Leads, workspaces: Workspaces, post: Post, dynamodb: "DynamoDBClient", settings: Settings
) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)
    used, unused = workspaces.create_key(workspace, label="CRM"), workspaces.create_key(workspace)
    post(workspace, *"ABCDEFGHIJKL")
    admission = Admission(DynamoDBKeyStore(dynamodb, settings.access_table), RateLimit(5, 300))
    for _ in range(3):
        assert isinstance(admission.admit(used, now_ms=Clock().now_ms(), deadline=soon()), Admitted)

    (shown,) = objects(leads("workspace", "show", workspace, RATE_LIMIT_REQUESTS="5"))
    on_a_terminal = leads("workspace", "show", workspace, RATE_LIMIT_REQUESTS="5", **TERMINAL)

    assert shown.items() >= {"id": workspace, "name": "Acme", "plan": "basic", "leads": 12, "keyCount": 2}.items()
    assert shown["rateLimit"] == {"requests": 5, "windowSeconds": 300}
    assert {key["start"]: key["requestsInWindow"] for key in shown["keys"]} == {used[:12]: 3, unused[:12]: 0}
    for part in (workspace, "Acme", "basic", "12", used[:12], "CRM", "valid", "5 requests in 300 s"):
        assert part in on_a_terminal.stdout
    assert keys.hash_secret(used) not in on_a_terminal.stdout + str(shown)


@pytest.mark.parametrize(("how", "answer"), [(["--yes"], ""), ([], "{workspace}\n")], ids=["not asked", "asked"])
def test_a_workspace_is_deleted_with_its_content(
    leads: Leads, workspaces: Workspaces, post: Post, how: list[str], answer: str
) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)
    workspaces.create_key(workspace)
    post(workspace, *"ABC")

    result = leads("workspace", "delete", workspace, *how, answer=answer.format(workspace=workspace))

    assert (result.returncode, result.stdout) == (0, "")
    assert f"Deleted workspace {workspace} with 3 leads" in result.stderr
    assert (f"Acme ({workspace}) holds 3 leads and has 1 key." in result.stderr) is (not how)
    assert workspaces.all() == []
    assert_refused(leads("workspace", "delete", workspace, "--yes"), "There is no workspace")


@pytest.mark.parametrize("answer", ["", "\n", "yes\n", "Acme\n"], ids=["nobody", "nothing", "yes", "the name"])
def test_a_workspace_is_not_deleted_without_its_id(
    leads: Leads, workspaces: Workspaces, post: Post, answer: str
) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)
    workspaces.create_key(workspace)
    post(workspace, "A")

    assert_refused(leads("workspace", "delete", workspace, answer=answer), "Nothing was deleted")

    assert [key.state for key in workspaces.keys(workspace)] == ["valid"]
    assert sum(workspaces.lead_counts(workspace)) == 1


def test_a_deletion_that_keeps_failing_can_be_repeated_later(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refused:
        def get(self, workspace: str) -> Workspace:
            return Workspace(workspace, "Acme", Plan.BASIC, "2026-11-23T08:00:00Z", 0, None)

        def lead_counts(self, _workspace: str) -> list[int]:
            return [3]

        def delete_workspace(self, _workspace: str, _deleted: object) -> None:
            raise StoreUnavailableError("ThrottlingException")

    monkeypatch.setattr("leads_cli.commands.workspace.workspaces_of", lambda _context: Refused())

    result = CliRunner().invoke(app, ["workspace", "delete", A_LEAD[:26], "--yes"], env=CREDENTIALS)

    assert result.exit_code == 4
    assert result.stderr == "DynamoDB kept refusing (ThrottlingException): run the same command again later.\n"


@pytest.mark.parametrize(
    ("text", "milliseconds"), [("90d", 90 * DAY), ("12h", DAY // 2), ("2w", 14 * DAY), ("30m", 30 * MINUTE)]
)
def test_a_key_expires_at_the_given_time(
    leads: Leads, workspaces: Workspaces, expiry_of: Callable[[str], int], text: str, milliseconds: int
) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)

    result = leads("key", "create", workspace, "--expires-in", text)

    assert result.returncode == 0, result.stderr
    assert milliseconds - MINUTE < expiry_of(result.stdout.strip()) <= milliseconds


def test_keys_are_listed_for_programs_and_for_people(leads: Leads, workspaces: Workspaces) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)
    secrets = [
        workspaces.create_key(workspace, label="[b]CRM"),
        workspaces.create_key(workspace, expires_in=0),
        workspaces.create_key(workspace),
    ]
    workspaces.revoke_key(workspace, secrets[2][:12])

    listed = {key["start"]: key for key in objects(leads("key", "list", workspace))}
    shown = leads("key", "list", workspace, **TERMINAL)

    assert [listed[secret[:12]]["state"] for secret in secrets] == ["valid", "expired", "revoked"]
    first = listed[secrets[0][:12]]
    assert first.keys() == {"start", "label", "state", "createdAt", "expiresAt", "revokedAt", "lastUsedAt"}
    assert (first["label"], first["expiresAt"], first["revokedAt"], first["lastUsedAt"]) == ("[b]CRM", None, None, None)
    for part in (*listed, "[b]CRM", "valid", "expired", "revoked"):
        assert part in shown.stdout
    for secret in secrets:
        assert secret not in shown.stdout
        assert keys.hash_secret(secret) not in shown.stdout + str(listed)


def test_a_rotation_prints_the_new_key_alone(
    leads: Leads, workspaces: Workspaces, expiry_of: Callable[[str], int]
) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)
    old = workspaces.create_key(workspace, label="CRM")

    result = leads("key", "rotate", workspace, old[:12])

    assert result.returncode == 0, result.stderr
    new = result.stdout.removesuffix("\n")
    assert keys.is_well_formed(new)
    assert new not in result.stderr
    assert old[:12] in result.stderr
    assert DAY - MINUTE < expiry_of(old) <= DAY
    lasting = [key for key in workspaces.keys(workspace) if key.expires_at is None]
    assert [(key.start, key.label) for key in lasting] == [(new[:12], "CRM")]

    second = leads("key", "rotate", workspace, old[:12], "--grace", "0h", "--expires-in", "2w")

    assert second.returncode == 0, second.stderr
    assert expiry_of(old) <= 0
    assert 14 * DAY - MINUTE < expiry_of(second.stdout.strip()) <= 14 * DAY


@pytest.mark.usefixtures("dynamodb")
@pytest.mark.parametrize(
    "arguments",
    [
        ["workspace", "show", "[x]"],
        ["workspace", "delete", "[x]"],
        ["key", "list", "[x]"],
        ["key", "rotate", "[x]", "cdz_AAAA"],
        ["show", "[x]", A_LEAD],
        ["delete", "[x]", A_LEAD, "--yes"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_an_unknown_workspace_is_named(leads: Leads, arguments: list[str]) -> None:
    result = leads(*arguments)

    assert_refused(result, "There is no workspace [x].")
    assert result.stderr.count("\n") == 1


def test_leads_are_listed_by_label_batch_and_time(leads: Leads, workspaces: Workspaces, post: Post) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)
    fair = post(workspace, *"ABC", labels=["fair", "2026"])
    web = post(workspace, *(f"Company {row}" for row in range(30)), labels=["web form"])

    def listed(*options: str) -> list[str]:
        return [lead["id"] for lead in objects(leads("list", workspace, *options))]

    assert listed() == web[:9:-1]
    assert listed("--label", "fair") == fair[::-1]
    assert listed("--label", "web form", "--limit", "2") == web[:-3:-1]
    assert listed("--label", "web") == []
    assert listed("--batch", fair[0].partition("-")[0], "--since", "7d") == fair[::-1]
    assert listed("--since", "2026-01-01", "--limit", "100") == web[::-1] + fair[::-1]
    assert listed("--since", "2026-11-01T08:00:00+01:00", "--limit", "1") == web[-1:]
    assert listed("--since", "9999-12-31") == []


def test_a_list_fits_80_columns_and_cuts_nothing(leads: Leads, workspaces: Workspaces, post: Post) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)
    [lead] = post(workspace, "A company with a long name", email="somebody.with.a.long.name@mail.example.com")

    shown = leads("list", workspace, FORCE_COLOR="1", COLUMNS="80", NO_COLOR="1").stdout
    nothing = leads("list", workspace, "--label", "none", FORCE_COLOR="1", COLUMNS="80")

    assert lead in shown
    assert "…" not in shown
    assert max(map(len, shown.splitlines())) <= 80
    assert "phone" not in shown, "no lead has one"
    assert nothing.stderr == "No leads.\n"


def test_leads_are_found_by_address_and_text(leads: Leads, workspaces: Workspaces, post: Post) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)
    post(workspace, "Open AI", labels=["fair"], email="other@example.com")
    wanted = post(workspace, "Open AI", labels=["fair"], contacts=[{"email": "Ada@example.com"}])
    post(workspace, "Open AI", labels=["web"], email="ada@example.com")
    post(workspace, "Bolt", labels=["fair"], email="ada@example.com")

    options = ["--search", "open ai", "--email", "ada@example.com", "--label", "fair", "--since", "1h"]
    found = objects(leads("list", workspace, *options, "--batch", wanted[0][:26]))

    assert [lead["id"] for lead in found] == wanted
    for each in ("--search", "--email", "--label"):
        number = options.index(each)
        others = options[:number] + options[number + 2 :]
        assert len(objects(leads("list", workspace, *others))) == 2, f"{each} leaves one out"


def test_new_leads_are_followed_until_somebody_interrupts(
    leads: Leads,
    workspaces: Workspaces,
    post: Post,
    count_request: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)
    key = workspaces.create_key(workspace)
    old = post(workspace, "Old", "Older", labels=["fair"])
    pauses: list[list[str]] = []

    def somebody_posts_or_interrupts(_seconds: float) -> None:
        if len(pauses) == 2:
            raise KeyboardInterrupt
        count_request(key)
        post(workspace, "Other")
        pauses.append(post(workspace, "New", labels=["fair"]))

    monkeypatch.setattr("leads_cli.following.time.sleep", somebody_posts_or_interrupts)

    result = leads("list", workspace, "--follow", "--label", "fair")

    assert (result.returncode, result.stderr) == (130, "Interrupted.\n")
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [*old, *pauses[0], *pauses[1]]


def test_following_reports_when_the_database_is_unavailable_and_available_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    throttled: Any = {"Error": {"Code": "ThrottlingException"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    answers: list[list[dict[str, str]] | Exception] = [
        [{"id": A_LEAD, "date": ""}],
        EndpointConnectionError(endpoint_url="x"),
        ClientError(throttled, "Query"),
        [{"id": "last", "date": ""}],
        AdministrationError("There is no workspace acme."),
    ]

    class Arriving:
        def new(self) -> list[dict[str, str]]:
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

    class Nothing:
        def leads(self, _workspace: str, _selection: object, *, page_size: int) -> list[Any]:
            return [page_size] * 0

    monkeypatch.setattr("leads_cli.commands.lead.arrivals_of", lambda *_: Arriving())
    monkeypatch.setattr("leads_cli.commands.lead.workspaces_of", lambda _: Nothing())
    monkeypatch.setattr("leads_cli.following.time.sleep", lambda _: None)

    result = CliRunner().invoke(app, ["list", A_LEAD[:26], "--follow"], env=CREDENTIALS)

    assert result.exit_code == 1
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [A_LEAD, "last"]
    assert result.stderr.splitlines() == [
        "The database does not answer. Trying again until it does; Ctrl-C ends this.",
        "The database answers again.",
        "There is no workspace acme.",
    ]


def test_a_lead_is_shown_for_programs_and_for_people(leads: Leads, workspaces: Workspaces, post: Post) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)
    (lead,) = post(
        workspace, "Söhne \x1b[2J\u202e", labels=["a", "[b]"], contacts=[{"name": "Zoë \x9b2J"}], notes="one\ntwo"
    )

    (piped,) = objects(leads("show", workspace, lead))
    shown, as_json = leads("show", workspace, lead, **TERMINAL), leads("show", workspace, lead, "--json", **TERMINAL)

    assert piped == {
        "id": lead,
        "company": "Söhne \x1b[2J\u202e",
        "contacts": [{"name": "Zoë \x9b2J", "dateCreated": "2026-11-23T08:00:00Z"}],
        "notes": "one\ntwo",
        "labels": ["a", "[b]"],
        "employeeCount": 1,
        "date": "2026-11-23T08:00:00Z",
    }
    assert objects(as_json) == [piped]
    for part in (lead, "Söhne", "[b]", "Zoë", "one", "two", "employeeCount", "2026-11-23T08:00:00Z"):
        assert part in shown.stdout
    for control in ("\x1b[2J", "\u202e", "\x9b"):
        assert control not in shown.stdout + as_json.stdout
    assert_refused(leads("show", workspace, A_LEAD), f"has no lead {A_LEAD}")
    assert_refused(leads("show", workspace, "newest"), "newest is not a lead's id", f"leads list {workspace}\n")


def test_deleted_leads_are_counted_and_missing_ones_are_named(leads: Leads, workspaces: Workspaces, post: Post) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)
    ids = post(workspace, *"ABC")

    refused = leads("delete", workspace, ids[0], answer="no\n")
    assert_refused(refused, "Nothing was deleted")
    asked = leads("delete", workspace, ids[0], ids[0], answer="yes\n")
    assert (asked.returncode, asked.stdout) == (0, "")
    assert "Deleted 1 of 1 lead." in asked.stderr
    partly = leads("delete", workspace, ids[0], ids[1], A_LEAD, "--yes")

    assert_refused(partly, "Deleted 1 of 3 leads.", f"Not there: {ids[0]}, {A_LEAD}")
    assert [lead["id"] for lead in workspaces.leads(workspace, page_size=5)] == ids[2:]


def test_leads_that_do_not_exist_are_reported_before_the_question(
    leads: Leads, workspaces: Workspaces, post: Post
) -> None:
    workspace = workspaces.create_workspace("Acme", Plan.BASIC)
    (lead,) = post(workspace, "A")

    for arguments, expected in (
        ([workspace, lead, "nope"], "nope is not a lead's id."),
        ([workspace, lead, A_LEAD], f"Nothing was deleted. Not there: {A_LEAD}"),
        ([A_LEAD[:26], lead], f"There is no workspace {A_LEAD[:26]}."),
    ):
        result = leads("delete", *arguments, answer="yes\n")
        assert_refused(result, expected)
        assert "type yes" not in result.stderr
    assert [found["id"] for found in workspaces.leads(workspace, page_size=5)] == [lead]


@pytest.mark.parametrize(
    "arguments",
    [
        ["key", "create", "acme", "--expires-in", "90"],
        ["key", "create", "acme", "--expires-in", "0d"],
        ["key", "create", "acme", "--expires-in", "2y"],
        ["key", "create", "acme", "--expires-in", "-2d"],
        ["key", "rotate", "acme", "cdz_AAAA", "--grace", "soon"],
        ["key", "rotate"],
        ["list", "acme", "--since", "yesterday"],
        ["list", "acme", "--since", "2026-13-01"],
        ["delete", "--yes"],
        ["show"],
        ["workspace", "delete", "--yes"],
        ["workspace", "delete", "", "--yes"],
        ["--local", "list", "--stack", "acme"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_refused_before_anything_is_done(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, arguments, env={**CREDENTIALS, "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:9"})

    assert result.exit_code == 2
