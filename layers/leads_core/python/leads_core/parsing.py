"""Parses the body of a request: returns its leads, or what is wrong with them.

The body is decoded once, within bounds that are checked before.
"""

import gc
import json
import re
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic_core import from_json

from leads_core import body_shape
from leads_core.conversions import NumberText
from leads_core.rows import BadLeads, ParsedLeads, read_rows

# Leads need four levels: the array, a lead, its contacts, a contact. The others are for unknown fields.
MAX_DEPTH = 16
# Time and memory depend on the number of values. In the largest bodies this allows one value for ten bytes.
MAX_VALUES = 402_000

# Larger exponents stay as they are: written out, a few bytes of a request would become thousands.
_EXPONENT_OF_UP_TO_TWO_DIGITS = re.compile(r"e[+-]?0*[0-9]{1,2}", re.IGNORECASE)
# The standard library also accepts NaN and lone surrogates, which may be escaped. A body without these is valid JSON.
_SIGNS_OF_LENIENCE = ("NaN", "Infinity", "\\ud", "\\uD")

_FORM = re.compile(r"\s*[\w.%\[\]-]+=[^\s&]*(&|$)|--\S+\r?\nContent-Disposition:", re.IGNORECASE)


class MalformedBody(NamedTuple):
    """The body is not a JSON array of at least one element; ``reason`` is a sentence for the client."""

    reason: str


class TooManyLeads(NamedTuple):
    """The request holds more leads than allowed."""

    lead_count: int


Parsed = ParsedLeads | MalformedBody | TooManyLeads | BadLeads


def parse_leads(body: bytes, *, max_leads: int) -> Parsed:
    """Parse the body of a request. The leads have only the fields that the client sent, without defaults."""
    body = body.removeprefix(b"\xef\xbb\xbf")
    if not body.strip():
        return MalformedBody("The body is empty: send a JSON array of leads.")
    # JSON values form no reference cycles. Searching for cycles while the values grow would double the time.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return _beyond_limits(body, max_leads) or _read(body, max_leads)
    finally:
        if was_enabled:
            gc.enable()


def _beyond_limits(body: bytes, max_leads: int) -> MalformedBody | TooManyLeads | None:
    """Why a body is too deep or too large to decode; None if it is not."""
    outline = body_shape.outline(body)
    if body_shape.is_deeper(outline, MAX_DEPTH):
        return MalformedBody(
            f"The body is nested deeper than {MAX_DEPTH} levels: send deeper values as text, or leave them out."
        )
    if not body_shape.holds_more_values(outline, MAX_VALUES):
        return None
    lead_count = body_shape.element_count(outline)
    if lead_count > max_leads:
        return TooManyLeads(lead_count)
    return MalformedBody(
        f"The body holds more than {MAX_VALUES} values: send fewer leads at a time, and only fields of leads."
    )


def _read(body: bytes, max_leads: int) -> Parsed:
    parsed: ParsedLeads | MalformedBody | TooManyLeads | BadLeads
    may_be_lenient = False
    try:
        text = body.decode()
        # In text of wide characters, this takes a third of the time that it takes in bytes.
        may_be_lenient = any(sign in text for sign in _SIGNS_OF_LENIENCE)
        rows = _decoder.decode(text)
        del text  # its values are in the rows
    except ValueError as exc:
        parsed = MalformedBody(f"The body is not valid JSON: {exc}.")
    else:
        parsed = _read_array(rows, max_leads)
        del rows  # so that two decoded bodies are never in memory
    if isinstance(parsed, MalformedBody):
        return _not_json(body) or parsed
    # Validation has found all invalid JSON except in members that are ignored or repeated.
    if isinstance(parsed, ParsedLeads) and may_be_lenient:
        return _not_json(body) or parsed
    return parsed


def _read_array(rows: Any, max_leads: int) -> Parsed:  # noqa: ANN401 - any JSON
    if not isinstance(rows, list):
        return MalformedBody("The body must be a JSON array of leads, even for a single one: [{...}].")
    if not rows:
        return MalformedBody("The array is empty: send at least one lead.")
    return TooManyLeads(len(rows)) if len(rows) > max_leads else read_rows(rows)


def _not_json(body: bytes) -> MalformedBody | None:
    """Why a body is not JSON, in pydantic's words: the standard library's messages change with its version."""
    try:
        from_json(body, allow_inf_nan=False)
    except ValueError as exc:
        return MalformedBody(_other_kind(body) or f"The body is not valid JSON: {exc}.")
    return None


def _other_kind(body: bytes) -> str | None:
    """A message for a body of another format, if the format can be recognised."""
    if body.startswith(b"\x1f\x8b"):
        return "The body is compressed: send JSON as it is."
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return "The body is not UTF-8: send JSON in UTF-8."
    if "\0" in text[:4]:  # UTF-16 without a byte order mark, which is valid UTF-8 too
        return "The body is not UTF-8: send JSON in UTF-8."
    if text.lstrip().startswith("<"):
        return "The body is HTML or XML, not JSON: send a JSON array of leads."
    return "The body is a form, not JSON: send a JSON array of leads." if _FORM.match(text) else None


def _decimal(literal: str) -> NumberText:
    """A number as decimal text: as the client wrote it, but without a small exponent."""
    _, letter, exponent = literal.lower().partition("e")
    if _EXPONENT_OF_UP_TO_TWO_DIGITS.fullmatch(letter + exponent):
        return NumberText(format(Decimal(literal), "f"))
    return NumberText(literal)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object's members, in the order in which each name occurs last."""
    members = dict(pairs)
    if len(members) < len(pairs):
        members.clear()
        for name, value in pairs:
            members.pop(name, None)
            members[name] = value
    return members


_decoder = json.JSONDecoder(object_pairs_hook=_members, parse_int=NumberText, parse_float=_decimal)
