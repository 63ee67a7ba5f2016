"""Cells in the special formats of programs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leads_admin.lead_table import COLUMNS
from leads_cli.errors import WrongUsageError
from leads_cli.importing.dates import DateFormat
from leads_cli.importing.doubts import Doubts
from leads_cli.importing.import_events import FileUnderstood, RowsChecked
from leads_cli.importing.import_options import ImportOptions
from leads_cli.importing.number_formats import as_shown, text_as_shown
from leads_cli.importing.run import Import
from leads_cli.importing.several_values import with_further_values

Read = Callable[..., tuple[list[dict[str, Any]], list[tuple[int, str]]]]


@pytest.fixture
def doubts() -> list[str]:
    """The doubts that were reported for the last file, without refusing a row."""
    return []


@pytest.fixture
def read(tmp_path: Path, doubts: list[str]) -> Read:
    """The leads of a file's first rows, and its bad rows."""

    def read(
        content: str,
        name: str = "leads.csv",
        **options: Any,  # noqa: ANN401 - those of ImportOptions
    ) -> tuple[list[dict[str, Any]], list[tuple[int, str]]]:
        (tmp_path / name).write_text(content, encoding="utf-8")
        leads, bad = [], []
        events = Import(ImportOptions(tmp_path / name, **options)).dry_run()
        for event in events:
            match event:
                case FileUnderstood(sample=sample):
                    leads = [lead for _, lead in sample]
                case RowsChecked(first_bad=rows, doubts=reported):
                    bad = [(row.row.number, row.reason) for row in rows]
                    doubts[:] = reported
                    break
        return leads, bad

    return read


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("'+46701234567", "+46701234567"),
        ('"=""0701234567"""', "0701234567"),
        ("'0701234567", "0701234567"),
        ("p:+46701234567", "+46701234567"),
        ("p:0701234567", "0701234567"),
        ("P:7", "P:7"),
        ("tel:+4670", "+4670"),
        ("=+46701234567", "+46701234567"),
        ("\u2019+4670", "+4670"),
        ("\u202a+4670\u202c", "+4670"),
        ("0701234567 ext. 5", "0701234567 ext. 5"),
        ("46701234567.0", "46701234567"),
    ],
)
def test_decorated_telephone_numbers_are_cleaned(read: Read, cell: str, number: str) -> None:
    leads, bad = read(f"Company,Phone\nA,{cell}\n")
    assert (leads, bad) == ([{"company": "A", "phoneNumber": number}], [])


def test_prefixes_of_ids_are_removed_under_the_headings_that_have_them(read: Read) -> None:
    content = "id,ad_id,Company,Other\nl:9001,ag:12,l:1,l:1\nl:x,ag:,B,\n"
    leads, _ = read(content, keep_unmatched=True)
    assert leads == [
        {"company": "l:1", "custom": {"id": "9001", "ad_id": "12", "Other": "l:1"}},
        {"company": "B", "custom": {"id": "l:x", "ad_id": "ag:"}},
    ]


def test_several_values_in_a_cell_are_split(read: Read) -> None:
    leads, bad = read("Company,Email,Phone,Labels\nA,a@x ::: b@x ::: c@x,1 ::: 2,* myContacts ::: fair\nB,,3 ::: ,\n")
    assert leads == [
        {
            "company": "A",
            "email": "a@x",
            "phoneNumber": "1",
            "labels": ["myContacts", "fair"],
            "contacts": [{"email": "b@x", "phoneNumber": "2"}, {"email": "c@x"}],
        },
        {"company": "B", "phoneNumber": "3"},
    ]
    assert bad == []


@pytest.mark.parametrize(
    ("cell", "lead"),
    [
        ("a@b.c;d@e.f;", {"email": "a@b.c", "contacts": [{"email": "d@e.f"}]}),
        ("a@b.c, d@e.f", {"email": "a@b.c", "contacts": [{"email": "d@e.f"}]}),
        ("Ann Bee <a@b.c>", {"email": "a@b.c", "contactPerson": "Ann Bee"}),
        ("Bee, Ann <a@b.c>", {"email": "a@b.c", "contactPerson": "Bee, Ann"}),
        ("'a@b.c' <a@b.c>", {"email": "a@b.c"}),
        (
            "Bee, Ann <a@b.c>; Cid <mailto:d@e.f>",
            {"email": "a@b.c", "contactPerson": "Bee, Ann", "contacts": [{"email": "d@e.f", "name": "Cid"}]},
        ),
        ("<a@b.c>", {"email": "a@b.c"}),
        ("MAILTO:a@b.c", {"email": "a@b.c"}),
        ("\u200ba@b.c", {"email": "a@b.c"}),
    ],
)
def test_addresses_are_read_in_the_formats_of_mail_programs(
    read: Read, doubts: list[str], cell: str, lead: dict[str, Any]
) -> None:
    assert read(f"Company\tEmail\nA\t{cell}\n", "leads.tsv") == ([{"company": "A"} | lead], [])
    assert doubts == []


