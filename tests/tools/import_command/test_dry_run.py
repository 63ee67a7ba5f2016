"""``leads import --dry-run``: what it finds in a file, for people and programs."""

import json

import pytest

from support.import_command import Leads, a_file_of, counts_of, last_line


def test_a_dry_run_needs_neither_api_nor_key(leads: Leads) -> None:
    leads.write(a_file_of(3))
    result = leads("leads.csv", "--dry-run", LEADS_API_KEY="", LEADS_URL="")
    assert result.returncode == 0
    assert last_line(result) == "3 leads can be imported. Nothing was sent."
    assert sorted(path.name for path in leads.directory.iterdir()) == ["leads.csv"]


def test_a_dry_run_reports_its_findings_as_one_json_object(leads: Leads) -> None:
    leads.write(
        "Leads 2024\n\nFirma,Mail,Mail,Mitarbeiter,Farbe\nA,a@x,b@x,1-10,rot\n,,,,\nB,b@x,,viele,\n\n2 Zeilen\n"
    )
    result = leads("leads.csv", "--dry-run", "--json", "--map", "Farbe=custom.colour")
    assert result.returncode == 3
    assert json.loads(result.stdout) == {
        "mapping": {
            "Firma": "company",
            "Mail": "email",
            "Mail (2)": None,
            "Mitarbeiter": "employeeCount",
            "Farbe": "custom.colour",
        },
        "rows": 2,
        "problems": [
            {
                "row": 8,
                "message": 'The row is a notice below the table, "2 Zeilen". It is not imported: delete the row, or '
                "fill in another cell of it if it is a lead.",
            },
            {"row": 6, "message": "Mitarbeiter must be a whole number."},
        ],
    }
    assert "headings in row 3" in result.stderr
    assert 'Not imported, because it is a footer: "2 Zeilen" (row 8).' in result.stderr
    assert 'Read where "Mail" (email) is empty: "Mail (2)".' in result.stderr
    assert 'An employee count that is not a number, such as "1-10", is kept as custom.Mitarbeiter.' in result.stderr


def test_omitted_values_are_counted_for_people_and_programs(leads: Leads) -> None:
    leads.write("Firma,Mail\nA,a@example.com\nFirma,Mail\n\nTotal: 1,\nSeite 1 von 1,\n")
    result = leads("leads.csv", "--json")
    assert {**counts_of(result), "seconds": 0} == {
        "rows": 2,
        "imported": 1,
        "importedBefore": 0,
        "rejected": 0,
        "skippedEmpty": 1,
        "leftOut": 2,
        "replayed": 0,
        "seconds": 0,
    }
    assert "2 rows left out, because they are not leads" in last_line(result)


def test_a_company_in_a_row_apart_is_reported_as_a_problem(leads: Leads) -> None:
    leads.write("Company,Email,Phone\nAcme,a@b.c,1\n,,\nBolt,,\nCore,,\n")
    result = leads("leads.csv", "--dry-run", "--json")
    assert result.returncode == 3
    assert [problem["row"] for problem in json.loads(result.stdout)["problems"]] == [4, 5]


def test_a_field_is_suggested_for_an_unmapped_column(leads: Leads) -> None:
    leads.write("Firma,Birthday,Emial,Firmaa\nA,1990-01-01,a@x,B\n")
    shown = leads("leads.csv", "--dry-run").stderr
    assert 'Not mapped: "Birthday", "Emial" (nearest field: email), "Firmaa".' in shown
    assert '--map "Birthday=custom.Birthday" imports it' in shown


def test_a_dry_run_names_the_first_problems_and_counts_the_others(leads: Leads) -> None:
    leads.write("Headcount\n" + "many\n" * 25)
    problems = json.loads(leads("leads.csv", "--dry-run", "--json").stdout)["problems"]
    assert [problem["row"] for problem in problems] == [*range(2, 22), None]
    assert "5 more rows" in problems[-1]["message"]


@pytest.mark.parametrize(
    ("content", "options", "code", "reason"),
    [
        (None, [], 1, "There is no file"),
        (b'Company,Email\nA,"b\n', [], 1, "a quoted cell there is not closed"),
        (b"Company\nA\n", ["--date-format", "soon"], 2, "neither an order"),
    ],
)
def test_a_dry_run_reports_an_unreadable_file_as_json(
    leads: Leads, content: bytes | None, options: list[str], code: int, reason: str
) -> None:
    if content is not None:
        (leads.directory / "leads.csv").write_bytes(content)
    result = leads("leads.csv", "--dry-run", "--json", *options)
    found = json.loads(result.stdout)
    assert (result.returncode, found["mapping"], found["rows"]) == (code, {}, 0)
    [problem] = found["problems"]
    assert problem == {"row": None, "message": last_line(result)}
    assert reason in problem["message"]


def test_each_problem_is_one_line_although_a_cell_has_two(leads: Leads) -> None:
    hints = '"Please enter\nthe name","Please enter\nthe address"'
    leads.write(f"Company,E-mail\n{hints}\nA,a@example.com\n")
    found = json.loads(leads("leads.csv", "--dry-run", "--json").stdout)
    [problem] = found["problems"]
    assert '"Please enter the name", "Please enter the address"' in problem["message"]
