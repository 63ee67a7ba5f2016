"""Several columns for one field: where the best one is empty, the next best is used."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from leads_cli.importing.errors import BadRowsError
from leads_cli.importing.import_events import FileUnderstood
from leads_cli.importing.import_options import ImportOptions
from leads_cli.importing.run import Import
from leads_core.leads import Lead


def leads_in(options: ImportOptions) -> list[Lead]:
    understood = next(Import(options).dry_run())
    assert isinstance(understood, FileUnderstood)
    return [lead for _, lead in understood.sample]


def leads_of(
    folder: Path, rows: Sequence[Sequence[str]], *, mapped: Sequence[str] = (), empty: Sequence[str] = ()
) -> list[Lead]:
    """The leads of the first rows of a table."""
    path = folder / "leads.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return leads_in(ImportOptions(path, mapped=mapped, empty=empty))


@pytest.mark.parametrize(
    ("rows", "leads"),
    [
        (
            [("Name", "Home Email", "Work Email"), ("Ann", "h@h.h", ""), ("Bob", "h@h.h", "w@w.w")],
            [{"contactPerson": "Ann", "email": "h@h.h"}, {"contactPerson": "Bob", "email": "w@w.w"}],
        ),
        (
            [
                ("Company", "Other Phone", "Mobile", "Phone"),
                ("A", "3", "2", " "),
                ("B", "3", "", ""),
                ("C", "", "", ""),
            ],
            [{"company": "A", "phoneNumber": "2"}, {"company": "B", "phoneNumber": "3"}, {"company": "C"}],
        ),
        (
            [("Email", "Your email address"), ("unknown", "a@b.c"), ("d@e.f", "unknown")],
            [{"email": "a@b.c"}, {"email": "d@e.f"}],
        ),
        (
            [("Full name", "First name", "Last name"), ("", "Ann", "Bee"), ("Bob Dee", "Ann", "Bee")],
            [{"contactPerson": "Ann Bee"}, {"contactPerson": "Bob Dee"}],
        ),
        (
            [("Lead name", "First name", "Last name"), ("Ann Bee", "", ""), ("Ann Bee", "", "Dee")],
            [{"contactPerson": "Ann Bee"}, {"contactPerson": "Dee"}],
        ),
        (
            [("Email", "Job title", "Title"), ("a@b.c", "", "Dr."), ("d@e.f", "CEO", "")],
            [{"email": "a@b.c"}, {"email": "d@e.f", "jobTitle": "CEO"}],
        ),
        ([("Work Phone", "Phone", "Company"), ("1",)], [{"phoneNumber": "1"}]),
    ],
)
def test_the_next_best_column_is_read_where_the_best_is_empty(
    tmp_path: Path, rows: list[tuple[str, ...]], leads: list[Lead]
) -> None:
    assert leads_of(tmp_path, rows) == leads


ROWS = [("Company", "Work Email", "Home Email"), ("A", "", "h@h.h"), ("B", "w@w.w", "")]


@pytest.mark.parametrize("chosen", ["Work Email=email", "Home Email="])
def test_a_field_that_the_user_maps_has_no_fallback(tmp_path: Path, chosen: str) -> None:
    assert leads_of(tmp_path, ROWS, mapped=[chosen]) == [{"company": "A"}, {"company": "B", "email": "w@w.w"}]


def test_a_text_that_the_user_declares_empty_uses_the_fallback(tmp_path: Path) -> None:
    rows = [("Company", "Phone", "Mobile"), ("A", "ask", "1")]
    assert leads_of(tmp_path, rows)[0]["phoneNumber"] == "ask"
    assert leads_of(tmp_path, rows, empty=["ask"])[0]["phoneNumber"] == "1"


def test_a_rejected_row_has_its_original_cells(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text(f"Company,Work Email,Home Email\n{'x' * 257},none,h@h.h\n")
    with pytest.raises(BadRowsError):
        list(Import(ImportOptions(path)).dry_run())
    rejected = Path(f"{path}.rejected.csv").read_text(encoding="utf-8-sig")
    assert rejected.splitlines()[1].endswith(f"{'x' * 257},none,h@h.h")


def test_another_name_in_json_is_a_fallback(tmp_path: Path) -> None:
    path = tmp_path / "leads.json"
    path.write_text(json.dumps([{"company": "A", "email": None, "homeEmail": "h@h.h"}]))
    assert leads_in(ImportOptions(path)) == [{"company": "A", "email": "h@h.h"}]
