"""How ``leads import`` understands a file, as it is shown before anything is sent."""

from collections.abc import Sequence
from pathlib import Path

from rich.table import Column
from rich.table import Table as ShownTable
from rich.text import Text

from leads_admin.lead_table import CUSTOM
from leads_cli.importing.columns import ColumnMapping, target_of
from leads_cli.importing.encodings import Encoding, encoding_name
from leads_cli.importing.headings import NAME_PARTS, nearest_field
from leads_cli.importing.import_events import FileUnderstood
from leads_cli.importing.meanings import custom_member
from leads_cli.importing.source_file import SourceFile
from leads_cli.terminal import as_sent, messages
from leads_core.leads import Lead

_MOST_CELL_CHARACTERS = 30
# Characters that a column of the table takes beside its text, and that the first two and the edge take.
_BORDER, _BORDERS = 3, 7


def show_understanding(understood: FileUnderstood) -> None:
    """Show which column is which field, with the first rows as they will be sent, and what is left out."""
    _show_source(understood.source)
    mapping, sample = understood.mapping, understood.sample
    fields = ["contactPerson" if field in NAME_PARTS else field for field in mapping.fields]
    lines = [(as_sent(mapping.heading(field)), field) for field in dict.fromkeys(filter(None, fields))]
    room = messages.width - sum(max(map(len, texts), default=0) for texts in zip(*lines, strict=True)) - _BORDERS
    widest = min(_MOST_CELL_CHARACTERS, room // max(len(sample), 1) - _BORDER)
    # Headings and fields are there to be copied, so nothing of them is cut.
    whole = [Column(name, overflow="fold") for name in ("column", "field")]
    table = ShownTable(*whole, *(f"row {row.number}" for row, _ in sample))
    for heading, field in lines:
        table.add_row(heading, field, *(_shown(_sent(lead, field), max(widest, 1)) for _, lead in sample))
    messages.print(table)
    _show_ranges(mapping, [lead for _, lead in sample])
    _show_not_mapped(mapping)


def _show_source(source: SourceFile) -> None:
    """Show what the file is read as, and whatever of it is doubtful."""
    messages.print(as_sent(f"{source.path} is read as {source.table.description}."))
    for note in source.table.notes:
        messages.print(as_sent(note))
    if source.table.encoding and not source.table.encoding.is_certain:
        messages.print("Its encoding is a guess. So it reads")
        for codec, text in source.table.encoding.candidates:
            messages.print(as_sent(f"with --encoding {codec} ({encoding_name(codec)}): {text}"))


def _show_ranges(mapping: ColumnMapping, leads: Sequence[Lead]) -> None:
    """Show in which member ranges of employee counts are kept."""
    member = custom_member(mapping.heading("employeeCount"))
    for lead in leads:
        if "employeeCount" in mapping.fields and "employeeCount" not in lead and (text := _sent(lead, member)):
            messages.print(as_sent(f'An employee count that is not a number, such as "{text}", is kept as {member}.'))
            return


def _show_not_mapped(mapping: ColumnMapping) -> None:
    by_field: dict[str, list[str]] = {}
    read_if_empty = {mapping.columns[at] for fallback in mapping.fallbacks for at in fallback.sources}
    for column, field in mapping.others:
        by_field.setdefault(field, []).append(column)
    for field, columns in by_field.items():
        taken = mapping.heading(field)
        if fallbacks := [column for column in columns if column in read_if_empty]:
            messages.print(as_sent(f'Read where "{taken}" ({field}) is empty: {_quoted(fallbacks)}.'))
        if others := [column for column in columns if column not in read_if_empty]:
            messages.print(as_sent(f'Not mapped, because "{taken}" is {field}: {_quoted(others)}.'))
    if mapping.unknown:
        named = (_with_nearest_field(column, mapping) for column in mapping.unknown)
        messages.print(as_sent(f"Not mapped: {', '.join(named)}."))
    suggestions = (*mapping.others, *((column, custom_member(column)) for column in mapping.unknown))
    if suggestions:
        column, field = suggestions[0]
        messages.print(as_sent(f'--map "{column}={field}" imports it, --keep-unmatched keeps all.'))


def _with_nearest_field(column: str, mapping: ColumnMapping) -> str:
    field = nearest_field(column)
    is_free = field and field not in {target_of(taken) for taken in mapping.fields if taken}
    return f'"{column}" (nearest field: {field})' if is_free else f'"{column}"'


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def uncertain_encoding(path: Path, encoding: Encoding) -> str:
    """What to do about an encoding that nobody has confirmed."""
    return (
        f"Nothing was sent, because the encoding of {path} is not certain. If the text is right with {encoding.codec}, "
        f"run the command again with --encoding {encoding.codec}, or else with the one that is right."
    )


def _sent(lead: Lead, field: str) -> object:
    """What is sent of a row in a field, or in a custom member."""
    custom = lead.get("custom")
    if field.startswith(CUSTOM) and isinstance(custom, dict):
        return custom.get(field.removeprefix(CUSTOM), "")
    return lead.get(field, "")


def _shown(value: object, widest: int) -> Text:
    text = as_sent(", ".join(map(str, value)) if isinstance(value, list) else str(value))
    text.truncate(widest, overflow="ellipsis")
    return text
