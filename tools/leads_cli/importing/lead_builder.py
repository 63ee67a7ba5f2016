"""From the cells of a row to a lead as the API takes it."""

import csv
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from leads_admin.lead_table import CUSTOM
from leads_cli.importing.columns import ColumnMapping
from leads_cli.importing.employee_counts import is_range, is_zero, whole_number_text
from leads_cli.importing.headings import NAME_PARTS
from leads_cli.importing.json_objects import DecimalText, NoJsonError, decode
from leads_cli.importing.meanings import custom_member
from leads_core.leads import MAX_CUSTOM_MEMBERS, Lead

_BETWEEN_LABELS = re.compile(r"[,;]")
# What becomes of a telephone number when a program has taken it for a number with a decimal point.
_PHONE_NUMBER_AND_ZERO = re.compile(r"(\+?\d+)\.0+", re.ASCII)


def lead_builder(mapping: ColumnMapping) -> Callable[[Sequence[Any]], Lead]:
    """A function from the cells of a row to its lead, in which nothing that is empty appears.

    It changes form, never meaning: what breaks a rule of the API is left for the API's own rules to find.
    """
    steps = [
        (position, field, _CONVERT.get(field, _member if field.startswith(CUSTOM) else _text))
        for position, field in enumerate(mapping.fields)
        if field is not None
    ]
    has_name_parts = any(field in NAME_PARTS for field in mapping.fields)
    members = [field for _, field, _ in steps if field.startswith(CUSTOM)]
    # A range is no number, and has a column's own heading as a name.
    range_member = custom_member(mapping.heading("employeeCount")).removeprefix(CUSTOM)

    def build(cells: Sequence[Any]) -> Lead:
        lead = {}
        width = len(cells)
        for position, field, convert in steps:
            if position < width and (value := convert(cells[position])) not in _ABSENT:
                lead[field] = value
        if has_name_parts and (parts := [lead.pop(part) for part in NAME_PARTS if part in lead]):
            lead["contactPerson"] = " ".join(parts) if all(isinstance(part, str) for part in parts) else parts
        if own := {member.removeprefix(CUSTOM): lead.pop(member) for member in members if member in lead}:
            custom = lead.get("custom", {})
            lead["custom"] = custom | own if isinstance(custom, dict) else custom
        if type(count := lead.get("employeeCount")) is str and is_range(count):
            del lead["employeeCount"]
            custom = lead.setdefault("custom", {})
            if isinstance(custom, dict) and len(custom) < MAX_CUSTOM_MEMBERS:
                custom.setdefault(range_member, count)
        return lead

    return build


_ABSENT: tuple[Any, ...] = ("", None, [])


def _text(value: Any) -> Any:  # noqa: ANN401 - any cell
    if isinstance(value, str):
        return value.strip()
    return str(value) if type(value) is int else value


def _phone_number(value: Any) -> Any:  # noqa: ANN401 - any cell
    text = _text(value)
    if type(text) is str and text.endswith("0") and (found := _PHONE_NUMBER_AND_ZERO.fullmatch(text)):
        return found[1]
    return text


def _employee_count(value: Any) -> Any:  # noqa: ANN401 - any cell
    text = _text(value)
    if type(text) is not str:
        return text
    return "" if is_zero(text) else whole_number_text(text)


def _labels(value: Any) -> Any:  # noqa: ANN401 - any cell
    text = _json(_text(value), "[")
    if type(text) is not str:
        return text
    # Some programs put labels in quotes, as a line of CSV.
    parts = next(csv.reader([text], skipinitialspace=True)) if text.startswith('"') else _BETWEEN_LABELS.split(text)
    return [label for part in parts if (label := part.strip())]


def _contacts(value: Any) -> Any:  # noqa: ANN401 - any cell
    return _json(_text(value), "[")


def _custom(value: Any) -> Any:  # noqa: ANN401 - any cell
    """Members as JSON has them, or as an export to CSV writes them when they have too many names."""
    members = _json(_text(value), "{")
    return {name: _number(part) for name, part in members.items()} or None if isinstance(members, dict) else members


def _member(value: Any) -> Any:  # noqa: ANN401 - any cell
    """The cell as it is: of custom members, spaces and types count."""
    return "" if isinstance(value, str) and not value.strip() else _number(value)


def _number(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """The number that a decimal text was; one beyond what a computer calculates with stays text."""
    return float(value) if isinstance(value, DecimalText) and math.isfinite(float(value)) else value


def _json(value: Any, start: str) -> Any:  # noqa: ANN401 - any cell
    """What a text that begins like JSON is as JSON, if it is."""
    if type(value) is str and value.startswith(start):
        try:
            return decode(value)
        except NoJsonError:
            pass
    return value


_CONVERT: dict[str, Callable[[Any], Any]] = {
    "employeeCount": _employee_count,
    "phoneNumber": _phone_number,
    "labels": _labels,
    "contacts": _contacts,
    "custom": _custom,
}
