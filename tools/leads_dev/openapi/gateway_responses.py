"""Every response that the gateway makes itself, from the template that is deployed, with its cause and its cure."""

import json
from http import HTTPStatus

from leads_admin.template import TEMPLATE, load_template
from leads_dev.openapi.response_description import DescribedResponse


def gateway_responses() -> list[DescribedResponse]:
    """All of them that a client of the API may get."""
    return [
        _described(
            "refused_by_the_gateway",
            "DEFAULT_4XX",
            "The gateway or its firewall refused the request before it reached the API.",
            "Ask the operator, with the `X-Request-Id`.",
        ),
        _described(
            "throttled",
            "THROTTLED",
            "All keys together make more requests a second than the operator allows. This request did not count.",
            "Wait as many seconds as `Retry-After` says, and send it again.",
        ),
        _described(
            "gateway_failed",
            "DEFAULT_5XX",
            "The gateway could not hand the request to the API, or could not read its response.",
            "Send it again after some seconds, with the `Idempotency-Key` that it had.",
        ),
        _described(
            "timed_out",
            "INTEGRATION_TIMEOUT",
            "The API did not respond in time. The leads may be stored.",
            "Send it again after some seconds: with the `Idempotency-Key` that it had, no lead is stored twice.",
        ),
    ]


def _described(name: str, response_type: str, cause: str, cure: str) -> DescribedResponse:
    """The response as the template defines it."""
    response = load_template(TEMPLATE)["Resources"]["LeadsApi"]["Properties"]["GatewayResponses"][response_type]
    body = json.loads(response["ResponseTemplates"]["application/json"])
    # API Gateway's way to write a constant is to put it into quotes.
    code = response["ResponseParameters"]["Headers"]["X-Error-Code"].strip("'")
    return DescribedResponse(name, HTTPStatus(body["statusCode"]), code, body, cause, cure)
