"""Detects what a file is by its first bytes, because exports often have a wrong extension."""

import zipfile
from pathlib import Path

from leads_cli.importing.errors import UnreadableFileError

ZIP = b"PK\x03\x04"
PARQUET = b"PAR1"
SAVE_AS = "open it in a spreadsheet program, and save it as XLSX or CSV"

_START_BYTES = 4096
_MOST_BYTES_OF_XLS = 64 << 20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_NAME_OF_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_IMAGE = "a picture: export the table as CSV or XLSX"
_UNPACK = "unpack it, and import the file in it"
_BY_START = {
    b"%PDF-": "a PDF: export the table as CSV or XLSX",
    b"\x89PNG": _IMAGE,
    b"\xff\xd8\xff": _IMAGE,
    b"GIF87a": _IMAGE,
    b"GIF89a": _IMAGE,
    b"II*\0": _IMAGE,
    b"MM\0*": _IMAGE,
    b"\x1f\x8b": f"compressed with gzip: {_UNPACK}",
    b"BZh91AY": f"compressed with bzip2: {_UNPACK}",
    b"\xfd7zXZ\0": f"compressed with xz: {_UNPACK}",
    b"\x28\xb5\x2f\xfd": f"compressed with zstd: {_UNPACK}",
    b"7z\xbc\xaf\x27\x1c": f"a 7z archive: {_UNPACK}",
    b"Rar!\x1a": f"a RAR archive: {_UNPACK}",
    b"SQLite format 3\0": "a database (SQLite): export the table as CSV",
    rb"{\rtf": f"a text document (RTF): {SAVE_AS}",
    b"BEGIN:VCARD": "contacts as vCard: import them into an address book, and export them as CSV",
}
_BY_NAME_IN_ZIP = {
    "xl/workbook.bin": f"a binary spreadsheet of Excel (XLSB): {SAVE_AS}",
    "content.xml": f"a spreadsheet or text of another program (ODS): {SAVE_AS}",
    "Index/Document.iwa": "a spreadsheet of Numbers: export it there as CSV or XLSX",
    "Index.zip": "a spreadsheet of Numbers: export it there as CSV or XLSX",
    "word/document.xml": "a text document of Word: copy its table into a spreadsheet, and save that as XLSX or CSV",
}
_TABLES_IN_ZIP = (".csv", ".tsv", ".txt", ".xlsx", ".json", ".jsonl")


def start_of(path: Path) -> bytes:
    """The first bytes of a file. Raises UnreadableFileError if it is empty."""
    with path.open("rb") as file:
        start = file.read(_START_BYTES)
    if not start:
        raise UnreadableFileError(f"{path} is empty: export it once more.")
    return start


def is_workbook(path: Path, start: bytes) -> bool:
    """Whether it is an XLSX spreadsheet."""
    return start.startswith(ZIP) and any(name.lower().endswith("workbook.xml") for name in _names_in_zip(path))


def kind_of_no_table(path: Path, start: bytes) -> str | None:
    """What a file is that cannot be imported, and what to do about it; None if that is not known."""
    if kind := next((kind for mark, kind in _BY_START.items() if start.startswith(mark)), None):
        return kind
    if start.startswith(_OLE):
        with path.open("rb") as file:
            if _OLE_NAME_OF_ENCRYPTED in file.read(_MOST_BYTES_OF_XLS):
                return "an encrypted spreadsheet: open it with its password, and save it without"
        return f"a spreadsheet in Excel's older format (XLS): {SAVE_AS}"
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return _IMAGE
    if start.startswith(ZIP):
        return _kind_of_zip(path)
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith(b"<") and any(tag in text for tag in (b"<html", b"<table", b"<!doctype html", b"<body")):
        return f"a web page (HTML): {SAVE_AS}"
    return f"XML: {SAVE_AS}" if text.startswith((b"<?xml", b"<workbook")) else None


def kind_of_no_workbook(path: Path, start: bytes) -> str:
    """What a file is that should be a spreadsheet and is not, as the rest of a sentence."""
    if kind := kind_of_no_table(path, start):
        return f"but {kind}"
    if b"\0" not in start or start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "but text: if it is a table, use --format csv or --format tsv"
    return f"nor anything else that is known: {SAVE_AS}"


def is_json(start: bytes) -> bool:
    """Whether a file begins like objects of JSON, and unlike a table."""
    text = b"".join(start.lstrip(b"\xef\xbb\xbf").split())
    return text.startswith((b'{"', b"[{"))


def _kind_of_zip(path: Path) -> str:
    names = _names_in_zip(path)
    if not names:
        return "a ZIP archive, such as a spreadsheet is, and damaged: export it or copy it once more"
    if kind := next((kind for name, kind in _BY_NAME_IN_ZIP.items() if name in names), None):
        return kind
    tables = [name for name in names if name.lower().endswith(_TABLES_IN_ZIP) and not name.startswith("__MACOSX")]
    return f"a ZIP archive with {tables[0][:80]} in it: {_UNPACK}" if tables else f"an archive (ZIP): {_UNPACK}"


def _names_in_zip(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OverflowError):
        return []
