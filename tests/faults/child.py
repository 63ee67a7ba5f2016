"""The function in a separate process, which can be killed."""

from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Any

from faults.world import LIMIT_MS, Context, set_environment

from leads_api.wiring import create_handler
from leads_core.dynamodb.client import create_client
from leads_core.settings import Settings
from support.clock import SetClock


def run(
    event: Mapping[str, Any], settings: Settings, endpoint: str, now_ms: int, answers: "Connection[Any, Any]"
) -> None:
    set_environment(endpoint)
    handler = create_handler(settings, create_client(), SetClock(now_ms))
    answers.send(handler(event, Context(LIMIT_MS))["statusCode"])
