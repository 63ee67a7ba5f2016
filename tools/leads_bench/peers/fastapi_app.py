"""The function as a FastAPI application behind Mangum."""

from typing import Annotated, Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from fastapi import FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from mangum import Mangum

from .models import Lead, received_now
from .store import MAX_LEADS, envelope, find_workspace, rate_limit_headers, store_leads

app = FastAPI()
logger = Logger(service="leads-api")
metrics = Metrics(namespace="lead-intake", service="leads-api")


def _response(
    request: Request, status: int, message: str | None, headers: dict[str, str] | None = None
) -> JSONResponse:
    request_id: str = request.scope["aws.event"]["requestContext"]["requestId"]
    return JSONResponse(envelope(status, message), status, {"X-Request-Id": request_id, **(headers or {})})


@app.exception_handler(RequestValidationError)
async def refuse(request: Request, error: RequestValidationError) -> JSONResponse:
    """Respond to a body that is not an array of valid leads."""
    return _response(request, 400, f"The body is invalid: {error.errors()[0]['msg']}.")


@app.post("/api/v1/leads")
def create_leads(request: Request, leads: list[Lead], x_api_key: Annotated[str, Header()] = "") -> JSONResponse:
    """Store the leads of a request."""
    received_at = received_now()
    workspace = find_workspace(x_api_key)
    if workspace is None:
        return _response(request, 401, "Invalid API key.")
    if workspace.remaining < 0:
        message = "Too many requests. Please try again later."
        return _response(request, 429, message, rate_limit_headers(workspace))
    if not 1 <= len(leads) <= MAX_LEADS:
        message = f"The maximum amount of leads to create at once is {MAX_LEADS}, but was {len(leads)}."
        return _response(request, 400, message, rate_limit_headers(workspace))
    store_leads(workspace, leads, received_at)
    metrics.add_metric(name="LeadsStored", unit=MetricUnit.Count, value=len(leads))
    logger.info("stored", workspace_id=workspace.workspace_id, lead_count=len(leads))
    return _response(request, 200, None, rate_limit_headers(workspace))


_mangum = Mangum(app, lifespan="off")


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's context
    """Handle an event of API Gateway."""
    response: dict[str, Any] = _mangum(event, context)
    return response
