"""Selects leads by their content."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from leads_core.leads import Lead


@dataclass(frozen=True, slots=True)
class LeadFilter:
    """What a lead must have, all of it: an e-mail address, exactly this label, a text in any field.

    The e-mail address may be that of a contact. Letter case does not matter in it, nor in the text.
    """

    email: str | None = None
    label: str | None = None
    text: str | None = None

    def matches(self, lead: Lead) -> bool:
        """Whether the lead has all of it."""
        return self._has_email(lead) and self._has_label(lead) and self._has_text(lead)

    def is_empty(self) -> bool:
        """Whether every lead matches."""
        return self == _EVERYTHING

    def _has_email(self, lead: Lead) -> bool:
        if self.email is None:
            return True
        wanted = self.email.casefold()
        return any(str(holder.get("email", "")).casefold() == wanted for holder in (lead, *lead.get("contacts", ())))

    def _has_label(self, lead: Lead) -> bool:
        return self.label is None or self.label in lead.get("labels", ())

    def _has_text(self, lead: Lead) -> bool:
        if self.text is None:
            return True
        wanted = self.text.casefold()
        return any(wanted in text.casefold() for text in _texts(lead))


_EVERYTHING = LeadFilter()


def _texts(part: Any) -> Iterator[str]:  # noqa: ANN401 - any part of a lead
    match part:
        case dict():
            for value in part.values():
                yield from _texts(value)
        case list():
            for element in part:
                yield from _texts(element)
        case _:
            yield str(part)
