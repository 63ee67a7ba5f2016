"""The columns of a table of leads, as an export writes it and an import knows it again."""

from leads_core.lead_schema import LEAD_FIELDS

COLUMNS = ("id", *(field for field in LEAD_FIELDS if field != "custom"))
"""Names of the columns that every table has, as the API spells the fields; those of custom members come behind."""

REJECTED_COLUMNS = ("rejected row", "rejected because")
"""What a file of rejected rows has in front of their own columns; ``row`` and ``reason`` would be names of many."""

CUSTOM = "custom."
"""What stands before the name of a custom member where it is a column's field, or its heading."""
