"""How values look on a page."""

import json
import re
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from leads_admin.field_schemas import FieldKind, kinds_of_contact, kinds_of_lead
from leads_core.lead_schema import LEAD_FIELDS
from leads_core.leads import Lead
from leads_core.timestamps import to_epoch_ms

_MINUTE, _HOUR, _DAY, _WEEK = 60, 3600, 86_400, 7 * 86_400
_NAMES = {"linkedIn": "LinkedIn", "email": "E-mail", "phoneNumber": "Phone"}
_SHOWN_ELSEWHERE = {"id", "labels", "notes", "contacts", "custom"}
_DATE_TIMES = {
    name
    for kinds in (kinds_of_lead(), kinds_of_contact())
    for name, kind in kinds.items()
    if kind is FieldKind.DATE_TIME
}
_A_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def ago(epoch_ms: int) -> str:
    """How long ago a time is. The page's script has the same, and keeps it up to date."""
    seconds = time.time() - epoch_ms / 1000
    if seconds < -_MINUTE or seconds >= _WEEK:
        return f"{datetime.fromtimestamp(epoch_ms / 1000, UTC):%-d %b %Y}"
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} min ago"
    if seconds < _DAY:
        return f"{int(seconds // _HOUR)} h ago"
    return f"{int(seconds // _DAY)} d ago"


def exact(epoch_ms: int) -> str:
    """A time to the second."""
    return f"{datetime.fromtimestamp(epoch_ms / 1000, UTC):%-d %B %Y, %H:%M:%S} UTC"


def iso(epoch_ms: int) -> str:
    """A time for programs."""
    return datetime.fromtimestamp(epoch_ms / 1000, UTC).isoformat(timespec="seconds")


def epoch_ms(stored: str) -> int | None:
    """A stored time; None if it is not a time, or lies outside the years that a page can show."""
    try:
        return to_epoch_ms(stored)
    except (ValueError, OverflowError):
        return None


def title_of(field: str) -> str:
    """The name of a field as people write it: ``jobTitle`` is Job title."""
    return _NAMES.get(field) or _A_HUMP.sub(" ", field).capitalize()


def web_address(text: Any) -> str | None:  # noqa: ANN401 - a field's value
    """The text if it is the address of a web page, which a link may lead to, and nothing else such as a script."""
    if not isinstance(text, str):
        return None
    try:
        address = urlsplit(text.strip())
    except ValueError:
        return None
    return text.strip() if address.scheme.lower() in {"http", "https"} and address.hostname else None


def name_of(lead: Lead) -> str | None:
    """What people call a lead: its company, a person, or an address."""
    people = (contact.get("name") or contact.get("email") for contact in lead.get("contacts", ()))
    return next(filter(None, (lead.get("company"), lead.get("contactPerson"), lead.get("email"), *people)), None)


def fields_of(lead: Lead) -> dict[str, Any]:
    """What is shown of a lead in a table, in the order of the API's fields; what the API does not know comes last."""
    names = [name for name in LEAD_FIELDS if name in lead] + sorted(lead.keys() - {*LEAD_FIELDS})
    return {name: lead[name] for name in names if name not in _SHOWN_ELSEWHERE}


def person_of(lead: Lead) -> str | None:
    """The person to talk to, unless that is what the lead is called."""
    contact: Lead = next(iter(lead.get("contacts", ())), {})
    whole = " ".join(filter(None, (contact.get("name"), contact.get("lastName"))))
    person: str | None = lead.get("contactPerson") or whole or None
    return person if person and person != name_of(lead) else None


def email_of(lead: Lead) -> str | None:
    """The address to write to, unless that is what the lead is called."""
    emails = (lead.get("email"), *(contact.get("email") for contact in lead.get("contacts", ())))
    email: str | None = next(filter(None, emails), None)
    return email if email != name_of(lead) else None


def pretty(value: Any) -> str:  # noqa: ANN401 - any JSON
    """JSON on several lines."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def shown(field: str, value: Any) -> Markup:  # noqa: ANN401 - a field's value
    """The value of a field; a link if it is the address of a web page, the exact time if it is one."""
    if field in _DATE_TIMES and (moment := epoch_ms(str(value))) is not None:
        return Markup('<time datetime="{}">{}</time>').format(iso(moment), exact(moment))
    if address := web_address(value):
        return Markup('<a href="{}" rel="noopener noreferrer" target="_blank"><bdi>{}</bdi></a>').format(address, value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return Markup("<bdi>{}</bdi>").format(text)
