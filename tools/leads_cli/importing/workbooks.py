"""Spreadsheets (XLSX): what people see in their cells."""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from leads_cli.importing.errors import UnreadableFileError
from leads_cli.importing.imported_table import ReadOptions, Row, Table, UnreadableText, column_names, table_row
from leads_cli.importing.merged_cells import MergedValues
from leads_cli.importing.sheets import ChosenSheet, choose_sheet
from leads_cli.importing.shown_cells import shown_text
from leads_cli.importing.spreadsheet_archive import Contents, check_archive
from leads_cli.importing.unreadable import spreadsheet_error

# The rows by which the first used column is guessed, until all are read.
_FIRST_ROWS = 100
_ROWS_AT_A_TIME = 500
_MOST_ROWS = 1 << 20
_SAVE_ONCE_MORE = "Open it in a spreadsheet program, and save it as XLSX or CSV."
_MOST_CELLS = 50_000_000
_MERGED = "Cells that are merged over several rows are read as their value in each of these rows."
# How XML of spreadsheets writes characters that XML does not have, and the underscore before such a text.
_ESCAPED = re.compile("_x(00[01][0-9A-Fa-f]|007[Ff]|005[Ff]|FFF[EF])_")


class Sheet:
    """A visible sheet. openpyxl reads its values, and its formulas if there are any."""

    def __init__(self, path: Path, values: Any, formulas: Any, contents: Contents) -> None:  # noqa: ANN401 - of openpyxl
        self._path = path
        part = values._worksheet_path.lstrip("/")  # noqa: SLF001 - it has no other name
        self._merged = contents.merged.get(part, ())
        self.hidden_rows = contents.hidden_rows[part]
        self._values = values
        self._formulas = formulas
        self.has_merged_rows = bool(self._merged)
        self.name: str = values.title
        self.rows_were_cut = False
        self._first_column = 0
        first_rows = [cells for _, cells in islice(self.rows(), _FIRST_ROWS)]
        used = [next(position for position, cell in enumerate(cells) if cell) for cells in first_rows]
        self._first_column = min(used, default=0)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row that has a text: its number in the sheet, from 1, and its texts up to the last.

        They begin with the first column that is used. May be called again, and must be if ``rows_were_cut`` then: a
        row further down has begun before the others. Raises UnreadableFileError.
        """
        first, self.rows_were_cut = self._first_column, False
        with _errors_named(self._path):
            formulas = self._formulas and _rows_with_cells(self._path, self._formulas)
            merged = MergedValues(self._merged)
            for number, cells in _rows_with_cells(self._path, self._values):
                texts = [_text(cell) for cell in cells]
                if formulas:
                    _, of_row = next(formulas)
                    for position, cell in enumerate(of_row):
                        if cell.data_type == "f" and cells[position].value is None:
                            texts[position] = _without_value(cell.value)
                merged.fill(number, texts)
                while texts and not texts[-1]:
                    texts.pop()
                if any(texts[:first]):
                    used = next(position for position, text in enumerate(texts) if text)
                    self._first_column, self.rows_were_cut = min(self._first_column, used), True
                if texts:
                    yield number, texts[first:]


def visible_sheets(path: Path) -> list[Sheet]:
    """The sheets of a spreadsheet, in their order. Raises UnreadableFileError."""
    contents = check_archive(path)
    with _errors_named(path):
        workbook = _load(path, data_only=True)
        formulas = _load(path, data_only=False) if contents.has_formulas else None
        sheets = [
            Sheet(path, sheet, formulas and formulas[sheet.title], contents)
            for sheet in workbook.worksheets
            if sheet.sheet_state == "visible"
        ]
    if not sheets:
        raise UnreadableFileError(f"{path} has no visible sheet.")
    return sheets


def open_workbook(path: Path, options: ReadOptions) -> Table:
    """Find the table in a spreadsheet. Raises UnreadableFileError, and ColumnsError if it has no headings."""
    sheets = {sheet.name: sheet for sheet in visible_sheets(path)}

    def choose() -> ChosenSheet:
        return choose_sheet(list(sheets), lambda name: sheets[name].rows(), options.sheet, options.header_row)

    chosen = choose()
    if sheets[chosen.name].rows_were_cut:
        chosen = choose()
    layout = chosen.layout
    if layout is None:
        raise UnreadableFileError(f"The sheet {chosen.name} of {path} is empty.")
    columns = column_names(layout.headings, path)

    def read_rows() -> Iterator[Row]:
        for row in layout.rows(sheets[chosen.name].rows()):
            yield table_row(row, len(columns))

    description = f"the sheet {chosen.name} of a spreadsheet{chosen.not_read}, {layout.place}"
    notes = [*layout.notes, *_notes_on(sheets[chosen.name])]
    return Table(description, columns, read_rows, sample=layout.sample, notes=tuple(notes), left_out=layout.left_out)


def _notes_on(sheet: Sheet) -> Iterator[str]:
    if sheet.has_merged_rows:
        yield _MERGED
    if sheet.hidden_rows:
        rows = "1 row of the sheet is" if sheet.hidden_rows == 1 else f"{sheet.hidden_rows:,} rows of the sheet are"
        yield f"{rows} hidden, and imported as the others: delete what is not to be imported."


@contextmanager
def _errors_named(path: Path) -> Iterator[None]:
    try:
        yield
    # What openpyxl raises for a file that is not as it expects is any of these.
    except (ParseError, zipfile.BadZipFile, LookupError, ValueError, TypeError, AttributeError, OSError) as exc:
        if isinstance(exc, OSError) and exc.errno is not None:
            raise
        reason = " ".join(str(exc).split())[:100]
        raise UnreadableFileError(
            f"{path} cannot be read as a spreadsheet (XLSX): {type(exc).__name__}, {reason}. {_SAVE_ONCE_MORE}"
        ) from exc


def _load(path: Path, *, data_only: bool) -> Any:  # noqa: ANN401 - openpyxl has no types
    """A workbook whose sheets are read when they are iterated over, with the last results of formulas or with these."""
    from openpyxl import load_workbook

    # It judges files by their names, but some are named .xls and are XLSX; and it leaves them open.
    source = io.BytesIO(path.read_bytes())
    # It warns of drawings and styles that it leaves out.
    with warnings.catch_warnings(action="ignore"):
        workbook = load_workbook(source, read_only=True, data_only=data_only, keep_links=False)
        for sheet in workbook.worksheets:
            # The size that a file declares is often wrong.
            sheet.reset_dimensions()
    return workbook


def _rows_with_cells(path: Path, sheet: Any) -> Iterator[tuple[int, Sequence[Any]]]:  # noqa: ANN401 - see above
    rows = enumerate(sheet.iter_rows(), start=1)
    cells = last = 0
    while True:
        some: list[tuple[int, Sequence[Any]]] = []
        try:
            with warnings.catch_warnings(action="ignore"):
                some.extend(islice(rows, _ROWS_AT_A_TIME))
        except (LookupError, ValueError, TypeError) as exc:
            raise UnreadableFileError(
                f"{path} cannot be read as a spreadsheet (XLSX) from row {last + len(some) + 1:,} of the sheet "
                f"{sheet.title} on: a cell there is damaged. {_SAVE_ONCE_MORE}"
            ) from exc
        if not some:
            return
        last = some[-1][0]
        cells += sum(len(of_row) for _, of_row in some)
        if some[-1][0] > _MOST_ROWS or cells > _MOST_CELLS:
            raise UnreadableFileError(
                f"{path} has a sheet of more than {_MOST_ROWS:,} rows or {_MOST_CELLS:,} cells: save it as CSV."
            )
        yield from (row for row in some if row[1])


def _without_value(formula: Any) -> UnreadableText:  # noqa: ANN401 - text, or an object of openpyxl
    text = formula if isinstance(formula, str) else f"={getattr(formula, 'text', '') or ''}".replace("==", "=", 1)
    return UnreadableText(
        "#N/A",
        f"is the formula {text[:50]}, and its value is not in the file: save the file with a spreadsheet program",
        is_shown=False,
    )


def _text(cell: Any) -> str:  # noqa: ANN401 - a cell of openpyxl
    """A cell as text, as it is shown."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        if cell.data_type == "e":
            return spreadsheet_error(value)
        value = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value) if "_x" in value else value
    return shown_text(value, cell.number_format)
