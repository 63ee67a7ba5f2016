"""Spreadsheets in Excel's format, from LibreOffice, and hostile ones."""

import os
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from leads_cli.exporting import ExportError
from leads_cli.exporting.spreadsheet import write_xlsx
from leads_cli.importing.errors import UnreadableFileError
from leads_cli.importing.import_events import FileUnderstood, RowsChecked
from leads_cli.importing.import_options import ImportOptions
from leads_cli.importing.imported_table import ReadOptions, UnreadableText
from leads_cli.importing.run import Import
from leads_cli.importing.source_file import SourceFile
from leads_cli.importing.workbooks import open_workbook, visible_sheets

# The memory limit for a file of a few kilobytes.
MOST_BYTES = 500 << 20


def rows_of(path: Path) -> list[list[str]]:
    return [cells for _, cells in visible_sheets(path)[0].rows()]


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[[str], Path]:
    """A spreadsheet with this XML in its sheet."""

    def workbook(sheet_data: str, start: str = "") -> Path:
        path, empty = tmp_path / "leads.xlsx", tmp_path / "empty.xlsx"
        openpyxl.Workbook().save(empty)
        with zipfile.ZipFile(empty) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for name in source.namelist():
                content = source.read(name)
                if "worksheets" in name:
                    content = start.encode() + content.replace(
                        b"<sheetData></sheetData>", f"<sheetData>{sheet_data}</sheetData>".encode()
                    )
                target.writestr(name, content)
        return path

    return workbook


Workbook = Callable[..., Path]