def test_a_name_in_front_of_an_address_does_not_replace_another_name(read: Read) -> None:
    leads, _ = read("Name,Email\nAda,Ann <a@b.c>\n")
    assert leads == [{"contactPerson": "Ada", "email": "a@b.c"}]


@pytest.mark.parametrize("cell", ["a@@b", "a@b.c d@e.f", "a@b.c / d@e.f", "@ann", "a@b.c; Ann", "<a@b.c", "a@b.c>"])
def test_an_invalid_address_is_imported_and_reported(read: Read, doubts: list[str], cell: str) -> None:
    assert read(f"Company,Email\nA,{cell}\n") == ([{"company": "A", "email": cell}], [])
    assert doubts == [
        f'Email is not an address in 1 row: "{cell}". It stays as it is, unless you use --empty "{cell}".'
    ]


@pytest.mark.parametrize("cell", ["+46701234567;+46702", "+46701234567, +46702", "+46701234567 ; +46702;"])
def test_several_telephone_numbers_are_split(read: Read, doubts: list[str], cell: str) -> None:
    leads, _ = read(f"Company\tPhone\nA\t{cell}\n", "leads.tsv")
    assert leads == [{"company": "A", "phoneNumber": "+46701234567", "contacts": [{"phoneNumber": "+46702"}]}]
    assert doubts == []


@pytest.mark.parametrize("cell", ["+46 (0)70-123, 456", "0701;ask", "0701234567, 0702"])
def test_possibly_several_telephone_numbers_are_imported_and_reported(read: Read, doubts: list[str], cell: str) -> None:
    leads, _ = read(f"Company\tPhone\nA\t{cell}\n", "leads.tsv")
    assert leads == [{"company": "A", "phoneNumber": cell}]
    assert [doubt.startswith("Phone may be several numbers in 1 row:") for doubt in doubts] == [True]


def test_values_with_many_spaces_are_read_in_linear_time(read: Read) -> None:
    spaces = " " * 300_000
    leads, _ = read(f"Company,Website,Labels\nA,a{spaces}b ::: c,d{spaces}e ::: f\n")
    assert leads == [
        {"company": "A", "website": f"a{spaces}b", "labels": [f"d{spaces}e", "f"], "contacts": [{"website": "c"}]}
    ]


def test_existing_contacts_precede_further_values() -> None:
    lead = {"email": "a ::: b", "contacts": [{"name": "Ada"}]}
    assert with_further_values(lead) == {"email": "a", "contacts": [{"name": "Ada"}, {"email": "b"}]}
    assert with_further_values({"email": " ::: "}) == {"email": ""}


@pytest.mark.parametrize(
    ("heading", "cell", "reason"),
    [
        ("Phone", "4.67012E+10", "its last digits are lost"),
        ("Phone", '"4,67012E+10"', "its last digits are lost"),
        ("Industry", "#REF!", "is an error of a spreadsheet, #REF!"),
        ("Notes", "#N/A", "is an error of a spreadsheet, #N/A"),
        ("Email", "anonymous", '--empty "anonymous"'),
        ("Email", "Anónimo", '--empty "Anónimo"'),
        ("Email", "NULL", '--empty "NULL"'),
        ("Email", " n/a ", '--empty "n/a"'),
        ("Phone", "-", '--empty "-"'),
        ("Last name", "None", '--empty "None"'),
        ("Email", "none", '--empty "none"'),
        ("Phone", "Keine Angabe", '--empty "Keine Angabe"'),
        ("Phone", "-/-", '--empty "-/-"'),
        ("Website", "NA", '--empty "NA"'),
        ("LinkedIn", "unknown", '--empty "unknown"'),
        ("Industry", "k.A.", '--empty "k.A."'),
    ],
)
def test_a_text_that_is_not_a_value_is_reported(read: Read, heading: str, cell: str, reason: str) -> None:
    _, [(row, reported)] = read(f"Company,{heading}\nA,x\nB,{cell}\n")
    assert (row, reported.startswith(f"{heading} is ")) == (3, True)
    assert reason in reported


