"""Tables in files: formats, encodings, separators, spreadsheets, and unreadable files."""

import csv
import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads_cli.errors import WrongUsageError
from leads_cli.importing.errors import UnreadableFileError
from leads_cli.importing.imported_table import ReadOptions, Row, Table
from leads_cli.importing.json_objects import open_json_array
from leads_cli.importing.source_file import ImportFormat, SourceFile

XLSX_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>',
    "xl/styles.xml": '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/></cellXfs></styleSheet>',
}
DATE, DATE_TIME = 1, 2


def table_of(path: Path, content: bytes | str, chosen: ImportFormat | None = None) -> Table:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return SourceFile.open(path, chosen).table


def rows_of(table: Table) -> list[tuple[int, list[object]]]:
    rows = list(table.read_rows())
    assert rows == list(table.read_rows()), "a table can be read again"
    return [(row.number, list(row.cells)) for row in rows]


def write_workbook(path: Path, sheets: dict[str, str], hidden: str = "") -> None:
    """A spreadsheet of sheets, each with the XML of its rows."""
    parts = dict(XLSX_PARTS)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    of_document = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    states = {name: 'state="hidden"' if name == hidden else "" for name in sheets}
    names = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="s{number}" {states[name]}/>'
        for number, name in enumerate(sheets, start=1)
    )
    links = "".join(
        f'<Relationship Id="s{number}" Type="{of_document}/worksheet" Target="worksheets/{number}.xml"/>'
        for number in range(1, len(sheets) + 1)
    )
    styles = f'<Relationship Id="t" Type="{of_document}/styles" Target="styles.xml"/>'
    parts["xl/workbook.xml"] = f'<workbook xmlns="{main}" xmlns:r="{of_document}"><sheets>{names}</sheets></workbook>'
    parts["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}{styles}'
        "</Relationships>"
    )
    for number, rows in enumerate(sheets.values(), start=1):
        parts[f"xl/worksheets/{number}.xml"] = f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def number_cell(place: str, number: str, style: int = 0) -> str:
    return f'<c r="{place}" s="{style}"><v>{number}</v></c>'


@pytest.mark.parametrize(
    ("separator", "name"),
    [
        (",", "commas"),
        (";", "semicolons"),
        ("\t", "tabs"),
        ("|", "vertical bars"),
        ("^", "carets"),
        ("~", "tildes"),
        ("¦", "broken bars"),
        ("\x1f", "unit separators"),
    ],
)
def test_the_separator_is_detected_and_named(tmp_path: Path, separator: str, name: str) -> None:
    lines = [["Company", "Notes", "City"], ["A, B", "x; y | z", "1,5"], ["C", 'says "hi"', "a,b;c"]]
    content = io.StringIO()
    csv.writer(content, delimiter=separator).writerows(lines)
    table = table_of(tmp_path / "leads.csv", content.getvalue())
    assert table.columns == tuple(lines[0])
    assert [cells for _, cells in rows_of(table)] == lines[1:]
    assert name in table.description


@pytest.mark.parametrize(
    ("name", "content", "separator"),
    [
        ("leads.csv", "Company   Email          Phone\nAcme Inc  a@example.com  1\n", "several spaces"),
        ("leads.csv", "Company:Email\nAcme:a@example.com\nBolt:b@example.com\n", "colons"),
        ("leads.csv", "Company / Email\nAcme / a@example.com\n", "slashes"),
        ("leads.csv", "Company - Email\nAcme - a@example.com\n", "hyphens"),
        ("leads.tsv", "Company,Email\nAcme,a@example.com\n", "commas"),
    ],
)
def test_an_unsupported_separator_is_not_read_as_part_of_a_cell(
    tmp_path: Path, name: str, content: str, separator: str
) -> None:
    with pytest.raises(UnreadableFileError, match=rf'single column, "Company.*separated by {separator}: save it as'):
        table_of(tmp_path / name, content)


@pytest.mark.parametrize("content", ["E-Mail / Mail\na@b\n", "Name: contact person\nAda\n", "Company\nA - B: C / D\n"])
def test_a_single_column_may_have_other_characters(tmp_path: Path, content: str) -> None:
    assert len(table_of(tmp_path / "leads.csv", content).columns) == 1


@pytest.mark.parametrize("heading", ["Notes", "Company : Email"])
def test_a_single_column_may_have_any_number_of_spaces_in_a_cell(tmp_path: Path, heading: str) -> None:
    cell = f"a{' ' * 300_000}b"
    assert rows_of(table_of(tmp_path / "leads.csv", f"{heading}\n{cell}\n")) == [(2, [cell])]


