"""Settings of the database client for people who watch: errors appear soon, because every call is repeated anyway."""

from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotocoreConnectionError

CLIENT_CONFIG = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 2},
    # Those of NewestLeads, and some more of the console's threads.
    max_pool_connections=12,
)
_THROTTLED = {"ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"}
_SERVERS_FAULT = 500


def is_transient(error: BaseException) -> bool:
    """Whether an error is transient: DynamoDB does not respond, fails, or is too busy."""
    match error:
        case BotocoreConnectionError() | HTTPClientError():
            return True
        case ClientError(response={"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}):
            return code in _THROTTLED or int(status) >= _SERVERS_FAULT
        case _:
            return False
