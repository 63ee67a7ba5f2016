"""The Lambda function's entry point."""

import os

from leads_api.wiring import create_handler
from leads_core.dynamodb.client import create_client
from leads_core.settings import Settings

# At import, because Lambda's initialisation runs on a full CPU, and a snapshot keeps what it made.
handler = create_handler(Settings.from_environment(os.environ), create_client())
