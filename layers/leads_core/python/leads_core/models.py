"""The fields of a lead in a request: one line each, with type, limit, description and example.

Everything else about fields is derived from these models: the validation of requests, the description of the API, the
schema of the event, the columns of exports, the options of ``leads send``, the targets of imports, the tables of
docs/api.md.

Fields and limits are those of the ClosingDealz lead and contact request objects. Lengths are Unicode code points.
``null`` and empty text mean that a field is absent, whatever its type.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, PlainValidator, Tag
from typing_extensions import TypedDict

from leads_core import conversions
from leads_core.leads import (
    DEFAULT_EMPLOYEE_COUNT,
    MAX_CONTACTS,
    MAX_CUSTOM_MEMBERS,
    MAX_CUSTOM_NAME_LENGTH,
    MAX_CUSTOM_TEXT_LENGTH,
    MAX_LABELS,
)

# In an annotation, limits come before these, so that they become limits of the type itself.
_NUMBER_OR_ITS_TEXT = BeforeValidator(conversions.whole_number)
_STORED_IN_UTC = AfterValidator(conversions.utc)


def _text(most_characters: int, description: str, example: str) -> Any:  # noqa: ANN401 - pydantic's field
    return Field(max_length=most_characters, description=description, examples=[example])


def _number(least: int, most: int, description: str, example: int) -> Any:  # noqa: ANN401 - pydantic's field
    return Field(ge=least, le=most, description=description, examples=[example])


def _date_time(description: str) -> Any:  # noqa: ANN401 - pydantic's field
    return Field(description=description, examples=["2026-11-23T08:15:00Z"], json_schema_extra={"format": "date-time"})


class ContactRequest(TypedDict, total=False):
    """A person. Every field is optional; a contact without any field is not stored."""

    name: Annotated[str, _text(256, "First name, or the whole name.", "Ada")]
    lastName: Annotated[str, _text(256, "Last name.", "Lovelace")]
    email: Annotated[str, _text(124, "E-mail address. No syntax is enforced.", "ada@example.com")]
    phoneNumber: Annotated[str, _text(64, "Telephone number. No syntax is enforced.", "+46 70 123 45 67")]
    address: Annotated[str, _text(256, "Postal address.", "1 Example Street, 111 22 Stockholm")]
    website: Annotated[str, _text(512, "Address of a web page. No syntax is enforced.", "https://example.com")]
    linkedIn: Annotated[str, _text(512, "Page on LinkedIn.", "https://www.linkedin.com/in/ada")]
    twitter: Annotated[str, _text(512, "Page on Twitter.", "https://twitter.com/ada")]
    facebook: Annotated[str, _text(512, "Page on Facebook.", "https://www.facebook.com/ada")]
    role: Annotated[str, _text(64, "What the person does.", "Head of Analytics")]
    dateCreated: Annotated[str, _date_time("When it came up; the time of the request when absent."), _STORED_IN_UTC]


Contacts = Annotated[list[ContactRequest | None], Field(max_length=MAX_CONTACTS)]
_NO_CONTROL_CHARACTERS = f"^[^{conversions.CONTROL_CHARACTERS}]*$"
CustomName = Annotated[
    str, Field(min_length=1, max_length=MAX_CUSTOM_NAME_LENGTH), AfterValidator(conversions.custom_name)
]
CustomValue = Annotated[
    str | float | bool,
    PlainValidator(
        conversions.custom_value,
        json_schema_input_type=Annotated[str, Field(max_length=MAX_CUSTOM_TEXT_LENGTH)]
        | Annotated[float, Field(ge=-float(conversions.MOST_CUSTOM_NUMBER), le=float(conversions.MOST_CUSTOM_NUMBER))]
        | bool,
    ),
]
Label = Annotated[str, Field(max_length=64)]


class LeadRequest(TypedDict, total=False):
    """A sales lead. Every field is optional."""

    company: Annotated[str, _text(256, "Name of the company.", "Open AI")]
    # The endpoint's page shows text, the object's page an array.
    contactPerson: Annotated[
        Annotated[str, Field(max_length=256), Tag("text")] | Annotated[Contacts, Tag("array")],
        Discriminator(conversions.shape),
        Field(description="The person to talk to: a name, or contacts.", examples=["Ada Lovelace"]),
    ]
    contacts: Annotated[Contacts, Field(description="Contacts; stored behind those of `contactPerson`.")]
    jobTitle: Annotated[str, _text(256, "What the contact person does.", "Head of Analytics")]
    industry: Annotated[str, _text(256, "What the company does.", "Software")]
    employeeCount: Annotated[
        int,
        _number(1, 5_000_000, f"How many people the company employs; {DEFAULT_EMPLOYEE_COUNT} when absent.", 50),
        _NUMBER_OR_ITS_TEXT,
    ]
    website: Annotated[str, _text(512, "Address of a web page. No syntax is enforced.", "https://example.com")]
    linkedIn: Annotated[str, _text(512, "Page on LinkedIn.", "https://www.linkedin.com/company/example")]
    twitter: Annotated[str, _text(512, "Page on Twitter.", "https://twitter.com/example")]
    facebook: Annotated[str, _text(512, "Page on Facebook.", "https://www.facebook.com/example")]
    email: Annotated[str, _text(124, "E-mail address. No syntax is enforced.", "ada@example.com")]
    phoneNumber: Annotated[str, _text(64, "Telephone number. No syntax is enforced.", "+46 70 123 45 67")]
    address: Annotated[str, _text(256, "Postal address.", "1 Example Street, 111 22 Stockholm")]
    notes: Annotated[str, _text(6942, "Anything else, on several lines if need be.", "Wants an offer by Friday.")]
    labels: Annotated[
        list[Label | None],
        Field(max_length=MAX_LABELS, description="Labels to find the lead by.", examples=[["fair"]]),
    ]
    date: Annotated[str, _date_time("When it came up; the time of the request when absent."), _STORED_IN_UTC]
    custom: Annotated[
        dict[CustomName, CustomValue],
        Field(
            max_length=MAX_CUSTOM_MEMBERS,
            description="Members of your own, such as campaign and consent: text, numbers, true or false; 8 KB in all.",
            examples=[{"utm_source": "ads"}],
            json_schema_extra={
                "propertyNames": {
                    "minLength": 1,
                    "maxLength": MAX_CUSTOM_NAME_LENGTH,
                    "pattern": _NO_CONTROL_CHARACTERS,
                }
            },
        ),
        AfterValidator(conversions.custom_of_8_kb),
    ]
