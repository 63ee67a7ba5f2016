"""Alarms notify somebody, and the dashboard shows the metrics that are sent."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from leads_api.metrics import SERVICE, metrics_of
from leads_api.outcomes import Outcome
from leads_core.intake import StoreActivity
from support.stack_template import ALARMS, RESOURCES, ROOT, VARIABLES

Metric = tuple[str, frozenset[str]]
"""Name of a metric, and of its dimensions."""


@pytest.mark.parametrize("alarm", ALARMS.values(), ids=ALARMS)
def test_an_alarm_sends_a_notification_at_its_beginning_and_end(alarm: Mapping[str, Any]) -> None:
    properties = alarm["Properties"]

    assert properties["AlarmActions"] == properties["OKActions"] == [{"Ref": "AlarmTopic"}]
    assert properties["TreatMissingData"] == "notBreaching", "most metrics are sent only when there is something"


@pytest.mark.parametrize("alarm", ALARMS.values(), ids=ALARMS)
def test_an_alarm_links_to_the_runbook(alarm: Mapping[str, Any]) -> None:
    properties = alarm["Properties"]
    name = properties["AlarmName"]["Fn::Sub"].removeprefix("${AWS::StackName}-")
    runbook = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")

    assert properties["AlarmDescription"].endswith(f'See "{name}" in docs/runbook.md.')
    assert f"## {name}" in runbook.splitlines()


def sent_metrics() -> set[Metric]:
    """All metrics that the function can send."""
    line = metrics_of(Outcome.INVALID_KEY, 1, StoreActivity(1, 1), namespace="stack")
    assert line["service"] == SERVICE
    return {
        (metric["Name"], frozenset(dimensions))
        for directive in line["_aws"]["CloudWatchMetrics"]
        for metric in directive["Metrics"]
        for dimensions in directive["Dimensions"]
    }


def watched_metrics() -> Iterator[dict[str, Any]]:
    """The metrics of the alarms, including those in calculations."""
    for alarm in ALARMS.values():
        properties = alarm["Properties"]
        parts = [part["MetricStat"]["Metric"] for part in properties.get("Metrics", []) if "MetricStat" in part]
        yield from parts or [properties]


def test_an_alarm_on_our_own_metrics_uses_one_that_is_sent() -> None:
    own = [metric for metric in watched_metrics() if metric["Namespace"] == {"Ref": "AWS::StackName"}]
    watched = {
        (alarm["MetricName"], frozenset(dimension["Name"] for dimension in alarm["Dimensions"])) for alarm in own
    }

    assert VARIABLES["METRICS_NAMESPACE"] == {"Ref": "AWS::StackName"}
    assert watched
    assert watched <= sent_metrics()
    assert {dimension["Value"] for alarm in own for dimension in alarm["Dimensions"]} == {SERVICE}


def dashboard() -> dict[str, Any]:
    """The dashboard of a stack named "stack"."""
    body: str = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][0]
    filled_in = re.sub(r"\$\{([^}]+)\}", lambda match: "stack" if match[1] == "AWS::StackName" else match[1], body)
    widgets: dict[str, Any] = json.loads(filled_in)
    return widgets


def shown_metrics(namespace: str) -> Iterator[Metric]:
    """The metrics of a namespace on the dashboard. In its shorthand, dots repeat the line above."""
    for widget in dashboard()["widgets"]:
        above: list[str] = []
        for metric in widget["properties"]["metrics"]:
            if isinstance(metric[0], dict):
                [(searched, dimensions, name)] = re.findall(r'\{"([^"]+)",([\w,]+)\} (\w+)', metric[0]["expression"])
                if searched == namespace:
                    yield name, frozenset(dimensions.split(","))
                continue
            parts = [part for part in metric if isinstance(part, str)]
            if parts[0] == "...":
                parts = above[: len(above) - len(parts) + 1] + parts[1:]
            above = [above[place] if part == "." else part for place, part in enumerate(parts)]
            if above[0] == namespace:
                yield above[1], frozenset(above[2::2])
                assert dict(zip(above[2::2], above[3::2], strict=True)) == {"service": SERVICE}


def test_the_dashboard_shows_the_metrics_that_are_sent() -> None:
    shown = {*shown_metrics("stack")}

    assert shown <= sent_metrics()
    assert {name for name, _ in shown} == {name for name, _ in sent_metrics()}


def test_no_part_of_the_dashboard_covers_another() -> None:
    places = [
        (widget["x"] + column, widget["y"] + row)
        for widget in dashboard()["widgets"]
        for column in range(widget["width"])
        for row in range(widget["height"])
    ]

    assert len(places) == len({*places})
    assert max(x for x, _ in places) < 24, "a dashboard is 24 columns wide"
