"""The errors that end a command, and their exit codes; 0 means success.

CommandError: 1, it was refused
+-- WrongUsageError: 2
+-- TryAgainLaterError: 4, something is unavailable
+-- CommandInterruptedError: 130
+-- NoLocalServerError
+-- ExportError
+-- ImportingError: see leads_cli.importing.errors, which has 3 for rejected rows

The text is one line that says what to do, if anything helps. Code that knows more about an error,
such as how far a command is, adds a note to it.
"""

import typer


class CommandError(Exception):
    """The command was refused, or failed."""

    exit_code = 1


class WrongUsageError(CommandError):
    """The command was typed wrongly."""

    exit_code = 2


class TryAgainLaterError(CommandError):
    """What the command needs is not available."""

    exit_code = 4


class CommandInterruptedError(CommandError):
    """Somebody interrupted the command."""

    exit_code = 130


def as_command_error(error: BaseException, command: str = "leads") -> CommandError | None:
    """The error to show to the user; None if it is unexpected, or handled by Typer.

    Suggested commands begin with ``command``.
    """
    if isinstance(error, CommandError):
        return error
    if isinstance(error, (KeyboardInterrupt, typer.Abort)):
        return CommandInterruptedError("Interrupted.")
    if hasattr(error, "exit_code"):  # as Typer's errors have
        return None
    # Imported here, because most commands need only a few of these.
    from botocore.exceptions import BotoCoreError, ClientError

    from leads_admin.errors import AdministrationError
    from leads_cli.aws_errors import explained
    from leads_client import LeadsClientError, ServiceError
    from leads_core.errors import StoreUnavailableError

    match error:
        case BotoCoreError() | ClientError():
            text, is_transient = explained(error)
            return TryAgainLaterError(text) if is_transient else CommandError(text)
        case StoreUnavailableError():
            return TryAgainLaterError(f"DynamoDB kept refusing ({error}): run the same command again later.")
        case ServiceError():
            return TryAgainLaterError(str(error))
        case AdministrationError():
            return CommandError(error.text_with_remedy(command))
        case LeadsClientError():
            return CommandError(str(error))
        case _:
            return None
