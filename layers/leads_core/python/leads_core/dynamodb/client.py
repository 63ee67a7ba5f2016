"""The DynamoDB client, set up for a function that has ten seconds in all."""

from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import IncompleteReadError
from botocore.session import Session
from pydantic_core import to_json

from leads_core.deadlines import TimeBudget

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Four parallel batches, and room.
_CONNECTIONS = 8
_BUDGET = TimeBudget()


def create_client(budget: TimeBudget = _BUDGET) -> "DynamoDBClient":
    """A client for the region and the endpoint in AWS_DEFAULT_REGION and AWS_ENDPOINT_URL_DYNAMODB.

    It tries once: the stores try again themselves, because they know the deadline and can vary what they send.
    Parameters are not validated: every one is built here, from data that was. It is the client that boto3 would make,
    without the modules that boto3 imports on top, and without botocore's handlers for what other services need.
    """
    client: DynamoDBClient = Session(include_builtin_handlers=False).create_client(  # type: ignore[assignment]  # the stubs know boto3's only
        "dynamodb",
        config=Config(
            connect_timeout=budget.connect_timeout_seconds,
            read_timeout=budget.read_timeout_seconds,
            retries={"mode": "standard", "total_max_attempts": 1},
            max_pool_connections=_CONNECTIONS,
            parameter_validation=False,
            tcp_keepalive=True,
            # Botocore would put together another one for every call, twice.
            user_agent="lead-intake",
        ),
    )
    client.meta.events.register("provide-client-params.dynamodb", _hold_back)  # type: ignore[arg-type]  # it may answer
    client.meta.events.register_first("before-call.dynamodb", _put_in)
    client.meta.events.register("before-parse.dynamodb", _refuse_cut_answer)
    return client


def _hold_back(params: dict[str, Any], context: dict[str, Any], **_: object) -> dict[str, Any]:
    """Keep the arguments of a call from being serialized by botocore, which walks through every attribute."""
    context["arguments"] = params
    # The rules by which botocore finds the endpoint look at the outermost ones.
    return {name: argument if isinstance(argument, str) else type(argument)() for name, argument in params.items()}


def _put_in(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
    """Put the arguments into the request: they are what DynamoDB takes, as JSON."""
    params["body"] = to_json(context.pop("arguments"))


def _refuse_cut_answer(response_dict: dict[str, Any], **_: object) -> None:
    """Botocore takes an answer that broke off for an empty one: a key that is there would be told not to exist."""
    body = response_dict["body"]
    announced = int(response_dict["headers"].get("Content-Length", len(body)))
    if len(body) < announced:
        raise IncompleteReadError(actual_bytes=len(body), expected_bytes=announced)
