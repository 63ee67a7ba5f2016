"""An import stores each lead once, whenever it is interrupted, and reports leads in doubt."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads_cli.importing.errors import UnconfirmedError
from leads_cli.importing.import_options import Unconfirmed
from leads_client import PlanLimitError, UnavailableError
from support.interrupted_import import HOUR, Killed, World


def test_arrays_are_sent_in_the_order_of_the_file_under_a_key_each(world: World) -> None:
    assert world.run() == (7, 0)
    assert world.server.companies == world.companies
    assert len(set(world.server.keys)) == 4


@pytest.mark.parametrize("step", range(4))
@pytest.mark.parametrize("moment", ["dies_before", "dies_after"])
def test_a_killed_import_continues_where_it_stopped(world: World, step: int, moment: str) -> None:
    setattr(world.server, moment, step)
    world.run_until_killed()
    sent = len(world.server.keys)
    world.run()
    assert world.server.companies == world.companies
    assert world.server.keys[sent] == world.server.keys[sent - 1], "the same array goes under the same key"
    assert len(world.server.keys) == 5, "what is known to be stored is not sent again"


def test_nothing_is_sent_again_once_all_is_stored(world: World) -> None:
    world.run()
    sent = len(world.server.keys)
    assert world.run() == (0, 0)
    assert len(world.server.keys) == sent


def test_within_a_day_a_lost_journal_does_no_harm(world: World) -> None:
    world.run()
    world.journal.unlink()
    assert world.run() == (0, 7)
    assert world.server.companies == world.companies


def test_a_restart_stores_everything_again(world: World) -> None:
    world.run()
    assert world.run(restart=True) == (7, 0)
    assert world.server.companies == world.companies * 2


def test_a_restart_can_be_continued(world: World) -> None:
    world.run()
    world.server.dies_after = 5
    with pytest.raises(Killed):
        world.run(restart=True)
    world.run()
    assert world.server.companies == world.companies * 2


@given(
    lead_count=st.integers(1, 9),
    batch_size=st.integers(1, 4),
    kills=st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.integers(0, 400)), max_size=5),
    refused=st.sets(st.integers(0, 8), max_size=3),
    is_old=st.booleans(),
)
def test_each_lead_is_stored_once_whenever_the_process_is_killed(
    tmp_path_factory: pytest.TempPathFactory,
    lead_count: int,
    batch_size: int,
    kills: list[tuple[int, bool, int]],
    refused: set[int],
    *,
    is_old: bool,
) -> None:
    world = World(tmp_path_factory.getbasetemp(), lead_count, batch_size)
    world.server.refuses = {f"Company {number}" for number in refused}
    world.server.is_old = is_old
    # An old server may refuse an array that was sent before but did not arrive. It stores no part of a refused array.
    unconfirmed = Unconfirmed.MISSING if is_old else None
    for step, after, torn in kills:
        sent = len(world.server.keys)
        world.server.dies_before, world.server.dies_after = (-1, sent + step) if after else (sent + step, -1)
        try:
            world.run(unconfirmed=unconfirmed)
        except Killed:
            # The journal's last line may be on disk in part, or not at all.
            *complete, last = world.journal.read_bytes().splitlines(keepends=True)
            world.journal.write_bytes(b"".join(complete) + last[: max(0, len(last) - torn)])
    world.server.dies_before = world.server.dies_after = -1
    world.run(unconfirmed=unconfirmed)
    assert world.server.companies == [company for company in world.companies if company not in world.server.refuses]
    assert world.run() == (0, 0)


@given(
    lead_count=st.integers(1, 9),
    batch_size=st.integers(1, 4),
    kills=st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.sampled_from("ab"), st.integers(0, 30)), max_size=6),
    last_key=st.sampled_from("ab"),
)
def test_each_lead_is_stored_once_with_changing_keys_and_a_user_who_checks(
    tmp_path_factory: pytest.TempPathFactory,
    lead_count: int,
    batch_size: int,
    kills: list[tuple[int, bool, str, int]],
    last_key: str,
) -> None:
    world = World(tmp_path_factory.getbasetemp(), lead_count, batch_size)

    def run() -> None:
        try:
            world.run()
        except UnconfirmedError as asked:
            (first,) = re.findall(r"row (\d+) \(", str(asked))[:1]
            is_there = world.companies[int(first) - 2] in world.server.companies
            world.run(unconfirmed=Unconfirmed.STORED if is_there else Unconfirmed.MISSING)

    for step, after, key, hours in kills:
        sent = len(world.server.keys)
        world.server.dies_before, world.server.dies_after = (-1, sent + step) if after else (sent + step, -1)
        world.key = key
        with suppress(Killed):
            run()
        world.clock[0] += hours * HOUR
    world.server.dies_before = world.server.dies_after = -1
    world.key = last_key
    run()
    assert world.server.companies == world.companies


def test_an_array_without_a_response_is_sent_again_within_23_hours(world: World) -> None:
    world.server.dies_after = 1
    world.run_until_killed()
    world.clock[0] += 23 * HOUR - 1
    assert world.run() == (3, 2)
    assert world.server.companies == world.companies


@pytest.mark.parametrize("answer", [Unconfirmed.STORED, Unconfirmed.MISSING])
def test_the_users_answer_is_not_used_if_the_server_knows(world: World, answer: Unconfirmed) -> None:
    world.server.dies_before = 0
    world.run_until_killed()
    assert world.run(unconfirmed=answer) == (7, 0)
    world = World(world.file.parent, 7)
    world.server.dies_after = 3
    world.run_until_killed()
    assert world.run(unconfirmed=answer) == (0, 1)
    assert world.server.companies == world.companies


@pytest.mark.parametrize("is_stored", [True, False])
def test_after_23_hours_the_user_must_confirm_the_outcome(world: World, is_stored: bool) -> None:  # noqa: FBT001
    setattr(world.server, "dies_after" if is_stored else "dies_before", 1)
    world.run_until_killed()
    world.clock[0] += 25 * HOUR
    with pytest.raises(
        UnconfirmedError, match=r"rows 4 to 5 .* 25 hours ago.*--unconfirmed stored.*--unconfirmed missing"
    ):
        world.run()
    world.run(unconfirmed=Unconfirmed.STORED if is_stored else Unconfirmed.MISSING)
    assert world.server.companies == world.companies


def test_the_23_hours_begin_with_the_first_attempt(world: World) -> None:
    world.server.dies_after = 0
    world.run_until_killed()
    world.clock[0] += 20 * HOUR
    world.server.dies_before = 1
    world.run_until_killed()
    world.clock[0] += 4 * HOUR
    with pytest.raises(UnconfirmedError, match="24 hours ago"):
        world.run()


def test_a_refused_array_can_be_sent_later(world: World) -> None:
    world.server.room = 4
    with pytest.raises(PlanLimitError):
        world.run()
    world.clock[0] += 100 * HOUR
    world.server.room = 7
    assert world.run() == (3, 0)
    assert world.server.companies == world.companies


def test_after_a_refusal_the_23_hours_start_over(world: World) -> None:
    world.server.room = 2
    with pytest.raises(PlanLimitError):
        world.run()
    world.clock[0] += 100 * HOUR
    world.server.room = 7
    world.server.dies_after = 2
    world.run_until_killed()
    world.clock[0] += HOUR
    assert world.run() == (3, 2)
    assert world.server.companies == world.companies


def test_an_array_in_doubt_is_sent_again(world: World) -> None:
    world.server.error = UnavailableError("No answer.")
    with pytest.raises(UnavailableError):
        world.run()
    world.server.error = None
    assert world.run() == (7, 0)
