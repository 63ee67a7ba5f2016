"""Sends requests to an API that was just deployed, the second with a key that it creates and deletes again."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus

import httpx
from botocore.exceptions import ClientError

from leads_admin.workspaces import Workspaces
from leads_core.plans import Plan

# API Gateway needs some seconds until it serves a new deployment, and so do permissions until they reach all of AWS.
PATIENCE_SECONDS = 90
_PAUSE_SECONDS = 3
_TEN_MINUTES_MS = 600_000


class NotServedError(Exception):
    """The API does not respond as it should. The text shows what was sent, what came back, and where to look."""


def refuses_without_key(http: httpx.Client, url: str, sleep: Callable[[float], None] = time.sleep) -> None:
    """See that a request without a key is refused by the function itself. Raises NotServedError.

    That shows that the name resolves, and that gateway, function, layers and settings fit together.
    """
    _send_until(HTTPStatus.UNAUTHORIZED, http, url, {}, sleep)


def takes_a_dry_run(
    http: httpx.Client, url: str, workspaces: Workspaces, sleep: Callable[[float], None] = time.sleep
) -> bool:
    """See that a dry run with a key is accepted, and leave nothing of it. Raises NotServedError.

    That shows that the function may use the access table. False if the caller may not create a key there.
    """
    try:
        with _temporary_key(workspaces) as key:
            _send_until(HTTPStatus.OK, http, f"{url}?dryRun=true", {"X-API-Key": key}, sleep)
    except ClientError as exc:
        if exc.response["Error"]["Code"] == "AccessDeniedException":
            return False
        raise
    return True


@contextmanager
def _temporary_key(workspaces: Workspaces) -> Iterator[str]:
    workspace = workspaces.create_workspace("Check of a deployment", Plan.FREE)
    try:
        # It expires, in case this program ends before it deletes the key.
        yield workspaces.create_key(workspace, label="check of a deployment", expires_in=_TEN_MINUTES_MS)
    finally:
        workspaces.delete_workspace(workspace, deleted=lambda _count: None)


def _send_until(
    status: HTTPStatus, http: httpx.Client, url: str, headers: dict[str, str], sleep: Callable[[float], None]
) -> None:
    for _ in range(PATIENCE_SECONDS // _PAUSE_SECONDS):
        response = _post(http, url, headers)
        if not isinstance(response, str) and _is_ours(response, status):
            return
        sleep(_PAUSE_SECONDS)
    got = response if isinstance(response, str) else f"{response.status_code} {response.text[:500]}"
    raise NotServedError(f"POST {url} should be answered with {status.value}, but: {got}")


def _post(http: httpx.Client, url: str, headers: dict[str, str]) -> httpx.Response | str:
    try:
        return http.post(url, json=[{"company": "Check of a deployment"}], headers=headers)
    except httpx.HTTPError as exc:
        return str(exc) or type(exc).__name__


def _is_ours(response: httpx.Response, status: HTTPStatus) -> bool:
    """Whether a response has this status, the envelope of all responses, and the request's id in the log."""
    try:
        envelope = response.json()
    except json.JSONDecodeError:
        return False
    return (
        response.status_code == status
        and isinstance(envelope, dict)
        and envelope.get("statusCode") == status
        and "X-Request-Id" in response.headers
    )