@pytest.mark.parametrize(
    "error",
    [
        "#VALEUR!",
        "#NOM?",
        "#VALORE!",
        "#RIF!",
        "#¡VALOR!",
        "#¿NOMBRE?",
        "#¡REF!",
        "#¡DIV/0!",
        "#WAARDE!",
        "#VERW!",
        "#VÄRDEFEL!",
        "#SAKNAS!",
        "#ADR!",
        "#LICZBA!",
        "#N/D",
        "#N/D!",
        "#I/T",
        "#N/DISP",
        "#\u041d\u0414!",
        "#\u041d/\u0414",
        "#ССЫЛКА!",
        "#ZAHL!",
        "#ÜBERLAUF!",
        "#ERROR!",
        "#Loading...",
        "#FIELD!",
        "#UNKNOWN!",
        "#BUSY!",
        "#BLOCKED!",
        "#NÚM!",
        "#DIVISION/0!",
        "#SAYI/0!",
        "#GETTING_DATA",
        "Err:502",
    ],
)
def test_errors_of_spreadsheets_are_reported_in_any_language(read: Read, error: str) -> None:
    _, [(row, reported)] = read(f"Company,Email\n{error},a@x\n")
    assert (row, reported) == (
        2,
        f'Company is an error of a spreadsheet, {error}: correct it, or use --empty "{error}".',
    )


@pytest.mark.parametrize(
    "text", ["#1 Plumbing!", "#1!", "#Metoo!", "#Привет!", "#4/5", "#9", "#", "##", "# A!", "#A", "#TEAM", "C#!"]
)
def test_texts_that_begin_like_an_error_are_texts(read: Read, text: str) -> None:
    assert read(f"Company,Email\n{text},a@x\n") == ([{"company": text, "email": "a@x"}], [])


def test_a_text_that_is_not_a_value_is_accepted_in_text_fields_and_unmapped_columns(read: Read) -> None:
    _, bad = read("Company,Colour,Notes,custom.a\nNull,#N/A,NULL,N/A\nA,4E+10,-,-\n")
    assert bad == []


def test_a_doubtful_value_is_imported_and_reported(read: Read, doubts: list[str]) -> None:
    content = "Company,Last name,Email,Phone,Website\nUnknown,Nil,call me,ask,Acme\nunknown,Null,,0700,a.example\n"
    leads, bad = read(content)
    assert bad == []
    assert leads[0] == {
        "company": "Unknown",
        "contactPerson": "Nil",
        "email": "call me",
        "phoneNumber": "ask",
        "website": "Acme",
    }
    may, unless = "may stand for nothing", "It stays as it is, unless you use"
    assert doubts == [
        f'Company {may} in 2 rows: "Unknown", "unknown". {unless} --empty "Unknown".',
        f'Last name {may} in 2 rows: "Nil", "Null". {unless} --empty "Nil".',
        f'Email has no "@" in 1 row: "call me". {unless} --empty "call me".',
        f'Phone has no digit in 1 row: "ask". {unless} --empty "ask".',
        f'Website has no "." in 1 row: "Acme". {unless} --empty "Acme".',
    ]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("Company,Employees\nA,0\nB,50\nC,0.0\n", "leads.csv"),
        (
            '{"company": "A", "Employees": 0}\n{"company": "B", "Employees": 50}\n{"company": "C", "Employees": "0"}',
            "a.jsonl",
        ),
    ],
)
def test_an_omitted_number_of_employees_is_reported(read: Read, doubts: list[str], content: str, name: str) -> None:
    leads, bad = read(content, name)
    assert (leads, bad) == ([{"company": "A"}, {"company": "B", "employeeCount": "50"}, {"company": "C"}], [])
    assert doubts == ["Employees is 0, which no company employs, in 2 rows. It is left out."]


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("M\ufffdller", 'has "\ufffd" in place of characters that were lost'),
        ("MÃ¼ller", "has characters that were encoded twice"),
        ("Å½iÅ¾ek", "has characters that were encoded twice"),
        ("â€œAâ€", "has characters that were encoded twice"),
        ("Ã\x81vila", "has characters that were encoded twice"),
        ("Müller".encode().decode("cp1252").encode().decode("latin-1"), "has characters that were encoded twice"),
        ("M&uuml;ller", "has characters as HTML writes them"),
        ("A &amp; B", "has characters as HTML writes them"),
        ("M=C3=BCller", "has characters as e-mail encodes them"),
        ("=?utf-8?Q?M=C3=BCller?=", "has characters as e-mail encodes them"),
    ],
)
def test_damaged_text_is_imported_and_reported(read: Read, doubts: list[str], text: str, reported: str) -> None:
    csv, jsonl = f"Company,Notes\nA,{text}\n", f'{{"Company": "A", "Notes": "{text}"}}'
    for content, name in ((csv, "a.csv"), (jsonl, "a.jsonl")):
        assert read(content, name) == ([{"company": "A", "notes": text}], [])
        where = f'Notes {reported} in 1 row: "{text}".'
        assert doubts == [f"{where} It stays as it is: correct it where the file comes from."]


