"""How the parts fit together."""

from aws_lambda_powertools import Logger
from leads_core.admission import Admission
from leads_core.dynamodb.client import create_client
from leads_core.dynamodb.key_store import DynamoDBKeyStore
from leads_core.dynamodb.lead_store import DynamoDBLeadStore
from leads_core.intake import Intake
from leads_core.settings import Settings

from leads_api.api import LeadsApi


def create_handler(settings: Settings) -> LeadsApi:
    """The handler for these settings, with DynamoDB where the environment says."""
    client = create_client()
    return LeadsApi(
        Admission(DynamoDBKeyStore(client, settings.access_table), settings.rate_limit),
        Intake(
            DynamoDBLeadStore(client, access_table=settings.access_table, leads_table=settings.leads_table),
            settings.free_plan_max_leads,
        ),
        settings,
        Logger(service="leads-api", location=None),
    )
