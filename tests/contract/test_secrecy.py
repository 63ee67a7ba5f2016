"""Leads, keys and their owners do not appear in logs, in responses, or in other workspaces."""

import io
import itertools
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import httpx
import pytest
import urllib3
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse, HTTPHeaders

from leads_admin.keys import generate_secret
from leads_admin.local_client import CREDENTIALS
from leads_cli.local_state import LocalState
from leads_core import keys
from leads_core.dynamodb.schema import api_key_key, idempotency_record_key, workspace_key
from leads_core.idempotency import RequestFingerprint
from leads_core.plans import Plan
from leads_core.rate_limit import RateLimit
from leads_core.settings import Settings
from support.api import LEADS_PATH, CreateDirectApi, CreateWorkspace, DirectApi, Post, Workspace

TEXT = "zzprivate"
CONTACT = {"name": "zzprivate first", "lastName": "zzprivate last", "email": "zzprivate@example.com", "role": TEXT}
LEAD: dict[str, object] = {
    "company": "zzprivate company",
    "contactPerson": [CONTACT],
    "jobTitle": "zzprivate title",
    "email": "zzprivate@example.org",
    "phoneNumber": 46701234567,
    "notes": "zzprivate\nnotes",
    "labels": ["zzprivate label"],
    "zzPrivateField": "zzprivate unknown",
}
BAD_LEAD = {**LEAD, "zzPrivateField": TEXT * 9, "EMAIL": TEXT * 50, "contacts": [{"zzPrivate": 1, "name": [TEXT]}]}
EXPOSED = (
    "RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, X-Error-Code, Idempotent-Replayed, "
    "Preference-Applied, X-Workspace-Id"
)
IDEMPOTENCY_KEY = "zzprivate-idempotency-key"
# Only the call that marks an idempotency record as stored contains this.
MARK = ":true"
# Milliseconds: enough for one attempt at the first calls, and for one attempt at all calls.
SHORT, LONG = 2_900, 5_400


def event(
    workspace: Workspace,
    body: object,
    *,
    query: Mapping[str, str] | None = None,
    path: str = LEADS_PATH,
    **headers: str,
) -> dict[str, Any]:
    """An event; headers have underscores for hyphens."""
    sent = {"X-API-Key": workspace.key, "Content-Type": "application/json"}
    return {
        "httpMethod": "POST",
        "path": path,
        "headers": sent | {name.replace("_", "-"): value for name, value in headers.items()},
        "queryStringParameters": query,
        "body": body if isinstance(body, str) else json.dumps(body),
        "requestContext": {"requestId": "test"},
    }


@dataclass
class Scene:
    """A handler, and a workspace on each plan."""

    api: DirectApi
    basic: Workspace
    free: Workspace
    full: Workspace

    def once(self, body: object) -> dict[str, Any]:
        return event(self.basic, body, Idempotency_Key=IDEMPOTENCY_KEY)

    def send(self, event: Mapping[str, Any]) -> dict[str, Any]:
        return self.api.send(event)

    def fail(self, operation: str, status: int, code: str, when: str = "") -> None:
        """Make calls that contain ``when`` fail, with a message that quotes secrets."""

        def refuse(request: AWSPreparedRequest, **_: object) -> Any:  # noqa: ANN401 - the stubs say None
            if when not in str(request.body):
                return None
            message = f"{LEAD} {self.basic.key} {request.body!r}"
            error = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": message}
            raw = urllib3.HTTPResponse(io.BytesIO(json.dumps(error).encode()), preload_content=False)
            return AWSResponse("", status, HTTPHeaders(), raw)

        self.api.client.meta.events.register(f"before-send.dynamodb.{operation}", refuse)

    def break_down(self, operation: str, when: str = "") -> None:
        """Make calls that contain ``when`` raise an exception. Its message and its cause quote secrets."""

        def bug(request: AWSRequest, **_: object) -> None:
            if when not in str(request.data):
                return
            cause = KeyError(LEAD["company"])
            cause.add_note(self.basic.key)
            raise RuntimeError(f"{LEAD} {self.basic.key} {IDEMPOTENCY_KEY} {secrets_of(self.basic)}") from cause

        self.api.client.meta.events.register(f"request-created.dynamodb.{operation}", bug)


def secrets_of(workspace: Workspace) -> list[str]:
    return [
        workspace.key,
        workspace.key[12:],
        keys.hash_secret(workspace.key),
        sha256(workspace.key.encode()).hexdigest(),
        sha256(IDEMPOTENCY_KEY.encode()).hexdigest(),
        "46701234567",
    ]


