"""A request with an Idempotency-Key is stored once. Repeats get the first response, and finish unfinished work."""

import io
import itertools
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import urllib3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HTTPHeaders

from leads_core import timestamps
from leads_core.dynamodb.schema import idempotency_record_key
from leads_core.idempotency import RequestFingerprint
from leads_core.keys import hash_secret
from leads_core.plans import Plan
from leads_core.settings import Settings
from support.api import LEADS_PATH, AssertEnvelope, CreateDirectApi, CreateWorkspace, DirectApi, Post, Workspace

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

REUSED = "The Idempotency-Key was already used with another body."
UNUSABLE = "The Idempotency-Key must have 1 to 255 printable ASCII characters."
USED_UP = "Reached the maximum limit of leads on the free plan."
EXCEEDED = "Can not have more than 5 leads on the free plan."
REPRESENTATION = "return=representation"
UNAVAILABLE = (
    "The service is temporarily unavailable. "
    "Leads of this request may be stored: send it again with the same Idempotency-Key, and each is stored once."
)
DAY = 86_400


def companies(count: int) -> list[dict[str, Any]]:
    return [{"company": f"Company {row}", "Foo": row} for row in range(count)]


def stored_companies(workspace: Workspace) -> list[str]:
    return [lead["company"] for lead in workspace.leads()]


def is_replay(response: httpx.Response) -> bool:
    return "Idempotent-Replayed" in response.headers


def assert_replay(first: httpx.Response, second: httpx.Response) -> None:
    assert "Idempotent-Replayed" not in first.headers
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.content == first.content


@pytest.mark.parametrize("prefer", ["", REPRESENTATION])
@pytest.mark.parametrize("count", [1, 26, 100])
def test_a_repeat_gets_the_same_response_and_stores_nothing(
    post: Post, workspace: Workspace, count: int, prefer: str
) -> None:
    leads = companies(count)
    first = post(workspace, leads, Idempotency_Key="same", Prefer=prefer)
    for _ in range(2):
        assert_replay(first, post(workspace, leads, Idempotency_Key="same", Prefer=prefer))
    assert stored_companies(workspace) == [lead["company"] for lead in leads]


@pytest.mark.parametrize("prefer", ["", REPRESENTATION])
def test_a_repeat_on_the_free_plan_succeeds_although_the_plan_is_used_up(
    post: Post, free_workspace: Workspace, assert_envelope: AssertEnvelope, prefer: str
) -> None:
    leads = companies(5)
    first = post(free_workspace, leads, Idempotency_Key="same", Prefer=prefer)
    for _ in range(2):
        assert_replay(first, post(free_workspace, leads, Idempotency_Key="same", Prefer=prefer))
    assert_envelope(post(free_workspace, [{}]), 400, USED_UP)
    assert stored_companies(free_workspace) == [lead["company"] for lead in leads]


def test_a_repeat_may_ask_for_the_representation(post: Post, workspace: Workspace) -> None:
    post(workspace, companies(2), Idempotency_Key="same")
    data = post(workspace, companies(2), Idempotency_Key="same", Prefer=REPRESENTATION).json()["data"]
    assert [lead["id"] for lead in data["leads"]] == [lead["id"] for lead in workspace.leads()]
    assert [lead["ignored"] for lead in data["leads"]] == [["Foo"], ["Foo"]]


def test_a_repeat_counts_towards_the_rate_limit_like_every_request(post: Post, workspace: Workspace) -> None:
    left = [post(workspace, [{}], Idempotency_Key="same").headers["RateLimit"] for _ in range(2)]
    assert [fields.split(";")[1] for fields in left] == ["r=999", "r=998"]


