"""Tables with a separator between cells: CSV and TSV."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from leads_cli.importing.encodings import find_encoding
from leads_cli.importing.errors import ColumnsError, UnreadableFileError
from leads_cli.importing.exported_text import export_encoding
from leads_cli.importing.imported_table import ReadOptions, Row, Table, column_names, table_row
from leads_cli.importing.layout import fields_named, find_layout
from leads_cli.importing.text_lines import MOST_CHARACTERS, bounded_lines

TAB = "\t"
_COMMON_SEPARATORS = {",": "commas", ";": "semicolons", TAB: "tabs", "|": "vertical bars"}
_SEPARATORS = _COMMON_SEPARATORS | {"^": "carets", "~": "tildes", "¦": "broken bars", "\x1f": "unit separators"}
# What people put between cells, but a table cannot be read with.
_NO_SEPARATORS = {
    "several spaces": re.compile(r"\s{2,}"),
    "colons": re.compile(":+"),
    "slashes": re.compile(r"[/\\]+"),
    "hyphens": re.compile(r"\s-+\s"),
} | {name: re.compile(re.escape(separator)) for separator, name in _SEPARATORS.items()}
_SAMPLE_CHARACTERS = 1 << 16
# The line above the headings that names the separator to Excel.
_SEPARATOR_LINE = re.compile(r"\"?sep=([^\"\r\n])\"?(?=[\r\n])", re.IGNORECASE)
_WHOLE_ROW = "The row is one cell that has all others in it: separate them as those of the other rows."
# Small enough for a quote that is never closed.
csv.field_size_limit(MOST_CHARACTERS)


def open_separated(path: Path, options: ReadOptions, separator: str | None = None) -> Table:
    """Find the table in a text; its separator is detected if it is not given.

    Raises UnreadableFileError, and ColumnsError if it has no headings.
    """
    encoding = (None if options.encoding else export_encoding(path)) or find_encoding(path, options.encoding)
    sample = _sample(path, encoding.codec)
    separator_line = _SEPARATOR_LINE.match(sample)
    separator = separator or (separator_line[1] if separator_line else _find_separator(sample))
    sample_rows = _sample_rows(sample, separator)
    has_spaces = any(map(_has_space_before_quote, sample_rows))
    quote = "'" if _has_single_quotes(sample_rows) else '"'

    def records() -> Iterator[tuple[int, list[str]]]:
        records = _records(path, encoding.codec, separator, quote, skips_spaces=has_spaces)
        return islice(records, 1 if separator_line else 0, None)

    layout = find_layout(records(), options.header_row)
    if layout is None:
        raise UnreadableFileError(f"{path} is empty.")
    columns = column_names(layout.headings, path)
    if len(columns) == 1 and (name := _hidden_separator(columns[0], [" ".join(cells) for cells in layout.sample])):
        raise UnreadableFileError(
            f'{path} has a single column, "{columns[0]}", with cells that seem to be separated by {name}: save it as '
            "CSV with commas or semicolons, or name a single character in a first line, such as sep=:"
        )

    def read_rows() -> Iterator[Row]:
        width = len(columns)
        for row in layout.rows(records()):
            is_whole = not row.problem and _is_whole_row(row.cells, width)
            yield row._replace(problem=_WHOLE_ROW) if is_whole else table_row(row, width)

    separators = _SEPARATORS.get(separator, f'"{separator}"')
    # Rejected rows are written with it, and with commas if it is one that only a line such as sep=: can name.
    known = separator if separator in _SEPARATORS else None
    description = f"text in {encoding.name}, separated by {separators}, {layout.place}"
    return Table(description, columns, read_rows, encoding, layout.sample, layout.notes, known, layout.left_out)


def _is_whole_row(cells: Sequence[str], width: int) -> bool:
    """Whether a single cell has those of the whole row in it: Excel saves such rows in quotes."""
    if len(cells) != 1 or not any(cells[0].count(separator) >= width - 1 > 0 for separator in _COMMON_SEPARATORS):
        return False
    return width > 2 or "@" in cells[0]  # noqa: PLR2004 - of two cells, the only comma may be part of a name


def _hidden_separator(heading: str, rows: Sequence[str]) -> str | None:
    """What separates the names of several fields in a heading and, in most rows, as many cells."""
    for name, pattern in _NO_SEPARATORS.items():
        parts = pattern.split(heading)
        if len(fields_named(parts)) < 2:  # noqa: PLR2004 - several
            continue
        like = sum(1 for row in rows if len(pattern.split(row)) == len(parts))
        if like * 2 >= len(rows):
            return name
    return None


def _records(
    path: Path, codec: str, separator: str, quote: str, *, skips_spaces: bool
) -> Iterator[tuple[int, list[str]]]:
    """Each record, behind the line on which it begins."""
    line = 1
    with path.open(encoding=codec, newline="") as file:
        # Strict, because a quote that is never closed would make one cell of all that follows it.
        reader = csv.reader(
            bounded_lines(file, path),
            delimiter=separator,
            quotechar=quote,
            skipinitialspace=skips_spaces,
            strict=True,
        )
        try:
            for cells in reader:
                yield line, cells
                line = reader.line_num + 1
        except csv.Error as exc:
            raise UnreadableFileError(
                f"{path} cannot be read from line {line} on: a quoted cell there is not closed, "
                f"or has a quote in it that is not doubled ({exc})."
            ) from exc


def _sample(path: Path, codec: str) -> str:
    """The first lines."""
    with path.open(encoding=codec, newline="") as file:
        sample = file.read(_SAMPLE_CHARACTERS)
    if len(sample) == _SAMPLE_CHARACTERS:
        sample = sample[: max(sample.rfind("\n"), sample.rfind("\r")) + 1] or sample
    return sample


def _has_space_before_quote(cells: Sequence[str]) -> bool:
    return any(cell.startswith(" ") and cell.lstrip(" ").startswith('"') for cell in cells)


def _has_single_quotes(rows: Sequence[Sequence[str]]) -> bool:
    """Whether all cells of the first row with several are in single quotes."""
    first = next((cells for cells in rows if len(cells) > 1), [])
    return bool(first) and all(len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in first)


def _find_separator(sample: str) -> str:
    """The separator by which the headings name the most fields, and most rows have as many cells as the headings."""
    return max(_SEPARATORS, key=lambda separator: _score(_sample_rows(sample, separator)))


def _score(rows: Sequence[Sequence[str]]) -> tuple[int, float, int]:
    if not rows:
        return 0, 0, 0
    try:
        layout = find_layout(enumerate(rows, start=1))
    except ColumnsError:
        layout = None
    heading = layout.heading - 1 if layout else 0
    widths = [len(cells) for cells in rows[heading:]]
    if widths[0] == 1:
        return 0, 0, 0
    return layout.fields if layout else 0, widths.count(widths[0]) / len(widths), widths[0]


def _sample_rows(sample: str, separator: str) -> list[list[str]]:
    try:
        return [cells for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=separator) if any(cells)]
    except csv.Error:
        return []
