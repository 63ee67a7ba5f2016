"""Recognises an export of leads. Unlike other texts, it may have every character that the API stores."""

from collections.abc import Sequence
from pathlib import Path

from leads_admin.lead_table import COLUMNS
from leads_cli.importing.encodings import Encoding
from leads_cli.importing.rejected_columns import REJECTED_COLUMNS

_HEADINGS = ",".join(f'"{column}"' for column in COLUMNS)
# A byte order mark is there if the export is for Excel.
_CODEC = "utf-8-sig"
_CHUNK_CHARACTERS = 1 << 20


def export_encoding(path: Path) -> Encoding | None:
    """The encoding of an export; None if the file does not begin like an export, or has invalid bytes."""
    try:
        with path.open(encoding=_CODEC, newline="") as file:
            if file.read(len(_HEADINGS)) != _HEADINGS:
                return None
            while file.read(_CHUNK_CHARACTERS):
                pass
    except UnicodeError:
        return None
    return Encoding(_CODEC)


def is_export(columns: Sequence[str]) -> bool:
    """Whether a table is one that ``leads export`` has written, or of rows that were rejected of one."""
    own = [column for column in columns if column not in REJECTED_COLUMNS]
    return tuple(own[: len(COLUMNS)]) == COLUMNS