@pytest.mark.parametrize("plan", Plan)
@pytest.mark.parametrize("other", [companies(2), [{"company": "Company 0", "Foo": 1}], b'[{"company":"Company 0"}]'])
def test_the_same_key_with_another_body_is_refused(
    post: Post, workspace_on: CreateWorkspace, assert_envelope: AssertEnvelope, plan: Plan, other: object
) -> None:
    workspace = workspace_on(plan)
    assert post(workspace, companies(1), Idempotency_Key="same").status_code == 200
    refused = post(workspace, other, Idempotency_Key="same", Prefer=REPRESENTATION)
    assert_envelope(refused, 422, REUSED)
    assert "Idempotent-Replayed" not in refused.headers
    assert stored_companies(workspace) == ["Company 0"]
    assert is_replay(post(workspace, companies(1), Idempotency_Key="same"))


@pytest.mark.parametrize(
    ("one", "other"), [("same", '"same"'), ('"same"', "same"), ('a"b', r'"a\"b"'), ("a\\b", r'"a\\b"')]
)
def test_a_key_may_be_quoted(post: Post, workspace: Workspace, one: str, other: str) -> None:
    assert_replay(post(workspace, [{}], Idempotency_Key=one), post(workspace, [{}], idempotency_key=other))
    assert len(workspace.leads()) == 1


@pytest.mark.parametrize("usable", ["x" * 255, f'"{"x" * 255}"', "x", '"', "with spaces, and commas"])
def test_a_key_of_255_characters_is_accepted(post: Post, workspace: Workspace, usable: str) -> None:
    first = post(workspace, [{}], Idempotency_Key=usable)
    assert_replay(first, post(workspace, [{}], Idempotency_Key=usable))
    assert not is_replay(post(workspace, [{}], Idempotency_Key="y" * 255))
    assert len(workspace.leads()) == 2


@pytest.mark.parametrize("unusable", ["", '""', "x" * 256, f'"{"x" * 256}"', "a\tb", "é"])
def test_an_unusable_key_is_refused(
    post: Post, workspace: Workspace, assert_envelope: AssertEnvelope, unusable: str
) -> None:
    assert_envelope(post(workspace, [{}], Idempotency_Key=unusable), 400, UNUSABLE)
    assert_envelope(post(workspace, [{}], query="?dryRun=true", Idempotency_Key=unusable), 400, UNUSABLE)
    assert workspace.leads() == []


def send(
    api: DirectApi, workspace: Workspace, leads: object, idempotency_key: str = "same", *, dry_run: bool = False
) -> httpx.Response:
    """Post leads to the handler in this process, and ask for a representation."""
    event = {
        "httpMethod": "POST",
        "path": LEADS_PATH,
        "headers": {"X-API-Key": workspace.key, "Idempotency-Key": idempotency_key, "Prefer": REPRESENTATION},
        "queryStringParameters": {"dryRun": "true"} if dry_run else None,
        "body": json.dumps(leads),
        "requestContext": {"requestId": "test"},
    }
    response = api.send(event)
    return httpx.Response(response["statusCode"], headers=response["headers"], text=response["body"])


@pytest.mark.parametrize("unusable", ["\n", "a\0", "a\x7f", "\x01", '"a\x1bb"', "a\x85", "\u200b", "\ud800", "\u2028"])
def test_a_key_that_no_server_passes_on_is_refused_by_the_handler(
    workspace: Workspace, direct_api: CreateDirectApi, assert_envelope: AssertEnvelope, unusable: str
) -> None:
    assert_envelope(send(direct_api(), workspace, [{}], unusable), 400, UNUSABLE)


def test_a_refused_request_may_be_corrected_under_its_key(post: Post, workspace: Workspace) -> None:
    bad: list[object] = [[{"email": "x" * 200}], b"[{", [], [{}] * 101]
    for refused in bad:
        assert post(workspace, refused, Idempotency_Key="same").status_code == 400
    assert not is_replay(post(workspace, companies(1), Idempotency_Key="same"))
    assert stored_companies(workspace) == ["Company 0"]


