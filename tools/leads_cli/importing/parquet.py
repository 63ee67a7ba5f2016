"""Parquet files, such as an export of leads, if pyarrow is installed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from leads_cli.arrow import import_arrow
from leads_cli.importing.errors import UnreadableFileError
from leads_cli.importing.imported_table import SAMPLE_ROWS, ReadOptions, Row, Table, column_names

_ROWS_AT_A_TIME = 100


def open_parquet(path: Path, _options: ReadOptions) -> Table:
    """Read the names of the columns. Raises UnreadableFileError."""
    arrow = import_arrow("pyarrow")
    parquet = import_arrow("pyarrow.parquet")
    with _errors_named(path, arrow):
        columns = column_names(parquet.read_schema(path).names, path)

    def read_rows() -> Iterator[Row]:
        with _errors_named(path, arrow), parquet.ParquetFile(path) as file:
            number = 0
            for batch in file.iter_batches(batch_size=_ROWS_AT_A_TIME):
                for values in batch.to_pylist(maps_as_pydicts="lossy"):
                    number += 1
                    yield Row(number, [_as_json(value) for value in values.values()])

    sample = [row.cells for row in islice(read_rows(), SAMPLE_ROWS)]
    return Table("a Parquet file", columns, read_rows, sample=sample)


@contextmanager
def _errors_named(path: Path, arrow: Any) -> Iterator[None]:  # noqa: ANN401 - a module without types
    try:
        yield
    except (arrow.ArrowException, OSError, ValueError, MemoryError) as exc:
        if isinstance(exc, OSError) and exc.errno is not None:
            raise
        reason = " ".join(str(exc).split())[:100]
        raise UnreadableFileError(f"{path} cannot be read as Parquet: {reason}.") from exc


def _as_json(value: Any) -> Any:  # noqa: ANN401 - any value of Parquet
    """A value as JSON has it, without absent members."""
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case dict():
            return {name: _as_json(member) for name, member in value.items() if member is not None}
        case list():
            return [_as_json(element) for element in value]
        case bytes() | Decimal():
            return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        case _:
            return value
