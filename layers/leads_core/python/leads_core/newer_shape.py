"""Translates leads of the newer shape in the vendor's documentation to the older shape, which is ours.

The newer shape has ``isContact``, ``name``, ``emails`` and ``socials``; the older one has ``company``, ``email`` and
``linkedIn`` (closingdealz.io/api/objects/lead-request-object). If a lead has both, members of the older shape win.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import count, islice
from typing import Any, NamedTuple

from leads_core.lead_schema import CONTACT_FIELDS, LEAD_FIELDS
from leads_core.leads import MAX_CONTACTS, MAX_CUSTOM_MEMBERS, Path

_Found = tuple[Path, Any]
"""A value, and its path in the lead as it was sent."""
_Contact = dict[str, _Found]

# The first element of each array belongs to the lead itself, the others become further contacts.
_ARRAYS = {"email": "emails", "phoneNumber": "phonenumbers", "address": "addresses"}
_NETWORKS = {"linkedin": "linkedIn", "twitter": "twitter", "x": "twitter", "facebook": "facebook", "website": "website"}
_HOSTS = {"linkedin.com": "linkedIn", "twitter.com": "twitter", "x.com": "twitter", "facebook.com": "facebook"}
_OF_CONTACTS_TOO = {"socials", *_ARRAYS.values()}
_ONLY_NEWER = {"iscontact", "name", "lastname", "role", "companyid", "contactid"} | _OF_CONTACTS_TOO
_KNOWN = _ONLY_NEWER | {name.lower() for name in (*LEAD_FIELDS, *CONTACT_FIELDS)}
_NAMES_OF_TEXTS = {"address", "email", "number", "phone", "text", "url", "value"}
_ABOUT_A_TEXT = {"id", "isprimary", "kind", "label", "primary", "type"}
_MOST_FURTHER_CONTACTS = 20
_MOST_SOCIALS = 100


class OlderLead(NamedTuple):
    """A lead in the older shape.

    ``sources`` are of translated values: from their path in this lead to their path in the lead as sent. ``ignored``
    names the members that have values for which the older shape has no field.
    """

    members: dict[str, Any]
    sources: dict[Path, Path]
    ignored: list[str]


def as_older(lead: Mapping[str, Any]) -> OlderLead | None:
    """The lead in the older shape, None if it has that shape already."""
    members = _Members(lead)
    contacts = members.get("contacts")
    newer_contacts = _newer_contacts(contacts) if isinstance(contacts, list) else {}
    if not members.has_any(_ONLY_NEWER) and not newer_contacts:
        return None
    further = _translate_lead(members) if members.has_any(_ONLY_NEWER) else []
    if _is_zero(members.get("employeeCount")):
        members.take("employeeCount")
    if isinstance(contacts, list):
        place = (members.spelling("contacts"),)
        for position, contact in newer_contacts.items():
            further += _translate_contact(contact, (*place, position), _MOST_FURTHER_CONTACTS - len(further))
            members.ignored += [f"contacts/{position}/{name}" for name in contact.ignored]
            members.sources |= {(*place, position, *path): found for path, found in contact.sources.items()}
        older = [newer_contacts[at].values if at in newer_contacts else contact for at, contact in enumerate(contacts)]
        members.values[place[0]] = older
    _add_contacts(members, further)
    return OlderLead(members.values, members.sources, members.ignored)


class _Members:
    """The members of an object, by names in any letter case. If a name is there several times, the last one counts."""

    def __init__(self, sent: Mapping[str, Any]) -> None:
        self._spellings = {spelled.lower(): spelled for spelled in sent}
        # The earlier ones are dropped, so that they do not count when the last one is taken. All unknown names are
        # kept, because they are reported as ignored.
        self.values = {
            spelled: value
            for spelled, value in sent.items()
            if self._spellings[lower := spelled.lower()] == spelled or lower not in _KNOWN
        }
        self.sources: dict[Path, Path] = {}
        self.ignored: list[str] = []

    def has_any(self, names: set[str]) -> bool:
        """Whether there is one of these lower-case names, or an array where the older shape has a single text."""
        return not names.isdisjoint(self._spellings) or any(type(self.get(name)) is list for name in _ARRAYS)

    def spelling(self, name: str) -> str:
        """The client's spelling of one of our names."""
        return self._spellings.get(name.lower(), name)

    def get(self, name: str) -> Any:  # noqa: ANN401 - any JSON
        """The value of a member; None if it is absent or empty."""
        value = self.values.get(self.spelling(name))
        return None if value == "" else value

    def take(self, name: str) -> _Found | None:
        """Remove a member, and return its value if it has one."""
        spelled, value = self.spelling(name), self.get(name)
        self.values.pop(spelled, None)
        return None if value is None else ((spelled,), value)

    def give(self, name: str, found: _Found | None) -> None:
        """Add a member with one of our names, unless it has a value already."""
        if found is not None and self.get(name) is None:
            source, self.values[self.spelling(name)] = found
            self.sources[self.spelling(name),] = source
            self._spellings.setdefault(name.lower(), name)

    def give_custom(self, name: str, found: _Found | None) -> bool:
        """Add a member to ``custom``, unless it has a value already; return whether it was added."""
        spelled = self.spelling("custom")
        custom = self.get("custom") or {}
        if (
            found is None
            or not isinstance(custom, dict)
            or len(custom) > MAX_CUSTOM_MEMBERS
            or custom.get(name) is not None
        ):
            return False
        source, value = found
        self.sources.setdefault((spelled,), source[:1] if spelled not in self.values else (spelled,))
        self.values[spelled] = {**custom, name: value}
        self.sources[spelled, name] = source
        return True