def test_the_table_of_a_text_may_have_bars_at_its_edges(tmp_path: Path) -> None:
    content = "| Company | Email         |\n|---------|---------------|\n| Acme    | a@example.com |\n"
    table = table_of(tmp_path / "leads.csv", content)
    assert table.columns == ("column 1", "Company", "Email")
    assert rows_of(table) == [(3, ["", " Acme    ", " a@example.com "])]


def test_commas_in_unquoted_cells_do_not_hide_the_semicolon(tmp_path: Path) -> None:
    table = table_of(tmp_path / "leads.csv", "Company;Notes, free\nA, B, C;x\nD;y, z\n")
    assert table.columns == ("Company", "Notes, free")


def test_known_headings_decide_between_separators(tmp_path: Path) -> None:
    table = table_of(tmp_path / "leads.csv", "Company, legal name;Email\nA, Inc;a@example.com\nB, Ltd;b@example.com\n")
    assert table.columns == ("Company, legal name", "Email")


@pytest.mark.parametrize("separator", [";", "^"])
def test_a_file_may_declare_its_separator(tmp_path: Path, separator: str) -> None:
    lines = ["sep=;", "Company,a;Note,b", "A,1;x,2"]
    table = table_of(tmp_path / "leads.csv", "\r\n".join(lines).replace(";", separator) + "\r\n")
    assert table.columns == ("Company,a", "Note,b")
    assert rows_of(table) == [(3, ["A,1", "x,2"])]


def test_a_title_does_not_hide_the_separator(tmp_path: Path) -> None:
    table = table_of(tmp_path / "leads.csv", "Leads, all of them\n\nCompany;Email\nA;a@example.com\n")
    assert (table.columns, rows_of(table)) == (("Company", "Email"), [(4, ["A", "a@example.com"])])
    assert "headings in row 3" in table.description


def test_a_field_of_json_is_one_column_in_any_letter_case(tmp_path: Path) -> None:
    (tmp_path / "leads.jsonl").write_text(
        '{"company": "Acme", "id": 1, "ID": 2}\n{"Company": "Bolt"}\n{"company": "No", "COMPANY": "Cork"}\n'
    )

    table = SourceFile.open(tmp_path / "leads.jsonl", None).table

    assert table.columns == ("company", "id", "ID")
    assert [row.cells for row in table.read_rows()] == [["Acme", 1, 2], ["Bolt", None, None], ["Cork", None, None]]


def test_another_name_for_a_field_is_one_column_too_unless_an_object_has_two(tmp_path: Path) -> None:
    content = '{"Phone": "1", "Mail": "a", "custom.A": 1}\n{"phone": "2", "mail": "b", "MAIL": "c", "custom.a": 2}\n'
    (tmp_path / "leads.jsonl").write_text(content)

    table = SourceFile.open(tmp_path / "leads.jsonl", None).table

    assert table.columns == ("Phone", "Mail", "custom.A", "mail", "MAIL", "custom.a")
    assert [row.cells for row in table.read_rows()] == [["1", "a", 1, None, None, None], ["2", None, None, "b", "c", 2]]


@pytest.mark.parametrize(
    "content",
    [
        'Company;Email;Phone\nAcme;a@example.com;1\n"Bolt;b@example.com;2"\n',
        "Company,Email,Phone\nAcme,a@example.com,1\nBolt;b@example.com;2\n",
        "Company;Email\nAcme, Inc;a@example.com\nBolt,b@example.com\n",
    ],
)
def test_a_row_in_a_single_cell_is_a_problem_and_no_company(tmp_path: Path, content: str) -> None:
    (tmp_path / "leads.csv").write_text(content)

    good, bad = SourceFile.open(tmp_path / "leads.csv", None).table.read_rows()

    assert good.problem is None
    assert bad.problem == "The row is one cell that has all others in it: separate them as those of the other rows."