@pytest.mark.parametrize(
    "text", ["AMANHÃ", "„AMANHÃ”", "SÃO", "»PÅ«", "Ä\u2013Z", "ÂNGELA", "ESPAÑA & Co; KG", "a=b;C2=8", "ÐÑ"]
)
def test_text_with_rare_letters_is_not_damaged(read: Read, doubts: list[str], text: str) -> None:
    read(f"Company,Notes\nA,{text}\n")
    assert doubts == []


def test_every_row_is_counted_however_many_texts_are_doubtful() -> None:
    doubts = Doubts()
    for number in range(1200):
        doubts.see(f"none {number}", "Web", "website")
    doubts.see("none", "Firma", "company")
    web, company = doubts.sentences()
    assert web.startswith('Web has no "." in 1,200 rows: "none 0"')
    assert company.startswith('Firma may stand for nothing in 1 row: "none"')


def test_rows_that_are_not_imported_have_no_doubts(read: Read, doubts: list[str]) -> None:
    _, bad = read("Company,Email,Phone\nA,call me,NULL\nB,call me,1,2\n")
    assert ([row for row, _ in bad], doubts) == ([2, 3], [])


def test_normal_values_have_no_doubts(read: Read, doubts: list[str]) -> None:
    read("Company,Last name,Email,Phone,Notes\nNA,No,a@x,1-800-FLOWERS,none\nN.V. Philips,Ohnesorg,,+46,?\n")
    assert doubts == []


def test_texts_that_the_user_declares_empty_are_empty(read: Read) -> None:
    leads, bad = read("Company,Email,Phone\nA,NULL,n/a\n", empty=["NULL", "n/a"])
    assert (leads, bad) == ([{"company": "A"}], [])


def test_texts_that_the_user_declares_text_are_text(read: Read, doubts: list[str]) -> None:
    content = "Company,Last name,Email\nNone, None ,a@x\n#WOW!,Unknown,a@x\n"
    _, [(_, reported), _] = read(content)
    assert (
        'Company is "None", which may stand for nothing: use --empty "None", or --text "None" if it is meant'
        in reported
    )
    leads, bad = read(content, text=["None", "#WOW!", "Unknown"])
    assert [(lead["company"], lead["contactPerson"]) for lead in leads] == [("None", "None"), ("#WOW!", "Unknown")]
    assert (bad, doubts) == ([], [])


def test_a_text_cannot_be_declared_both_empty_and_text(read: Read) -> None:
    with pytest.raises(WrongUsageError, match='both name "None"'):
        read("Company\nNone\n", empty=["None", "-"], text=["None"])


def test_an_export_is_read_literally(read: Read) -> None:
    cells = dict.fromkeys(COLUMNS, "") | {"company": "NULL", "phoneNumber": "p:+1", "email": "a ::: b", "notes": "#N/A"}
    leads, bad = read(",".join(cells) + "\n" + ",".join(cells.values()) + "\n")
    assert (leads, bad) == ([{"company": "NULL", "phoneNumber": "p:+1", "email": "a ::: b", "notes": "#N/A"}], [])


