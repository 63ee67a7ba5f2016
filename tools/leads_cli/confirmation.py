"""Asking before something is deleted for good."""

from leads_cli.console import fail, messages

_INTERRUPTED = 130


def confirm(question: str, expected: str) -> None:
    """End the command unless the question is answered as expected."""
    try:
        answer = messages.input(f"{question} ", markup=False)
    except EOFError:
        fail("Nothing was deleted: nobody is there to be asked, and --yes was not given.")
    except KeyboardInterrupt:
        messages.print()
        fail("Nothing was deleted.", _INTERRUPTED)
    if answer.strip() != expected:
        fail("Nothing was deleted: that was another answer.")
