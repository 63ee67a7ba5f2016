"""Whether all that is compared does the same: the same answers, and the same leads stored."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from leads_bench.events import API_KEY, UNKNOWN_API_KEY, Lead, largest_lead, ordinary_lead
from leads_bench.measuring import Runner
from leads_bench.stub import WORKSPACE_ID, StubDynamoDB, stub_dynamodb
from leads_bench.subjects import OURS, Subject
from leads_core.dynamodb.schema import lead_key

_REQUESTS: dict[str, tuple[list[Lead], str]] = {
    "one lead": ([ordinary_lead(0)], API_KEY),
    "100 leads": ([ordinary_lead(number) for number in range(100)], API_KEY),
    "30 largest leads": ([largest_lead(number) for number in range(30)], API_KEY),
    "an unknown key": ([ordinary_lead(0)], UNKNOWN_API_KEY),
}
_HEADERS = {"content-type", "x-request-id", "ratelimit", "ratelimit-policy"}


class UnfairError(Exception):
    """One of those that are compared does something else than the function."""


def check_fairness(python: str, runtime: Path, subjects: Sequence[Subject]) -> None:
    """Raise UnfairError unless all that answer do it alike."""
    answering = [subject for subject in subjects if subject.answers]
    with tempfile.TemporaryDirectory() as directory, stub_dynamodb(API_KEY, keeps_calls=True) as stub:
        runner = Runner(python, runtime, stub.url, Path(directory))
        done = {subject.name: _does(runner, stub, subject) for subject in answering}
    for name, does in done.items():
        for request, (answer, leads) in does.items():
            wanted_answer, wanted_leads = done[OURS][request]
            if answer != wanted_answer:
                raise UnfairError(f"{name} answers {request} with {answer}, {OURS} with {wanted_answer}.")
            if leads != wanted_leads:
                raise UnfairError(f"{name} stores other leads of {request} than {OURS}.")


def _does(runner: Runner, stub: StubDynamoDB, subject: Subject) -> dict[str, tuple[Any, list[Any]]]:
    does = {}
    for name, (leads, api_key) in _REQUESTS.items():
        stub.calls.clear()
        ran = runner.run(subject, [runner.case(name, leads, before=0, calls=1, api_key=api_key)])
        does[name] = (_comparable(ran["answers"][0]), _stored(stub))
    return does


def _comparable(answer: dict[str, Any]) -> tuple[int, Any, set[str]]:
    """Status, body, and which of the documented headers there are."""
    headers = {name.lower() for name in {**(answer.get("headers") or {}), **(answer.get("multiValueHeaders") or {})}}
    return answer["statusCode"], json.loads(answer["body"]), headers & _HEADERS


def _stored(stub: StubDynamoDB) -> list[Any]:
    """The leads that were stored: whether each is where it belongs, its row in place of its id, and not the time."""
    items = [
        write["PutRequest"]["Item"]
        for operation, request in stub.calls
        if operation == "BatchWriteItem"
        for writes in request["RequestItems"].values()
        for write in writes
    ]
    leads = [
        {
            **item,
            "pk": lead_key(WORKSPACE_ID, item["sk"]["S"])["pk"] == item["pk"],
            "sk": item["sk"]["S"].partition("-")[2],
            "date": item["date"].keys(),
        }
        for item in items
    ]
    return sorted(leads, key=lambda lead: str(lead["sk"]))