def _is_zero(value: Any) -> bool:  # noqa: ANN401 - any JSON
    return isinstance(value, str) and value.strip("+-0. ") == "" and "0" in value


def _newer_contacts(contacts: list[Any]) -> dict[int, _Members]:
    """The contacts of the newer shape, by their positions. A lead with more contacts than allowed is refused anyway."""
    all_members = ((at, _Members(each)) for at, each in enumerate(contacts[:MAX_CONTACTS]) if isinstance(each, dict))
    return {at: members for at, members in all_members if members.has_any(_OF_CONTACTS_TOO)}


def _translate_lead(members: _Members) -> list[_Contact]:
    """Translate the members of a lead to the older shape, and return the further contacts."""
    is_contact = members.take("isContact")
    members.give_custom("isContact", is_contact)
    members.give_custom("companyId", members.take("companyId"))
    members.give_custom("contactId", members.take("contactId"))
    if is_contact and str(is_contact[1]).lower() in {"true", "1"}:
        members.give("contactPerson", _joined(members.take("name"), members.take("lastName")))
    else:
        members.give("company", members.take("name"))
    members.give("jobTitle", members.take("role"))
    numbers = count(1)

    def give_other(found: _Found) -> None:
        for number in numbers:
            if members.give_custom(f"social{number}", found) or number > MAX_CUSTOM_MEMBERS:
                return

    _translate_socials(members, give_other)
    return _translate_arrays(members, _MOST_FURTHER_CONTACTS)


def _translate_contact(members: _Members, place: Path, most_further: int) -> list[_Contact]:
    """Translate the contact at ``place`` to the older shape, and return the further contacts."""
    others: list[_Found] = []
    _translate_socials(members, others.append)
    if others:
        members.ignored.append(members.spelling("socials"))
    further = _translate_arrays(members, most_further)
    members.sources = {path: (*place, *source) for path, source in members.sources.items()}
    return [{name: ((*place, *source), value) for name, (source, value) in each.items()} for each in further]


def _joined(name: _Found | None, last_name: _Found | None) -> _Found | None:
    """The full name as one text. If a part is not text, an object instead, which fails validation as non-text."""
    found = [part for part in (name, last_name) if part]
    for place, value in found:
        if not isinstance(value, str):
            return place, {}
    return (found[0][0], " ".join(value for _, value in found)) if found else None


def _translate_arrays(members: _Members, most_further: int) -> list[_Contact]:
    further: list[_Contact] = []
    for name, plural in _ARRAYS.items():
        arrays = [members.take(name)] if type(members.get(name)) is list else []
        arrays.append(members.take(plural))
        texts = (text for array in arrays if array for text in _texts(*array))
        if members.get(name) is None:
            members.give(name, next(texts, None))
        for number, text in enumerate(islice(texts, most_further)):
            if number == len(further):
                further.append({})
            further[number][name] = text
        members.ignored += {str(place[0]) for place, _ in texts}
    return further


def _add_contacts(members: _Members, further: list[_Contact]) -> None:
    contacts = members.get("contacts") or []
    if further and isinstance(contacts, list):
        spelled = members.spelling("contacts")
        members.values[spelled] = [*contacts, *({name: value for name, (_, value) in each.items()} for each in further)]
        for position, contact in enumerate(further, len(contacts)):
            members.sources |= {(spelled, position, name): source for name, (source, _) in contact.items()}


def _translate_socials(members: _Members, give_other: Callable[[_Found], None]) -> None:
    socials = members.take("socials")
    if socials is None:
        return
    for found in islice(_texts(*socials), _MOST_SOCIALS):
        field = _network(socials[1], *found)
        if field and members.get(field) is None:
            members.give(field, found)
        else:
            give_other(found)


def _network(socials: Any, place: Path, url: Any) -> str | None:  # noqa: ANN401 - any JSON
    """The field for a page of a social network: by its declared type, or else by its host."""
    social = socials[place[1]] if isinstance(socials, list) and isinstance(place[1], int) else None
    if isinstance(social, dict):
        kinds = [value for name, value in social.items() if name.lower() == "type" and isinstance(value, str)]
        if kinds and (field := _NETWORKS.get(kinds[0].strip().lower())):
            return field
    if not isinstance(url, str):
        return None
    host = url.rpartition("//")[2].partition("/")[0].lower()
    return next((field for known, field in _HOSTS.items() if host == known or host.endswith(f".{known}")), None)


def _texts(place: Path, value: Any) -> Iterator[_Found]:  # noqa: ANN401 - any JSON
    """The texts in an array of texts, or of objects with one text.

    Anything else is returned as it is, and fails validation as non-text.
    """
    if not isinstance(value, list):
        yield place, value
        return
    for index, element in enumerate(value):
        if isinstance(element, dict):
            if found := _text_of(element):
                name, text = found
                yield ((*place, index) if name is None else (*place, index, name)), text
        elif element not in (None, ""):
            yield (*place, index), element


def _text_of(element: dict[str, Any]) -> tuple[str | None, Any] | None:
    """The text of an object, and its name there: the first text with a known name, or else the only one."""
    present = {name: value for name, value in element.items() if value not in (None, "")}
    known = [(name, value) for name, value in present.items() if name.lower() in _NAMES_OF_TEXTS]
    if known:
        return known[0]
    others = [(name, value) for name, value in present.items() if name.lower() not in _ABOUT_A_TEXT]
    # If there are several, it is not clear which one is meant.
    return (None, element) if len(others) > 1 else next(iter(others), None)
