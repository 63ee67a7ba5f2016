"""``leads import`` stops for any reason, and the same command continues it."""

import fcntl
import json
import os
import resource
import signal

import pytest

from leads_cli.local_state import LocalState
from leads_core.plans import Plan
from support.api import workspaces_in
from support.import_command import (
    GARBAGE,
    Action,
    Leads,
    a_file_of,
    companies,
    counts_of,
    last_line,
)


def test_a_second_run_has_nothing_to_do(leads: Leads) -> None:
    leads.write(a_file_of(3))
    assert leads("leads.csv").returncode == 0
    second = leads("leads.csv", "--json")
    assert second.returncode == 0
    assert "imported already: 3 leads" in second.stderr
    assert (counts_of(second)["imported"], counts_of(second)["importedBefore"]) == (3, 3)
    assert leads.proxy.request_count == 1
    assert leads("leads.csv", "--restart").returncode == 0
    assert leads.stored() == sorted(companies(3) * 2)


@pytest.mark.parametrize("request_number", [0, 1, 3])
@pytest.mark.parametrize("moment", [signal.SIGKILL, "killed after"], ids=["before", "after"])
def test_an_import_that_was_killed_is_continued(leads: Leads, moment: Action, request_number: int) -> None:
    leads.write(a_file_of(40))
    leads.proxy.actions = {request_number: moment, request_number + 2: moment}
    assert leads("leads.csv", "--batch-size", "10").returncode == -signal.SIGKILL
    assert leads("leads.csv", "--batch-size", "10").returncode in {-signal.SIGKILL, 0}
    leads.proxy.actions = {}
    result = leads("leads.csv", "--batch-size", "10", "--json")
    assert result.returncode == 0, result.stderr
    assert counts_of(result)["imported"] == 40
    assert leads.stored() == companies(40)


def test_a_new_key_of_the_workspace_resumes_where_a_revoked_one_stopped(leads: Leads, server: LocalState) -> None:
    leads.write(a_file_of(40))
    refusal = {"succeeded": False, "statusCode": 401, "statusCodeDescription": "NONE", "message": "Invalid API key."}
    leads.proxy.actions = {2: (401, {"X-Error-Code": "invalid_key"}, json.dumps(refusal).encode())}
    assert leads("leads.csv", "--batch-size", "10").returncode == 1
    leads.workspace.revoke_key()
    assert leads("leads.csv", "--batch-size", "10").returncode == 1
    new_key = workspaces_in(server).create_key(leads.workspace.workspace_id)
    result = leads("leads.csv", "--batch-size", "10", "--json", LEADS_API_KEY=new_key)
    assert (result.returncode, counts_of(result)["importedBefore"]) == (0, 20), result.stderr
    assert "What was sent before is known from leads.csv.journal alone: rows up to 31, the last at 20" in result.stderr
    assert leads.stored() == companies(40)


def test_after_a_kill_a_new_key_asks_about_the_rows_in_doubt(leads: Leads, server: LocalState) -> None:
    leads.write(a_file_of(30))
    leads.proxy.actions = {1: "killed after"}
    leads("leads.csv", "--batch-size", "10")
    new_key = workspaces_in(server).create_key(leads.workspace.workspace_id)
    asked = leads("leads.csv", "--batch-size", "10", LEADS_API_KEY=new_key)
    assert (asked.returncode, leads.stored()) == (1, companies(20))
    assert "The 10 leads of rows 12 to 21 were sent with another API key (20" in last_line(asked)
    assert "row 12 (a@example.com, Company 010) and row 21 (a@example.com, Company 019)" in last_line(asked)
    assert last_line(asked).endswith("leave it out afterwards. 10 of 30 leads are imported.")
    leads.proxy.actions = {2: GARBAGE}
    settled = leads("leads.csv", "--batch-size", "10", "--unconfirmed", "stored", LEADS_API_KEY=new_key)
    assert "Run the command again without --unconfirmed to continue." in last_line(settled)
    assert leads("leads.csv", "--batch-size", "10", LEADS_API_KEY=new_key).returncode == 0
    assert leads.stored() == companies(30)


def test_an_emptied_journal_is_not_restarted_with_another_key(leads: Leads, server: LocalState) -> None:
    leads.write(a_file_of(3))
    leads("leads.csv")
    os.truncate(leads.directory / "leads.csv.journal", 0)
    new_key = workspaces_in(server).create_key(leads.workspace.workspace_id)
    result = leads("leads.csv", LEADS_API_KEY=new_key)
    assert result.returncode == 1
    assert last_line(result).startswith("leads.csv.journal is empty, and a journal never is")
    assert leads.stored() == companies(3)


