"""Checks, before an XLSX file is parsed, that it is not damaged or too large."""

import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from leads_cli.importing.errors import UnreadableFileError
from leads_cli.importing.file_kinds import SAVE_AS
from leads_cli.importing.merged_cells import MOST_MERGED, MergedDown, merged_in

_CHUNK_BYTES = 1 << 20
_MOST_FILES = 10_000
_MOST_BYTES = 1 << 30
# The file is held in memory, and so are all its texts, and any part of it that is not a sheet.
_MOST_BYTES_COMPRESSED = 256 << 20
_MOST_BYTES_OF_TEXTS = 128 << 20
_MOST_BYTES_OF_A_PART = 16 << 20
_MOST_BYTES_OF_A_ROW = 8 << 20
_MOST_ROWS = 2_000_000
# What is looked for may lie across two chunks.
_LONGEST_OF_PARTS = 512
_ROW_OR_TEXT = re.compile(rb"<(?:\w+:)?(?:row|si)[\s/>]")
# With a cell: programs hide empty rows, too.
_HIDDEN_ROW = re.compile(
    rb"<(?:\w+:)?row\s[^<>]{0,200}?\bhidden=[\"'](?:1|true)[\"'][^<>]{0,200}>\s{0,20}<(?:\w+:)?c[\s>]"
)
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
# They could grow to any size. Parts are in UTF-8 or, of some programs, in UTF-16.
_HAS_ENTITIES = re.compile(
    b"|".join(re.escape("<!DOCTYPE".encode(code)) for code in ("utf-8", "utf-16-le", "utf-16-be"))
)
_IS_NOT_PARSED = re.compile(r"xl/media/|.*\.(?:bin|png|jpe?g|gif|emf|wmf)$", re.IGNORECASE)


@dataclass(slots=True)
class Contents:
    """What is in sheets beside values: formulas, and by the part of their sheet merged cells and hidden rows."""

    has_formulas: bool = False
    merged: dict[str, list[MergedDown]] = field(default_factory=dict)
    hidden_rows: Counter[str] = field(default_factory=Counter)


def check_archive(path: Path) -> Contents:
    """Refuse what is damaged, or is larger than can be read in bounded memory. Raises UnreadableFileError."""
    if path.stat().st_size > _MOST_BYTES_COMPRESSED:
        raise _too_large(path, f"it has more than {_MOST_BYTES_COMPRESSED >> 20} MB")
    try:
        with zipfile.ZipFile(path) as archive:
            return _check(path, archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OverflowError) as exc:
        raise UnreadableFileError(
            f"{path} cannot be read as a spreadsheet (XLSX): its ZIP archive is damaged."
        ) from exc


def _check(path: Path, archive: zipfile.ZipFile) -> Contents:
    files = archive.infolist()
    if any(file.flag_bits & 1 for file in files):
        raise UnreadableFileError(f"{path} is encrypted: open it with its password, and save it without.")
    # No more than the declared size is ever read of a file.
    if len(files) > _MOST_FILES or sum(file.file_size for file in files) > _MOST_BYTES:
        raise _too_large(path, f"it is more than {_MOST_BYTES >> 20} MB without compression")
    parsed = [file for file in files if not _IS_NOT_PARSED.match(file.filename)]
    contents = Contents()
    for file in parsed:
        _check_part(path, archive, file, contents)
    return contents


def _check_part(path: Path, archive: zipfile.ZipFile, part: zipfile.ZipInfo, contents: Contents) -> None:
    """Add what a part has in it. Refuses a row or a text that would need more memory than all others."""
    is_sheet = "/worksheets/" in part.filename
    is_texts = part.filename.lower().endswith("sharedstrings.xml")
    most = _MOST_BYTES if is_sheet else _MOST_BYTES_OF_TEXTS if is_texts else _MOST_BYTES_OF_A_PART
    if part.file_size > most:
        raise _too_large(path, f"{part.filename} in it has more than {most >> 20} MB")
    rows = since_row = 0
    end_of_last = b""
    merged: dict[MergedDown, None] = {}
    with archive.open(part) as file:
        while chunk := file.read(_CHUNK_BYTES):
            with_last = end_of_last + chunk
            if _HAS_ENTITIES.search(with_last):
                raise UnreadableFileError(f"{path} defines entities, which no spreadsheet program writes: {SAVE_AS}.")
            end_of_last = chunk[-_LONGEST_OF_PARTS:]
            if not is_sheet and not is_texts:
                continue
            if len(chunk) == _CHUNK_BYTES and b"<" not in chunk:
                raise _too_large(path, "a cell has more than a million characters")
            if is_sheet:
                contents.has_formulas = contents.has_formulas or bool(_FORMULA.search(with_last))
                seen = len(with_last) - len(chunk)
                hidden = sum(1 for found in _HIDDEN_ROW.finditer(with_last) if found.end() > seen)
                contents.hidden_rows[part.filename] += hidden
                merged.update(dict.fromkeys(merged_in(with_last)))
                if len(merged) > MOST_MERGED:
                    raise _too_large(path, f"it has more than {MOST_MERGED:,} merged cells")
            starts = [found.start() for found in _ROW_OR_TEXT.finditer(chunk)]
            rows += len(starts)
            since_row = len(chunk) - starts[-1] if starts else since_row + len(chunk)
            if since_row > _MOST_BYTES_OF_A_ROW or rows > _MOST_ROWS:
                raise _too_large(path, f"it has a row of more than {_MOST_BYTES_OF_A_ROW >> 20} MB, or too many")
    if merged:
        contents.merged[part.filename] = list(merged)


def _too_large(path: Path, reason: str) -> UnreadableFileError:
    return UnreadableFileError(
        f"{path} is too large for a spreadsheet: {reason}. Save the sheet with the leads as CSV."
    )
