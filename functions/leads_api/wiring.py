"""How the parts fit together."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

from leads_api.api import LeadsApi
from leads_api.metrics import SERVICE
from leads_core import timestamps
from leads_core.admission import Admission
from leads_core.dynamodb.batch_records import DynamoDBBatchRecords
from leads_core.dynamodb.key_store import DynamoDBKeyStore
from leads_core.dynamodb.lead_store import DynamoDBLeadStore
from leads_core.intake import Intake
from leads_core.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def create_handler(settings: Settings, client: "DynamoDBClient", clock: Callable[[], int] = timestamps.now) -> LeadsApi:
    """The handler for these settings; ``clock`` gives milliseconds since the epoch."""
    lead_store = DynamoDBLeadStore(client, access_table=settings.access_table, leads_table=settings.leads_table)
    batch_records = DynamoDBBatchRecords(client, settings.access_table)
    return LeadsApi(
        Admission(DynamoDBKeyStore(client, settings.access_table), settings.rate_limit),
        Intake(lead_store, batch_records, settings.free_plan_max_leads),
        lead_store.activity,
        settings,
        Logger(service=SERVICE, location=None),
        clock,
    )
