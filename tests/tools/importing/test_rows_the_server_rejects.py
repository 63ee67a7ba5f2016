"""Rows that only the server rejects: they are reported, and the others are stored once."""

import json

import pytest

from leads_cli.importing.errors import UnconfirmedError
from leads_cli.importing.import_events import ArrayStored, RowsRejected
from leads_client import BadLeadsError, Problem
from support.interrupted_import import World


def test_rows_that_the_server_rejects_are_reported_and_left_out(world: World) -> None:
    world.server.refuses = {"Company 1", "Company 4", "Company 5"}
    rejected = [event for event in world.events() if isinstance(event, RowsRejected)]
    assert [[(bad.row.number, bad.reason) for bad in event.bad_rows] for event in rejected] == [
        [(3, "company is not liked.")],
        [(6, "company is not liked."), (7, "company is not liked.")],
    ]
    assert world.server.companies == ["Company 0", "Company 2", "Company 3", "Company 6"]
    assert len(world.server.keys) == 4, "bad rows cost no request"


def test_an_old_server_is_sent_the_good_rows_of_an_array_again(world: World) -> None:
    world.server.is_old = True
    world.server.refuses = {"Company 1", "Company 4"}
    world.run()
    assert world.server.companies == ["Company 0", "Company 2", "Company 3", "Company 5", "Company 6"]
    assert len(set(world.server.keys)) == len(world.server.keys) == 6, "another body has another key"


def test_a_repeat_settles_an_array_that_was_stored_in_part(world: World) -> None:
    world.server.refuses = {"Company 1"}
    world.server.dies_after = 0
    world.run_until_killed()
    replayed, rejected, *_ = world.events()
    assert replayed == ArrayStored(1, is_replay=True)
    assert isinstance(rejected, RowsRejected)
    assert world.server.companies == [company for company in world.companies if company != "Company 1"]
    content = [json.loads(line) for line in world.journal.read_text().splitlines()]
    assert {"array": 0, "stored": 1, "rejected": {"3": "company is not liked."}} in content


def test_a_server_that_was_downgraded_stores_nothing_twice(world: World) -> None:
    world.server.refuses = {"Company 1"}
    world.server.dies_after = 0
    world.run_until_killed()
    world.server.is_old = True
    with pytest.raises(UnconfirmedError, match=r"rows 2 to 3 .* set back .*--unconfirmed missing"):
        world.run()
    world.server.is_old = False
    world.run()
    assert world.server.companies == [company for company in world.companies if company != "Company 1"]


def test_an_import_that_stopped_at_a_rejected_row_can_be_continued(world: World) -> None:
    world.server.is_old = True
    world.server.refuses = {"Company 3"}
    for event in world.events():
        if isinstance(event, RowsRejected):
            break
    assert world.server.companies == ["Company 0", "Company 1"]
    world.server.refuses = set()
    world.run()
    assert world.server.companies == world.companies


def test_the_journal_records_rows_that_the_server_rejected(world: World) -> None:
    world.server.refuses = {"Company 1"}
    world.server.dies_before = 2
    world.run_until_killed()
    content = world.journal.read_text()
    assert '"rejected": {"3": "company is not liked."}' in content


def test_rejected_leads_without_a_row_end_the_import(world: World) -> None:
    world.server.error = BadLeadsError(
        400, "bad_leads", "Bad.", None, problems=(Problem(99, "", "/99", "x", "is bad"),)
    )
    with pytest.raises(BadLeadsError):
        world.run()
