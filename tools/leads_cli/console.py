"""How the commands speak: results on standard output, everything else on standard error, failures in one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console
from rich.text import Text

from leads_admin.errors import AdministrationError
from leads_cli.local_state import NoLocalServerError

# What a program reads goes to standard output and nothing else does: KEY=$(leads key create ...) works.
output = Console(highlight=False, soft_wrap=True)
messages = Console(stderr=True, highlight=False, soft_wrap=True)

# Exit codes, besides 0 for what is done and 1 for what was refused.
WRONG_USAGE = 2
TRY_AGAIN_LATER = 4


def as_sent(text: str) -> Text:
    """Text from a client: no markup, and nothing that could control the terminal."""
    return Text("".join(character if character.isprintable() else " " for character in text))


def fail(message: str, exit_code: int = 1) -> NoReturn:
    """End the command with one line that says why."""
    messages.print(message, style="red", markup=False)
    raise typer.Exit(exit_code)


@contextmanager
def one_line_errors() -> Iterator[None]:
    """End the command with one line when an operation fails."""
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
    from botocore.exceptions import ConnectionError as BotocoreConnectionError

    try:
        yield
    except (AdministrationError, NoLocalServerError, ValueError) as exc:
        fail(str(exc))
    except ClientError as exc:
        if exc.response["Error"]["Code"] == "ResourceNotFoundException":
            fail("The stack's tables are not there: check --stack, and the region and account of your AWS credentials.")
        fail(str(exc))
    except (BotocoreConnectionError, HTTPClientError) as exc:
        fail(str(exc), TRY_AGAIN_LATER)
    except BotoCoreError as exc:
        fail(str(exc))
