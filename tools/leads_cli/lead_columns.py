"""Columns of a table to import that are no fields of the API."""

REJECTED_COLUMNS = ("rejected row", "rejected because")
"""Columns that a file of rejected rows has before their own; ``row`` and ``reason`` are names that many tables have."""

CUSTOM = "custom."
"""Prefix of a custom member's name, in the heading of its column and as a target of a column."""
