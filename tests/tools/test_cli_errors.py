"""Every error that ends a command is one line, with an exit code for scripts."""

import string

import pytest
import typer
from botocore import exceptions
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
    ProxyConnectionError,
    ReadTimeoutError,
)
from typer.testing import CliRunner, Result

from leads_admin.errors import AdministrationError
from leads_cli.errors import CommandError, CommandInterruptedError, TryAgainLaterError, WrongUsageError
from leads_cli.exporting import ExportError
from leads_cli.importing.errors import BadRowsError, JournalError, MapOptionError, UnreadableFileError
from leads_cli.local_state import NoLocalServerError
from leads_cli.main import app
from leads_client import InvalidKeyError, PlanLimitError, RateLimitedError, UnavailableError
from leads_core.errors import StoreUnavailableError

LOG_IN = "log in (aws sso login, or aws configure), or set AWS_PROFILE"
EXPIRED = f"Your AWS login has expired: {LOG_IN}."
DENIED = "Your AWS identity may not do dynamodb:Query: use another one, or allow it. (Said so)"
NO_PROFILE = "The config profile (x) could not be found: check AWS_PROFILE; aws configure list-profiles shows all."
REFUSED = "AWS refused dynamodb:Query: Said so."
MARS = "'mars' is not a known AWS region: set AWS_REGION to the stack's region."
EARTH = "https://dynamodb.eu-north-1.amazonaws.com/"
NO_ANSWER_OF_AWS = (
    f"Nothing answers at {EARTH}: check AWS_REGION (eu-north-1), the network, and AWS_ENDPOINT_URL_DYNAMODB "
    "if it is set."
)
HERE = "http://127.0.0.1:8000/"
NO_ANSWER_HERE = f"Nothing answers at {HERE}: start the server there, or unset AWS_ENDPOINT_URL_DYNAMODB."
NO_PROXY = "The proxy http://***:***@x does not answer: check HTTPS_PROXY, or unset it."
NO_ANSWER = "Nothing answers at x: check the network, and AWS_ENDPOINT_URL_DYNAMODB if it is set."


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "Said so."}}, "Query")


def end_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> Result:
    def fail(_context: object) -> None:
        raise error

    monkeypatch.setattr("leads_cli.commands.plan.workspaces_of", fail)
    return CliRunner().invoke(app, ["plan", "set", "01M6DWCPDGP7DKK1RX7DV6Q8DA", "free"])


