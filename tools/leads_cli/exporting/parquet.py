"""Leads as a Parquet file, if pyarrow is installed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, BinaryIO

from leads_admin.field_schemas import FieldKind, kinds_of_contact, kinds_of_lead
from leads_admin.lead_table import custom_text
from leads_cli.arrow import import_arrow
from leads_core.leads import Lead, stored_bytes

# What is held in memory at a time.
_MOST_BYTES_PER_ROW_GROUP = 16 << 20
_LEAD_KINDS = kinds_of_lead()
_CONTACT_KINDS = kinds_of_contact()


class ParquetFile:
    """A Parquet file that is being written, a row group at a time. It cannot be resumed."""

    def __init__(self, file: BinaryIO) -> None:
        self._arrow = import_arrow("pyarrow")
        self._schema = _schema(self._arrow)
        self._writer = import_arrow("pyarrow.parquet").ParquetWriter(file, self._schema, compression="zstd")
        self._rows: list[Lead] = []
        self._bytes = 0

    def write(self, leads: Iterable[Lead]) -> None:
        """Append leads."""
        for lead in leads:
            self._rows.append(_row(lead, _LEAD_KINDS))
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
    types = {
        FieldKind.TEXT: arrow.string(),
        FieldKind.WHOLE_NUMBER: arrow.int64(),
        FieldKind.BOOLEAN: arrow.bool_(),
        FieldKind.DATE_TIME: arrow.timestamp("us", tz="UTC"),
        FieldKind.TEXTS: arrow.list_(arrow.string()),
        FieldKind.MEMBERS: arrow.map_(arrow.string(), arrow.string()),
    }
    contact = arrow.struct([(name, types[kind]) for name, kind in _CONTACT_KINDS.items()])
    types[FieldKind.CONTACTS] = arrow.list_(contact)
    return arrow.schema([("id", arrow.string()), *((name, types[kind]) for name, kind in _LEAD_KINDS.items())])


def _row(fields: Lead, kinds: Mapping[str, FieldKind]) -> Lead:
    """The fields of a lead, or of a contact, as pyarrow takes them."""
    return {name: _value(kinds.get(name), value) for name, value in fields.items()}


def _value(kind: FieldKind | None, value: Any) -> Any:  # noqa: ANN401 - what a field may hold
    match kind:
        case FieldKind.DATE_TIME:
            return datetime.fromisoformat(value)
        case FieldKind.MEMBERS:
            return [(name, custom_text(member)) for name, member in value.items()]
        case FieldKind.CONTACTS:
            return [_row(contact, _CONTACT_KINDS) for contact in value]
        case _:
            return value
