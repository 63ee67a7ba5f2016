"""How the drills make the handler. Only this module knows how it is constructed."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from leads_api.wiring import create_handler
from leads_core.settings import Settings
from support.clock import SkewedClock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Handler = Callable[[Mapping[str, Any], Any], dict[str, Any]]


def real_handler(settings: Settings, client: "DynamoDBClient", skew_ms: int = 0) -> Handler:
    """A handler whose running clock is ahead of this machine's by so much."""
    return create_handler(settings, client, SkewedClock(skew_ms))
