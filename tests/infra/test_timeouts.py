"""The values that depend on the function's timeout, and the pages that state it."""

import inspect
import io
import re
from collections.abc import Mapping
from typing import Any
from unittest.mock import Mock

import pytest

from leads_admin.in_flight import CLOCK_MARGIN_SECONDS
from leads_admin.template import function_timeout_seconds
from leads_client import LeadsClient
from leads_dev.local.gateway import LocalGateway
from support.stack_template import FUNCTION, GATEWAY, ROOT

# API Gateway's own limit for an integration; it can be set lower, which the template does not.
GATEWAY_SECONDS = 29
TIMEOUT = function_timeout_seconds()
LONGEST_WAIT = TIMEOUT + CLOCK_MARGIN_SECONDS
WORDS = {10: "ten", 12: "twelve"}


def test_the_function_is_stopped_before_the_gateway_gives_up() -> None:
    assert FUNCTION["Timeout"] == TIMEOUT < GATEWAY_SECONDS
    assert "TimeoutInMillis" not in str(GATEWAY)


def test_the_client_waits_longer_than_the_function_takes() -> None:
    assert inspect.signature(LeadsClient).parameters["timeout_seconds"].default > TIMEOUT


def test_the_documented_clients_wait_longer_than_the_gateway_does() -> None:
    page = (ROOT / "docs" / "errors-and-retries.md").read_text()
    seconds = [int(found) for found in re.findall(r"\btimeout=(\d+)", page)]
    milliseconds = [int(found.replace("_", "")) for found in re.findall(r"AbortSignal\.timeout\(([\d_]+)\)", page)]

    assert seconds
    assert milliseconds
    assert min(*seconds, *(each / 1000 for each in milliseconds)) > GATEWAY_SECONDS > TIMEOUT


@pytest.mark.parametrize(
    ("file", "text", "seconds"),
    [
        ("docs/runbook.md", r"was stopped after (\w+) seconds", TIMEOUT),
        ("docs/decisions/03-retries.md", r"The function has (\w+) seconds", TIMEOUT),
        ("docs/decisions/04-free-plan.md", r"at most (\w+) seconds for a busy one", LONGEST_WAIT),
        ("docs/guarantees.md", r"in flight, for (\w+) seconds at most", LONGEST_WAIT),
        ("tools/leads_cli/commands/workspace.py", r"in flight,\s+(\w+) seconds at most", LONGEST_WAIT),
        ("tools/leads_cli/commands/lead.py", r"in flight,\s+(\w+) seconds at most", LONGEST_WAIT),
    ],
)
def test_pages_state_the_actual_timeout(file: str, text: str, seconds: int) -> None:
    stated = re.findall(text, " ".join((ROOT / file).read_text().split()))

    assert stated
    assert {*stated} <= {str(seconds), WORDS.get(seconds)}


def test_the_local_gateway_gives_a_request_as_long_as_lambda_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leads_dev.local.gateway.function_timeout_seconds", lambda: 900)
    left: list[int] = []

    def handler(_event: Mapping[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's
        left.append(context.get_remaining_time_in_millis())
        return {"statusCode": 200, "headers": {}, "body": ""}

    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "wsgi.input": io.BytesIO()}
    LocalGateway(handler, log=lambda _line: None)(environ, Mock())

    assert 600_000 < left[0] <= 900_000
