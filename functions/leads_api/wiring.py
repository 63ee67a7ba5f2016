"""Connects the parts of the API."""

from functools import partial
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

from leads_api.api import LeadsApi
from leads_api.metrics import SERVICE
from leads_core.admission import Admission
from leads_core.deadlines import Clock, Deadline, TimeBudget
from leads_core.dynamodb.idempotency_records import DynamoDBIdempotencyRecords
from leads_core.dynamodb.key_store import DynamoDBKeyStore
from leads_core.dynamodb.lead_store import DynamoDBLeadStore
from leads_core.intake import Intake
from leads_core.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_CLOCK = Clock()
_BUDGET = TimeBudget()


def create_handler(
    settings: Settings,
    client: "DynamoDBClient",
    clock: Clock = _CLOCK,
    budget: TimeBudget = _BUDGET,
    logger: Logger | None = None,
) -> LeadsApi:
    """Create the handler. The client must have the timeouts of the budget."""
    lead_store = DynamoDBLeadStore(client, access_table=settings.access_table, leads_table=settings.leads_table)
    records = DynamoDBIdempotencyRecords(client, settings.access_table)
    return LeadsApi(
        Admission(DynamoDBKeyStore(client, settings.access_table), settings.rate_limit),
        Intake(lead_store, records, settings.most_leads),
        lead_store.activity,
        settings,
        logger or Logger(service=SERVICE, location=None, use_rfc3339=True),
        partial(Deadline.after, clock=clock, budget=budget),
    )
