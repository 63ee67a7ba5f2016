"""Maps names of fields from any spelling to ours, and back."""

from collections.abc import Iterable, Mapping
from heapq import nsmallest
from itertools import islice
from typing import Any

from leads_core.lead_schema import CONTACT_FIELDS, LEAD_FIELDS
from leads_core.leads import MAX_CUSTOM_MEMBERS, Path

_CONTACT_LISTS = ("contactPerson", "contacts")
# Responses have a size limit, so the names in them are truncated.
_MAX_IGNORED_NAMES = 20
_MAX_IGNORED_NAME_LENGTH = 64


def _by_spelling(names: Iterable[str]) -> dict[str, str]:
    """Our names by their usual spellings, and by their lower case, which stands for all other spellings."""
    return {spelled: name for name in names for spelled in (name, name[0].upper() + name[1:], name.lower())}


_LEAD_NAMES = _by_spelling(LEAD_FIELDS)
_CONTACT_NAMES = _by_spelling(CONTACT_FIELDS)


def fold_lead(members: Mapping[str, Any], also_ignored: Iterable[str] = ()) -> tuple[dict[str, Any], list[str]]:
    """A lead's fields by our names, and the first unknown and other ignored names in alphabetical order."""
    fields, ignored = _fold(members, _LEAD_NAMES)
    ignored += also_ignored
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
        # A lead with more is refused; reading them all would take time.
        present = ((name, value) for name, value in custom.items() if value is not None)
        fields["custom"] = dict(islice(present, MAX_CUSTOM_MEMBERS + 1))
    return fields, [name[:_MAX_IGNORED_NAME_LENGTH] for name in _first(ignored)]


def has_only_unknown_names(members: Mapping[str, Any]) -> bool:
    """Whether a lead has values, but no name of a field."""
    has_field = any(spelled.lower() in _LEAD_NAMES for spelled in members)
    return not has_field and any(value not in (None, "") for value in members.values())


class Spellings:
    """The client's own spelling of the names in a lead, which is looked up once for each object."""

    def __init__(self, lead: Any) -> None:  # noqa: ANN401 - any JSON
        self._lead = lead
        self._of_objects: dict[Path, dict[str, str]] = {}

    def of(self, path: Path) -> Path:
        """A path in a folded lead, with the names as the client spelled them."""
        if not path or not isinstance(self._lead, dict):
            return path
        name = self._spelling((), path[0], self._lead, _LEAD_NAMES)
        if len(path) < len(("contacts", 0, "name")):
            return (name, *path[1:])
        contact = self._lead[name][path[1]]
        return (name, path[1], self._spelling((name, path[1]), path[2], contact, _CONTACT_NAMES))

    def _spelling(
        self, place: Path, name: str | int, members: Mapping[str, Any], names: Mapping[str, str]
    ) -> str | int:
        """The client's spelling of one of our names. If there are several, the last one counts."""
        if place not in self._of_objects:
            lower = ((spelled.lower(), spelled) for spelled in members)
            self._of_objects[place] = {names[each]: spelled for each, spelled in lower if each in names}
        return self._of_objects[place].get(str(name), name)


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
