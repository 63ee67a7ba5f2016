"""Asking before something is deleted for good."""

from leads_cli.console import messages
from leads_cli.errors import CommandError, CommandInterruptedError


def confirm(question: str, expected: str) -> None:
    """End the command unless the question is answered as expected."""
    try:
        answer = messages.input(f"{question} ", markup=False)
    except EOFError as exc:
        raise CommandError("Nothing was deleted: nobody is there to be asked, and --yes was not given.") from exc
    except KeyboardInterrupt as exc:
        messages.print()
        raise CommandInterruptedError("Nothing was deleted.") from exc
    if answer.strip() != expected:
        raise CommandError("Nothing was deleted: that was another answer.")
