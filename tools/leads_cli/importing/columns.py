"""Which column is which field of a lead."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from leads_cli.importing.errors import ColumnsError, MapOptionError
from leads_core.lead_schema import LEAD_FIELDS
from leads_core.leads import MAX_CUSTOM_MEMBERS, MAX_CUSTOM_NAME_LENGTH

# Two columns may hold the two parts of a name.
NAME_PARTS = ("firstName", "lastName")
FIELDS = (*LEAD_FIELDS, *NAME_PARTS)

CUSTOM = "custom."
"""What stands before the name of a custom member where it is a column's field, or its heading."""
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f-\x9f]")

# Other names of the fields, as letters and digits in lower case.
_SYNONYMS = {
    "company": "account accountname business businessname companyname firm firma organisation organisationname "
    "organization organizationname",
    "contactPerson": "contact contactname fullname",
    "firstName": "forename givenname",
    "lastName": "familyname surname",
    "jobTitle": "jobposition position role title",
    "industry": "sector",
    "employeeCount": "companysize employees employeescount headcount noofemployees numberofemployees ofemployees staff",
    "website": "companywebsite domain homepage url web webpage websiteurl",
    "linkedIn": "linkedinpage linkedinprofile linkedinurl personlinkedinurl",
    "twitter": "twitterhandle twitterurl",
    "facebook": "facebookpage facebookurl",
    "email": "emailaddress mail mailaddress",
    "phoneNumber": "cell cellphone mobile mobilenumber mobilephone phone phoneno tel telefon telephone telephonenumber",
    "address": "postaladdress streetaddress",
    "notes": "comment comments note remark remarks",
    "labels": "label tag tags",
    "date": "created createdat createddate createdon creationdate datecreated",
}


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """For each column its field, or None when it is left out; ``unknown`` are those that nobody asked to leave out.

    A field is that of a lead, a part of a name, or a custom member such as ``custom.utm_source``.
    """

    columns: tuple[str, ...]
    fields: tuple[str | None, ...]
    unknown: tuple[str, ...]

    def heading(self, field: str) -> str:
        """What the user calls a field of a lead."""
        parts = {field, *NAME_PARTS} if field == "contactPerson" else {field}
        headings = (column for column, its_field in zip(self.columns, self.fields, strict=True) if its_field in parts)
        return " + ".join(headings) or field


def parse_map_options(options: Sequence[str]) -> dict[str, str | None]:
    """From ``Column=field`` to the field of each column, None for ``Column=``. Raises MapOptionError."""
    chosen: dict[str, str | None] = {}
    for option in options:
        column, separator, field = option.rpartition("=")
        if not separator or not column.strip():
            raise MapOptionError(f'--map "{option}" is not of the form "Column=field", nor "Column=" to leave it out.')
        if column in chosen:
            raise MapOptionError(f'--map names the column "{column}" twice.')
        chosen[column] = _field(field.strip()) if field.strip() else None
    return chosen


def map_columns(
    columns: tuple[str, ...], chosen: dict[str, str | None], *, keep_unmatched: bool = False
) -> ColumnMapping:
    """Find the field of each column: the chosen one, or else the one that it is named after.

    A column with the name of a field that was chosen for another one is left out, as are those that are named after no
    field, unless these are to be kept: as custom members under their headings. Raises ColumnsError.
    """
    of_columns = {_find_column(name, columns): field for name, field in chosen.items()}
    taken = {field for field in of_columns.values() if field}
    fields: list[str | None] = []
    unknown = []
    for position, column in enumerate(columns):
        if position in of_columns:
            fields.append(of_columns[position])
            continue
        field = _named_after(column)
        fields.append(None if field is None or any(_overlap(field, other) for other in taken) else field)
        if fields[-1] is None:
            unknown.append(column)
            if keep_unmatched:
                fields[-1] = _custom(column)
    if keep_unmatched and len(unknown) > MAX_CUSTOM_MEMBERS:
        raise ColumnsError(
            f"{len(unknown)} columns are no field of a lead, and at most {MAX_CUSTOM_MEMBERS} can be kept: leave some "
            f'out, such as --map "{unknown[-1]}=". They are {_quoted(unknown)}.'
        )
    _refuse_two_columns_for_one_field(columns, fields)
    if columns and not any(fields):
        raise ColumnsError(
            f"None of the columns is known: {_quoted(columns)}. If the first row has no names of columns, add some; "
            f'if it has, say what they are, such as --map "{columns[0]}=company".'
        )
    return ColumnMapping(columns, tuple(fields), () if keep_unmatched else tuple(unknown))


def _refuse_two_columns_for_one_field(columns: Sequence[str], fields: Sequence[str | None]) -> None:
    used = [(column, field) for column, field in zip(columns, fields, strict=True) if field]
    for (column, field), (other_column, other_field) in combinations(used, 2):
        if _overlap(field, other_field):
            raise ColumnsError(
                f'The columns "{column}" and "{other_column}" are both {_target(field)}: choose one with '
                f'--map "{column}={field}", or leave one out with --map "{other_column}=".'
            )


def _find_column(name: str, columns: Sequence[str]) -> int:
    """The place of a column, by its name as it is or in other letter case and punctuation."""
    matching = [position for position, column in enumerate(columns) if column == name.strip()]
    if not matching:
        folded = _letters_and_digits(name)
        matching = [position for position, column in enumerate(columns) if _letters_and_digits(column) == folded]
    if not matching:
        raise MapOptionError(f'--map names the column "{name}", but the columns are {_quoted(columns)}.')
    if len(matching) > 1:
        raise MapOptionError(f'--map names the column "{name}", but {len(matching)} columns are called that.')
    return matching[0]


def _field(name: str) -> str:
    if name.startswith(CUSTOM):
        member = name.removeprefix(CUSTOM)
        if not 0 < len(member) <= MAX_CUSTOM_NAME_LENGTH or _NOT_IN_NAMES.search(member):
            raise MapOptionError(
                f'--map names the field "{name}", but the name of a custom member has 1 to {MAX_CUSTOM_NAME_LENGTH} '
                "characters, and none that controls a terminal."
            )
        return name
    field = _FOLDED_FIELDS.get(_letters_and_digits(name))
    if field is None:
        raise MapOptionError(f'--map names the field "{name}", but the fields are {", ".join(FIELDS)}, {CUSTOM}NAME.')
    return field


def _named_after(column: str) -> str | None:
    """The field that a column is named after, if it is."""
    prefix, member = column[: len(CUSTOM)], column[len(CUSTOM) :]
    if prefix.lower() == CUSTOM and member:
        return _custom(member)
    return _KNOWN.get(_letters_and_digits(column))


def _custom(heading: str) -> str:
    """The custom member for a heading: as much of it as a name can be."""
    return CUSTOM + _NOT_IN_NAMES.sub(" ", heading)[:MAX_CUSTOM_NAME_LENGTH]


def _overlap(field: str, other: str) -> bool:
    """Whether two columns cannot be these fields of the same lead; the two parts of a name can."""
    return field == other or (_target(field) == _target(other) and "contactPerson" in {field, other})


def _target(field: str) -> str:
    """The lead's field that a part of it goes to."""
    return "contactPerson" if field in NAME_PARTS else field


def _quoted(names: Sequence[str], most: int = 20) -> str:
    shown = ", ".join(f'"{name}"' for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def _letters_and_digits(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


_FOLDED_FIELDS = {_letters_and_digits(field): field for field in FIELDS}
_KNOWN = _FOLDED_FIELDS | {name: field for field, names in _SYNONYMS.items() for name in names.split()}
