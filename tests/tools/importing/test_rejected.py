"""The file of rejected rows has their cells and the reasons. It is written completely, or stays as it was."""

import csv
import json
import os
import stat
import threading
from pathlib import Path

import pytest

from leads_cli.importing.checking import BadRow
from leads_cli.importing.errors import RejectedFileError
from leads_cli.importing.imported_table import EmptyText, Row
from leads_cli.importing.json_objects import decode
from leads_cli.importing.rejected import RejectedFile, RejectedFormat

ADDED = ("rejected row", "rejected because")
COLUMNS = ("Firma", "contacts", "Notes")


def write(path: Path, *bad_rows: BadRow, file_format: RejectedFormat = RejectedFormat.CSV) -> None:
    with RejectedFile(path, COLUMNS, file_format) as rejected:
        for bad in bad_rows:
            rejected.add(bad)
        rejected.write()


def read(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.reader(file))


def test_every_cell_is_kept_and_none_is_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    write(
        path,
        BadRow(Row(2, ['Å "B", C', [{"name": "Zoë", "phoneNumber": 7}], "two\r\nlines"]), "Too long."),
        BadRow(Row(7, ["short"]), "Too short."),
        BadRow(Row(8, [None, True, "half \ud800"]), "Not Unicode."),
        BadRow(Row(9, ["a", "b", "c", "d", "e"]), "Too wide."),
        BadRow(Row(10, ["=1+1", "@x", "'-1"]), "=1 is bad."),
    )
    assert read(path) == [
        [*ADDED, "Firma", "contacts", "Notes"],
        ["2", "Too long.", 'Å "B", C', '[{"name": "Zoë", "phoneNumber": 7}]', "two\r\nlines"],
        ["7", "Too short.", "short", "", ""],
        ["8", "Not Unicode.", "", "true", "half \\ud800"],
        ["9", "Too wide.", "a", "b", "c", "d", "e"],
        ["10", "'=1 is bad.", "'=1+1", "'@x", "''-1"],
    ]


@pytest.mark.parametrize("file_format", [RejectedFormat.JSON, RejectedFormat.JSONL])
def test_json_values_stay_json(tmp_path: Path, file_format: RejectedFormat) -> None:
    path = tmp_path / "bad"
    contacts = [{"name": "Zoë", "n": decode("1.5")}]
    write(
        path,
        BadRow(Row(2, ["=1+1", contacts, None]), "Too long."),
        BadRow(Row(7, [], raw='{"Firma": '), "No JSON."),
        BadRow(Row(8, ["half \ud800"]), "Not Unicode."),
        file_format=file_format,
    )
    text = path.read_text(encoding="utf-8")
    objects = (
        json.loads(text) if file_format is RejectedFormat.JSON else [json.loads(line) for line in text.splitlines()]
    )
    assert objects == [
        {"rejected row": 2, "rejected because": "Too long.", "Firma": "=1+1", "contacts": [{"name": "Zoë", "n": 1.5}]},
        [7, "No JSON.", '{"Firma": '],
        {"rejected row": 8, "rejected because": "Not Unicode.", "Firma": "half \ud800"},
    ]


def test_rows_that_are_rejected_again_have_no_more_columns(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    with RejectedFile(path, [*ADDED, "Firma"], RejectedFormat.CSV) as rejected:
        rejected.add(BadRow(Row(2, ["14", "Bad.", "A"]), "Bad as before."))
        rejected.write()
    assert read(path) == [[*ADDED, "Firma"], ["2", "Bad as before.", "A"]]


@pytest.mark.parametrize("file_format", RejectedFormat)
def test_the_users_members_named_row_and_reason_are_kept(tmp_path: Path, file_format: RejectedFormat) -> None:
    path = tmp_path / "bad"
    columns = ["row", "reason", "rejected because", "Firma", "rejected row"]
    with RejectedFile(path, columns, file_format, "\t" if file_format is RejectedFormat.TSV else None) as rejected:
        rejected.add(BadRow(Row(2, ["14", "call back", "Bad before.", "A", 7]), "Bad."))
        rejected.write()
    text = path.read_text(encoding="utf-8-sig")
    if file_format in {RejectedFormat.CSV, RejectedFormat.TSV}:
        assert [line.split("," if file_format is RejectedFormat.CSV else "\t") for line in text.splitlines()] == [
            [*ADDED, "row", "reason", "Firma"],
            ["2", "Bad.", "14", "call back", "A"],
        ]
    else:
        (found,) = json.loads(text) if file_format is RejectedFormat.JSON else [json.loads(text)]
        assert found == {
            "rejected row": 2,
            "rejected because": "Bad.",
            "row": "14",
            "reason": "call back",
            "Firma": "A",
        }


def test_texts_that_stand_for_nothing_are_kept(tmp_path: Path) -> None:
    row = Row(2, [EmptyText("null"), EmptyText(" - "), ""])
    write(tmp_path / "bad.csv", BadRow(row, "Bad."))
    write(tmp_path / "bad.jsonl", BadRow(row, "Bad."), file_format=RejectedFormat.JSONL)
    assert read(tmp_path / "bad.csv")[1] == ["2", "Bad.", "null", "' - ", ""]
    assert json.loads((tmp_path / "bad.jsonl").read_text())["Firma"] == "null"


def test_only_the_owner_may_read_the_file_and_no_link_is_followed(tmp_path: Path) -> None:
    path, elsewhere = tmp_path / "bad.csv", tmp_path / "elsewhere"
    elsewhere.write_text("precious")
    path.symlink_to(elsewhere)
    (tmp_path / ".bad.csv.unfinished").symlink_to(elsewhere)
    write(path, BadRow(Row(2, ["A"]), "Bad."))
    assert (path.is_symlink(), stat.S_IMODE(path.stat().st_mode), elsewhere.read_text()) == (False, 0o600, "precious")


def test_there_is_no_file_without_rejected_rows(tmp_path: Path) -> None:
    write(tmp_path / "bad.csv")
    assert list(tmp_path.iterdir()) == []


def test_rows_can_be_added_after_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    with RejectedFile(path, ["Firma"], RejectedFormat.CSV) as rejected:
        for number in (2, 3):
            rejected.add(BadRow(Row(number, ["A"]), "Bad."))
            rejected.write()
    assert read(path) == [[*ADDED, "Firma"], ["2", "Bad.", "A"], ["3", "Bad.", "A"]]


def test_a_failed_write_leaves_the_old_file_of_rejected_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
    assert received[0].splitlines()[1] == "2,Bad.,A,,"
    assert path.is_fifo()