def test_a_simultaneous_second_import_of_a_file_is_refused(leads: Leads) -> None:
    leads.write(a_file_of(20))
    with (leads.directory / "leads.csv.journal").open("wb") as journal:
        fcntl.flock(journal, fcntl.LOCK_EX)
        second = leads("leads.csv")
    assert (second.returncode, leads.stored()) == (1, [])
    assert "Another import is writing to leads.csv.journal" in last_line(second)
    (leads.directory / "leads.csv.journal").unlink()
    assert leads("leads.csv").returncode == 0


def test_ctrl_c_says_how_to_continue(leads: Leads) -> None:
    leads.write(a_file_of(30))
    leads.proxy.actions = {1: signal.SIGINT}
    result = leads("leads.csv", "--batch-size", "10", "--json")
    assert result.returncode == 130
    assert last_line(result).startswith("Interrupted. ")
    assert "of 30 leads are imported. Run the same command again to continue." in last_line(result)
    assert counts_of(result)["imported"] in {10, 20}
    assert leads("leads.csv", "--batch-size", "10").returncode == 0
    assert leads.stored() == companies(30)


def test_a_restart_that_was_interrupted_is_continued_without_restarting(leads: Leads) -> None:
    leads.write(a_file_of(20))
    leads("leads.csv")
    leads.proxy.actions = {2: GARBAGE}
    result = leads("leads.csv", "--restart", "--batch-size", "10")
    assert result.returncode == 4
    assert "Run the command again without --restart to continue." in last_line(result)
    assert leads("leads.csv", "--batch-size", "10").returncode == 0
    assert leads.stored() == sorted(companies(20) * 2)


def test_an_invalid_response_ends_the_import_which_can_be_continued(leads: Leads) -> None:
    leads.write(a_file_of(20))
    leads.proxy.actions = {1: GARBAGE}
    result = leads("leads.csv", "--batch-size", "10", "--json")
    assert result.returncode == 4
    assert "10 of 20 leads are imported. Run the same command again to continue." in last_line(result)
    assert counts_of(result)["imported"] == 10
    second = leads("leads.csv", "--batch-size", "10", "--json")
    assert (second.returncode, counts_of(second)["importedBefore"], counts_of(second)["imported"]) == (0, 10, 20)
    assert leads.stored() == companies(20)


def test_leads_that_were_stored_without_a_response_are_not_stored_twice(leads: Leads) -> None:
    leads.write(a_file_of(20))
    leads.proxy.actions = {0: "killed after"}
    leads("leads.csv")
    result = leads("leads.csv", "--json")
    assert counts_of(result)["replayed"] == 20
    assert "20 of them had been stored before" in last_line(result)
    assert leads.stored() == companies(20)


def test_a_full_plan_ends_the_import_with_a_count_and_it_can_be_continued(leads: Leads) -> None:
    leads.workspace.set_plan(Plan.FREE)
    leads.write(a_file_of(6))
    result = leads("leads.csv", "--batch-size", "2")
    assert result.returncode == 1
    assert "Can not have more than 5 leads on the free plan. 4 of 6 leads are imported." in last_line(result)
    leads.workspace.set_plan(Plan.BASIC)
    assert leads("leads.csv", "--batch-size", "2").returncode == 0
    assert leads.stored() == companies(6)


def test_a_changed_file_is_not_continued(leads: Leads) -> None:
    path = leads.write(a_file_of(20))
    leads.proxy.actions = {1: GARBAGE}
    leads("leads.csv", "--batch-size", "10")
    path.write_text(a_file_of(21))
    result = leads("leads.csv", "--batch-size", "10")
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "another content of the file (leads stored: 10," in result.stderr
    assert "--restart" in result.stderr
    path.write_text(a_file_of(20))
    assert "another batch size" in leads("leads.csv").stderr
    assert "another mapping of columns" in leads("leads.csv", "--batch-size", "10", "--map", "Firma=notes").stderr
    assert leads("leads.csv", "--batch-size", "10").returncode == 0
    assert leads.stored() == companies(20)


def test_a_full_disk_ends_the_import_which_can_be_continued(leads: Leads) -> None:
    leads.write(a_file_of(100))

    def room_for_a_part_of_the_journal() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1100, 1100))

    result = leads("leads.csv", "--batch-size", "10", preexec=room_for_a_part_of_the_journal)
    assert result.returncode == 1
    assert "The journal leads.csv.journal cannot be written: File too large." in last_line(result)
    assert " of 100 leads are imported. Run the same command again to continue." in last_line(result)
    assert leads("leads.csv", "--batch-size", "10").returncode == 0
    assert leads.stored() == companies(100)
