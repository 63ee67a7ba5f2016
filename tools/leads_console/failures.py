"""Errors while a page is already being sent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from leads_admin.interactive_reads import is_transient

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Attempt(Generic[Found]):
    """What was read, or how reading it failed."""

    found: Found | None = None
    title: str = ""
    text: str = ""


def attempt(read: Callable[[], Found]) -> Attempt[Found]:
    """Read from the database. An error of its client is shown in place of the result."""
    try:
        return Attempt(read())
    except (BotoCoreError, ClientError) as exc:
        title, text = explained(exc)
        return Attempt(None, title, text)


def explained(error: Exception) -> tuple[str, str]:
    """What an error of the database's client means, in a line and in more words."""
    match error:
        case ClientError(response={"Error": {"Code": "ResourceNotFoundException"}}):
            return (
                "The stack's tables are not there",
                "Check the name of the stack, and the region and account of your AWS credentials.",
            )
        case ClientError() if not is_transient(error):
            return "DynamoDB refused", str(error)
        case _ if is_transient(error):
            return "The database does not answer", str(error)
        case _:
            return "DynamoDB cannot be asked", str(error)
