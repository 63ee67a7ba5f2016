"""The next best column of a field, for the rows in which the best one is empty."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from leads_cli.importing.headings import NAME_PARTS
from leads_cli.importing.imported_table import Row
from leads_cli.importing.meanings import ColumnMeaning
from leads_cli.importing.placeholders import is_placeholder

# The dates of several columns may be written in different ways.
_OF_ONE_COLUMN = frozenset(("date", *NAME_PARTS))


class Fallback(NamedTuple):
    """Columns of a field by their positions: if all ``targets`` are empty in a row, the first takes the ``sources``."""

    field: str
    targets: tuple[int, ...]
    sources: tuple[int, ...]


def fallbacks_of(
    fields: Sequence[str | None], meanings: Sequence[ColumnMeaning | None], chosen: Mapping[int, str | None]
) -> tuple[Fallback, ...]:
    """The unused columns that replace empty cells of others, in the order in which they do.

    A field that is ``chosen`` for some column has no fallback.
    """
    best = {field: at for at, field in enumerate(fields) if field and at not in chosen}
    free = [
        (meaning.cost, at, meaning.field)
        for at, meaning in enumerate(meanings)
        if meaning and fields[at] is None and at not in chosen and not meaning.is_salutation
    ]
    found = [
        Fallback(field, (best[field],), (at,))
        for _, at, field in sorted(free)
        if field in best and field not in _OF_ONE_COLUMN
    ]
    if parts := tuple(best[part] for part in NAME_PARTS if part in best):
        found += [Fallback("contactPerson", parts, (at,)) for _, at, field in sorted(free) if field == "contactPerson"]
    elif "contactPerson" in best:
        free_parts = {field: at for _, at, field in sorted(free, reverse=True) if field in NAME_PARTS}
        sources = tuple(free_parts[part] for part in NAME_PARTS if part in free_parts)
        if sources:
            found.append(Fallback("contactPerson", (best["contactPerson"],), sources))
    return tuple(found)


def with_fallbacks(rows: Iterable[Row], fallbacks: Sequence[Fallback], empty: Collection[str]) -> Iterator[Row]:
    """The rows with fallbacks in their empty cells; ``empty`` are texts that mean an empty cell."""
    for row in rows:
        yield _filled(row, fallbacks, empty) if fallbacks and not row.problem else row


def _filled(row: Row, fallbacks: Sequence[Fallback], empty: Collection[str]) -> Row:
    cells = list(row.cells)
    before: dict[int, Any] = {}

    def is_empty(at: int, field: str) -> bool:
        if at >= len(cells) or cells[at] is None:
            return True
        text = cells[at].strip() if isinstance(cells[at], str) else None
        return text is not None and (not text or text in empty or is_placeholder(text, field))

    for field, targets, sources in fallbacks:
        if not all(is_empty(at, field) for at in targets):
            continue
        if values := [cells[at] for at in sources if not is_empty(at, field)]:
            target = targets[0]
            cells += [""] * (target + 1 - len(cells))
            before |= {at: cells[at] for at in targets if at < len(cells)}
            cells[target] = values[0] if len(values) == 1 else " ".join(str(value).strip() for value in values)
    return row._replace(cells=cells, before=before) if before else row