@pytest.fixture
def scene(direct_api: CreateDirectApi, workspace_on: CreateWorkspace) -> Scene:
    scene = Scene(direct_api(), workspace_on(Plan.BASIC), workspace_on(Plan.FREE), workspace_on(Plan.FREE))
    assert scene.send(event(scene.full, [{}] * 5))["statusCode"] == 200
    return scene


@pytest.fixture
def everything_logged(log: io.StringIO) -> Iterator[Callable[[], str]]:
    """All that the function logs, and what other loggers log at the level of Lambda's root logger."""
    function, root, others = logging.getLogger("leads-api"), logging.getLogger(), io.StringIO()
    usual = function.level, root.level
    handler = logging.StreamHandler(others)
    function.setLevel(logging.DEBUG)
    root.setLevel(logging.WARNING)
    root.addHandler(handler)
    yield lambda: log.getvalue() + others.getvalue()
    root.removeHandler(handler)
    function.setLevel(usual[0])
    root.setLevel(usual[1])


def replayed(scene: Scene) -> dict[str, Any]:
    scene.send(scene.once([LEAD]))
    return scene.send(scene.once([LEAD]))


def reused(scene: Scene) -> dict[str, Any]:
    scene.send(scene.once([LEAD]))
    return scene.send(scene.once([LEAD, LEAD]))


def revoked(scene: Scene) -> dict[str, Any]:
    scene.basic.revoke_key()
    return scene.send(event(scene.basic, [LEAD]))


def unavailable(
    operation: str, status: int, code: str, when: str = "", *, rolls_back: bool = False
) -> Callable[[Scene], dict[str, Any]]:
    def outcome(scene: Scene) -> dict[str, Any]:
        scene.api.milliseconds = LONG if operation == "BatchWriteItem" or when == MARK else SHORT
        scene.fail(operation, status, code, when)
        return scene.send(event(scene.basic, [LEAD]) if rolls_back else scene.once([LEAD]))

    return outcome


def bug(operation: str, when: str = "", *, rolls_back: bool = False) -> Callable[[Scene], dict[str, Any]]:
    def outcome(scene: Scene) -> dict[str, Any]:
        scene.break_down(operation, when)
        return scene.send(event(scene.basic, [LEAD]) if rolls_back else scene.once([LEAD]))

    return outcome


def bug_on_the_free_plan(scene: Scene) -> dict[str, Any]:
    scene.break_down("TransactWriteItems")
    return scene.send(event(scene.free, [LEAD], Idempotency_Key=IDEMPOTENCY_KEY))


