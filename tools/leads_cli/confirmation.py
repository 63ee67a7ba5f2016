"""Asks for confirmation before a command does what may be a mistake."""

from leads_cli.errors import CommandError, CommandInterruptedError
from leads_cli.terminal import messages


def confirm(question: str, expected: str, otherwise: str = "Nothing was deleted") -> None:
    """End the command unless the question is answered as expected; ``otherwise`` then begins the error."""
    try:
        answer = messages.input(f"{question} ", markup=False)
    except EOFError as exc:
        messages.print()
        raise CommandError(f"{otherwise}: nobody is there to be asked, and --yes was not given.") from exc
    except KeyboardInterrupt as exc:
        messages.print()
        raise CommandInterruptedError(f"{otherwise}.") from exc
    if answer.strip() != expected:
        raise CommandError(f"{otherwise}: that was another answer.")