def test_a_request_that_the_free_plan_refused_may_be_repeated_after_an_upgrade(
    post: Post, free_workspace: Workspace, assert_envelope: AssertEnvelope
) -> None:
    post(free_workspace, [{}] * 4)
    for count in (2, 2, 7):
        assert_envelope(post(free_workspace, companies(count), Idempotency_Key="same"), 400, EXCEEDED)
    free_workspace.set_plan(Plan.BASIC)
    first = post(free_workspace, companies(2), Idempotency_Key="same")
    assert_replay(first, post(free_workspace, companies(2), Idempotency_Key="same"))
    assert len(free_workspace.leads()) == 6


@pytest.mark.parametrize("plan", Plan)
def test_another_idempotency_key_or_no_key_stores_again(post: Post, workspace_on: CreateWorkspace, plan: Plan) -> None:
    workspace = workspace_on(plan)
    for idempotency_key in ("one", "other", "ONE"):
        assert not is_replay(post(workspace, [{}], Idempotency_Key=idempotency_key))
    assert not is_replay(post(workspace, [{}]))
    assert len(workspace.leads()) == 4


@pytest.mark.parametrize("plan", Plan)
def test_idempotency_keys_of_different_api_keys_do_not_collide(
    post: Post, workspace_on: CreateWorkspace, plan: Plan
) -> None:
    one, other = workspace_on(plan), workspace_on(Plan.BASIC)
    assert not is_replay(post(one, [{"company": "one"}], Idempotency_Key="same"))
    response = post(other, [{"company": "other"}], Idempotency_Key="same")
    assert response.status_code == 200
    assert not is_replay(response)
    assert (stored_companies(one), stored_companies(other)) == (["one"], ["other"])


@pytest.mark.parametrize("plan", Plan)
def test_a_dry_run_leaves_no_idempotency_record(post: Post, workspace_on: CreateWorkspace, plan: Plan) -> None:
    workspace = workspace_on(plan)
    for leads in (companies(1), companies(2)):
        assert not is_replay(post(workspace, leads, query="?dryRun=true", Idempotency_Key="same"))
    assert not is_replay(post(workspace, companies(1), Idempotency_Key="same"))
    assert len(workspace.leads()) == 1


@pytest.mark.parametrize("plan", Plan)
def test_a_dry_run_of_a_repeat_gets_the_response_of_the_repeat(
    post: Post, workspace_on: CreateWorkspace, assert_envelope: AssertEnvelope, plan: Plan
) -> None:
    workspace = workspace_on(plan)
    first = post(workspace, companies(5), Idempotency_Key="same", Prefer=REPRESENTATION)
    query = "?dryRun=true"
    assert_replay(first, post(workspace, companies(5), query=query, Idempotency_Key="same", Prefer=REPRESENTATION))
    assert_envelope(post(workspace, companies(4), query=query, Idempotency_Key="same"), 422, REUSED)
    assert len(workspace.leads()) == 5


@pytest.mark.parametrize("plan", Plan)
def test_a_key_is_free_again_a_day_after_its_last_repeat(
    workspace_on: CreateWorkspace, direct_api: CreateDirectApi, plan: Plan
) -> None:
    workspace, api = workspace_on(plan), direct_api()
    first = send(api, workspace, companies(1))
    for _ in range(3):
        api.wait(DAY - 2)
        assert_replay(first, send(api, workspace, companies(1)))
    api.wait(DAY - 2)
    assert send(api, workspace, companies(2)).status_code == 422  # which is not a repeat
    api.wait(3)
    repeat = send(api, workspace, companies(2))
    assert repeat.status_code == 200
    assert not is_replay(repeat)
    assert stored_companies(workspace) == ["Company 0", "Company 0", "Company 1"]


