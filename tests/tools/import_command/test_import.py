"""``leads import`` as people and scripts run it, on a real local server."""

import json

import pytest

from leads_cli.local_state import LocalState
from support.import_command import TOO_MANY, Leads, a_file_of, companies, counts_of, last_line


def test_a_file_is_previewed_and_imported(leads: Leads) -> None:
    leads.write("Firma;First name;Surname;Colour\nÅsa AB;Ada;Lovelace;red\n;;;\n[b]B[/b];;;blue\n")
    result = leads("leads.csv", COLUMNS="200")
    assert (result.returncode, result.stdout) == (0, ""), result.stderr
    (newer, older) = sorted(leads.workspace.leads(), key=lambda lead: lead["company"])
    assert (older["company"], older["contactPerson"], newer["company"]) == ("Åsa AB", "Ada Lovelace", "[b]B[/b]")
    for part in ("UTF-8", "semicolons", "First name + Surname", "contactPerson", "Ada Lovelace", "row 4", '"Colour"'):
        assert part in result.stderr
    assert "2 leads imported" in last_line(result)
    assert "1 empty row skipped" in last_line(result)


def test_columns_without_a_field_are_kept_on_request(leads: Leads) -> None:
    leads.write("Firma,Source,Colour,custom.id\nA,ads,red,7\nB,,,\n")
    result = leads("leads.csv", "--keep-unmatched", "--map", "Source=custom.utm_source", COLUMNS="200")
    assert result.returncode == 0, result.stderr
    newer, older = sorted(leads.workspace.leads(), key=lambda lead: lead["company"], reverse=True)
    assert older["custom"] == {"utm_source": "ads", "Colour": "red", "id": "7"}
    assert "custom" not in newer
    for part in ("custom.utm_source", "custom.Colour", "red"):
        assert part in result.stderr
    assert "Left out" not in result.stderr


def test_counts_are_one_json_object_alone_on_standard_output(leads: Leads) -> None:
    leads.write(a_file_of(250) + ",\n" + "x" * 257 + ",\n")
    result = leads("leads.csv", "--json", "--skip-bad-rows")
    counts = counts_of(result)
    assert counts.pop("seconds") > 0
    assert counts == {
        "rows": 252,
        "imported": 250,
        "importedBefore": 0,
        "rejected": 1,
        "skippedEmpty": 1,
        "leftOut": 0,
        "replayed": 0,
    }
    assert result.returncode == 3
    assert leads.stored() == companies(250)
    assert leads.proxy.request_count == 3


def test_a_wait_is_shown(leads: Leads) -> None:
    leads.write(a_file_of(2))
    leads.proxy.actions = {0: TOO_MANY}
    result = leads("leads.csv")
    assert result.returncode == 0
    assert "Waiting 2 seconds: too many requests." in result.stderr


def test_a_wrong_server_is_reported_before_rows_are_checked(leads: Leads, server: LocalState) -> None:
    leads.write(a_file_of(2))
    result = leads("leads.csv", LEADS_URL=server.url + "/nothing")
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert leads.stored() == []


def test_an_invalid_key_is_reported_in_one_line(leads: Leads) -> None:
    leads.write(a_file_of(2))
    result = leads("leads.csv", LEADS_API_KEY="cdz_NotForAnybodysEyes")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("Invalid API key. The key is from LEADS_API_KEY; for its operator, ")
    assert result.stderr.count("\n") == 1
    assert not (leads.directory / "leads.csv.journal").exists()


@pytest.mark.parametrize("options", [["--yes"], ["--dry-run", "--json"]])
def test_a_guessed_encoding_needs_confirmation(leads: Leads, options: list[str]) -> None:
    (leads.directory / "leads.csv").write_bytes("Firma,Ort\nMüller,Köln\n".encode("cp1252"))
    result = leads("leads.csv", *options)
    assert result.returncode == 1
    assert "with --encoding cp1252 (Windows-1252, Western European): Müller,Köln" in result.stderr
    assert "run the command again with --encoding cp1252" in last_line(result)
    if "--json" in options:
        (problem,) = json.loads(result.stdout)["problems"]
        assert "--encoding cp1252" in problem["message"]
    assert leads.stored() == []
    assert leads("leads.csv", "--yes", "--encoding", "cp1252").returncode == 0
    assert leads.stored() == ["Müller"]


@pytest.mark.parametrize(
    ("arguments", "content", "exit_code", "part"),
    [
        (["none.csv"], "", 1, "There is no file none.csv."),
        (["leads.csv"], "", 1, "is empty"),
        (["leads.csv"], "Open AI,New York\n", 1, "None of the columns is known"),
        (["leads.csv"], "Open AI,hello@example.com\n", 1, "--header-row 0"),
        (["leads.csv", "--encoding", "klingon"], "Firma\nA\n", 1, "not a text encoding"),
        (["leads.csv", "--sheet", "Leads"], "Firma\nA\n", 2, "--sheet"),
        (["leads.csv", "--header-row", "7"], "Firma\nA\n", 1, "--header-row 7"),
        (["leads.csv", "--format", "xlsx"], "Firma\nA\n", 1, "is not an XLSX spreadsheet, but text"),
        (["leads.csv", "--format", "json"], "Firma\nA\n", 1, "is not a JSON array of objects"),
        (["leads.csv"], "a\0b", 1, "is not text"),
        (["leads.csv"], 'Firma\nA\n"B\n', 1, "from line 3 on"),
        (["leads.csv", "--map", "Colour=notes"], "Firma\nA\n", 2, "Colour"),
        (["leads.csv", "--map", "Firma=colour"], "Firma\nA\n", 2, "company, "),
        (["leads.csv", "--rejected", "./leads.csv"], "Firma\nA\n", 2, "--rejected"),
        (["leads.csv", "--rejected", "/dev/full"], "Headcount\nmany\n", 1, "No space left on device"),
        (["leads.csv", "--rejected", "no/where.csv"], "Headcount\nmany\n", 1, "No such file or directory"),
        (["leads.csv", "--batch-size", "101"], "Firma\nA\n", 2, "100"),
        (["leads.csv", "--format", "doc"], "Firma\nA\n", 2, "xlsx"),
    ],
)
def test_an_error_is_one_clear_line(
    leads: Leads, arguments: list[str], content: str, exit_code: int, part: str
) -> None:
    leads.write(content)
    result = leads(*arguments)
    assert result.returncode == exit_code, result.stderr
    assert part in (last_line(result) if exit_code == 1 else result.stderr)
    assert result.stdout == ""
    assert leads.proxy.request_count == 0


def test_help_has_examples_and_exit_codes(leads: Leads) -> None:
    result = leads("--help")
    assert result.returncode == 0
    assert "leads import leads.csv --url" in result.stdout
    assert "130 interrupted" in result.stdout