def test_a_single_cell_with_commas_may_be_a_name(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("Company;Email\nAcme, Inc\n;a@example.com\n")

    assert [row.problem for row in SourceFile.open(tmp_path / "leads.csv", None).table.read_rows()] == [None, None]


def test_a_space_before_a_quote_does_not_belong_to_the_cell(tmp_path: Path) -> None:
    table = table_of(tmp_path / "leads.csv", '"Company", "Notes"\n"A, B", "says ""hi"""\n')
    assert table.columns == ("Company", "Notes")
    assert rows_of(table) == [(2, ["A, B", 'says "hi"'])]


def test_single_quotes_are_removed_if_all_headings_have_them(tmp_path: Path) -> None:
    table = table_of(tmp_path / "leads.csv", "'Company','Email'\n'Acme, Inc','a@example.com'\n'O''Hara',\n")
    assert table.columns == ("Company", "Email")
    assert rows_of(table) == [(2, ["Acme, Inc", "a@example.com"]), (3, ["O'Hara", ""])]
    table = table_of(tmp_path / "leads.csv", "Company,Email\n'Acme','a@example.com'\n")
    assert rows_of(table) == [(2, ["'Acme'", "'a@example.com'"])]


def test_spaces_of_cells_are_kept(tmp_path: Path) -> None:
    assert rows_of(table_of(tmp_path / "leads.csv", 'Company,custom.a\n" A", b \n')) == [(2, [" A", " b "])]


def test_a_single_column_needs_no_separator(tmp_path: Path) -> None:
    assert rows_of(table_of(tmp_path / "leads.csv", "Email\na@example.com\n")) == [(2, ["a@example.com"])]


def test_a_tsv_is_always_separated_by_tabs(tmp_path: Path) -> None:
    table = table_of(tmp_path / "leads.tsv", "Company,x,y\tNotes\nA,1,2\tB\n")
    assert table.columns == ("Company,x,y", "Notes")


def test_a_row_has_the_number_of_its_first_line(tmp_path: Path) -> None:
    content = '\r\nCompany,Notes\r\nA,"two\r\nlines"\r\n\r\nB,x\r\n'
    assert rows_of(table_of(tmp_path / "leads.csv", content)) == [(3, ["A", "two\r\nlines"]), (5, []), (6, ["B", "x"])]


def test_the_format_may_be_set_for_any_file_name(tmp_path: Path) -> None:
    table = table_of(tmp_path / "leads.txt", '{"company": "A"}\n', ImportFormat.JSONL)
    assert rows_of(table) == [(1, ["A"])]


def test_rows_may_be_shorter_than_the_headings_but_not_longer(tmp_path: Path) -> None:
    table = table_of(tmp_path / "leads.csv", "Company,Notes,,\nA\nB,x,,\nC,x,y,\n")
    assert table.columns == ("Company", "Notes")
    assert [row.problem for row in table.read_rows()] == [
        None,
        None,
        "The row has 4 cells, but there are 2 columns.",
    ]


def test_a_column_without_a_heading_is_called_by_its_number(tmp_path: Path) -> None:
    assert table_of(tmp_path / "leads.csv", "Company,,Notes\nA,B,C\n").columns == ("Company", "column 2", "Notes")


def test_columns_with_the_same_heading_get_different_names(tmp_path: Path) -> None:
    headings = "Email,Company,Email,Email (2),,column 5,Email"
    assert table_of(tmp_path / "leads.csv", f"{headings}\nA\n").columns == (
        "Email",
        "Company",
        "Email (3)",
        "Email (2)",
        "column 5",
        "column 5 (2)",
        "Email (4)",
    )


@pytest.mark.parametrize(
    ("name", "options", "option"),
    [
        ("leads.csv", ReadOptions(sheet="Leads"), "--sheet"),
        ("leads.json", ReadOptions(header_row=2), "--header-row"),
        ("leads.parquet", ReadOptions(encoding="cp1252"), "--encoding"),
    ],
)
def test_options_that_a_format_does_not_support_are_refused(
    tmp_path: Path, name: str, options: ReadOptions, option: str
) -> None:
    (tmp_path / name).write_text("[]")
    with pytest.raises(WrongUsageError, match=option):
        SourceFile.open(tmp_path / name, None, options)


def test_the_sheet_and_the_row_of_headings_can_be_chosen(tmp_path: Path) -> None:
    rows = (
        f'<row r="1">{text_cell("A1", "Company")}</row><row r="3">{text_cell("A3", "Firma")}</row>'
        f'<row r="4">{text_cell("A4", "Acme")}</row>'
    )
    write_workbook(tmp_path / "leads.xlsx", {"Cover": text_cell("A1", "x"), "Leads": rows})
    found = SourceFile.open(tmp_path / "leads.xlsx", None).table
    assert found.columns == ("Company",)
    assert "the sheet Leads" in found.description
    assert "1 other sheet is not read" in found.description
    chosen = SourceFile.open(tmp_path / "leads.xlsx", None, ReadOptions(sheet="leads", header_row=3)).table
    assert (chosen.columns, rows_of(chosen)) == (("Firma",), [(4, ["Acme"])])


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        pytest.param('"never closed', 3, id="open quote"),
        pytest.param('"closed" early', 3, id="text behind a quote"),
        pytest.param('"' + "x\n" * 8_500_000 + '"', 3, id="enormous", marks=pytest.mark.slow),
    ],
)
def test_an_unclosed_quote_is_refused_with_its_line(tmp_path: Path, cell: str, line: int) -> None:
    with pytest.raises(UnreadableFileError, match=f"from line {line} on"):
        table_of(tmp_path / "leads.csv", f"Company,Notes\nA,x\nB,{cell}\nC,x\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", ["leads.json", "leads.jsonl"])