def test_text_in_json_is_read_literally(read: Read) -> None:
    leads, bad = read('{"company": "NULL", "phoneNumber": "\'+46", "notes": "=\\"a\\""}\n', "leads.jsonl")
    assert (leads, bad) == ([{"company": "NULL", "phoneNumber": "'+46", "notes": '="a"'}], [])


def dates_of(read: Read, *cells: str, **options: str) -> list[str]:
    leads, _ = read("Company;Created\n" + "".join(f"A;{cell}\n" for cell in cells), **options)
    return [lead.get("date", "") for lead in leads]


@pytest.mark.parametrize(
    ("cell", "date"),
    [
        ("12 Mar 2024", "2024-03-12"),
        ("12-Mar-24", "2024-03-12"),
        ("3 maj 2024", "2024-05-03"),
        ("Mittwoch, 3. April 2024 10:22 Uhr", "2024-04-03T10:22:00"),
        ("12.Dez.2023", "2023-12-12"),
        ("1er août 2024 à 10:22", "2024-08-01T10:22:00"),
        ("3 de marzo de 2024", "2024-03-03"),
        ("5 gen 2024", "2024-01-05"),
        ("den 2 okt. 2024", "2024-10-02"),
        ("3 października 2024", "2024-10-03"),
        ("3. maaliskuuta 2024 klo 10.22", "3. maaliskuuta 2024 klo 10.22"),
        ("before 3 Mar 2024", "before 3 Mar 2024"),
        ("3 Marble 2024", "3 Marble 2024"),
        ("March 1st, 2024 10:22 AM", "2024-03-01T10:22:00"),
        ("Fri, 1 Mar 2024 12:05:09 +0100", "2024-03-01T12:05:09+01:00"),
        ("2024/03/01 10:22", "2024-03-01T10:22:00"),
        ("2024-03-01 10:22:00 UTC", "2024-03-01T10:22:00Z"),
        ("2024/03/12 10:22:11 AM GMT+1", "2024-03-12T10:22:11+01:00"),
        ("2024/03/12 10:22:11 PM UTC-03:30", "2024-03-12T22:22:11-03:30"),
        ("2024-03-12 10:00:00 UTC+0", "2024-03-12T10:00:00+00:00"),
        ("13.03.2024 10:22 Uhr MEZ", "2024-03-13T10:22:00+01:00"),
        ("2024/03/12 10:22 CEST", "2024-03-12T10:22:00+02:00"),
        ("Tue Mar 12 2024 10:22:11 GMT+0100 (CET)", "2024-03-12T10:22:11+01:00"),
        ("2024/03/12 10:22 EST", "2024/03/12 10:22 EST"),
        ("2024/03/12 10:22 CET+1", "2024/03/12 10:22 CET+1"),
        ("2024/03/12 10:22 UTC+25", "2024/03/12 10:22 UTC+25"),
        ("1.3.2024", "2024-03-01"),
        ("13/3/2024 12:00 am", "2024-03-13T00:00:00"),
        ("3/13/2024, 12:00:01 PM", "2024-03-13T12:00:01"),
        ("2/2/2024", "2024-02-02"),
        ("2024-03-01T10:00:00+0100", "2024-03-01T10:00:00+0100"),
        ("31/2/2024", "31/2/2024"),
        ("13/13/2024", "13/13/2024"),
        ("1/1/2024 25:00", "1/1/2024 25:00"),
        ("1/13/2024 13:00 PM", "1/13/2024 13:00 PM"),
        ("soon", "soon"),
    ],
)
def test_a_date_is_read_in_any_usual_form(read: Read, cell: str, date: str) -> None:
    assert dates_of(read, cell) == [date]


def test_one_unambiguous_date_determines_the_order_of_all(read: Read) -> None:
    assert dates_of(read, "3/1/2024 10:22 AM", "03/15/2024") == ["2024-03-01T10:22:00", "2024-03-15"]
    assert dates_of(read, "3/1/2024", "15/3/2024") == ["2024-01-03", "2024-03-15"]


def test_an_ambiguous_date_is_reported_until_the_user_chooses_an_order(read: Read) -> None:
    content = "Company,Created\nA,3/1/2024\nB,2/2/2024\n"
    _, [(row, reason)] = read(content)
    assert (row, reason) == (
        2,
        'Created is "3/1/2024", which may be 2024-01-03 or 2024-03-01: use --date-format DMY or --date-format MDY.',
    )
    for option in ("MDY", "%m/%d/%Y", "MM/DD/YYYY"):
        leads, bad = read(content, date_format=option)
        assert ([lead["date"] for lead in leads], bad) == (["2024-03-01", "2024-02-02"], [])


