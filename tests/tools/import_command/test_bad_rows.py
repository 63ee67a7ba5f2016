"""``leads import`` of a file with bad rows: what is shown, what is sent, and the file of rejected rows."""

import csv
import resource
import signal

from support.import_command import (
    GARBAGE,
    Leads,
    a_file_of,
    companies,
    counts_of,
    last_line,
    refusal_of,
)


def test_rows_that_only_the_server_refuses_cost_no_request(leads: Leads) -> None:
    leads.write(a_file_of(20))
    leads.proxy.changes = {1: [(3, {"company": "x" * 257})]}
    result = leads("leads.csv", "--batch-size", "10", "--skip-bad-rows", "--json")
    assert result.returncode == 3, result.stderr
    assert "Row 15: Firma must have at most 256 characters" in result.stderr
    assert (counts_of(result)["imported"], counts_of(result)["rejected"]) == (19, 1)
    assert leads.proxy.request_count == 2
    assert leads.stored() == [company for company in companies(20) if company != "Company 013"]
    second = leads("leads.csv", "--batch-size", "10", "--skip-bad-rows", "--json")
    assert counts_of(second)["importedBefore"] == 19


def test_nothing_is_sent_if_there_are_bad_rows(leads: Leads) -> None:
    leads.write("Firma,E-mail,Colour\nA,a@example.com,red\nB," + "x" * 125 + ',"a ""b"",\nc"\n')
    result = leads("leads.csv", "--json")
    assert result.returncode == 3
    assert "Row 3: E-mail must have at most 124 characters, but has 125." in result.stderr
    assert "1 of 2 rows" in last_line(result)
    assert "--skip-bad-rows" in last_line(result)
    with (leads.directory / "leads.csv.rejected.csv").open(newline="", encoding="utf-8-sig") as file:
        assert list(csv.reader(file)) == [
            ["rejected row", "rejected because", "Firma", "E-mail", "Colour"],
            ["3", "E-mail must have at most 124 characters, but has 125.", "B", "x" * 125, 'a "b",\nc'],
        ]
    assert counts_of(result)["rejected"] == 1
    assert leads.stored() == []
    assert not (leads.directory / "leads.csv.journal").exists()


def test_bad_rows_can_be_skipped_and_imported_after_correction(leads: Leads) -> None:
    leads.write("Firma,Headcount\nA,5\nB,many\nC,7\n")
    result = leads("leads.csv", "--skip-bad-rows", "--rejected", "bad.csv")
    assert result.returncode == 3
    assert result.stderr.count("bad.csv") == 1
    assert last_line(result) == "Rejected rows: 1, in bad.csv. Correct them, and import that file."
    assert leads.stored() == ["A", "C"]
    bad = leads.directory / "bad.csv"
    bad.write_text(bad.read_text().replace("many", "6"))
    assert leads("bad.csv").returncode == 0
    assert leads.stored() == ["A", "B", "C"]


def test_the_first_twenty_bad_rows_are_shown(leads: Leads) -> None:
    leads.write("Firma,Headcount\n" + "A,many\n" * 30)
    result = leads("leads.csv", "--dry-run")
    assert result.returncode == 3
    assert result.stderr.count("Headcount must be a whole number.") == 20
    assert "And 10 more rows." in result.stderr
    assert len((leads.directory / "leads.csv.rejected.csv").read_text().splitlines()) == 31


def test_rows_that_only_the_server_refuses_stop_the_import(leads: Leads) -> None:
    leads.write(a_file_of(20))
    leads.proxy.actions = {1: refusal_of(2)}
    result = leads("leads.csv", "--batch-size", "10")
    assert result.returncode == 3
    assert "Row 14: Firma is not liked." in result.stderr
    assert "10 of 20 leads are imported." in last_line(result)
    assert (
        "14,Firma is not liked.,Company 012,a@example.com" in (leads.directory / "leads.csv.rejected.csv").read_text()
    )
    assert leads.stored() == companies(10)


def test_rows_that_only_the_server_refuses_can_be_skipped(leads: Leads) -> None:
    leads.write(a_file_of(20) + "Bad,x\n".replace("x", "x" * 125))
    leads.proxy.actions = {1: refusal_of(2), 3: GARBAGE, 2: "killed after"}
    assert leads("leads.csv", "--batch-size", "10", "--skip-bad-rows").returncode == -signal.SIGKILL
    result = leads("leads.csv", "--batch-size", "10", "--skip-bad-rows", "--json")
    assert result.returncode == 4
    result = leads("leads.csv", "--batch-size", "10", "--skip-bad-rows", "--json")
    assert result.returncode == 3, result.stderr
    assert (counts_of(result)["imported"], counts_of(result)["rejected"]) == (19, 2)
    with (leads.directory / "leads.csv.rejected.csv").open(newline="", encoding="utf-8-sig") as rejected:
        assert [cells[2] for cells in csv.reader(rejected)] == ["Firma", "Company 012", "Bad"]
    assert leads.stored() == [company for company in companies(20) if company != "Company 012"]


def test_a_full_disk_leaves_no_partial_file_of_rejected_rows(leads: Leads) -> None:
    leads.write("Firma,Headcount\n" + "A,many\n" * 300)

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))

    result = leads("leads.csv", "--dry-run", preexec=little_room)
    assert result.returncode == 1
    assert "cannot be written to leads.csv.rejected.csv" in last_line(result)
    assert [path.name for path in leads.directory.iterdir()] == ["leads.csv"]