@pytest.mark.parametrize(
    ("error", "exit_code", "line"),
    [
        (CommandError("It was refused."), 1, "It was refused."),
        (WrongUsageError("Say where."), 2, "Say where."),
        (TryAgainLaterError("Not now."), 4, "Not now."),
        (CommandInterruptedError("Interrupted after 3."), 130, "Interrupted after 3."),
        (NoLocalServerError("No server."), 1, "No server."),
        (ExportError("No room."), 1, "No room."),
        (UnreadableFileError("No file."), 1, "No file."),
        (JournalError("Damaged."), 1, "Damaged."),
        (MapOptionError("No such field."), 2, "No such field."),
        (BadRowsError("Bad rows."), 3, "Bad rows."),
        (KeyboardInterrupt(), 130, "Interrupted."),
        (typer.Abort(), 130, "Interrupted."),
        (AdministrationError("There is no workspace [x]."), 1, "There is no workspace [x]."),
        (client_error("AccessDeniedException"), 1, DENIED),
        (
            client_error("ResourceNotFoundException"),
            1,
            "The stack's tables are not there: check --stack, and the region and account of your AWS credentials.",
        ),
        (client_error("ExpiredTokenException"), 1, EXPIRED),
        (
            client_error("ThrottlingException"),
            4,
            "AWS refused dynamodb:Query: Said so. Run the same command again later.",
        ),
        (client_error("ValidationException"), 1, REFUSED),
        (NoCredentialsError(), 1, f"There are no AWS credentials: {LOG_IN}. For the server on this machine: --local."),
        (EndpointConnectionError(endpoint_url="https://dynamodb.mars.amazonaws.com/"), 4, MARS),
        (EndpointConnectionError(endpoint_url=EARTH), 4, NO_ANSWER_OF_AWS),
        (EndpointConnectionError(endpoint_url=HERE), 4, NO_ANSWER_HERE),
        (ProxyConnectionError(proxy_url="http://***:***@x"), 4, NO_PROXY),
        (
            ProfileNotFound(profile="x"),
            1,
            NO_PROFILE,
        ),
        (NoRegionError(), 1, "No AWS region is set: set AWS_REGION to the stack's region. On this machine: --local."),
        (EndpointConnectionError(endpoint_url="x"), 4, NO_ANSWER),
        (ReadTimeoutError(endpoint_url="x"), 4, NO_ANSWER),
        (StoreUnavailableError("Busy"), 4, "DynamoDB kept refusing (Busy): run the same command again later."),
        (InvalidKeyError("Invalid API key."), 1, "Invalid API key."),
        (PlanLimitError(400, "plan_limit_exceeded", "Too many.", None), 1, "Too many."),
        (RateLimitedError(3), 4, "Too many requests: the next one is admitted in 3 seconds."),
        (UnavailableError("No\x1b[2J\nanswer."), 4, "No [2J answer."),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_an_error_is_one_line_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, exit_code: int, line: str
) -> None:
    result = end_with(monkeypatch, error)

    assert (result.exit_code, result.stdout, result.stderr) == (exit_code, "", f"{line}\n")


MAY_PASS = {
    *("HTTPClientError", "ConnectionError", "EndpointConnectionError", "ConnectionClosedError", "ReadTimeoutError"),
    *("ConnectTimeoutError", "ProxyConnectionError", "ResponseStreamingError", "IncompleteReadError"),
    "CapacityNotAvailableError",
}
"""After these, the same may work later."""
WANT_A_LOGIN = {
    *("NoCredentialsError", "NoAuthTokenError", "PartialCredentialsError", "CredentialRetrievalError"),
    *("UnknownCredentialError", "RefreshWithMFAUnsupportedError", "MetadataRetrievalError", "TokenRetrievalError"),
    *("SSOError", "SSOTokenLoadError", "UnauthorizedSSOTokenError"),
    *("LoginError", "LoginRefreshRequired", "LoginInsufficientPermissions"),
    *("LoginTokenLoadError", "LoginAuthorizationCodeError"),
}


def error_of(kind: type[BotoCoreError]) -> BotoCoreError:
    fields = [name for _, name, _, _ in string.Formatter().parse(kind.fmt) if name]
    # Some errors need arguments that their texts do not contain.
    others = ["last_response"] if kind is exceptions.WaiterError else ["error", "msg"]
    return kind(**{name: f"the {name}" for name in [*fields, *others]})


@pytest.mark.parametrize(
    "kind", [kind for kind in vars(exceptions).values() if isinstance(kind, type) and issubclass(kind, BotoCoreError)]
)
def test_every_error_of_botocore_is_one_line_with_a_remedy(
    monkeypatch: pytest.MonkeyPatch, kind: type[BotoCoreError]
) -> None:
    result = end_with(monkeypatch, error_of(kind))

    assert result.exit_code == (4 if kind.__name__ in MAY_PASS else 1)
    assert result.stderr.count("\n") == 1
    assert (LOG_IN in result.stderr) is (kind.__name__ in WANT_A_LOGIN)
    assert any(advice in result.stderr for advice in ("heck ", "set AWS_", "again later")), result.stderr


def test_the_notes_of_an_error_end_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    error = UnavailableError("No answer.")
    error.add_note("3 of 5 leads are imported.")

    assert end_with(monkeypatch, error).stderr == "No answer. 3 of 5 leads are imported.\n"


def test_an_unexpected_error_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    error = RuntimeError("a mistake of ours")

    result = end_with(monkeypatch, error)

    assert (result.exception, result.stderr) == (error, "")