@pytest.mark.parametrize("other", ["12.03.2024", "13.03.2024", "13-03-2024", "13 Mar 2024", "2024-03-13"])
def test_dates_with_another_separator_do_not_determine_the_order(read: Read, other: str) -> None:
    _, [(row, reason)] = read(f"Company,Created\nA,03/12/2024\nB,{other}\n")
    assert (row, "may be 2024-03-12 or 2024-12-03" in reason) == (2, True)


@pytest.mark.parametrize(
    ("number", "reported"),
    [
        ("1710238931", "seconds since 1970: write it as a date, such as 2024-03-12T10:22:11Z"),
        ("1710238931000", "seconds since 1970 in thousandths: write it as a date, such as 2024-03-12T10:22:11Z"),
        ("45363", "a number of a day as Excel has it: write it as a date, such as 2024-03-12"),
        ("45363.43", "a number of a day as Excel has it: write it as a date, such as 2024-03-12"),
    ],
)
def test_a_number_that_is_a_date_in_other_programs_is_reported(read: Read, number: str, reported: str) -> None:
    _, bad = read(f"Company,Created\nA,{number}\n")
    assert bad == [(2, f"Created is {number}, which looks like {reported}.")]


@pytest.mark.parametrize(
    ("heading", "offset"),
    [
        ("Create Date", ""),
        ("Create Date (GMT+1)", "+01:00"),
        ("Create Date (UTC\N{MINUS SIGN}03:30)", "-03:30"),
        ("Created (CET)", "+01:00"),
        ("Created (UTC)", "Z"),
    ],
)
def test_times_are_in_the_time_zone_of_the_heading(read: Read, doubts: list[str], heading: str, offset: str) -> None:
    mapped = [f"{heading}=date"]
    content = f"Company,{heading}\nA,2024-03-12 10:22\nB,13/3/2024 9:00\nC,2024-03-12T10:22Z\n"
    leads, _ = read(content, mapped=mapped)
    reported = ["2024-03-12 10:22" + offset, "2024-03-13T09:00:00" + offset, "2024-03-12T10:22Z"]
    assert ([lead["date"] for lead in leads], doubts) == (reported, [])
    leads, _ = read(f"Company,{heading}\nA,2024-03-12\n", mapped=mapped)
    assert leads[0]["date"] == "2024-03-12"


@pytest.mark.parametrize("zone", ["EST", "Pacific Time", "Europe/Berlin", "UTC+99"])
def test_an_unknown_time_zone_is_reported(read: Read, doubts: list[str], zone: str) -> None:
    mapped = [f"Create Date ({zone})=date"]
    leads, _ = read(f"Company,Create Date ({zone})\nA,2024-03-12 10:22\n", mapped=mapped)
    assert leads[0]["date"] == "2024-03-12 10:22"
    times = f'Create Date ({zone}) has times in "{zone}", and their offset is not known.'
    assert doubts == [f"{times} They are imported as UTC, unless the heading has an offset such as (UTC+1)."]
    read(f"Company,Create Date ({zone})\nA,2024-03-12 10:22+01:00\nB,2024-03-12\n", mapped=mapped)
    assert doubts == []


def test_a_time_zone_at_the_end_of_a_heading_is_reported(read: Read, doubts: list[str]) -> None:
    read("Company,Created PDT\nA,2024-03-12 10:22\n", mapped=["Created PDT=date"])
    assert [doubt.startswith('Created PDT has times in "PDT", and their offset') for doubt in doubts] == [True]


def test_a_heading_of_any_length_is_read_in_linear_time(read: Read) -> None:
    heading = "Date (" + "time " * 100_000
    leads, _ = read(f"Company,{heading}\nA,2024-03-12\n", mapped=[f"{heading.strip()}=date"])
    assert leads == [{"company": "A", "date": "2024-03-12"}]


def test_rows_with_contradicting_dates_are_reported(read: Read) -> None:
    _, bad = read("Company,Created\nA,3/13/2024\nB,13/3/2024\nC,3/1/2024\n")
    assert [row for row, _ in bad] == [4]
    assert "do not agree" in bad[0][1]


