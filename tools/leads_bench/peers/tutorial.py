"""The function as in tutorials of Powertools for AWS Lambda: a resolver that validates, and boto3's resource."""

from typing import Annotated, Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response, content_types
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from .models import Lead, received_now
from .store import MAX_LEADS, envelope, find_workspace, rate_limit_headers, store_leads

app = APIGatewayRestResolver(enable_validation=True)
logger = Logger(service="leads-api")
metrics = Metrics(namespace="lead-intake", service="leads-api")

ApiResponse = Response[dict[str, Any]]


def _response(status: int, message: str | None, headers: dict[str, str] | None = None) -> ApiResponse:
    request_id = app.current_event.request_context.request_id
    return Response(
        status_code=status,
        content_type=content_types.APPLICATION_JSON,
        body=envelope(status, message),
        headers={"X-Request-Id": request_id or "", **(headers or {})},
    )


@app.exception_handler(RequestValidationError)
def refuse(error: RequestValidationError) -> ApiResponse:
    """Respond to a body that is not an array of valid leads."""
    return _response(400, f"The body is invalid: {error.errors()[0]['msg']}.")


@app.post("/api/v1/leads")
def create_leads(leads: Annotated[list[Lead], Body()]) -> ApiResponse:
    """Store the leads of a request."""
    received_at = received_now()
    workspace = find_workspace(app.current_event.headers.get("X-API-Key", ""))
    if workspace is None:
        return _response(401, "Invalid API key.")
    if workspace.remaining < 0:
        return _response(429, "Too many requests. Please try again later.", rate_limit_headers(workspace))
    if not 1 <= len(leads) <= MAX_LEADS:
        message = f"The maximum amount of leads to create at once is {MAX_LEADS}, but was {len(leads)}."
        return _response(400, message, rate_limit_headers(workspace))
    store_leads(workspace, leads, received_at)
    metrics.add_metric(name="LeadsStored", unit=MetricUnit.Count, value=len(leads))
    logger.info("stored", workspace_id=workspace.workspace_id, lead_count=len(leads))
    return _response(200, None, rate_limit_headers(workspace))


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Handle an event of API Gateway."""
    return app.resolve(event, context)
