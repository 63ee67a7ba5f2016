"""The lead as the peers' pydantic models."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

Text64 = Annotated[str, Field(max_length=64)]
Text124 = Annotated[str, Field(max_length=124)]
Text256 = Annotated[str, Field(max_length=256)]
Text512 = Annotated[str, Field(max_length=512)]


class _RequestObject(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def fold_names(cls, members: Any) -> Any:  # noqa: ANN401 - any JSON
        """Match names in any letter case, and treat empty text as absent."""
        if not isinstance(members, dict):
            return members
        names = {to_camel(name).lower(): to_camel(name) for name in cls.model_fields}
        return {names.get(name.lower(), name): None if value == "" else value for name, value in members.items()}


class Contact(_RequestObject):
    """A contact of a lead."""

    name: Text256 | None = None
    last_name: Text256 | None = None
    email: Text124 | None = None
    phone_number: Text64 | None = None
    address: Text256 | None = None
    website: Text512 | None = None
    linked_in: Text512 | None = None
    twitter: Text512 | None = None
    facebook: Text512 | None = None
    role: Text64 | None = None
    date_created: datetime | None = None


class Lead(_RequestObject):
    """A lead."""

    company: Text256 | None = None
    contact_person: Text256 | None = None
    contacts: list[Contact] | None = None
    job_title: Text256 | None = None
    industry: Text256 | None = None
    employee_count: Annotated[int, Field(ge=1, le=5_000_000)] | None = None
    website: Text512 | None = None
    linked_in: Text512 | None = None
    twitter: Text512 | None = None
    facebook: Text512 | None = None
    email: Text124 | None = None
    phone_number: Text64 | None = None
    address: Text256 | None = None
    notes: Annotated[str, Field(max_length=6942)] | None = None
    labels: list[Text64] | None = None
    date: datetime | None = None

    def attributes(self, received_at: datetime) -> dict[str, Any]:
        """The lead as it is stored."""
        self.employee_count = self.employee_count or 1
        self.date = self.date or received_at
        for contact in self.contacts or []:
            contact.date_created = contact.date_created or received_at
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def received_now() -> datetime:
    """The time of a request."""
    return datetime.now(UTC).replace(microsecond=0)
