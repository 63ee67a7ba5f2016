"""The API accepts what browsers, retry wrappers, proxies and HTTP libraries send."""

import json

import httpx
import pytest

from support.api import LEADS_PATH, AssertEnvelope, CreateDirectApi, Post, Workspace

Headers = list[tuple[str, str]]

FORBIDDEN_TO_ASK = "the database must not be called"


def send(http: httpx.Client, workspace: Workspace, headers: Headers, query: str = "") -> httpx.Response:
    """Post a lead with exactly these headers and the key."""
    return http.post(
        LEADS_PATH + query, content=b'[{"company": "A"}]', headers=[("X-API-Key", workspace.key), *headers]
    )


@pytest.mark.not_on("deployed", because="MiniStack does not import the method ANY")
def test_a_page_of_another_origin_may_post(http: httpx.Client) -> None:
    preflight = {
        "Origin": "chrome-extension://abcdefghijklmnop",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-api-key",
    }

    response = http.options(LEADS_PATH, headers=preflight)

    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Access-Control-Allow-Methods"] == "POST"
    allowed = {name.strip().lower() for name in response.headers["Access-Control-Allow-Headers"].split(",")}
    assert allowed >= {"content-type", "x-api-key", "idempotency-key", "prefer"}
    assert int(response.headers["Access-Control-Max-Age"]) > 0


def test_a_preflight_makes_no_database_call(direct_api: CreateDirectApi) -> None:
    api = direct_api()

    def fail(**_: object) -> None:
        raise AssertionError(FORBIDDEN_TO_ASK)

    api.client.meta.events.register("before-call.dynamodb", fail)
    headers = {"Origin": "https://example.com", "Access-Control-Request-Method": "POST"}
    event = {"httpMethod": "OPTIONS", "path": LEADS_PATH, "headers": headers, "requestContext": {"requestId": "test"}}

    assert api.send(event)["statusCode"] == 204


@pytest.mark.not_on("deployed", because="MiniStack does not import the method ANY")
def test_options_without_an_origin_is_not_a_preflight(http: httpx.Client, assert_envelope: AssertEnvelope) -> None:
    assert_envelope(http.options(LEADS_PATH), 405, "Method not allowed.")


def test_a_page_of_another_origin_may_read_what_it_needs(http: httpx.Client, workspace: Workspace) -> None:
    response = send(http, workspace, [("Origin", "https://example.com"), ("Prefer", "return=representation")])

    exposed = {name.strip() for name in response.headers["Access-Control-Expose-Headers"].split(",")}
    needed = {"RateLimit", "RateLimit-Policy", "X-Request-Id", "Preference-Applied", "X-Workspace-Id"}
    assert exposed >= needed | {"Retry-After", "X-Error-Code", "Idempotent-Replayed"}
    assert needed <= {name for name in exposed if name in response.headers}
    assert response.headers["X-Workspace-Id"] == workspace.workspace_id


def test_only_a_valid_key_gets_its_workspace_id(http: httpx.Client, workspace: Workspace) -> None:
    bad, unknown = (
        http.post(LEADS_PATH, headers={"X-API-Key": key}, content=b"{")
        for key in (workspace.key, workspace.key[:-1] + "!")
    )
    assert (bad.status_code, bad.headers["X-Workspace-Id"]) == (400, workspace.workspace_id)
    assert (unknown.status_code, "X-Workspace-Id" in unknown.headers) == (401, False)


PAGES = [
    "/",
    "/openapi.json",
    pytest.param(
        "/reference.js",
        marks=pytest.mark.not_on("deployed", because="MiniStack hands out base64, and says that it is compressed"),
    ),
]


@pytest.mark.parametrize("path", PAGES)
def test_the_reference_can_be_read_by_pages_of_other_origins(http: httpx.Client, path: str) -> None:
    page, refusal = http.get(path).headers, http.post(LEADS_PATH, json=[{}]).headers
    for name in ("Access-Control-Allow-Origin", "Access-Control-Expose-Headers"):
        assert page[name] == refusal[name]


SAME = [
    [("Idempotency-Key", "k"), ("Idempotency-Key", "k")],
    [("Idempotency-Key", "k, k")],
    [("Idempotency-Key", '"k", "k"')],
    [("idempotency-key", '"k"'), ("Idempotency-Key", "k")],
]


@pytest.mark.parametrize("headers", SAME, ids=str)
def test_an_idempotency_key_that_arrives_twice_counts_once(
    http: httpx.Client, workspace: Workspace, headers: Headers
) -> None:
    assert send(http, workspace, [("Idempotency-Key", "k")]).status_code == 200

    repeat = send(http, workspace, headers)

    assert (repeat.status_code, repeat.headers.get("Idempotent-Replayed")) == (200, "true")
    assert len(workspace.leads()) == 1


DIFFERENT = [[("Idempotency-Key", '"a"'), ("Idempotency-Key", '"b"')], [("Idempotency-Key", '"a", "b"')]]


@pytest.mark.parametrize("headers", DIFFERENT, ids=str)
def test_idempotency_keys_that_differ_are_refused(
    http: httpx.Client, workspace: Workspace, assert_envelope: AssertEnvelope, headers: Headers
) -> None:
    response = send(http, workspace, headers)

    assert_envelope(response, 400, "The request has several Idempotency-Keys that differ: send one.")
    assert response.headers["X-Error-Code"] == "different_idempotency_keys"
    assert workspace.leads() == []