def test_a_repeat_after_a_downgrade_gets_the_first_response(
    post: Post, workspace: Workspace, assert_envelope: AssertEnvelope
) -> None:
    first = post(workspace, companies(7), Idempotency_Key="same", Prefer=REPRESENTATION)
    workspace.set_plan(Plan.FREE)
    assert_replay(first, post(workspace, companies(7), Idempotency_Key="same", Prefer=REPRESENTATION))
    assert_envelope(post(workspace, companies(1), Idempotency_Key="same"), 422, REUSED)
    assert_envelope(post(workspace, companies(1), Idempotency_Key="other"), 400, USED_UP)
    assert len(workspace.leads()) == 7


def test_a_repeat_after_an_upgrade_gets_the_first_response(post: Post, free_workspace: Workspace) -> None:
    first = post(free_workspace, companies(5), Idempotency_Key="same", Prefer=REPRESENTATION)
    free_workspace.set_plan(Plan.BASIC)
    assert_replay(first, post(free_workspace, companies(5), Idempotency_Key="same", Prefer=REPRESENTATION))
    assert len(free_workspace.leads()) == 5


class KilledError(BaseException):
    """Ends an invocation immediately."""


def kill(**_: Any) -> None:  # noqa: ANN401
    raise KilledError


def kill_at_call(client: "DynamoDBClient", number: int, moment: str) -> None:
    """Stop a handler at its n-th call to DynamoDB, ``before-call`` or ``after-call``."""
    calls = itertools.count(1)
    dead = threading.Event()

    def begin(**_: Any) -> None:  # noqa: ANN401
        if dead.is_set():
            raise KilledError
        if next(calls) == number:
            dead.set()
            if moment == "before-call":
                raise KilledError

    def end(**_: Any) -> None:  # noqa: ANN401
        if dead.is_set():
            raise KilledError

    client.meta.events.register("before-call.dynamodb", begin)
    client.meta.events.register("after-call.dynamodb", end)


@pytest.mark.parametrize("moment", [pytest.param("before-call", marks=pytest.mark.slow), "after-call"])
@pytest.mark.parametrize(
    ("plan", "count"), [pytest.param(Plan.BASIC, 1, marks=pytest.mark.slow), (Plan.BASIC, 30), (Plan.FREE, 3)]
)
def test_a_retry_stores_each_lead_once_wherever_the_first_attempt_died(
    workspace_on: CreateWorkspace,
    direct_api: CreateDirectApi,
    settings: Settings,
    plan: Plan,
    count: int,
    moment: str,
) -> None:
    names = [lead["company"] for lead in companies(count)]
    for number in itertools.count(1):
        workspace, dying, retrying = workspace_on(plan), direct_api(), direct_api()
        kill_at_call(dying.client, number, moment)
        retrying.clock.ms = dying.clock.ms + 5000
        try:
            send(dying, workspace, companies(count))
            died = False
        except KilledError:
            died = True
        left_behind = {lead["id"] for lead in workspace.leads()}
        record_key = idempotency_record_key(RequestFingerprint(hash_secret(workspace.key), "same", ""))
        record = retrying.client.get_item(TableName=settings.access_table, Key=record_key).get("Item")

        response = send(retrying, workspace, companies(count))

        assert response.status_code == 200
        assert is_replay(response) is (record is not None)
        data = response.json()["data"]
        ids = [lead["id"] for lead in data["leads"]]
        leads = workspace.leads()
        assert [(lead["id"], lead["company"]) for lead in leads] == list(zip(ids, names, strict=True))
        assert left_behind <= set(ids)
        came_in = dying.clock.ms if record else retrying.clock.ms
        assert {lead["date"] for lead in leads} == {timestamps.from_epoch_ms(came_in)}
        assert not record or record["batch_id"]["S"] == data["batchId"]
        if not died:
            assert number > 3
            return