def test_json_has_a_row_for_each_object(tmp_path: Path, name: str, encoding: str) -> None:
    objects = [
        {"company": "Åsa", "contacts": [{"name": "Zoë", "phoneNumber": 1.50}]},
        {},
        {"email": "x", "company": None},
    ]
    lines = [json.dumps(each, ensure_ascii=False) for each in objects]
    content = "\n".join(lines) if name.endswith("l") else f" [{','.join(lines)}]\n"
    table = table_of(tmp_path / name, content.encode(encoding))
    assert table.columns == ("company", "contacts", "email")
    assert rows_of(table) == [
        (1, ["Åsa", [{"name": "Zoë", "phoneNumber": "1.5"}], None]),
        (2, [None, None, None]),
        (3, [None, None, "x"]),
    ]


@pytest.mark.parametrize("name", ["leads.json", "leads.jsonl"])
@pytest.mark.parametrize(
    ("literal", "text"),
    [
        ("46701234567.0", "46701234567"),
        ("1.25", "1.25"),
        ("1.50e2", "150"),
        ("46701234567", 46701234567),
        ("1e400", "1E+400"),
        ("true", True),
    ],
)
def test_numbers_in_json_become_the_text_of_a_cell(tmp_path: Path, name: str, literal: str, text: object) -> None:
    content = f'{{"x": {literal}}}' if name.endswith("l") else f'[{{"x": {literal}}}]'
    ((_, (value,)),) = rows_of(table_of(tmp_path / name, content))
    assert str(value).upper() == str(text).upper()
    assert isinstance(value, type(text))


def test_a_line_that_is_not_a_json_object_is_a_bad_row(tmp_path: Path) -> None:
    table = table_of(tmp_path / "leads.jsonl", '{"company": "A"}\n{"company": \n[1]\n{"x": NaN}\n\n{"company": "B"}\n')
    assert [(row.number, row.problem) for row in table.read_rows() if row.problem] == [
        (2, "The line is not a JSON object."),
        (3, "The line must be an object."),
        (4, "The line is not a JSON object."),
    ]
    assert [row.cells for row in table.read_rows() if any(row.cells)] == [["A"], ["B"]]


def test_an_element_that_is_not_an_object_is_a_bad_row(tmp_path: Path) -> None:
    table = table_of(tmp_path / "leads.json", '[{"company": "A"}, 7, null]')
    assert [row.problem for row in table.read_rows()] == [None, *["The element must be an object."] * 2]


@pytest.mark.parametrize(
    "content",
    [
        '{"company": "A"}',
        "7",
        " ",
        "[",
        '[{"a": 1},]',
        '[{"a": 1} {"b": 2}]',
        '[{"a": 1}] x',
        "company\nA",
        '[{"a": NaN}]',
        '[{"a": "' + "x" * 10_000_000,
        f'[{{"company": {"[" * 100_000}]}}]',
    ],
    ids=lambda content: content[:20],
)
def test_a_json_file_that_is_not_an_array_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(UnreadableFileError, match="is not a JSON array of objects"):
        table_of(tmp_path / "leads.json", content)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('[{"a": 1},\n {"a": }]', r"line 2, column 8, Expecting value\."),
        ('[{"a": NaN}]', r"NaN is not JSON\."),
        (f'[{{"a": {"9" * 5000}}}]', r"the number 9{20}… is too large\."),
        (f'[{{"a": 1e{"9" * 5000}}}]', r"the number 1e9{18}… is too large\."),
        (f'[{{"a": {"[" * 100_000}', r"it is nested too deeply\."),
    ],
    ids=lambda content: content[:20],
)
def test_the_error_in_a_json_file_is_described(tmp_path: Path, content: str, reason: str) -> None:
    with pytest.raises(UnreadableFileError, match=f"is not a JSON array .*: {reason}$") as refused:
        table_of(tmp_path / "leads.json", content)
    assert len(str(refused.value)) < len(str(tmp_path)) + 200


