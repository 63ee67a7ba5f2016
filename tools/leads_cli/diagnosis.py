"""The checks of ``leads doctor``, each of which ends with a result, even if it fails."""

import os
import platform
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from importlib.metadata import version
from typing import TYPE_CHECKING, TypeVar

import typer

from leads_cli import local_state
from leads_cli.api_access import KEY_VARIABLE, ApiAccess
from leads_cli.connection import Connection, client_of, settings_of
from leads_cli.errors import as_command_error
from leads_core.deadlines import Clock

if TYPE_CHECKING:
    import httpx
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")

# AWS refuses signatures that are older than five minutes.
_MOST_SKEW_SECONDS = 60
_SECONDS = 10


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found. ``is_fine`` is None if there was nothing to check; ``detail`` says what to do."""

    check: str
    is_fine: bool | None
    detail: str


def diagnose(context: typer.Context, connection: Connection, url: str | None) -> Iterator[CheckResult]:
    """Run all checks, except those that need what another check did not find."""
    yield CheckResult("versions", True, f"leads {version('lead-intake')}, Python {platform.python_version()}")
    key, key_is_from = os.environ.get(KEY_VARIABLE, "").strip(), f"from {KEY_VARIABLE}"
    if connection.local:
        server = yield from _checked("server", local_state.read)
        if server is None:
            return
        yield CheckResult("server", True, server.url)
        url = url or server.url
        if not key:
            key, key_is_from = server.basic.key, "the demo's"
    names_stack = "--stack" in connection.command or "LEADS_STACK" in os.environ
    may_only_send = bool(url) and not names_stack
    can_connect = connection.local or (yield from _aws_access(may_only_send=may_only_send))
    client = (yield from _checked("client", lambda: client_of(context))) if can_connect else None
    if client is not None:
        yield from _tables(client, [*settings_of(context)[:2]])
    if not url:
        yield CheckResult("API", None, "Not checked: set LEADS_URL, or give --url.")
        return
    yield from _api(ApiAccess(url, key, key_is_from, connection.command))


def _aws_access(*, may_only_send: bool) -> Generator[CheckResult, None, bool]:
    """Look for a region and credentials; returns whether there are both. Users who ``may_only_send`` need neither."""
    import boto3

    session = yield from _checked("profile", boto3.Session)
    if session is None:
        return False
    region = os.environ.get("AWS_REGION") or session.region_name
    credentials = yield from _checked("credentials", session.get_credentials)
    if may_only_send and not credentials:
        yield CheckResult("credentials", None, "There are none: only operators need some, and a region.")
        return False
    yield _region(region)
    if credentials:
        yield CheckResult("credentials", True, f"{credentials.access_key[:4]}…, from {credentials.method}")
    else:
        yield CheckResult("credentials", False, "There are none: aws sso login, or aws configure, or set AWS_PROFILE.")
    return bool(region and credentials)


def _region(region: str | None) -> CheckResult:
    from leads_cli.aws_errors import is_known_region

    if not region:
        return CheckResult("region", False, "None is set: set AWS_REGION to the stack's region.")
    if not is_known_region(region):
        return CheckResult("region", None, f"{region} is not a known region: check AWS_REGION.")
    return CheckResult("region", True, region)


def _tables(client: "DynamoDBClient", names: list[str]) -> Iterator[CheckResult]:
    date = ""
    for name in names:
        try:
            response = client.describe_table(TableName=name)
        except Exception as exc:  # noqa: BLE001 - reported as a result
            yield _failed("table", exc, f"{name}: ")
            return
        date = response["ResponseMetadata"]["HTTPHeaders"].get("date", "")
        status = response["Table"]["TableStatus"]
        yield CheckResult("table", status == "ACTIVE", f"{name} is {status} at {client.meta.endpoint_url}")
    yield from _clock(date, "DynamoDB")


def _api(access: ApiAccess) -> Iterator[CheckResult]:
    import httpx

    from leads_client import http_client, leads_url
    from leads_client.connections import timeout
    from leads_client.unreachable import wrong_address

    try:
        address = leads_url(access.url)
        with http_client(timeout=timeout(_SECONDS, address)) as client:
            response = client.get(address)
            description = client.get(address.join("../../openapi.json"))
    except ValueError as exc:
        yield CheckResult("API", False, str(exc))
        return
    except httpx.HTTPError as exc:
        why = (
            wrong_address(exc, address) or f"Nothing answers at {access.url} ({exc}): check LEADS_URL, or that it runs."
        )
        yield CheckResult("API", False, why)
        return
    if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
        how = f"{address} responds with {response.status_code}, and the lead API with 405"
        yield CheckResult("API", False, f"{how}: check LEADS_URL, which is the part before /api.")
        return
    yield CheckResult("API", True, f"{access.url} responds{_version_of(description)}")
    yield from _clock(response.headers.get("date", ""), "the API")
    if not access.key:
        yield CheckResult("key", None, f"Not checked: set {KEY_VARIABLE}.")
        return
    try:
        with access.client(_SECONDS) as api:
            quota = api.ping()
        yield CheckResult("key", True, f"{quota.remaining} of {quota.limit} requests are left")
    except Exception as exc:  # noqa: BLE001 - reported as a result
        yield _failed("key", exc)


def _version_of(response: "httpx.Response") -> str:
    try:
        return f", version {response.json()['info']['version']}"
    except (ValueError, KeyError, TypeError):  # without the reference page, the version is not returned
        return ""


def _clock(date: str, whose: str) -> Iterator[CheckResult]:
    if not date:
        return
    ahead = round(Clock().now_ms() / 1000 - parsedate_to_datetime(date).timestamp())
    is_fine = abs(ahead) <= _MOST_SKEW_SECONDS
    how = f"{abs(ahead)} s {'ahead of' if ahead > 0 else 'behind'} {whose}"
    yield CheckResult("clock", is_fine, how if is_fine else f"This machine is {how}: set its clock.")


def _checked(check: str, find: Callable[[], T]) -> Generator[CheckResult, None, T | None]:
    """What is found; None, and a result that says so, if it fails."""
    try:
        return find()
    except Exception as exc:  # noqa: BLE001 - reported as a result
        yield _failed(check, exc)
        return None


def _failed(check: str, error: Exception, before: str = "") -> CheckResult:
    known = as_command_error(error)
    return CheckResult(
        check, False, before + " ".join([str(known or type(error).__name__), *getattr(error, "__notes__", [])])
    )