def text(place: str, content: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{content}</t></is></c>'


def test_a_cell_that_is_merged_downwards_is_read_in_every_row_that_has_more(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (
        ["Leads", None, None],
        ["Company", "Contact", "Email"],
        ["Acme", "Ada", "a@example.com"],
        [None, "Bob", "b@example.com"],
        [None, None, None],
        ["Bolt", "Carl", None],
        [None, "Dora", "d@example.com"],
        ["Cork", "Eve", "e@example.com"],
    ):
        sheet.append(cells)
    for merged in ("A1:C1", "A3:A5", "A6:A7", "C6:C7"):
        sheet.merge_cells(merged)
    sheet["C6"] = "c@example.com"
    book.save(tmp_path / "leads.xlsx")

    table = open_workbook(tmp_path / "leads.xlsx", ReadOptions())

    assert [list(row.cells) for row in table.read_rows()] == [
        ["Acme", "Ada", "a@example.com"],
        ["Acme", "Bob", "b@example.com"],
        ["Bolt", "Carl", "c@example.com"],
        ["Bolt", "Dora", "c@example.com"],
        ["Cork", "Eve", "e@example.com"],
    ]
    assert "Cells that are merged over several rows are read as their value in each of these rows." in table.notes


def test_hidden_rows_are_imported_and_reported(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in (["Company", "Email"], ["A", "a@example.com"], ["B", "b@example.com"], ["C", "c@example.com"]):
        sheet.append(row)
    workbook.save(path := tmp_path / "leads.xlsx")
    assert SourceFile.open(path, None).table.notes == ()
    sheet.row_dimensions[3].hidden = True
    sheet.row_dimensions[9].hidden = True  # has no cells
    workbook.save(path)
    table = SourceFile.open(path, None).table
    assert len(list(table.read_rows())) == 3
    assert "1 row of the sheet is hidden, and imported as the others" in table.notes[0]
    sheet.row_dimensions[4].hidden = True
    workbook.save(path)
    assert SourceFile.open(path, None).table.notes[0].startswith("2 rows of the sheet are hidden")


def test_excessive_merged_cells_are_refused(workbook: Workbook) -> None:
    merged = "".join(f'<mergeCell ref="A{row}:A{row + 1}"/>' for row in range(1, 200_003, 2))
    path = workbook(f'<row r="1">{text("A1", "Company")}</row></sheetData><mergeCells>{merged}</mergeCells><sheetData>')
    with pytest.raises(UnreadableFileError, match="more than 100,000 merged cells"):
        visible_sheets(path)


def test_a_file_that_is_too_large_for_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "leads.xlsx"
    path.touch()
    os.truncate(path, 257 << 20)
    with pytest.raises(UnreadableFileError, match="it has more than 256 MB"):
        visible_sheets(path)


def test_escaped_characters_are_decoded(workbook: Workbook) -> None:
    assert rows_of(workbook(f'<row r="1">{text("A1", "a_x000D_b_x005F_x000D_ _x0041_")}</row>')) == [
        ["a\rb_x000D_ _x0041_"]
    ]


def test_an_infinite_number_is_unreadable(workbook: Workbook) -> None:
    [[number]] = rows_of(workbook('<row r="1"><c r="A1"><v>1e999</v></c></row>'))
    assert isinstance(number, UnreadableText)


def test_a_formula_without_a_value_and_an_error_are_unreadable(workbook: Workbook) -> None:
    cells = '<c r="A1"><f>1+1</f></c><c r="B1" t="e"><v>#REF!</v></c><c r="C1"><f>1+1</f><v>2</v></c>'
    [[formula, error, value]] = rows_of(workbook(f'<row r="1">{cells}</row>'))
    assert isinstance(formula, UnreadableText)
    assert "=1+1" in formula.problem
    assert isinstance(error, UnreadableText)
    assert "#REF!" in error.problem
    assert value == "2"


@pytest.mark.parametrize(
    ("value", "number_format", "shown", "behind"),
    [
        (1200, '0" st"', "1200 st", "1200"),
        (datetime.fromisoformat("2024-03-12"), "d/m/yyyy", "2024-03-12", None),
        (datetime.fromisoformat("2024-03-12T10:22"), "yyyy-mm-dd hh:mm", "2024-03-12T10:22:00", None),
        (datetime.fromisoformat("2024-10-02"), "d-mmm", "2-Oct", "2024-10-02"),
        (datetime.fromisoformat("1950-11-01"), "mmm-yy", "Nov-50", "1950-11-01"),
        (datetime.fromisoformat("1950-11-01"), "mmmmm", "N", "1950-11-01"),
        (datetime.fromisoformat("1950-11-01"), "ddddd", "1950-11-01", None),
        (datetime.fromisoformat("1950-11-01"), 'yyyy"th"', "1950th", "1950-11-01"),
        (time(9, 5), "h:mm", "9:05", "09:05:00"),
        (time(21, 5, 7), "hh:mm:ss AM/PM", "09:05:07 PM", "21:05:07"),
        (timedelta(hours=26, minutes=30), "[h]:mm", "26:30", "1 day, 2:30:00"),
        (timedelta(seconds=90), "[mm]:ss", "01:30", "0:01:30"),
        (True, "General", "TRUE", None),
        ("Bob", '"Mr "@', "Mr Bob", "Bob"),
    ],
)
def test_a_cell_is_read_as_it_is_shown(
    tmp_path: Path, value: object, number_format: str, shown: str, behind: str | None
) -> None:
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = value
    workbook.active["A1"].number_format = number_format
    workbook.save(tmp_path / "leads.xlsx")
    [[cell]] = rows_of(tmp_path / "leads.xlsx")
    assert (str(cell), getattr(cell, "value", None)) == (shown, behind)


def test_dates_and_numbers_of_employees_use_the_value_behind_the_format(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["Company", "Created", "Employees", "custom.share", "custom.half"])
    workbook.active.append(["A", datetime.fromisoformat("2024-03-12"), 1200, 0.5, 0.5])
    for place, number_format in {"B2": "mmm yyyy", "C2": '0" st"', "D2": "0%", "E2": "# ?/?"}.items():
        workbook.active[place].number_format = number_format
    workbook.save(tmp_path / "leads.xlsx")

    leads, bad = leads_and_reasons(ImportOptions(tmp_path / "leads.xlsx", mapped=["custom.half="]))
    expected = {"company": "A", "date": "2024-03-12", "employeeCount": "1200", "custom": {"share": "50%"}}
    assert (leads, bad) == ([expected], [])

    _, [reason] = leads_and_reasons(ImportOptions(tmp_path / "leads.xlsx"))
    assert reason.startswith(
        'custom.half is 0.5 in the format "# ?/?", and this command does not know how that is shown'
    )


def test_a_range_that_became_a_date_is_kept_as_it_is_shown(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["Company", "Company Size"])
    workbook.active.append(["A", datetime.fromisoformat("2024-10-02")])
    workbook.active["B2"].number_format = "d-mmm"
    workbook.save(tmp_path / "leads.xlsx")
    leads, _ = leads_and_reasons(ImportOptions(tmp_path / "leads.xlsx"))
    assert leads == [{"company": "A", "custom": {"Company Size": "2-Oct"}}]


def test_a_formula_without_a_value_is_unreadable_at_any_position_in_the_file(workbook: Workbook) -> None:
    def row(start: str) -> str:
        return f'<row r="1">{text("A1", start)}<c r="B1"><f>1+1</f></c></row>'

    with zipfile.ZipFile(workbook(row(""))) as archive:
        begin = archive.read("xl/worksheets/sheet1.xml").index(b"<f>")
    [[_, formula]] = rows_of(workbook(row("x" * ((1 << 20) - 1 - begin))))
    assert isinstance(formula, UnreadableText)


def test_a_row_that_begins_left_of_all_others_is_read_completely(workbook: Workbook) -> None:
    rows = [["", "Company", "Email"], *[["", "A", "a@example.com"]] * 101, ["Berlin", "B", "b@example.com"]]
    cells = [
        "".join(text(f"{column}{number}", cell) for column, cell in zip("ABC", row, strict=True) if cell)
        for number, row in enumerate(rows, start=1)
    ]
    path = workbook("".join(f'<row r="{number}">{row}</row>' for number, row in enumerate(cells, start=1)))
    table = open_workbook(path, ReadOptions())
    assert table.columns == ("column 1", "Company", "Email")
    assert [row.cells for row in table.read_rows()][100:] == [["", "A", "a@example.com"], rows[-1]]


def test_errors_may_be_declared_empty_and_formulas_may_not(workbook: Workbook) -> None:
    headings = text("A1", "Company") + text("B1", "Phone")
    error, formula = '<c r="B2" t="e"><v>#N/A</v></c>', '<c r="B3"><f>1+1</f></c>'
    rows = [headings, text("A2", "A") + error, text("A3", "B") + formula]
    path = workbook("".join(f'<row r="{number}">{cells}</row>' for number, cells in enumerate(rows, start=1)))
    _, reasons = leads_and_reasons(ImportOptions(path))
    assert ["#N/A" in reasons[0], "=1+1" in reasons[1]] == [True, True]
    leads, reasons = leads_and_reasons(ImportOptions(path, empty=["#N/A"]))
    assert leads[0] == {"company": "A"}
    assert ["=1+1" in reason for reason in reasons] == [True]


def leads_and_reasons(options: ImportOptions) -> tuple[list[dict[str, Any]], list[str]]:
    """The leads of a file's first rows, and the reasons of bad rows."""
    understood, checked = islice(Import(options).dry_run(), 2)
    assert isinstance(understood, FileUnderstood)
    assert isinstance(checked, RowsChecked)
    return [lead for _, lead in understood.sample], [bad.reason for bad in checked.first_bad]


def test_two_cells_at_opposite_corners_are_two_rows(workbook: Workbook) -> None:
    rows = f'<row r="1">{text("A1", "Company")}</row><row r="1048576">{text("XFD1048576", "x")}</row>'
    (_, first), (number, last) = visible_sheets(workbook(rows))[0].rows()
    assert (first, number, len(last), last[-1]) == (["Company"], 1048576, 16384, "x")


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (lambda: f'<row r="1">{text("A1", "x" * 100_000_000)}</row>', "a cell has more than a million characters"),
        (lambda: "<row/>" * 20_000_000, "too many"),
        (lambda: f"<row>{'<c/>' * 20_000_000}</row>", "a row of more than 8 MB"),
        (lambda: f'<row r="99999999999">{text("A99999999999", "x")}</row>', "more than 1,048,576 rows"),
        (lambda: f'<row r="1">{text("A1", "x")}', "cannot be read as a spreadsheet"),
        (lambda: '<row r="x"/>', "cannot be read as a spreadsheet"),
        (lambda: '<row r="1"><c r="A1" t="s"><v>7</v></c></row>', "from row 1 of the sheet Sheet on: a cell there is"),
        (lambda: f'<row r="1">{text("A1", "x")}</row><row r="2"><c r="A2"><v>x</v></c></row>', "from row 2 of the"),
    ],
    ids=["cell", "rows", "row", "number", "cut", "no number", "no text", "no value"],
)
def test_a_memory_bomb_or_a_damaged_file_is_refused_with_one_line(
    workbook: Workbook, rows: Callable[[], str], reason: str
) -> None:
    path = workbook(rows())
    program = """
import resource, sys
from pathlib import Path
from leads_cli.importing.errors import UnreadableFileError
from leads_cli.importing.imported_table import ReadOptions
from leads_cli.importing.workbooks import open_workbook, visible_sheets
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
try:
    print(sum(1 for _ in visible_sheets(Path(sys.argv[1]))[0].rows()))
except UnreadableFileError as exc:
    print(exc)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, path, str(MOST_BYTES)], capture_output=True, text=True, check=True
    )
    assert reason in done.stdout
    assert done.stdout.count("\n") == 1


def test_a_spreadsheet_may_have_the_name_of_an_older_one(workbook: Workbook) -> None:
    path = workbook(f'<row r="1">{text("A1", "Company")}</row>')

    assert rows_of(path.rename(path.with_suffix(".xls"))) == [["Company"]]


def test_entities_are_not_expanded(workbook: Workbook) -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    path = workbook(f'<row r="1">{text("A1", "&e9;")}</row>', f'<!DOCTYPE x [<!ENTITY e0 "x">{entities}]>')
    with pytest.raises(UnreadableFileError, match="defines entities"):
        rows_of(path)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"<html><body><table><tr><td>Company</td></tr></table></body></html>", "a web page"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "XML"),
        (b"Company;E-mail\nA;a@example.com\n", "text: .* --format csv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "older format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted .*password"),
        (b"\x02PNG\0\0", "nor anything else"),
        (b"PK\x03\x04" + b"\0" * 40, "damaged"),
    ],
)
def test_a_file_named_like_a_spreadsheet_that_is_not_one_is_reported(tmp_path: Path, content: bytes, what: str) -> None:
    (tmp_path / "leads.xls").write_bytes(content)
    with pytest.raises(UnreadableFileError, match=rf"leads\.xls .*{what}"):
        SourceFile.open(tmp_path / "leads.xls", None)


def test_a_text_that_is_too_long_for_a_cell_is_refused_and_not_cut(tmp_path: Path) -> None:
    lines = tmp_path / "lines"
    lines.write_text('{"id": "01-000", "notes": "%s"}\n' % ("x" * 32_768))
    with (
        lines.open("rb") as opened,
        (tmp_path / "out.xlsx").open("wb") as out,
        pytest.raises(ExportError, match=r"lead 01-000 .* csv or jsonl"),
    ):
        write_xlsx(opened, out)


# What LibreOffice writes.


FLAT = """<?xml version="1.0"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" office:version="1.3"
 office:mimetype="application/vnd.oasis.opendocument.spreadsheet"><office:automatic-styles>
<number:number-style style:name="N1"><number:number number:decimal-places="0" number:min-integer-digits="10"/>
</number:number-style>
<number:number-style style:name="N2"><number:text>+</number:text>
<number:number number:decimal-places="0" number:min-integer-digits="1"/>
</number:number-style><number:date-style style:name="N3"><number:day/><number:text>/</number:text><number:month/>
<number:text>/</number:text><number:year number:style="long"/></number:date-style>
<style:style style:name="c1" style:family="table-cell" style:data-style-name="N1"/>
<style:style style:name="c2" style:family="table-cell" style:data-style-name="N2"/>
<style:style style:name="c3" style:family="table-cell" style:data-style-name="N3"/></office:automatic-styles>
<office:body><office:spreadsheet><table:table table:name="Leads"><table:table-row>%s</table:table-row>
<table:table-row>%s</table:table-row></table:table></office:spreadsheet></office:body></office:document>"""


def cell(content: str, attributes: str = "") -> str:
    value_type = "" if "value-type" in attributes else 'office:value-type="string"'
    return f"<table:table-cell {value_type} {attributes}><text:p>{content}</text:p></table:table-cell>"


def number_cell(value: str, style: str) -> str:
    return cell("", f'table:style-name="{style}" office:value-type="float" office:value="{value}"')


@pytest.fixture(scope="module")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str], Path]:
    """Has LibreOffice save a file in another format."""
    soffice = shutil.which("soffice")
    if not soffice:
        pytest.skip("LibreOffice is not installed: apt-get install --no-install-recommends libreoffice-calc")
    directory = tmp_path_factory.mktemp("libreoffice")

    def convert(path: Path, suffix: str) -> Path:
        profile = f"-env:UserInstallation=file://{directory}/profile"
        command: list[str | Path] = [
            soffice,
            profile,
            "--headless",
            "--convert-to",
            suffix,
            "--outdir",
            directory,
            path,
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=240)
        return directory / f"{path.stem}.{suffix}"

    return convert


@pytest.mark.slow
def test_a_file_of_libreoffice_is_read_as_it_is_shown(convert: Callable[[Path, str], Path], tmp_path: Path) -> None:
    headings = "".join(cell(name) for name in ("Company", "Phone", "Mobile", "Created", "Sum", "Broken", "Notes"))
    values = [
        cell("Söhne &amp; Co"),
        number_cell("701234567", "c1"),
        number_cell("46701234567", "c2"),
        cell("", 'table:style-name="c3" office:value-type="date" office:date-value="2024-03-12"'),
        cell("", 'table:formula="of:=40+2" office:value-type="float" office:value="42"'),
        cell("", 'table:formula="of:=1/0" office:value-type="float" office:value="0"'),
        cell("two</text:p><text:p>lines"),
    ]
    (tmp_path / "leads.fods").write_text(FLAT % (headings, "".join(values)), encoding="utf-8")

    _, [*cells, broken, notes] = rows_of(convert(tmp_path / "leads.fods", "xlsx"))

    assert cells == ["Söhne & Co", "0701234567", "+46701234567", "2024-03-12", "42"]
    assert isinstance(broken, UnreadableText)
    assert notes == "two\nlines"
    with pytest.raises(UnreadableFileError, match=r"older format \(XLS\)"):
        SourceFile.open(convert(tmp_path / "leads.fods", "xls"), None)


@pytest.mark.slow
def test_libreoffice_reads_an_export_as_text(convert: Callable[[Path, str], Path], tmp_path: Path) -> None:
    lines, path = tmp_path / "lines", tmp_path / "export.xlsx"
    lines.write_text('{"id": "1", "company": "=1+1", "phoneNumber": "0701", "email": "+46", "employeeCount": 7}\n')
    with lines.open("rb") as opened, path.open("wb") as out:
        write_xlsx(opened, out)
    resaved = convert(path, "csv").read_text(encoding="utf-8").splitlines()[1]
    assert resaved.startswith("1,=1+1,")
    assert ",0701," in resaved
    assert ",7," in resaved
    assert stat.S_ISREG(path.stat().st_mode)
