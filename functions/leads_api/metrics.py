"""What CloudWatch makes metrics of: members of the request's log line, in its embedded metric format."""

from typing import Any

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from leads_api.outcomes import Outcome
from leads_core.intake import StoreActivity

# The dimension of all metrics; also the logger's name, and with it a member of every line.
SERVICE = "leads-api"


def metrics_of(outcome: Outcome, stored_leads: int, activity: StoreActivity, *, namespace: str) -> dict[str, Any]:
    """Metrics of a request that was answered.

    LeadsStored, RequestsRefused (also by ``reason``), BatchRetries and RollBacks; those that are zero are left out, as
    CloudWatch bills what it is told.
    """
    counts = {
        "LeadsStored": stored_leads,
        "RequestsRefused": 0 if outcome.is_success else 1,
        "BatchRetries": activity.retried_calls,
        "RollBacks": activity.roll_backs,
    }
    metrics = EphemeralMetrics(namespace=namespace, service=SERVICE)
    for name, count in counts.items():
        if count:
            metrics.add_metric(name, MetricUnit.Count, count)
    if not metrics.metric_set:
        return {}
    members: dict[str, Any] = dict(metrics.serialize_metric_set())
    if not outcome.is_success:
        # A directive of its own, or retries and roll-backs would be filed, and billed, under every reason too.
        by_reason = {
            "Namespace": namespace,
            "Dimensions": [["service", "reason"]],
            "Metrics": [{"Name": "RequestsRefused", "Unit": "Count"}],
        }
        members["_aws"]["CloudWatchMetrics"].append(by_reason)
        members["reason"] = outcome.code
    return members