def refuse(client: "DynamoDBClient", operation: str, text: str, code: str) -> None:
    """Make calls of an operation fail if they contain a text."""

    def respond(request: AWSPreparedRequest, **_: object) -> Any:  # noqa: ANN401 - the stubs say None
        if text not in str(request.body):
            return None
        body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "Injected."}).encode()
        return AWSResponse("", 400, HTTPHeaders(), urllib3.HTTPResponse(io.BytesIO(body), preload_content=False))

    client.meta.events.register(f"before-send.dynamodb.{operation}", respond)


@pytest.mark.parametrize(
    ("code", "status", "message"),
    [("ThrottlingException", 503, UNAVAILABLE), ("ValidationException", 500, "An unexpected error occurred.")],
)
@pytest.mark.parametrize(
    ("operation", "text", "left"),
    [("UpdateItem", "BATCH#", 0), ("BatchWriteItem", "-010", 1), ("UpdateItem", ":true", 26)],
    ids=["no record", "half of it", "no mark"],
)
def test_leads_of_a_failed_attempt_stay_and_a_retry_completes_them(  # noqa: PLR0913
    workspace: Workspace,
    direct_api: CreateDirectApi,
    assert_envelope: AssertEnvelope,
    *,
    code: str,
    status: int,
    message: str,
    operation: str,
    text: str,
    left: int,
) -> None:
    failing, retrying = direct_api(), direct_api()
    failing.milliseconds = 5_500
    retrying.wait(60)
    refuse(failing.client, operation, text, code)

    failed = send(failing, workspace, companies(26))

    assert_envelope(failed, status, message)
    assert failed.headers.get("Retry-After") == ("5" if status == 503 else None)
    left_behind = workspace.leads()
    assert len(left_behind) == left
    response = send(retrying, workspace, companies(26))
    assert response.status_code == 200
    assert is_replay(response) is (text != "BATCH#")
    leads = workspace.leads()
    assert [lead["id"] for lead in leads] == [lead["id"] for lead in response.json()["data"]["leads"]]
    assert [lead for lead in leads if lead in left_behind] == left_behind
    assert len({lead["date"] for lead in leads}) == 1


@pytest.mark.parametrize(
    ("dry_run", "message"),
    [
        (False, UNAVAILABLE),
        (True, "The service is temporarily unavailable. Nothing was stored. Please try again later."),
    ],
)
def test_if_the_outcome_is_unknown_a_client_with_an_idempotency_key_is_asked_to_retry(
    workspace: Workspace,
    direct_api: CreateDirectApi,
    assert_envelope: AssertEnvelope,
    message: str,
    *,
    dry_run: bool,
) -> None:
    failing = direct_api()
    failing.milliseconds = 2_700
    refuse(failing.client, "UpdateItem", "KEY#", "ThrottlingException")

    response = send(failing, workspace, companies(1), dry_run=dry_run)

    assert_envelope(response, 503, message)


def test_a_dry_run_of_an_unfinished_request_is_marked_as_a_replay(
    workspace: Workspace, direct_api: CreateDirectApi
) -> None:
    failing = direct_api()
    refuse(failing.client, "BatchWriteItem", "PutRequest", "ValidationException")
    assert send(failing, workspace, companies(3)).status_code == 500

    response = send(direct_api(), workspace, companies(3), dry_run=True)

    assert response.status_code == 200
    assert is_replay(response)
    assert response.json()["data"]["batchId"] is None
    assert workspace.leads() == []


@pytest.mark.parametrize("moment", ["before-call", "after-call"])
@pytest.mark.parametrize(("count", "room"), [(2, 3), (5, 0), pytest.param(7, 0, marks=pytest.mark.slow)])
def test_a_batch_that_a_downgrade_interrupted_is_finished_and_counted(
    workspace: Workspace,
    direct_api: CreateDirectApi,
    assert_envelope: AssertEnvelope,
    *,
    count: int,
    room: int,
    moment: str,
) -> None:
    dying, later = direct_api(), direct_api()
    dying.client.meta.events.register(f"{moment}.dynamodb.BatchWriteItem", kill)
    with pytest.raises(KilledError):
        send(dying, workspace, companies(count))
    workspace.set_plan(Plan.FREE)

    for _ in range(2):
        response = send(later, workspace, companies(count))
        assert response.status_code == 200
        assert is_replay(response)
    assert stored_companies(workspace) == [lead["company"] for lead in companies(count)]

    assert_envelope(send(later, workspace, companies(room + 1), "other"), 400, EXCEEDED if room else USED_UP)
    if moment == "before-call":  # otherwise the downgrade has counted them, and they count twice
        assert send(later, workspace, companies(room), "another").status_code == (200 if room else 400)


