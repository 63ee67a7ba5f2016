"""Every response that a client may get."""

from leads_dev.openapi.gateway_responses import gateway_responses
from leads_dev.openapi.handler_responses import handler_responses
from leads_dev.openapi.response_description import DescribedResponse


def described_responses() -> list[DescribedResponse]:
    """All of them; those of a status in the order of the handler's checks, and then the gateway's."""
    return [*handler_responses(), *gateway_responses()]
