"""Which columns are meant, where several could be the same field: by all headings of a table, and a few cells."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from leads_admin.lead_table import CUSTOM
from leads_cli.importing.heading_terms import NAME
from leads_cli.importing.headings import NAME_PARTS, Meaning, letters_and_digits, meaning_of
from leads_core.leads import MAX_CUSTOM_NAME_LENGTH

NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# A name that costs less is taken before its two parts in other columns.
_SURELY_A_WHOLE_NAME = 10
_NETWORKS = {
    "linkedIn": re.compile(r"(https?://)?([a-z]+\.)?linkedin\.com/", re.IGNORECASE),
    "twitter": re.compile(r"(https?://)?([a-z]+\.)?(twitter|x)\.com/", re.IGNORECASE),
    "facebook": re.compile(r"(https?://)?([a-z-]+\.)?(facebook|fb)\.com/", re.IGNORECASE),
}
_OTHER_PART = (("firstName", "lastName"), ("lastName", "firstName"))
# After the pages that are called by a network's name.
_COST_OF_PAGE_ON_NETWORK = 8
# The person's comes first.
_COST_OF_COMPANY_PAGE = 13
_COMPANY_PAGE = re.compile(r".*linkedin\.com/(sales/)?(company|school)/", re.IGNORECASE)
# What has a page of a network that its heading does not name.
_SOCIAL = frozenset(("social", "sociallink", "sociallinks", "socialurl", "socialprofile", "socialprofileurl"))


_MEETING = ("eventtypename", "startdatetime", "starttime", "meetinglocation")
_PLACE = ("placeid", "googleid", "googlestars", "googlerank", "totalscore", "reviewscount", "googlereviews")
# What a heading means beside any of others: the location of a meeting is no address, and the name of an order is a
# number.
_BESIDE: tuple[tuple[tuple[str, ...], str, Meaning | None], ...] = (
    (_MEETING, "location", None),
    (("financialstatus", "lineitemname"), "name", None),
    (_PLACE, "name", Meaning("company", 1)),
    (_PLACE, "title", Meaning("company", 1)),
    (("anrede", "titelvorangestellt"), "titel", None),
    (("mobile",), "work", Meaning("phoneNumber", 1)),
)
_TITLES = frozenset(("title", "titel", "tittel"))


class ColumnMeaning(NamedTuple):
    """A column's field and what it costs; a salutation is a ``Title`` beside a better column for the job title."""

    field: str
    cost: int
    is_salutation: bool = False


def meanings_of(columns: Sequence[str], sample: Sequence[Sequence[Any]]) -> list[ColumnMeaning | None]:
    """What each column means beside the others, None if that is not known."""
    beside = {letters_and_digits(column) for column in columns}
    meanings = [
        _meaning(column, beside, [row[at] for row in sample if at < len(row)]) for at, column in enumerate(columns)
    ]
    fields = {meaning.field for meaning in meanings if meaning}
    name = next((other for part, other in _OTHER_PART if part in fields and other not in fields), None)
    if name is None and _is_of_company(fields):
        name = "company"
    meanings = [
        meaning._replace(field=name or "contactPerson") if meaning and meaning.field == NAME else meaning
        for meaning in meanings
    ]
    if "company" not in fields and (at := _name_beside_kind(columns, sample)) is not None:
        meanings[at] = ColumnMeaning("company", 1)
    return meanings


def _is_of_company(fields: set[str]) -> bool:
    """Whether a plain name is that of a company: it has contacts, or what only a company has and nobody to write to."""
    if fields.intersection(("company", "contactPerson", *NAME_PARTS)):
        return False
    of_company = fields.intersection(("website", "employeeCount", "industry"))
    return "contacts" in fields or (len(of_company) > 1 and not fields.intersection(("jobTitle", "email")))


def _name_beside_kind(columns: Sequence[str], sample: Sequence[Sequence[Any]]) -> int | None:
    """Where the name is in an export of bexio, if all of its contacts are companies."""
    names = [letters_and_digits(column) for column in columns]
    if "kontaktart" not in names or "name1" not in names:
        return None
    at = names.index("kontaktart")
    kinds = {row[at].strip() for row in sample if at < len(row) and isinstance(row[at], str)}
    return names.index("name1") if kinds == {"Firma"} else None


def best_columns(
    columns: Sequence[str], meanings: Sequence[ColumnMeaning | None], chosen: Mapping[int, str | None]
) -> list[str | None]:
    """The field of each column: the chosen one, or what it means if it is the best column for that."""
    taken = {field for field in chosen.values() if field}
    costs: dict[str, int] = {}
    for at, meaning in enumerate(meanings):
        if meaning and at not in chosen:
            costs[meaning.field] = min(meaning.cost, costs.get(meaning.field, meaning.cost))
    if "contactPerson" in taken or (
        not taken.intersection(NAME_PARTS) and costs.get("contactPerson", _SURELY_A_WHOLE_NAME) < _SURELY_A_WHOLE_NAME
    ):
        taken.update(NAME_PARTS)
    elif taken.intersection(NAME_PARTS) or costs.keys() & dict(_OTHER_PART).keys():
        taken.add("contactPerson")
    else:
        taken.add("middleName")  # of which no name can be made
    fields: list[str | None] = []
    for at in range(len(columns)):
        meaning = meanings[at]
        if at in chosen:
            fields.append(chosen[at])
        elif meaning and meaning.field not in taken and meaning.cost == costs[meaning.field]:
            fields.append(meaning.field)
            taken.add(meaning.field)
        else:
            fields.append(None)
    return fields


def custom_member(heading: str) -> str:
    """The custom member for a heading: as much of it as a name can be."""
    return CUSTOM + NOT_IN_NAMES.sub(" ", heading)[:MAX_CUSTOM_NAME_LENGTH]


def _meaning(column: str, beside: set[str], cells: Sequence[Any]) -> ColumnMeaning | None:
    prefix, member = column[: len(CUSTOM)], column[len(CUSTOM) :]
    if prefix.lower() == CUSTOM and member:
        return ColumnMeaning(custom_member(member), 0)
    meaning = _meaning_beside(column, beside)
    filled = [cell for cell in cells if cell not in ("", None)]
    if meaning is None:
        return _page(None, filled) if letters_and_digits(column) in _SOCIAL else None
    if meaning.field == "website" or (meaning.field in _NETWORKS and meaning.cost >= _COST_OF_PAGE_ON_NETWORK):
        return _page(ColumnMeaning(*meaning), filled)
    return ColumnMeaning(*meaning, is_salutation=letters_and_digits(column) in _TITLES)


def _meaning_beside(column: str, beside: set[str]) -> Meaning | None:
    name = letters_and_digits(column)
    for others, its_name, meaning in _BESIDE:
        if name == its_name and beside.intersection(others):
            return meaning
    return meaning_of(column)


def _page(meaning: ColumnMeaning | None, addresses: Sequence[Any]) -> ColumnMeaning | None:
    """What a column of addresses means: the network on which all of them are, if they are on one."""
    for network, pattern in _NETWORKS.items():
        if addresses and all(isinstance(address, str) and pattern.match(address.strip()) for address in addresses):
            is_of_company = all(map(_COMPANY_PAGE.match, addresses))
            return ColumnMeaning(network, _COST_OF_COMPANY_PAGE if is_of_company else _COST_OF_PAGE_ON_NETWORK)
    return meaning
