"""Checks that all subjects do the same: they return the same responses and store the same leads."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from leads_bench.measuring import Runner
from leads_bench.sample_requests import API_KEY, UNKNOWN_API_KEY, largest_lead, ordinary_lead
from leads_bench.stub import WORKSPACE_ID, StubDynamoDB, stub_dynamodb
from leads_bench.subjects import OURS, Subject
from leads_core.dynamodb.schema import lead_key
from leads_core.leads import Lead

_REQUESTS: dict[str, tuple[list[Lead], str]] = {
    "one lead": ([ordinary_lead(0)], API_KEY),
    "100 leads": ([ordinary_lead(number) for number in range(100)], API_KEY),
    "30 largest leads": ([largest_lead(number) for number in range(30)], API_KEY),
    "an unknown key": ([ordinary_lead(0)], UNKNOWN_API_KEY),
}
_HEADERS = {"content-type", "x-request-id", "ratelimit", "ratelimit-policy"}


class UnfairError(Exception):
    """A subject does not do the same as the function."""


def check_fairness(python: str, runtime: Path, subjects: Sequence[Subject]) -> None:
    """Raise UnfairError unless all subjects do the same."""
    with tempfile.TemporaryDirectory() as directory, stub_dynamodb(API_KEY, keeps_calls=True) as stub:
        runner = Runner(python, runtime, stub.url, Path(directory))
        behaviours = {subject.name: _behaviour(runner, stub, subject) for subject in subjects}
    for name, behaviour in behaviours.items():
        for request, (response, leads) in behaviour.items():
            wanted_response, wanted_leads = behaviours[OURS][request]
            if response != wanted_response:
                raise UnfairError(f"{name} responds to {request} with {response}, {OURS} with {wanted_response}.")
            if leads != wanted_leads:
                raise UnfairError(f"{name} stores other leads of {request} than {OURS}.")


def _behaviour(runner: Runner, stub: StubDynamoDB, subject: Subject) -> dict[str, tuple[Any, list[Any]]]:
    behaviour = {}
    for name, (leads, api_key) in _REQUESTS.items():
        stub.calls.clear()
        ran = runner.run(subject, [runner.case(name, leads, before=0, calls=1, api_key=api_key)])
        behaviour[name] = (_comparable(ran["responses"][0]), _stored(stub))
    return behaviour


def _comparable(response: dict[str, Any]) -> tuple[int, Any, set[str]]:
    """Status, body, and the documented headers that are present."""
    headers = {
        name.lower() for name in {**(response.get("headers") or {}), **(response.get("multiValueHeaders") or {})}
    }
    return response["statusCode"], json.loads(response["body"]), headers & _HEADERS


def _stored(stub: StubDynamoDB) -> list[Any]:
    """The stored leads: whether each has the right address, its row instead of its id, and no times."""
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
