"""Why an operation was refused."""


class AdministrationError(Exception):
    """An operation was refused; the text says why, and nothing was changed."""
