"""The schema that leads are validated with: compiled when the layer is built, elsewhere derived from the models.

Importing pydantic and deriving the schema would take longer, in a cold start, than all our other imports together.
"""

from pydantic_core import CoreSchema

LEAD: CoreSchema
try:
    from leads_core.compiled_models import LEAD  # type: ignore[import-not-found,no-redef]  # written by the build
except ModuleNotFoundError:
    from leads_core.model_schemas import core_schema

    LEAD = core_schema()

_definitions = {definition["ref"]: definition for definition in LEAD["definitions"]}

LEAD_FIELDS: tuple[str, ...] = tuple(LEAD["schema"]["fields"])
"""Names of the fields of a lead in a request."""

CONTACT_FIELDS: tuple[str, ...] = tuple(_definitions["ContactRequest"]["fields"])
"""Names of the fields of a contact in a request."""

LIST_FIELDS: tuple[str, ...] = tuple(
    name for name, field in LEAD["schema"]["fields"].items() if field["schema"]["type"] == "list"
)
"""Names of the fields of a lead that hold a list."""
