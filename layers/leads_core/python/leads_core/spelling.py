"""Maps names of fields from any spelling to ours, and back."""

from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest
from typing import Any

from leads_core.lead_schema import CONTACT_FIELDS, LEAD_FIELDS

_CONTACT_LISTS = ("contactPerson", "contacts")
# Responses have a size limit, so the names in them are truncated.
_MAX_IGNORED_NAMES = 20
_MAX_IGNORED_NAME_LENGTH = 64


def _by_spelling(names: Iterable[str]) -> dict[str, str]:
    """Our names by their usual spellings, and by their lower case, which stands for all other spellings."""
    return {spelled: name for name in names for spelled in (name, name[0].upper() + name[1:], name.lower())}


_LEAD_NAMES = _by_spelling(LEAD_FIELDS)
_CONTACT_NAMES = _by_spelling(CONTACT_FIELDS)


def fold_lead(members: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A lead's fields by our names, and the first unknown names in alphabetical order."""
    fields, ignored = _fold(members, _LEAD_NAMES)
    for list_name in _CONTACT_LISTS:
        contacts = fields.get(list_name)
        if not isinstance(contacts, list):
            continue
        folded = fields[list_name] = []
        for position, contact in enumerate(contacts):
            if not isinstance(contact, dict):
                folded.append(None if contact == "" else contact)
                continue
            of_contact, unknown = _fold(contact, _CONTACT_NAMES)
            folded.append(of_contact)
            ignored += [f"{list_name}/{position}/{name}" for name in _first(unknown)]
    if isinstance(custom := fields.get("custom"), dict):
        fields["custom"] = {name: value for name, value in custom.items() if value is not None}
    return fields, [name[:_MAX_IGNORED_NAME_LENGTH] for name in _first(ignored)]


def says_only_unknown(members: Mapping[str, Any]) -> bool:
    """Whether a lead has values, but no name of a field."""
    has_field = any(spelled.lower() in _LEAD_NAMES for spelled in members)
    return not has_field and any(value not in (None, "") for value in members.values())


def as_spelled(lead: Any, path: Sequence[str | int]) -> tuple[str | int, ...]:  # noqa: ANN401 - any JSON
    """A path into a folded lead as the client spelled it."""
    spelled = list(path)
    if path and isinstance(lead, dict):
        spelled[0] = _last_spelling(lead, _LEAD_NAMES, path[0])
        if len(path) == len(("contacts", 0, "name")):
            spelled[2] = _last_spelling(lead[spelled[0]][path[1]], _CONTACT_NAMES, path[2])
    return tuple(spelled)


def _fold(members: Mapping[str, Any], names: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """The present members of an object by our names, and its unknown names."""
    ignored = []
    try:
        fields = {names[spelled]: value for spelled, value in members.items()}
    except KeyError:
        fields = {}
        for spelled, value in members.items():
            if name := names.get(spelled.lower()):
                fields[name] = value
            else:
                ignored.append(spelled)
    if not all(fields.values()):
        # Empty text means absent for fields of every type: spreadsheets cannot express it in another way.
        fields = {name: value for name, value in fields.items() if value is not None and value != ""}
    return fields, ignored


def _first(names: Iterable[str]) -> list[str]:
    return nsmallest(_MAX_IGNORED_NAMES, names)


def _last_spelling(members: dict[str, Any], names: Mapping[str, str], name: str | int) -> str | int:
    """The client's spelling of one of our names; if there are several, the last one counts."""
    return next((spelled for spelled in reversed(members) if names.get(spelled.lower()) == name), name)
