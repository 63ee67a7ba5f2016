"""The DynamoDB client, configured for a function with a timeout of ten seconds."""

from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import IncompleteReadError
from botocore.session import Session
from pydantic_core import to_json

from leads_core.deadlines import TimeBudget
from leads_core.dynamodb.http_session import load_ca_bundle_once

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Four parallel batches, and some to spare.
_CONNECTIONS = 8
_BUDGET = TimeBudget()


def create_client(budget: TimeBudget = _BUDGET) -> "DynamoDBClient":
    """A client for the region and the endpoint in AWS_DEFAULT_REGION and AWS_ENDPOINT_URL_DYNAMODB.

    The client does not retry. The stores retry, because they know the deadline and can change what they send.
    Parameters are not validated, because they are built here from validated data. The client is the one that boto3
    makes, without boto3's own imports and without botocore's handlers for other services.
    """
    session = Session(include_builtin_handlers=False)
    load_ca_bundle_once(session)
    client: DynamoDBClient = session.create_client(  # type: ignore[assignment]  # the stubs know boto3's only
        "dynamodb",
        config=Config(
            connect_timeout=budget.connect_timeout_seconds,
            read_timeout=budget.read_timeout_seconds,
            retries={"mode": "standard", "total_max_attempts": 1},
            max_pool_connections=_CONNECTIONS,
            parameter_validation=False,
            tcp_keepalive=True,
            # Otherwise botocore builds one twice for every call.
            user_agent="lead-intake",
        ),
    )
    client.meta.events.register("provide-client-params.dynamodb", _hold_back)  # type: ignore[arg-type]  # it may return
    client.meta.events.register_first("before-call.dynamodb", _put_in)
    client.meta.events.register("before-parse.dynamodb", _refuse_truncated_response)
    return client


def _hold_back(params: dict[str, Any], context: dict[str, Any], **_: object) -> dict[str, Any]:
    """Hide the arguments of a call from botocore's serializer, which visits every attribute."""
    context["arguments"] = params
    # Botocore's endpoint rules need the arguments of the top level.
    return {name: argument if isinstance(argument, str) else type(argument)() for name, argument in params.items()}


def _put_in(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
    """Put the arguments into the request as JSON, which is DynamoDB's own format."""
    params["body"] = to_json(context.pop("arguments"))


def _refuse_truncated_response(response_dict: dict[str, Any], **_: object) -> None:
    """Raise for a truncated response. Botocore would take it for an empty one, and a stored key would seem unknown."""
    body = response_dict["body"]
    announced = int(response_dict["headers"].get("Content-Length", len(body)))
    if len(body) < announced:
        raise IncompleteReadError(actual_bytes=len(body), expected_bytes=announced)
