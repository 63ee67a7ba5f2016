"""Names of the columns that a file of rejected rows has before those of the imported file."""

REJECTED_COLUMNS = ("rejected row", "rejected because")
"""Not ``row`` and ``reason``, which are names of columns in many tables."""