OUTCOMES: dict[str, tuple[int, Callable[[Scene], dict[str, Any]]]] = {
    "stored": (200, lambda scene: scene.send(event(scene.basic, [LEAD], Prefer="return=representation"))),
    "stored once": (200, lambda scene: scene.send(scene.once([LEAD]))),
    "stored on the free plan": (200, lambda scene: scene.send(event(scene.free, [LEAD]))),
    "replayed": (200, replayed),
    "dry run": (200, lambda scene: scene.send(event(scene.basic, [LEAD], query={"dryRun": "true"}))),
    "reused": (422, reused),
    "no key": (401, lambda scene: scene.send(event(scene.basic, [LEAD], X_API_Key=""))),
    "malformed key": (401, lambda scene: scene.send(event(scene.basic, [LEAD], X_API_Key=scene.basic.key[:-1]))),
    "unknown key": (401, lambda scene: scene.send(event(scene.basic, [LEAD], X_API_Key=generate_secret()))),
    "revoked key": (401, revoked),
    "another path": (404, lambda scene: scene.send(event(scene.basic, [LEAD], path=f"/{TEXT}/{scene.basic.key}"))),
    "another type": (415, lambda scene: scene.send(event(scene.basic, [LEAD], Content_Type=f"text/{TEXT}"))),
    "unclear dry run": (400, lambda scene: scene.send(event(scene.basic, [LEAD], query={"dryRun": TEXT}))),
    "long Idempotency-Key": (400, lambda scene: scene.send(event(scene.basic, [LEAD], Idempotency_Key=TEXT * 40))),
    "no JSON": (400, lambda scene: scene.send(event(scene.basic, json.dumps([LEAD])[:-3]))),
    "no array": (400, lambda scene: scene.send(event(scene.basic, LEAD))),
    "no objects": (400, lambda scene: scene.send(event(scene.basic, [TEXT]))),
    "too many leads": (400, lambda scene: scene.send(event(scene.basic, [LEAD] * 101))),
    "bad lead": (400, lambda scene: scene.send(event(scene.basic, [LEAD, BAD_LEAD]))),
    "free plan exceeded": (400, lambda scene: scene.send(event(scene.free, [LEAD] * 6))),
    "free plan used up": (400, lambda scene: scene.send(event(scene.full, [LEAD]))),
    "cannot count": (503, unavailable("UpdateItem", 500, "InternalServerError")),
    "cannot claim": (503, unavailable("UpdateItem", 400, "ThrottlingException", "BATCH#")),
    "cannot mark": (503, unavailable("UpdateItem", 400, "ThrottlingException", MARK)),
    "cannot store": (503, unavailable("BatchWriteItem", 500, "InternalServerError")),
    "cannot store nor roll back": (503, unavailable("BatchWriteItem", 500, "InternalServerError", rolls_back=True)),
    "store refuses the count": (500, unavailable("UpdateItem", 400, "ValidationException")),
    "store refuses the leads": (500, unavailable("BatchWriteItem", 400, "ValidationException", "PutRequest")),
    "store refuses the rollback too": (
        503,
        unavailable("BatchWriteItem", 400, "ValidationException", rolls_back=True),
    ),
    "bug while counting": (500, bug("UpdateItem")),
    "bug while claiming": (500, bug("UpdateItem", "BATCH#")),
    "bug while marking": (500, bug("UpdateItem", MARK)),
    "bug while storing": (500, bug("BatchWriteItem", "PutRequest")),
    "bug in the rollback too": (503, bug("BatchWriteItem", rolls_back=True)),
    "bug on the free plan": (500, bug_on_the_free_plan),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_nothing_private_is_logged_for_any_outcome(
    scene: Scene, everything_logged: Callable[[], str], capfd: pytest.CaptureFixture[str], name: str
) -> None:
    status, outcome = OUTCOMES[name]

    response = outcome(scene)

    logged = everything_logged() + "".join(capfd.readouterr())
    assert response["statusCode"] == status
    assert f'"status":{status}' in logged
    assert_nothing_private(logged, scene.basic, scene.free, scene.full)


def test_nothing_private_is_logged_for_a_client_over_its_limit(
    direct_api: CreateDirectApi, workspace: Workspace, everything_logged: Callable[[], str]
) -> None:
    api = direct_api(rate_limit=RateLimit(requests=1, window_seconds=300))
    assert [api.send(event(workspace, [LEAD]))["statusCode"] for _ in range(3)] == [200, 429, 429]
    assert_nothing_private(everything_logged(), workspace)


def test_the_function_prints_nothing_private_at_log_level_debug(
    running: LocalState, settings: Settings, workspace: Workspace, free_workspace: Workspace
) -> None:
    program = (
        "import json, logging, sys\n"
        # As Lambda's runtime does for AWS_LAMBDA_LOG_LEVEL, before it imports the function.
        "logging.basicConfig(level=logging.DEBUG)\n"
        "from leads_api.app import handler\n"
        "logging.getLogger('another.library').debug('told at debug level')\n"
        "class Context:\n"
        "    def get_remaining_time_in_millis(self): return 10000\n"
        "for line in sys.stdin:\n"
        "    handler(json.loads(line), Context())\n"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "POWERTOOLS_"))}
    environment |= {
        **CREDENTIALS,
        "AWS_ENDPOINT_URL_DYNAMODB": running.dynamodb,
        "ACCESS_TABLE": settings.access_table,
        "LEADS_TABLE": settings.leads_table,
        "POWERTOOLS_LOG_LEVEL": "DEBUG",
        "AWS_LAMBDA_LOG_LEVEL": "DEBUG",
        "POWERTOOLS_LOGGER_LOG_EVENT": "true",
    }
    events = [
        event(workspace, [LEAD], Idempotency_Key=IDEMPOTENCY_KEY),
        event(workspace, [LEAD], Idempotency_Key=IDEMPOTENCY_KEY),
        event(workspace, [BAD_LEAD]),
        event(workspace, [LEAD], X_API_Key=workspace.key[:-1]),
        event(workspace, [LEAD], Prefer="return=representation"),
        event(free_workspace, [LEAD], Idempotency_Key=IDEMPOTENCY_KEY),
        event(workspace, [LEAD], X_API_Key=generate_secret()),
    ]
    ended = subprocess.run(
        [sys.executable, "-c", program],
        input="".join(json.dumps(event) + "\n" for event in events),
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert [json.loads(line)["message"] for line in ended.stdout.splitlines()] == [
        "stored",
        "replayed",
        "bad_leads",
        "invalid_key",
        "stored",
        "stored",
        "invalid_key",
    ]
    assert "told at debug level" in ended.stderr
    assert_nothing_private(ended.stdout + ended.stderr, workspace, free_workspace)


def assert_nothing_private(text: str, *workspaces: Workspace) -> None:
    assert "zzprivate" not in text.lower()
    for secret in itertools.chain.from_iterable(map(secrets_of, workspaces)):
        assert secret not in text


@pytest.mark.parametrize("query", [None, {"dryRun": "true"}], ids=["", "dry run"])
@pytest.mark.parametrize("is_remembered", [False, True], ids=["new instance", "warm instance"])
def test_all_invalid_keys_get_the_same_response_byte_for_byte(
    direct_api: CreateDirectApi,
    workspace_on: CreateWorkspace,
    settings: Settings,
    query: dict[str, str] | None,
    *,
    is_remembered: bool,
) -> None:
    api = direct_api()
    revoked, expired = workspace_on(Plan.BASIC), workspace_on(Plan.FREE)
    if is_remembered:
        for workspace in (revoked, expired):
            assert api.send(event(workspace, [{}]))["statusCode"] == 200
    revoked.revoke_key()
    api.client.update_item(
        TableName=settings.access_table,
        Key=api_key_key(keys.hash_secret(expired.key)),
        UpdateExpression="SET expires_at = :past",
        ExpressionAttributeValues={":past": {"S": "2020-01-01T00:00:00Z"}},
    )
    sent = ["", "malformed", revoked.key[:-1], generate_secret(), revoked.key, expired.key]

    responses = [api.send(event(revoked, body, query=query, X_API_Key=key)) for key in sent for body in ([LEAD], "{")]

    assert [response for response in responses if response != responses[0]] == []
    assert responses[0] == {
        "statusCode": 401,
        "headers": {
            "Content-Type": "application/json",
            "X-Error-Code": "invalid_key",
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Expose-Headers": EXPOSED,
            "X-Request-Id": "test",
            "WWW-Authenticate": 'ApiKey realm="leads"',
        },
        "body": '{"succeeded": false, "statusCode": 401, "statusCodeDescription": "NONE", '
        '"message": "Invalid API key."}',
        "isBase64Encoded": False,
    }


@pytest.mark.not_on("deployed", because="MiniStack adds more ids of its own")
def test_over_http_responses_to_invalid_keys_differ_only_in_the_request_id(post: Post, workspace: Workspace) -> None:
    assert post(workspace, [{}]).status_code == 200
    workspace.revoke_key()
    responses = [
        post(workspace, [LEAD], X_API_Key=key)
        for key in ("", "malformed", generate_secret(), workspace.key, workspace.key[:-1])
    ]
    assert len({visible_part(response) for response in responses}) == 1


def visible_part(response: httpx.Response) -> tuple[object, ...]:
    headers = [(name, value) for name, value in response.headers.items() if name not in {"x-request-id", "date"}]
    return response.status_code, response.content, tuple(headers)


@pytest.mark.parametrize("name", [name for name, (status, _) in OUTCOMES.items() if status == 500])
def test_a_500_reveals_no_details(scene: Scene, name: str) -> None:
    response = OUTCOMES[name][1](scene)

    assert json.loads(response["body"]) == {
        "succeeded": False,
        "statusCode": 500,
        "statusCodeDescription": "NONE",
        "message": "An unexpected error occurred.",
    }
    headers = dict(response["headers"])
    assert headers.pop("Content-Type") == "application/json"
    assert headers.pop("X-Request-Id") == "test"
    assert headers.pop("X-Error-Code") == "unexpected_error"
    assert headers.pop("Access-Control-Allow-Origin") == "*"
    assert headers.pop("Access-Control-Expose-Headers") == EXPOSED
    # The client may know its quota.
    assert set(headers) <= {"RateLimit", "RateLimit-Policy", "X-Workspace-Id"}


def belongings(api: DirectApi, settings: Settings, workspace: Workspace) -> list[Any]:
    """Everything that is stored for a workspace."""
    key_hash = keys.hash_secret(workspace.key)
    places = [
        workspace_key(workspace.workspace_id),
        api_key_key(key_hash),
        idempotency_record_key(RequestFingerprint(key_hash, IDEMPOTENCY_KEY, "")),
    ]
    return [
        *(api.client.get_item(TableName=settings.access_table, Key=place)["Item"] for place in places),
        *workspace.leads(),
    ]


@pytest.mark.parametrize("plan", Plan)
def test_no_field_of_a_request_reaches_another_workspace(
    direct_api: CreateDirectApi, workspace_on: CreateWorkspace, settings: Settings, plan: Plan
) -> None:
    api = direct_api()
    victim, attacker = workspace_on(plan), workspace_on(plan)
    body = [{"company": "Victim"}]
    stored = api.send(event(victim, body, Idempotency_Key=IDEMPOTENCY_KEY, Prefer="return=representation"))
    data = json.loads(stored["body"])["data"]
    batch_id, lead_id = data["batchId"], data["leads"][0]["id"]
    before = belongings(api, settings, victim)
    spoofed = {
        name: value
        for spelling in (str, str.lower, str.upper)
        for name, value in (
            (spelling("workspaceId"), victim.workspace_id),
            (spelling("workspace_id"), victim.workspace_id),
            (spelling("batchId"), batch_id),
            (spelling("id"), lead_id),
            (spelling("leadId"), lead_id),
            (spelling("pk"), f"{victim.workspace_id}#00"),
            (spelling("sk"), lead_id),
            (spelling("plan"), "basic"),
            (spelling("apiKeyHash"), keys.hash_secret(victim.key)),
        )
    }
    headers = {
        "X_Workspace_Id": victim.workspace_id,
        "Workspace_Id": victim.workspace_id,
        "X_Request_Id": batch_id,
        "X_Amzn_Trace_Id": batch_id,
        "Authorization": f"Bearer {victim.workspace_id}",
        "X_HTTP_Method_Override": "GET",
        "X_Original_URL": f"/api/v1/leads/{lead_id}",
    }
    requests = [
        event(attacker, body, query={"dryRun": "true", **spoofed}, **headers),
        event(attacker, body, Idempotency_Key=IDEMPOTENCY_KEY, Prefer="return=representation"),
        event(attacker, [{**spoofed, "company": "Attacker"}], query=spoofed, **headers),
        event(attacker, [{"company": spoofed, "contacts": [spoofed]}]),
        event(attacker, [{"contacts": [spoofed], "labels": [victim.workspace_id], "notes": lead_id}]),
        event(attacker, body, Idempotency_Key=f"{IDEMPOTENCY_KEY}#{victim.workspace_id}"),
        event(attacker, body, Idempotency_Key=f"BATCH#{keys.hash_secret(victim.key)}#{IDEMPOTENCY_KEY}"),
        event(attacker, body, X_API_Key=f"{attacker.key}, {victim.workspace_id}"),
        *(
            event(attacker, body, path=path)
            for path in (
                f"{LEADS_PATH}/{lead_id}",
                f"{LEADS_PATH}/../{victim.workspace_id}/leads",
                f"/api/v1/workspaces/{victim.workspace_id}/leads",
                f"{LEADS_PATH};workspaceId={victim.workspace_id}",
            )
        ),
    ]

    responses = [api.send(request) for request in requests]

    assert [each["statusCode"] for each in responses] == [200, 200, 200, 400, 200, 200, 200, 401, 404, 404, 404, 404]
    assert belongings(api, settings, victim) == before
    assert len(attacker.leads()) == 5
    for response in responses:
        assert "Idempotent-Replayed" not in response["headers"]
        assert victim.workspace_id not in json.dumps(response)
        assert batch_id not in json.dumps(response)
        assert "Victim" not in json.dumps(response)


def test_no_field_of_a_lead_changes_its_workspace_or_its_id(direct_api: CreateDirectApi, workspace: Workspace) -> None:
    api = direct_api()
    assert api.send(event(workspace, [{"company": "First"}]))["statusCode"] == 200
    (first,) = workspace.leads()
    api.wait(1)
    place = {"id": first["id"], "pk": f"{workspace.workspace_id}#00", "sk": first["id"], "batchId": first["id"][:26]}
    assert api.send(event(workspace, [{**place, "company": "Second"}]))["statusCode"] == 200
    leads = workspace.leads()
    assert [lead["company"] for lead in leads] == ["First", "Second"]
    assert leads[0] == first
    assert not {"pk", "sk", "batchId"} & set(leads[1])
