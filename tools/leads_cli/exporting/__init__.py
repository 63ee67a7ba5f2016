"""Writing the leads of a workspace to a file, however many they are."""


class ExportError(Exception):
    """An export was refused; the text says why and what to do."""
