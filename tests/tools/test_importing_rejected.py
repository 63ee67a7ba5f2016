"""The file of rejected rows: what was in the rows, and why they were rejected, all of it or as it was before."""

import csv
import os
import threading
from pathlib import Path

import pytest

from leads_cli.importing.checking import BadRow
from leads_cli.importing.errors import RejectedFileError
from leads_cli.importing.rejected import RejectedFile
from leads_cli.importing.tables import Row

COLUMNS = ("Firma", "contacts", "Notes")


def write(path: Path, *bad_rows: BadRow) -> None:
    with RejectedFile(path, COLUMNS) as rejected:
        for bad in bad_rows:
            rejected.add(bad)
        rejected.write()


def read(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_cells_are_what_they_were(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    write(
        path,
        BadRow(Row(2, ['Å "B", C', [{"name": "Zoë", "phoneNumber": 7}], "two\r\nlines"]), "Too long."),
        BadRow(Row(7, ["short"]), "Too short."),
        BadRow(Row(8, [None, True, "half \ud800"]), "Not Unicode."),
    )
    assert read(path) == [
        ["Firma", "contacts", "Notes", "row", "reason"],
        ['Å "B", C', '[{"name": "Zoë", "phoneNumber": 7}]', "two\r\nlines", "2", "Too long."],
        ["short", "", "", "7", "Too short."],
        ["", "true", "half \\ud800", "8", "Not Unicode."],
    ]


def test_there_is_no_file_without_rejected_rows(tmp_path: Path) -> None:
    write(tmp_path / "bad.csv")
    assert list(tmp_path.iterdir()) == []


def test_rows_can_be_added_after_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    with RejectedFile(path, ["Firma"]) as rejected:
        for number in (2, 3):
            rejected.add(BadRow(Row(number, ["A"]), "Bad."))
            rejected.write()
    assert read(path) == [["Firma", "row", "reason"], ["A", "2", "Bad."], ["A", "3", "Bad."]]


def test_a_file_that_cannot_be_finished_leaves_the_one_of_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("before")

    def fail(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(RejectedFileError, match=r"bad\.csv: No space left on device"):
        write(path, BadRow(Row(2, ["A"]), "Bad."))
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    received: list[str] = []
    reader = threading.Thread(target=lambda: received.append(path.read_text()))
    reader.start()
    write(path, BadRow(Row(2, ["A"]), "Bad."))
    reader.join()
    assert received[0].splitlines()[1] == "A,,,2,Bad."
    assert path.is_fifo()
