"""Errors of botocore, as what to do about them."""

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

_LOGIN = "log in (aws sso login, or aws configure), or set AWS_PROFILE"
_EXPIRED = f"Your AWS login has expired: {_LOGIN}."
_NOT_THERE = "The stack's tables are not there: check --stack, and the region and account of your AWS credentials."
_BY_CODE = {
    "ResourceNotFoundException": _NOT_THERE,
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "UnrecognizedClientException": f"AWS does not know your credentials: {_LOGIN}.",
    "InvalidClientTokenId": f"AWS does not know your credentials: {_LOGIN}.",
    "InvalidSignatureException": "AWS refuses the signature: check AWS_SECRET_ACCESS_KEY, and this machine's clock.",
    "RequestTimeTooSkewed": "This machine's clock is wrong: set it, then run the same command again.",
}
_DENIED = ("AccessDenied", "AccessDeniedException")
_MAY_PASS = (
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "InternalServerError",
    "ServiceUnavailable",
)


def explained(error: BotoCoreError | ClientError) -> tuple[str, bool]:
    """An error in one sentence that says what to do, and whether the same may work later."""
    if isinstance(error, ClientError):
        return _refused(error)
    match error:
        case exceptions.NoCredentialsError() | exceptions.PartialCredentialsError():
            return f"There are no AWS credentials: {_LOGIN}. For the server on this machine: --local.", False
        case exceptions.UnauthorizedSSOTokenError() | exceptions.SSOTokenLoadError() | exceptions.TokenRetrievalError():
            return _EXPIRED, False
        case exceptions.CredentialRetrievalError():
            return f"Your AWS credentials cannot be had: {_LOGIN}. ({_line(error)})", False
        case exceptions.ProfileNotFound():
            return f"{_line(error)}: check AWS_PROFILE; aws configure list-profiles shows all.", False
        case exceptions.NoRegionError():
            return "No AWS region is set: set AWS_REGION to the stack's region. On this machine: --local.", False
        case exceptions.ConnectionError() | exceptions.HTTPClientError():
            where = error.kwargs.get("endpoint_url", "DynamoDB")
            endpoint = f"Nothing answers at {where}: check the network, AWS_REGION, and AWS_ENDPOINT_URL_DYNAMODB"
            return f"{endpoint} if it is set.", True
        case _:
            return f"AWS cannot be used as it is configured: {_line(error)}", False


def _refused(error: ClientError) -> tuple[str, bool]:
    told = error.response.get("Error", {})
    code, operation = told.get("Code", ""), f"dynamodb:{error.operation_name}"
    if code in _BY_CODE:
        return _BY_CODE[code], False
    if code in _DENIED:
        told_by_aws = f" ({_line(told['Message'])})" if told.get("Message") else ""
        return f"Your AWS identity may not do {operation}: use another one, or allow it.{told_by_aws}", False
    what = f"AWS refused {operation}: {_line(told.get('Message') or code)}"
    return (f"{what} Run the same command again later.", True) if code in _MAY_PASS else (what, False)


def _line(text: object) -> str:
    return " ".join(str(text).split())