@pytest.mark.parametrize("value", ["9" * 5000, "1e" + "9" * 5000, "[" * 100_000], ids=lambda value: value[:3])
def test_a_line_of_json_that_is_too_large_or_deep_is_a_bad_row(tmp_path: Path, value: str) -> None:
    table = table_of(tmp_path / "leads.jsonl", f'{{"a": {value}}}\n{{"a": 1}}\n')
    assert list(table.read_rows()) == [
        Row(1, (), "The line is not a JSON object.", raw=f'{{"a": {value}}}'),
        Row(2, [1]),
    ]


def test_a_spreadsheet_is_read_as_people_see_it(tmp_path: Path) -> None:
    path = tmp_path / "leads.xlsx"
    headings = "".join(text_cell(f"{column}3", name) for column, name in zip("BCDE", ["A", "B", "C", "D"], strict=True))
    rows = (
        f'<row r="3">{headings}</row>'
        f'<row r="5">{text_cell("B5", "Åsa")}{number_cell("C5", "46701234567")}{number_cell("D5", "46349", DATE)}'
        f"{number_cell('E5', '46349.5', DATE_TIME)}</row>"
        f'<row r="6">{number_cell("B6", "50.0")}{number_cell("C6", "1.25")}<c r="D6" t="b"><v>1</v></c></row>'
    )
    write_workbook(path, {"Hidden": "", "Blad": rows, "Other": ""}, hidden="Hidden")
    table = SourceFile.open(path, None).table
    assert table.columns == ("A", "B", "C", "D")
    assert rows_of(table) == [
        (5, ["Åsa", "46701234567", "2026-11-23", "2026-11-23T12:00:00"]),
        (6, ["50", "1.25", "TRUE"]),
    ]
    assert "Blad" in table.description
    assert "1 other sheet is not read" in table.description


def test_an_empty_sheet_is_named(tmp_path: Path) -> None:
    write_workbook(tmp_path / "leads.xlsx", {"Blad": ""})
    with pytest.raises(UnreadableFileError, match=r"Blad .* is empty"):
        SourceFile.open(tmp_path / "leads.xlsx", None)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("leads.csv", b"", "is empty"),
        ("leads.csv", b"\n \n", "is empty"),
        ("leads.csv", b"\xef\xbb\xbf", "is empty"),
        ("leads.json", b"", "is empty"),
        ("leads.jsonl", b"", "is empty"),
        ("leads.xlsx", b"", "is empty"),
        ("leads.xlsx", b"PK\x03\x04garbage", "a ZIP archive, .* damaged"),
        ("leads.xlsx", b"Company\nA\n", "but text: .* --format csv"),
        (
            "leads.csv",
            b"PK\x03\x04\x00\x00\x00garbage",
            "but a ZIP archive, .* damaged: export it or copy it once more",
        ),
        ("leads.csv", b"A\x00garbage\xff", "is not text"),
        ("leads.jsonl", b"\x89PNG\r\n\x1a\n\x00\x00", "not a table, but a picture"),
        ("leads.csv", b"%PDF-1.7", "not a table, but a PDF"),
        ("leads.csv", b"\n<!DOCTYPE html><p>", r"not a table, but a web page \(HTML\): open it in a spreadsheet"),
        ("leads.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"older format \(XLS\): open it"),
        ("leads.csv.gz", b"\x1f\x8b\x08", "compressed with gzip: unpack it"),
        ("leads.csv", b'[\n {"company": "A"}]', "not a table, but JSON: use --format json"),
        ("leads.vcf", b"BEGIN:VCARD", "vCard: .* export them as CSV"),
        ("leads.csv", "Ä\n".encode("utf-16")[:-1], "is not text"),
        ("leads.doc", b"x", r"--format \(csv"),
        ("leads", b"x", "--format"),
    ],
)
def test_an_unreadable_file_is_refused_with_a_message_of_one_line(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    with pytest.raises(UnreadableFileError, match=message) as refused:
        table_of(tmp_path / name, content)
    assert name in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_path_that_is_not_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="There is no file"):
        SourceFile.open(tmp_path / "leads.csv", None)
    with pytest.raises(UnreadableFileError, match="is a folder: name a file in it"):
        SourceFile.open(tmp_path, ImportFormat.CSV)
    os.mkfifo(tmp_path / "leads.csv")
    with pytest.raises(UnreadableFileError, match=r"is not a file: .* save it as one first"):
        SourceFile.open(tmp_path / "leads.csv", None)


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        ("contacts.csv", "a ZIP archive with contacts.csv in it: unpack it"),
        ("Index/Document.iwa", "a spreadsheet of Numbers: export it there as CSV or XLSX"),
        ("content.xml", r"\(ODS\): open it in a spreadsheet program"),
        ("xl/workbook.bin", r"\(XLSB\): open it in a spreadsheet program"),
        ("word/document.xml", "a text document of Word"),
    ],
)
@pytest.mark.parametrize("name", ["leads.csv", "leads.xlsx", "leads.zip"])
def test_an_archive_that_is_not_a_spreadsheet_is_reported(
    tmp_path: Path, name: str, member: str, expected: str
) -> None:
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        archive.writestr(member, "x")
    with pytest.raises(UnreadableFileError, match=expected):
        SourceFile.open(tmp_path / name, None)


