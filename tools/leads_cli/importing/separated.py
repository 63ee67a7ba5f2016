"""Tables with a separator between cells: CSV and TSV."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from leads_cli.importing.encodings import detect_encoding, encoding_name
from leads_cli.importing.errors import UnreadableFileError
from leads_cli.importing.tables import Row, Table, column_names, table_row

TAB = "\t"
_SEPARATORS = {",": "commas", ";": "semicolons", TAB: "tabs", "|": "vertical bars"}
_SAMPLE_CHARACTERS = 1 << 16
# Above what all contacts of a lead take as JSON, and small enough for a quote that is never closed.
_MOST_CELL_CHARACTERS = 1 << 20
csv.field_size_limit(_MOST_CELL_CHARACTERS)


def open_separated(path: Path, separator: str | None = None) -> Table:
    """Read the headings of a table; its separator is found out if it is not given. Raises UnreadableFileError."""
    codec = detect_encoding(path)
    separator = separator or _sniff_separator(path, codec)

    def records() -> Iterator[tuple[int, list[str]]]:
        return _records(path, codec, separator)

    header_line, headings = next(((line, cells) for line, cells in records() if any(cells)), (0, []))
    columns = column_names(headings, path)
    if not columns:
        raise UnreadableFileError(f"{path} is empty.")

    def read_rows() -> Iterator[Row]:
        width = len(columns)
        for line, cells in records():
            if line > header_line:
                yield table_row(line, cells, width)

    description = f"text in {encoding_name(codec)}, separated by {_SEPARATORS[separator]}"
    return Table(description, columns, read_rows)


def _records(path: Path, codec: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each record, behind the line on which it begins."""
    line = 1
    with path.open(encoding=codec, newline="") as file:
        # Strict, because a quote that is never closed would make one cell of all that follows it.
        reader = csv.reader(file, delimiter=separator, strict=True)
        try:
            for cells in reader:
                yield line, cells
                line = reader.line_num + 1
        except csv.Error as exc:
            raise UnreadableFileError(
                f"{path} cannot be read from line {line} on: a quoted cell there is not closed, "
                f"or has a quote in it that is not doubled ({exc})."
            ) from exc


def _sniff_separator(path: Path, codec: str) -> str:
    """The separator by which most rows have as many cells as the first, and more than one."""
    with path.open(encoding=codec, newline="") as file:
        sample = file.read(_SAMPLE_CHARACTERS)
    if len(sample) == _SAMPLE_CHARACTERS:
        sample = sample[: max(sample.rfind("\n"), sample.rfind("\r")) + 1] or sample

    def score(separator: str) -> tuple[float, int]:
        widths = _widths(sample, separator)
        if not widths or widths[0] == 1:
            return 0, 0
        return widths.count(widths[0]) / len(widths), widths[0]

    return max(_SEPARATORS, key=score)


def _widths(sample: str, separator: str) -> Sequence[int]:
    try:
        return [len(cells) for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=separator) if cells]
    except csv.Error:
        return []
