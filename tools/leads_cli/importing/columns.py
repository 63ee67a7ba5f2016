"""Which column is which field of a lead."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from leads_admin.lead_table import CUSTOM
from leads_cli.importing.errors import ColumnsError, MapOptionError
from leads_cli.importing.fallbacks import Fallback, fallbacks_of
from leads_cli.importing.headings import FIELDS, FOLDED_FIELDS, NAME_PARTS, letters_and_digits
from leads_cli.importing.meanings import NOT_IN_NAMES, best_columns, custom_member, meanings_of
from leads_core.leads import MAX_CUSTOM_MEMBERS, MAX_CUSTOM_NAME_LENGTH


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """For each column its field, or None when it is left out.

    A field is that of a lead, a part of a name, or a custom member such as ``custom.utm_source``. ``unknown`` are
    columns that are left out because they are no field. ``others`` are left out because there is a better column for
    their field, which is named too; of these, ``fallbacks`` are read in the rows where the better one is empty.
    """

    columns: tuple[str, ...]
    fields: tuple[str | None, ...]
    unknown: tuple[str, ...] = ()
    others: tuple[tuple[str, str], ...] = ()
    fallbacks: tuple[Fallback, ...] = ()

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
    columns: tuple[str, ...],
    chosen: Mapping[str, str | None],
    *,
    keep_unmatched: bool = False,
    sample: Iterable[Sequence[Any]] = (),
) -> ColumnMapping:
    """Find the field of each column: the chosen one, or else the one that it is named after.

    Of several columns for one field the best is taken; ``sample`` has the cells of a few rows. The others, and those
    that are named after no field, are left out unless they are to be kept: as custom members under their headings.
    Raises ColumnsError.
    """
    of_columns = {_find_column(name, columns): field for name, field in chosen.items()}
    meanings = meanings_of(columns, list(sample))
    fields = best_columns(columns, meanings, of_columns)
    _refuse_two_columns_for_one_field(columns, fields)
    fallbacks = fallbacks_of(fields, meanings, of_columns)
    left_out = [at for at, field in enumerate(fields) if field is None and at not in of_columns]
    if keep_unmatched:
        _refuse_too_many([columns[at] for at in left_out])
        for at in left_out:
            fields[at] = _custom_name(columns[at], fields)
        left_out = []
    if columns and not any(fields):
        raise ColumnsError(
            f"None of the columns is known: {_quoted(columns)}. If the first row has no names of columns, add some; "
            f'if it has, name their fields, such as --map "{columns[0]}=company".'
        )
    taken = {target_of(field) for field in fields if field}
    others = {
        at: target_of(meaning.field)
        for at in left_out
        if (meaning := meanings[at]) and target_of(meaning.field) in taken and not meaning.is_salutation
    }
    return ColumnMapping(
        columns,
        tuple(fields),
        tuple(columns[at] for at in left_out if at not in others),
        tuple((columns[at], field) for at, field in others.items()),
        fallbacks,
    )


def target_of(field: str) -> str:
    """The lead's field that a part of it goes to."""
    return "contactPerson" if field in NAME_PARTS else field


def _refuse_two_columns_for_one_field(columns: Sequence[str], fields: Sequence[str | None]) -> None:
    """Refuse two columns for one field, which only ``--map`` can name: otherwise the best column is taken."""
    used = [(column, field) for column, field in zip(columns, fields, strict=True) if field]
    for (column, field), (other_column, other_field) in combinations(used, 2):
        if field == other_field or (
            target_of(field) == target_of(other_field) and "contactPerson" in {field, other_field}
        ):
            raise ColumnsError(
                f'The columns "{column}" and "{other_column}" are both {target_of(field)}: choose one with '
                f'--map "{column}={field}", or leave one out with --map "{other_column}=".'
            )


def _refuse_too_many(unknown: Sequence[str]) -> None:
    if len(unknown) > MAX_CUSTOM_MEMBERS:
        raise ColumnsError(
            f"{len(unknown)} columns are not fields of a lead, and at most {MAX_CUSTOM_MEMBERS} can be kept: leave "
            f'some out, such as --map "{unknown[-1]}=". They are {_quoted(unknown)}.'
        )


def _find_column(name: str, columns: Sequence[str]) -> int:
    """The place of a column, by its name as it is or in other letter case and punctuation."""
    matching = [position for position, column in enumerate(columns) if column == name.strip()]
    if not matching:
        folded = letters_and_digits(name)
        matching = [position for position, column in enumerate(columns) if letters_and_digits(column) == folded]
    if not matching:
        raise MapOptionError(f'--map names the column "{name}", but the columns are {_quoted(columns)}.')
    if len(matching) > 1:
        raise MapOptionError(
            f'--map names the column "{name}", but {len(matching)} columns are called that: write it as one of '
            f"{_quoted([columns[position] for position in matching])}."
        )
    return matching[0]


def _field(name: str) -> str:
    if name.startswith(CUSTOM):
        member = name.removeprefix(CUSTOM)
        if not 0 < len(member) <= MAX_CUSTOM_NAME_LENGTH or NOT_IN_NAMES.search(member):
            raise MapOptionError(
                f'--map names the field "{name}", but the name of a custom member has 1 to {MAX_CUSTOM_NAME_LENGTH} '
                "characters, and none that controls a terminal."
            )
        return name
    field = FOLDED_FIELDS.get(letters_and_digits(name))
    if field is None:
        raise MapOptionError(f'--map names the field "{name}", but the fields are {", ".join(FIELDS)}, {CUSTOM}NAME.')
    return field


def _custom_name(heading: str, fields: Sequence[str | None]) -> str:
    """The custom member for a heading: as much of it as a name can be, and unlike the others."""
    name = custom_member(heading)
    number = 2
    while name in fields:
        ending = f" ({number})"
        name = CUSTOM + custom_member(heading)[len(CUSTOM) :][: MAX_CUSTOM_NAME_LENGTH - len(ending)] + ending
        number += 1
    return name


def _quoted(names: Sequence[str], most: int = 20) -> str:
    shown = ", ".join(f'"{name}"' for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
