"""Errors of botocore, as what to do about them."""

import os
import re

import boto3
from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from leads_cli.local_state import how_to_start, is_of_this_machine

_LOGIN = "log in (aws sso login, or aws configure), or set AWS_PROFILE"
_EXPIRED = f"Your AWS login has expired: {_LOGIN}."
_NOT_THERE = "The stack's tables are not there: check --stack, and the region and account of your AWS credentials."
_BY_CODE = {
    "ResourceNotFoundException": _NOT_THERE,
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "TokenRefreshRequired": _EXPIRED,
    "UnrecognizedClientException": f"AWS does not know your credentials: {_LOGIN}.",
    "InvalidClientTokenId": f"AWS does not know your credentials: {_LOGIN}.",
    "InvalidSignatureException": "AWS refuses the signature: check AWS_SECRET_ACCESS_KEY, and this machine's clock.",
    "RequestTimeTooSkewed": "This machine's clock is wrong: set it, then run the same command again.",
}
_SET_REGION = "set AWS_REGION to the stack's region."
_OF_CONNECTIONS = (
    exceptions.ConnectionError,
    exceptions.HTTPClientError,
    exceptions.IncompleteReadError,
    exceptions.CapacityNotAvailableError,
)
_DENIED = ("AccessDenied", "AccessDeniedException")
_TRANSIENT_CODES = (
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "InternalServerError",
    "ServiceUnavailable",
)


def explained(error: BotoCoreError | ClientError) -> tuple[str, bool]:
    """An error as one sentence with what to do, and whether a retry later may succeed."""
    if isinstance(error, ClientError):
        return _refused(error)
    if isinstance(error, _OF_CONNECTIONS):
        return _not_reached(error)
    return _about_credentials(error) or _about_settings(error), False


def _about_credentials(error: BotoCoreError) -> str | None:
    match error:
        case exceptions.NoCredentialsError():
            return f"There are no AWS credentials: {_LOGIN}. For the server on this machine: --local."
        case exceptions.SSOError() | exceptions.LoginError() | exceptions.TokenRetrievalError():
            return f"{_EXPIRED} ({_line(error)})"
        case (
            exceptions.PartialCredentialsError()
            | exceptions.CredentialRetrievalError()
            | exceptions.MetadataRetrievalError()
            | exceptions.RefreshWithMFAUnsupportedError()
            | exceptions.UnknownCredentialError()
            | exceptions.NoAuthTokenError()
        ):
            return f"Your AWS credentials cannot be read: {_LOGIN}. ({_line(error)})"
        case _:
            return None


def _about_settings(error: BotoCoreError) -> str:
    match error:
        case exceptions.ProfileNotFound():
            return f"{_line(error)}: check AWS_PROFILE; aws configure list-profiles shows all."
        case exceptions.NoRegionError():
            return "No AWS region is set: set AWS_REGION to the stack's region. On this machine: --local."
        case exceptions.InvalidRegionError():
            return f"{error.kwargs['region_name']!r} is not an AWS region: {_SET_REGION}"
        case _:
            return wrong_configuration(error)


def _not_reached(error: BotoCoreError) -> tuple[str, bool]:
    endpoint = str(error.kwargs.get("endpoint_url", "DynamoDB"))
    match error:
        case exceptions.ProxyConnectionError():
            return f"The proxy {error.kwargs['proxy_url']} does not answer: check HTTPS_PROXY, or unset it.", True
        case exceptions.SSLError():
            return f"No TLS connection to {endpoint}: check AWS_CA_BUNDLE and proxies. ({_line(error)})", False
        case _:
            return _no_response(endpoint), True


def wrong_configuration(error: Exception) -> str:
    """What to do about a setting that botocore rejects."""
    problem = f"AWS cannot be used as it is configured: {_line(error)}."
    return f"{problem} Check {_endpoint_variable()}, other variables AWS_…, and ~/.aws/config."


def _no_response(endpoint: str) -> str:
    if is_of_this_machine(endpoint):
        return f"Nothing answers at {endpoint}: {how_to_start(endpoint)}, or unset {_endpoint_variable()}."
    found = re.search(r"//[a-z]+\.([^./]*)\.amazonaws\.", endpoint)
    if found and not is_known_region(found[1]):
        return f"{found[1]!r} is not a known AWS region: {_SET_REGION}"
    region = f" AWS_REGION ({found[1]})," if found else ""
    return f"Nothing answers at {endpoint}: check{region} the network, and {_endpoint_variable()} if it is set."


def _endpoint_variable() -> str:
    """The variable with DynamoDB's address: of those that are set, the one that takes effect."""
    more_specific = "AWS_ENDPOINT_URL_DYNAMODB"
    return (
        "AWS_ENDPOINT_URL"
        if os.environ.get("AWS_ENDPOINT_URL") and not os.environ.get(more_specific)
        else more_specific
    )


def is_known_region(region: str) -> bool:
    """Whether botocore knows a region: it does not know those that are newer than itself."""
    session = boto3.Session()
    partitions = session.get_available_partitions()
    return any(region in session.get_available_regions("dynamodb", partition) for partition in partitions)


def _refused(error: ClientError) -> tuple[str, bool]:
    details = error.response.get("Error", {})
    code, operation = details.get("Code", ""), f"dynamodb:{error.operation_name}"
    if code in _BY_CODE:
        return _BY_CODE[code], False
    if code in _DENIED:
        message = f" ({_line(details['Message'])})" if details.get("Message") else ""
        return f"Your AWS identity may not do {operation}: use another one, or allow it.{message}", False
    what = f"AWS refused {operation}: {_line(details.get('Message') or code)}."
    return (f"{what} Run the same command again later.", True) if code in _TRANSIENT_CODES else (what, False)


def _line(text: object) -> str:
    return " ".join(str(text).split()).removesuffix(".")
