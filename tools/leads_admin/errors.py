"""The error of operations that are refused."""


class AdministrationError(Exception):
    """An operation was refused. Its text says why. Nothing was changed."""
