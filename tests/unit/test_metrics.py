"""Metrics in CloudWatch's embedded metric format."""

import itertools
import json
from typing import Any

import pytest

from leads_api.metrics import metrics_of
from leads_api.outcomes import Outcome
from leads_core.intake import StoreActivity

QUIET = StoreActivity()


def metrics(outcome: Outcome, stored_leads: int = 0, activity: StoreActivity = QUIET) -> dict[str, Any]:
    """The metric members of the log line, as CloudWatch reads them."""
    members: dict[str, Any] = json.loads(json.dumps(metrics_of(outcome, stored_leads, activity, namespace="acme")))
    return members


def counts(members: dict[str, Any]) -> dict[str, list[float]]:
    """The value of each metric that the directives name."""
    directives = members["_aws"]["CloudWatchMetrics"]
    return {metric["Name"]: members[metric["Name"]] for directive in directives for metric in directive["Metrics"]}


def dimensions(members: dict[str, Any]) -> list[dict[str, str]]:
    """The dimensions of each metric."""
    directives = members["_aws"]["CloudWatchMetrics"]
    return [{name: members[name] for name in names} for directive in directives for names in directive["Dimensions"]]


@pytest.mark.parametrize("count", [1, 100])
def test_stored_leads_are_counted(count: int) -> None:
    members = metrics(Outcome.STORED, count)

    assert counts(members) == {"LeadsStored": [count]}
    assert dimensions(members) == [{"service": "leads-api"}]


@pytest.mark.parametrize(
    "refusal",
    [Outcome.INVALID_KEY, Outcome.RATE_LIMITED, Outcome.UNEXPECTED_ERROR],
    ids=lambda outcome: outcome.code,
)
def test_a_refused_request_is_counted_in_total_and_by_its_reason(refusal: Outcome) -> None:
    members = metrics(refusal)

    assert counts(members) == {"RequestsRefused": [1]}
    assert dimensions(members) == [
        {"service": "leads-api"},
        {"service": "leads-api", "reason": refusal.code},
    ]


def test_retries_and_rollbacks_are_counted_for_any_response() -> None:
    activity = StoreActivity(retried_calls=3, rollbacks=1)

    assert counts(metrics(Outcome.STORED, 2, activity)) == {"LeadsStored": [2], "BatchRetries": [3], "Rollbacks": [1]}
    assert counts(metrics(Outcome.UNAVAILABLE, 0, activity)) == {
        "RequestsRefused": [1],
        "BatchRetries": [3],
        "Rollbacks": [1],
    }


def test_no_metrics_are_sent_if_there_is_nothing_to_count() -> None:
    assert metrics(Outcome.STORED) == {}


@pytest.mark.parametrize("outcome", [Outcome.STORED, Outcome.INVALID_KEY], ids=lambda outcome: outcome.code)
@pytest.mark.parametrize("stored_leads", [0, 5])
@pytest.mark.parametrize("activity", [QUIET, StoreActivity(2, 1)], ids=["quiet", "busy"])
def test_all_metrics_are_in_the_embedded_metric_format(
    outcome: Outcome, stored_leads: int, activity: StoreActivity
) -> None:
    members = metrics(outcome, stored_leads, activity)

    if not members:
        return
    described = {"_aws"}
    assert type(members["_aws"]["Timestamp"]) is int
    for directive in members["_aws"]["CloudWatchMetrics"]:
        assert directive["Namespace"] == "acme"
        assert 1 <= len(directive["Metrics"]) <= 100
        for metric in directive["Metrics"]:
            assert metric["Unit"] == "Count"
            assert all(value > 0 for value in members[metric["Name"]])
        for name in itertools.chain.from_iterable(directive["Dimensions"]):
            assert isinstance(members[name], str)
        described |= {metric["Name"] for metric in directive["Metrics"]} | set().union(*directive["Dimensions"])
    assert members.keys() == described