@pytest.mark.parametrize("name", ["leads.csv", "leads.txt", "leads"])
def test_a_spreadsheet_may_have_any_name(tmp_path: Path, name: str) -> None:
    write_workbook(tmp_path / "leads.xlsx", {"Blad": f'<row r="1">{text_cell("A1", "Company")}</row>'})
    path = (tmp_path / "leads.xlsx").rename(tmp_path / name)
    assert SourceFile.open(path, None).table.columns == ("Company",)
    with pytest.raises(UnreadableFileError, match="is xlsx, not csv: leave out --format"):
        SourceFile.open(path, ImportFormat.CSV)


def test_a_text_may_be_a_table(tmp_path: Path) -> None:
    assert table_of(tmp_path / "leads.txt", b"Company\tEmail\nA\ta@x\n").columns == ("Company", "Email")


def test_objects_with_ever_new_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="1,000"):
        table_of(tmp_path / "leads.jsonl", "".join(f'{{"{number}": 1}}\n' for number in range(1001)))


def test_a_change_of_the_file_is_detected(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("Company\nA\n")
    source = SourceFile.open(path, None)
    assert not source.has_changed()
    path.write_text("Company\nAB\n")
    assert source.has_changed()
    path.unlink()
    assert source.has_changed()


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(
    array=st.lists(ANY_JSON, max_size=5),
    indent=st.sampled_from([None, 1]),
    cut=st.integers(0, 9),
)
def test_a_json_array_is_read_completely_or_refused_if_its_end_is_missing(
    tmp_path_factory: pytest.TempPathFactory, array: list[object], indent: int | None, cut: int
) -> None:
    content = json.dumps(array, indent=indent)
    content = content[: len(content) - cut]
    path = tmp_path_factory.getbasetemp() / "property.json"
    path.write_text(content + "\n")
    if cut:
        with pytest.raises(UnreadableFileError):
            open_json_array(path)
        return
    table = open_json_array(path)
    read = [dict(zip(table.columns, row.cells, strict=True)) if not row.problem else None for row in table.read_rows()]
    blank = dict.fromkeys(table.columns)
    assert read == [blank | element if isinstance(element, dict) else None for element in array]


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@given(
    rows=st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=5),
    separator=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_a_program_writes_as_csv_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], separator: str, encoding: str
) -> None:
    content = io.StringIO(newline="")
    writer = csv.writer(content, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerows([["Company", "Notes", "Email"], *rows])
    path = tmp_path_factory.getbasetemp() / "property.csv"
    table = table_of(path, content.getvalue().encode(encoding))
    assert [list(row.cells) for row in table.read_rows()] == rows


@given(content=st.binary(max_size=60), file_format=st.sampled_from(ImportFormat))
def test_any_bytes_are_read_or_refused_with_a_message_of_one_line(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, file_format: ImportFormat
) -> None:
    path = tmp_path_factory.getbasetemp() / "garbage"
    try:
        rows_of(table_of(path, content, file_format))
    except UnreadableFileError as refused:
        assert "\n" not in str(refused)  # noqa: PT017 - what is not refused must be read
