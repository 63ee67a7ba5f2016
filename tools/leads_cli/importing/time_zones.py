"""Time zones in dates and in the headings of their columns."""

import re

CLOCK_ZONE = (
    r"(?:\s*(?P<zone>Z|UTC|GMT|[CEW]ES?T|MES?Z)\b)?(?:\s*(?P<offset>[+-]\d{1,2}(?::?\d\d)?))?(?:\s*\([^()]*\))?"
)
"""What may stand behind a time: a zone, an offset from UTC or both, and the zone's name in brackets."""

_OFFSETS = {
    "Z": "Z",
    "UTC": "Z",
    "GMT": "Z",
    "WET": "Z",
    "WEST": "+01:00",
    "CET": "+01:00",
    "MEZ": "+01:00",
    "CEST": "+02:00",
    "MESZ": "+02:00",
    "EET": "+02:00",
    "EEST": "+03:00",
}
_OFFSET = re.compile(r"([+-])(\d{1,2}):?([0-5]\d)?", re.ASCII)
_MOST_HOURS = 14
_OFFSET_IN_HEADING = re.compile(r"\b(?:UTC|GMT)\s?([+-]\d{1,2}(?::?\d\d)?)(?!\d)", re.IGNORECASE)
_NAME_IN_HEADING = re.compile(rf"\b({'|'.join(sorted(_OFFSETS, key=len, reverse=True))})\b")
# Several zones are called so, or the offset changes in the year.
_UNKNOWN = re.compile(r"[A-Z]{1,4}T|(?:.*\W)?[Tt]ime(?:\W.*)?|[A-Z][a-z]+/[A-Z][A-Za-z_]+")
_IN_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_AT_THE_END = re.compile(r"\b[A-Z]{1,3}[SD]T$")
_TIME_WITHOUT_ZONE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?", re.ASCII)


def offset_of(zone: str | None, offset: str | None) -> str | None:
    """The offset from UTC in ISO 8601 of a zone and an offset, empty for neither; None if it is invalid."""
    of_zone = _OFFSETS[zone.upper()] if zone else ""
    if not offset:
        return of_zone
    found = _OFFSET.fullmatch(offset)
    if of_zone not in {"", "Z"} or not found or int(found[2]) > _MOST_HOURS:
        return None
    return f"{found[1]}{int(found[2]):02}:{found[3] or '00'}"


class HeadingZone:
    """The time zone of the times below a heading such as ``Create Date (GMT+1)``."""

    def __init__(self, heading: str) -> None:
        self._heading = heading
        heading = heading.replace("\N{MINUS SIGN}", "-")
        self._offset = self._unknown = ""
        self._is_missing = False
        if found := _OFFSET_IN_HEADING.search(heading):
            self._offset = offset_of(None, found[1]) or ""
            self._unknown = "" if self._offset else found[0]
        elif found := _NAME_IN_HEADING.search(heading):
            self._offset = _OFFSETS[found[1]]
        elif unknown := [text for each in _IN_BRACKETS.findall(heading) if _UNKNOWN.fullmatch(text := each.strip())]:
            self._unknown = unknown[0]
        elif found := _AT_THE_END.search(heading):
            self._unknown = found[0]

    def complete(self, text: str) -> str:
        """A time in ISO 8601 with the offset, if it has none; any other text as it is."""
        if not (self._offset or self._unknown) or not _TIME_WITHOUT_ZONE.fullmatch(text):
            return text
        self._is_missing = not self._offset
        return text + self._offset

    def doubts(self) -> tuple[str, ...]:
        """A sentence about times whose zone is not known, if there were some."""
        if not self._is_missing:
            return ()
        zone = f'{self._heading} has times in "{self._unknown}", and their offset is not known.'
        return (f"{zone} They are imported as UTC, unless the heading has an offset such as (UTC+1).",)