@pytest.mark.parametrize(("plan", "count"), [(Plan.BASIC, 1), (Plan.BASIC, 60), (Plan.FREE, 5)])
def test_simultaneous_duplicates_get_the_same_response_and_each_lead_is_stored_once(
    workspace_on: CreateWorkspace, direct_api: CreateDirectApi, plan: Plan, count: int
) -> None:
    workspace, duplicates = workspace_on(plan), 6
    start = threading.Barrier(duplicates)

    def request(api: DirectApi) -> httpx.Response:
        start.wait()
        return send(api, workspace, companies(count))

    with ThreadPoolExecutor(duplicates) as pool:
        responses = list(pool.map(request, [direct_api() for _ in range(duplicates)]))

    assert {response.status_code for response in responses} == {200}
    assert len({response.text for response in responses}) == 1
    assert sum(not is_replay(response) for response in responses) == 1
    ids = [lead["id"] for lead in responses[0].json()["data"]["leads"]]
    assert [lead["id"] for lead in workspace.leads()] == ids


@pytest.mark.parametrize("operation", ["BatchWriteItem", pytest.param("UpdateItem", marks=pytest.mark.slow)])
@pytest.mark.parametrize("moment", ["before-call", "after-call"])
def test_an_attempt_that_is_overtaken_at_any_call_stores_the_same_leads(
    workspace: Workspace, direct_api: CreateDirectApi, operation: str, moment: str
) -> None:
    for number in itertools.count(1):
        slow, fast = direct_api(), direct_api()
        fast.clock.ms = slow.clock.ms + 60_000
        turn = itertools.count(1)
        overtaking: list[httpx.Response] = []

        def overtake(**_: Any) -> None:  # noqa: ANN401
            if next(turn) == number:  # noqa: B023 - it is called in this turn of the loop
                overtaking.append(send(fast, workspace, companies(30), f"{number}"))  # noqa: B023 - as above

        slow.client.meta.events.register(f"{moment}.dynamodb.{operation}", overtake)
        overtaken = send(slow, workspace, companies(30), f"{number}")
        if not overtaking:
            assert number > 2
            return

        assert (overtaken.status_code, overtaking[0].status_code) == (200, 200)
        assert overtaken.content == overtaking[0].content
        assert {is_replay(overtaken), is_replay(overtaking[0])} == {True, False}
        ids = [lead["id"] for lead in overtaken.json()["data"]["leads"]]
        leads = [lead for lead in workspace.leads() if lead["id"] in ids]
        assert (len(leads), len(workspace.leads())) == (30, 30 * number)
        assert len({lead["date"] for lead in leads}) == 1


def test_another_body_is_refused_while_the_first_attempt_runs(
    workspace: Workspace, direct_api: CreateDirectApi, assert_envelope: AssertEnvelope
) -> None:
    first, second = direct_api(), direct_api()
    meanwhile: list[httpx.Response] = []

    def send_another(**_: Any) -> None:  # noqa: ANN401
        meanwhile.append(send(second, workspace, companies(2)))

    first.client.meta.events.register("before-call.dynamodb.BatchWriteItem", send_another)
    assert send(first, workspace, companies(1)).status_code == 200
    (refused,) = meanwhile
    assert_envelope(refused, 422, REUSED)
    assert stored_companies(workspace) == ["Company 0"]