@pytest.mark.parametrize(
    ("date_format", "cell", "date"),
    [
        ("%d%m%Y", "01032024", "2024-03-01"),
        ("%d%m%Y", "20111210", "1210-11-20"),
        ("%d.%m.%Y", "2024-03-01", "2024-03-01"),
        ("%d/%m/%Y %H:%M", "1/3/2024 10:22", "2024-03-01T10:22:00"),
        ("%d %B %Y", "3 mars 2024", "2024-03-03"),
    ],
)
def test_a_custom_date_format_is_used(read: Read, date_format: str, cell: str, date: str) -> None:
    assert dates_of(read, cell, date_format=date_format) == [date]


def test_a_custom_date_format_is_taken_literally(read: Read) -> None:
    _, bad = read("Company,Created\nA,3.4.2024\nB,3/4/2024\nC,3.4.2024 10:22\nD,\n", date_format="%d.%m.%Y")
    assert [row for row, _ in bad] == [3, 4]
    assert bad[0][1] == 'Created is "3/4/2024", which is not in the format of --date-format %d.%m.%Y.'


@pytest.mark.parametrize("option", ["", "D", "YDM", "%H:%M", "DDMMX", "%d/%m/%Y %Q", "%d/%m/%Y%"])
def test_an_invalid_date_format_is_reported(option: str) -> None:
    with pytest.raises(WrongUsageError, match="--date-format"):
        DateFormat.parse(option)


@pytest.mark.parametrize(
    ("number", "number_format", "shown"),
    [
        (701234567, "0000000000", "0701234567"),
        (46701234567, '"+"#', "+46701234567"),
        (46701234567, r"\+0", "+46701234567"),
        (5551234567, "(###) ###-####", "(555) 123-4567"),
        (5551234567, "[<=9999999]###-####;(###) ###-####", "(555) 123-4567"),
        (5551234, "[<=9999999]###-####;(###) ###-####", "555-1234"),
        (123456789, '0#" "##" "##" "##" "##', "01 23 45 67 89"),
        (7, "000", "007"),
        (7, "0", "7"),
        (1200, "#,##0", "1200"),
        (1200, "0.00", "1200.00"),
        (1234.565, "#,##0.00", "1234.57"),
        (50, '0" employees"', "50 employees"),
        (0.5, "0%", "50%"),
        (0.256, "0.0 %", "25.6 %"),
        (500, '"SEK" 0', "SEK 500"),
        (12, "[$€-407] 0.00", "€ 12.00"),
        (1.5, '0.0"k"', "1.5k"),
        (500, "¥ 0", "¥ 500"),
        (1_500_000, '0.0,,"M"', "1.5M"),
        (46701234567, "0.00E+00", "46701234567"),
        (0.1 + 0.2, "General", "0.3"),
        (1e21, "General", "1E+21"),
        (-5, "0", "-5"),
        (-5, "0;(0)", "(5)"),
        (-0.01, "0.0", "0.0"),
        (0, r'#,##0\ "kr";\-#,##0\ "kr";"-"\ "kr"', "- kr"),
        (1, '"Yes";;"No"', "Yes"),
        (0, '"Yes";;"No"', "No"),
        (701234567, r"000\/0000000", "070/1234567"),
        (50, "[Red]0", "50"),
        (50, "@", "50"),
        (50, "", "50"),
        (50, "General", "50"),
    ],
)
def test_a_number_is_read_as_the_sheet_shows_it(number: float, number_format: str, shown: str) -> None:
    assert as_shown(number, number_format) == shown


@pytest.mark.parametrize(
    ("number", "number_format"),
    [(50, ";;;"), (50, ";;;@"), (0.5, "# ?/?"), (12, "0.0.0"), (12, "0 k"), (-1, "[>5]0;[<=5]")],
)
def test_unsupported_number_formats_are_not_guessed(number: float, number_format: str) -> None:
    assert as_shown(number, number_format) is None


@pytest.mark.parametrize(
    ("number_format", "shown"),
    [("@", "a"), (";;;@", "a"), ('"Mr "@', "Mr a"), ("0.00", "a"), ("0;-0;0;", None), (";;;", None)],
)
def test_a_text_is_read_as_the_sheet_shows_it(number_format: str, shown: str | None) -> None:
    assert text_as_shown("a", number_format) == shown
