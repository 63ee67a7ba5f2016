"""Metrics of a request, as members of its log line: CloudWatch reads them in its embedded metric format."""

from typing import Any

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from leads_api.outcomes import Outcome
from leads_core.intake import StoreActivity

# The dimension of all metrics. It is also the logger's name, so that every log line has it as a member.
SERVICE = "leads-api"


def metrics_of(outcome: Outcome, stored_leads: int, activity: StoreActivity, *, namespace: str) -> dict[str, Any]:
    """Metrics of a request: LeadsStored, RequestsRefused (also by ``reason``), BatchRetries and Rollbacks.

    Metrics that are zero are left out, because CloudWatch bills each one.
    """
    counts = {
        "LeadsStored": stored_leads,
        "RequestsRefused": 0 if outcome.is_success else 1,
        "BatchRetries": activity.retried_calls,
        "Rollbacks": activity.rollbacks,
    }
    metrics = EphemeralMetrics(namespace=namespace, service=SERVICE)
    for name, count in counts.items():
        if count:
            metrics.add_metric(name, MetricUnit.Count, count)
    if not metrics.metric_set:
        return {}
    members: dict[str, Any] = dict(metrics.serialize_metric_set())
    if not outcome.is_success:
        # This is a separate directive. Otherwise retries and rollbacks would be stored, and billed, by reason too.
        by_reason = {
            "Namespace": namespace,
            "Dimensions": [["service", "reason"]],
            "Metrics": [{"Name": "RequestsRefused", "Unit": "Count"}],
        }
        members["_aws"]["CloudWatchMetrics"].append(by_reason)
        members["reason"] = outcome.code
    return members
