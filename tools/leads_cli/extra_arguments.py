"""The error for arguments that a command does not take. It never repeats an API key, because it may be logged."""

from leads_core import keys

_HINTS = {
    "check": "An API key is not an argument: other users of this machine can see it. Type it when asked or pipe it in.",
    "send": "The fields of a lead are options, such as --company, and nothing else is read. A file: leads import FILE",
}
_SHOWN_CHARACTERS = 12


def extra_arguments(command: str, extra: list[str]) -> str:
    """An error in a line."""
    if hint := _HINTS.get(command):
        return hint
    shown = " ".join(f"{text[:_SHOWN_CHARACTERS]}…" if keys.PREFIX in text else text for text in extra)
    return f"There is more than the command takes: {shown}"
