"""Cells with several values, and addresses of e-mail as mail programs write them."""

import re
from typing import NamedTuple

from leads_core.leads import Lead

# What Google writes between several values.
_BETWEEN_VALUES = ":::"
_BETWEEN_ADDRESSES = (re.compile(":::|;"), re.compile(":::|[;,]"))
_IN_ADDRESS = r"[^\s@<>,;:()\[\]\"]+"
_ONE_ADDRESS = re.compile(rf"(?!mailto:){_IN_ADDRESS}@{_IN_ADDRESS}", re.IGNORECASE)
_ADDRESS = re.compile(
    rf"(?:(?P<name>[^<>]*)<\s*)?(?:mailto:)?(?P<address>{_IN_ADDRESS}@{_IN_ADDRESS})\s*(?(name)>)", re.IGNORECASE
)
_NUMBER = re.compile(r"\+?[\d\s().-]+")
_LEAST_DIGITS = 5
_SEVERAL = ("email", "phoneNumber", "website", "address")


class Address(NamedTuple):
    """An e-mail address, and the name in front of it, which may be empty."""

    address: str
    name: str = ""


def addresses_in(text: str) -> list[Address]:
    """The addresses in a text that has nothing else in it; otherwise none."""
    if _ONE_ADDRESS.fullmatch(text):
        return [Address(text)]
    for parts in ([text], *(between.split(text) for between in _BETWEEN_ADDRESSES)):
        found = [_ADDRESS.fullmatch(stripped) for part in parts if (stripped := part.strip())]
        if found and all(found):
            return [Address(each["address"], _name(each["name"] or "")) for each in found if each]
    return []


def numbers_in(text: str) -> list[str]:
    """The telephone numbers in a text that has several and nothing else in it; otherwise none."""
    if ";" not in text and "," not in text:
        return []
    parts = [stripped for part in text.split(";") if (stripped := part.strip())]
    if len(parts) == 1:
        parts = [part.strip() for part in text.split(",")]
        if not all(part.startswith("+") for part in parts):
            return []
    are_numbers = all(_NUMBER.fullmatch(part) and sum(map(str.isdigit, part)) >= _LEAST_DIGITS for part in parts)
    return parts if are_numbers and (len(parts) > 1 or ";" in text) else []


def with_further_values(lead: Lead) -> Lead:
    """The lead with the first of several values in a field; each further one is in a contact of its own.

    Names in front of addresses become that of the lead, if it has no other, and those of the contacts.
    """
    further: list[dict[str, str]] = []
    for field in _SEVERAL:
        value = lead.get(field)
        if isinstance(value, str) and (values := _values(field, value)):
            (lead[field], name), *others = values
            if name:
                lead.setdefault("contactPerson", name)
            further += [{} for _ in range(len(others) - len(further))]
            for contact, (other, its_name) in zip(further, others, strict=False):
                contact.update({field: other, "name": its_name} if its_name else {field: other})
    contacts = lead.get("contacts", [])
    if further and isinstance(contacts, list):
        lead["contacts"] = contacts + further
    return lead


def labels_of_google(text: str) -> str:
    """Google's labels, which begin with a star if they are the program's own."""
    if _BETWEEN_VALUES not in text and not text.startswith("* "):
        return text
    return "; ".join(label.removeprefix("* ") for label in _split(text))


def _values(field: str, value: str) -> list[Address]:
    """The values in a cell, with names of addresses; none if it is one, as it is."""
    if field == "email" and (addresses := addresses_in(value)):
        return addresses
    if field == "phoneNumber" and (numbers := numbers_in(value)):
        return [Address(number) for number in numbers]
    if _BETWEEN_VALUES not in value:
        return []
    return [Address(part) for part in _split(value) if part] or [Address("")]


def _split(text: str) -> list[str]:
    return [value.strip() for value in text.split(_BETWEEN_VALUES)]


def _name(text: str) -> str:
    """A name without its quotes; some programs put the address in its place."""
    name = text.strip().strip("\"'").strip()
    return "" if "@" in name else name