def test_different_unquoted_idempotency_keys_in_separate_headers_are_refused(
    direct_api: CreateDirectApi, workspace: Workspace
) -> None:
    event = {
        "httpMethod": "POST",
        "path": LEADS_PATH,
        "multiValueHeaders": {"X-API-Key": [workspace.key], "Idempotency-Key": ["a", "b"]},
        "body": "[{}]",
        "requestContext": {"requestId": "test"},
    }

    assert direct_api().send(event)["headers"]["X-Error-Code"] == "different_idempotency_keys"
    assert workspace.leads() == []


@pytest.mark.parametrize("joined", [False, True])
def test_a_content_type_and_a_key_that_arrive_twice_count_once(
    http: httpx.Client, workspace: Workspace, *, joined: bool
) -> None:
    sent = [("X-API-Key", workspace.key), ("Content-Type", "application/json")]
    headers = [(name, f"{value}, {value}") for name, value in sent] if joined else [*sent, *sent]

    assert http.post(LEADS_PATH, content=b"[{}]", headers=headers).status_code == 200


def test_two_different_api_keys_are_refused(http: httpx.Client, workspace: Workspace) -> None:
    headers = {"X-API-Key": f"{workspace.key}, {workspace.key[:-1]}"}

    assert http.post(LEADS_PATH, content=b"[{}]", headers=headers).status_code == 401


@pytest.mark.parametrize(
    "query", ["?dryRun=1", "?dry_run=true", "?DRYRUN=True", "?dry-run=1", "?dryRun=1&dryRun=true", "?dryRun[]=true"]
)
def test_a_dry_run_may_be_spelled_as_libraries_spell_true(http: httpx.Client, workspace: Workspace, query: str) -> None:
    assert send(http, workspace, [], query).status_code == 200
    assert workspace.leads() == []


@pytest.mark.parametrize("query", ["?dryRun=0", "?dry_run=false", "?dryRun=False"])
def test_no_dry_run_may_be_spelled_as_libraries_spell_false(
    http: httpx.Client, workspace: Workspace, query: str
) -> None:
    assert send(http, workspace, [], query).status_code == 200
    assert len(workspace.leads()) == 1


@pytest.mark.parametrize("query", ["?dryRun=", "?dry_run=yes", "?dryRun=2", "?dryRun=true&dry_run=0"])
def test_a_dry_run_that_is_neither_true_nor_false_is_refused(
    http: httpx.Client, workspace: Workspace, assert_envelope: AssertEnvelope, query: str
) -> None:
    assert_envelope(send(http, workspace, [], query), 400, "The query parameter dryRun must be true or false.")
    assert workspace.leads() == []


def test_a_401_names_a_way_to_authenticate(http: httpx.Client) -> None:
    # Java's HttpClient with an Authenticator throws without it.
    response = http.post(LEADS_PATH, json=[{}])

    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, 'ApiKey realm="leads"')


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('[{"company": "Ångström"}]'.encode("latin-1"), "not UTF-8: send JSON in UTF-8"),
        ('[{"company": "Ångström"}]'.encode("utf-16"), "not UTF-8: send JSON in UTF-8"),
        ('[{"company": "A"}]'.encode("utf-16-le"), "not UTF-8: send JSON in UTF-8"),
        (b"<!doctype html><p>Leads", "HTML or XML, not JSON"),
        (b'<?xml version="1.0"?><leads/>', "HTML or XML, not JSON"),
        (b"company=Open+AI&email=a%40example.com", "a form, not JSON"),
        (b'--x\r\nContent-Disposition: form-data; name="company"\r\n\r\nA\r\n--x--', "a form, not JSON"),
    ],
)
@pytest.mark.not_on(
    "deployed", because="MiniStack does not import the binary media types, and hands bodies over as text"
)
def test_a_body_in_another_format_is_named(post: Post, workspace: Workspace, body: bytes, words: str) -> None:
    response = post(workspace, body)

    assert (response.status_code, response.headers["X-Error-Code"]) == (400, "malformed_body")
    assert words in response.json()["message"]


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("gzip", "gzip"), ("GZIP", "gzip"), ("br", "br"), ("identity, gzip", "gzip"), ("<b>", "unknown")],
)
def test_a_compressed_body_is_refused_with_its_encoding(
    post: Post, workspace: Workspace, assert_envelope: AssertEnvelope, encoding: str, named: str
) -> None:
    words = f"The Content-Encoding {named} is not supported: send the body as it is."

    assert_envelope(post(workspace, [{}], Content_Encoding=encoding), 415, words)
    assert workspace.leads() == []


def test_a_body_that_is_declared_uncompressed_is_accepted(post: Post, workspace: Workspace) -> None:
    assert post(workspace, [{}], Content_Encoding="identity").status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_pages_support_head(http: httpx.Client, path: str) -> None:
    head, whole = http.head(path), http.get(path)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Type"] == whole.headers["Content-Type"]


def test_a_body_that_is_too_large_is_refused_after_the_key_and_before_the_limit(
    direct_api: CreateDirectApi, workspace: Workspace
) -> None:
    api = direct_api()
    too_large = b" " * 4_500_001
    event = {
        "httpMethod": "POST",
        "path": LEADS_PATH,
        "headers": {"X-API-Key": workspace.key},
        "body": too_large.decode(),
        "requestContext": {"requestId": "test"},
    }

    responses = [api.send({**event, "headers": {}}), api.send(event)]

    assert [json.loads(response["body"])["statusCode"] for response in responses] == [401, 413]
