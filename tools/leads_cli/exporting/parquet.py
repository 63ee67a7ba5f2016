"""Leads as a Parquet file, if pyarrow is installed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, BinaryIO

from leads_cli.arrow import import_arrow
from leads_cli.exporting.text import custom_text
from leads_core.leads import Lead, stored_bytes
from leads_core.model_schemas import JsonSchema, stored_schemas

# What is held in memory at a time.
_MOST_BYTES_PER_ROW_GROUP = 16 << 20


class ParquetFile:
    """A Parquet file that is being written, a row group at a time; it cannot be gone on with."""

    def __init__(self, file: BinaryIO) -> None:
        self._arrow = import_arrow("pyarrow")
        self._schema = _schema(self._arrow)
        self._writer = import_arrow("pyarrow.parquet").ParquetWriter(file, self._schema, compression="zstd")
        self._rows: list[Lead] = []
        self._bytes = 0

    def write(self, leads: Iterable[Lead]) -> None:
        """Append leads."""
        for lead in leads:
            self._rows.append(_row(lead))
            self._bytes += stored_bytes(lead)
            if self._bytes >= _MOST_BYTES_PER_ROW_GROUP:
                self._flush()

    def close(self) -> None:
        """Write what is left, and the file's end."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        self._writer.write_table(self._arrow.Table.from_pylist(self._rows, schema=self._schema))
        self._rows.clear()
        self._bytes = 0


def _schema(arrow: Any) -> Any:  # noqa: ANN401 - see above
    schemas = stored_schemas()
    lead = _arrow_type(arrow, schemas["LeadRequest"], schemas)
    return arrow.schema([("id", arrow.string()), *lead])


def _arrow_type(arrow: Any, schema: JsonSchema, schemas: Mapping[str, JsonSchema]) -> Any:  # noqa: ANN401 - see above
    match schema:
        case {"$ref": str(ref)}:
            return _arrow_type(arrow, schemas[ref.rpartition("/")[2]], schemas)
        case {"properties": fields}:
            return arrow.struct([(name, _arrow_type(arrow, field, schemas)) for name, field in fields.items()])
        case {"type": "array", "items": items}:
            return arrow.list_(_arrow_type(arrow, items, schemas))
        case {"type": "object"}:  # whose values are of several types
            return arrow.map_(arrow.string(), arrow.string())
        case {"format": "date-time"}:
            return arrow.timestamp("us", tz="UTC")
        case _:
            return {"string": arrow.string(), "integer": arrow.int32()}[schema["type"]]


def _row(lead: Lead) -> Lead:
    """The lead with times as times, and members of its own as text: that of JSON if they are something else."""
    row = {**lead, "date": datetime.fromisoformat(lead["date"])}
    if "custom" in lead:
        row["custom"] = [(name, custom_text(value)) for name, value in lead["custom"].items()]
    if "contacts" in lead:
        row["contacts"] = [
            {**contact, "dateCreated": datetime.fromisoformat(contact["dateCreated"])} for contact in lead["contacts"]
        ]
    return row
