"""Writing the leads of a workspace to a file, however many they are."""

from leads_cli.errors import CommandError


class ExportError(CommandError):
    """An export was refused; the text says why and what to do."""
