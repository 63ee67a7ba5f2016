"""The schema that leads are read by: compiled when the layer was built, elsewhere derived from the models.

Importing pydantic, and deriving the schema, would take a cold start longer than all else that is imported of ours.
"""

from pydantic_core import CoreSchema

LEAD: CoreSchema
try:
    from leads_core.compiled_models import LEAD  # type: ignore[import-not-found,no-redef]  # written by the build
except ModuleNotFoundError:
    from leads_core.model_schemas import core_schema

    LEAD = core_schema()

LEAD_FIELDS: tuple[str, ...] = tuple(LEAD["schema"]["fields"])
"""Names of what a lead in a request may have."""

CONTACT_FIELDS: tuple[str, ...] = tuple(LEAD["definitions"][0]["fields"])
"""Names of what a contact in a request may have."""

LIST_FIELDS: tuple[str, ...] = tuple(
    name for name, field in LEAD["schema"]["fields"].items() if field["schema"]["type"] == "list"
)
"""Those of a lead that are a list."""
