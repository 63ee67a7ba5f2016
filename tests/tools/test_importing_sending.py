"""An import stores each lead once, whenever it is interrupted, and reports leads in doubt."""

import json
import os
import re
import stat
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads_cli.importing.checking import RowChecker
from leads_cli.importing.columns import map_columns
from leads_cli.importing.errors import JournalError, OtherImportError, UnconfirmedError, UnreadableFileError
from leads_cli.importing.import_events import ArrayStored, RowsRejected
from leads_cli.importing.import_options import Unconfirmed
from leads_cli.importing.import_sender import ImportSender
from leads_cli.importing.journal import Journal, Sender
from leads_cli.importing.lead_builder import lead_builder
from leads_cli.importing.source_file import SourceFile
from leads_client import (
    Accepted,
    BadLeadsError,
    IdempotencyKeyReusedError,
    InvalidKeyError,
    PlanLimitError,
    Problem,
    UnavailableError,
)

HOUR = 3600
START = 1_795_000_000.0
IDENTITY = {"content of the file": "a", "workspace": "w"}


class Killed(BaseException):
    """The process is killed here."""


@dataclass
class Server:
    """Stores arrays as the API does: each idempotency key of an API key once, for a day.

    It rejects the companies in ``refuses``. One that ``is_old`` does not support lenient handling.
    """

    clock: list[float]
    leads: list[Mapping[str, Any]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    is_old: bool = False
    room: int = 1_000_000
    remembered: dict[str, tuple[float, str]] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    dies_before: int = -1
    dies_after: int = -1
    error: Exception | None = None
    api_key: str = ""

    def send(self, leads: Sequence[Mapping[str, Any]], *, idempotency_key: str, lenient: bool) -> Accepted:
        self.keys.append(idempotency_key)
        number = len(self.keys) - 1
        if number == self.dies_before:
            raise Killed
        if self.error:
            raise self.error
        bad = [index for index, lead in enumerate(leads) if lead["company"] in self.refuses]
        problems = tuple(Problem(index, "company", f"/{index}/company", "x", "is not liked") for index in bad)
        if bad and (self.is_old or not lenient or len(bad) == len(leads)):
            raise BadLeadsError(400, "bad_leads", "Bad.", None, problems=problems)
        good = [lead for index, lead in enumerate(leads) if index not in bad]
        is_replay = self._take_in(leads, good, idempotency_key)
        if number == self.dies_after:
            raise Killed
        return Accepted("batch", (), is_replay, None, None, problems)

    def _take_in(self, leads: Sequence[Mapping[str, Any]], good: Sequence[Mapping[str, Any]], key: str) -> bool:
        body = json.dumps(leads)
        key = f"{self.api_key} {key}"
        stored_at, first_body = self.remembered.get(key, (0, ""))
        if self.clock[0] - stored_at < 24 * HOUR:
            if first_body != body:
                raise IdempotencyKeyReusedError(422, "idempotency_key_reused", "Reused.", None)
            return True
        if len(self.leads) + len(good) > self.room:
            raise PlanLimitError(400, "plan_limit_reached", "Reached the limit.", None)
        self.remembered[key] = (self.clock[0], body)
        self.leads += good
        return False

    @property
    def companies(self) -> list[str]:
        return [lead["company"] for lead in self.leads]


class World:
    """A file of leads, its journal, and a server, for any number of runs of the command."""

    def __init__(self, directory: Path, lead_count: int, batch_size: int = 2) -> None:
        self.clock = [START]
        self.server = Server(self.clock)
        self.file = directory / "leads.csv"
        self.journal = directory / "leads.csv.journal"
        self.journal.unlink(missing_ok=True)
        self.companies = [f"Company {number}" for number in range(lead_count)]
        self.file.write_text("company\n" + "".join(f"{company}\n" for company in self.companies))
        self.batch_size = batch_size
        self.key = "b"

    def events(
        self, *, restart: bool = False, unconfirmed: Unconfirmed | None = None
    ) -> Generator[ArrayStored | RowsRejected]:
        """One run of the command, step by step."""
        self.server.api_key = self.key
        source = SourceFile.open(self.file, None)
        mapping = map_columns(source.table.columns, {})
        checker = RowChecker(mapping, lead_builder(mapping))
        clock = self.clock
        checked = checker.check(source.table.read_rows(), lambda bad: pytest.fail(bad.reason))
        with closing(self.opened(restart=restart)) as opened:
            journal = next(opened)
            sender = ImportSender(
                self.server, journal, source, checker, clock=lambda: clock[0], unconfirmed=unconfirmed
            )
            yield from sender.send(checker.good_leads(source.table.read_rows(), checked), self.batch_size)

    def opened(self, *, restart: bool = False) -> Generator[Journal]:
        """The journal, until it is closed."""
        identity = {**IDENTITY, "content of the file": SourceFile.open(self.file, None).sha256}
        sender = Sender("https://leads", self.key)
        with Journal.open(self.journal, identity, sender, restart=restart, clock=lambda: self.clock[0]) as journal:
            yield journal

    def run(self, *, restart: bool = False, unconfirmed: Unconfirmed | None = None) -> tuple[int, int]:
        """One complete run: how many leads were stored, and how many had been stored before."""
        events = self.events(restart=restart, unconfirmed=unconfirmed)
        arrays = [event for event in events if isinstance(event, ArrayStored)]
        return (
            sum(event.leads for event in arrays if not event.is_replay),
            sum(event.leads for event in arrays if event.is_replay),
        )

    def run_until_killed(self) -> None:
        with pytest.raises(Killed):
            self.run()
        self.server.dies_before = self.server.dies_after = -1


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, 7)


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


def test_an_array_is_in_the_journal_before_it_is_sent(world: World) -> None:
    seen: list[str] = []
    send = world.server.send

    def look(leads: Sequence[Mapping[str, Any]], *, idempotency_key: str, lenient: bool) -> Accepted:
        seen.append(world.journal.read_text().splitlines()[-1])
        return send(leads, idempotency_key=idempotency_key, lenient=lenient)

    world.server.send = look  # type: ignore[method-assign]
    world.run()
    assert [json.loads(line)["array"] for line in seen if "sentAt" in line] == [0, 1, 2, 3]


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


def test_an_incomplete_line_of_any_length_is_removed(world: World) -> None:
    world.server.dies_after = 0
    world.run_until_killed()
    with world.journal.open("a") as file:
        file.write('{"array": 0, "rejected": {"2": "' + "x" * 5000)
    world.run()
    assert all(json.loads(line) for line in world.journal.read_text().splitlines())
    assert world.server.companies == world.companies


def test_an_array_in_doubt_is_sent_again(world: World) -> None:
    world.server.error = UnavailableError("No answer.")
    with pytest.raises(UnavailableError):
        world.run()
    world.server.error = None
    assert world.run() == (7, 0)


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


def test_a_file_that_changes_meanwhile_ends_the_import(world: World) -> None:
    events = world.events()
    next(events)
    with world.file.open("a") as file:
        file.write("One more\n")
    with pytest.raises(UnreadableFileError, match="was changed"):
        list(events)
    assert len(world.server.leads) == 2


def test_another_file_is_another_import(world: World) -> None:
    world.server.dies_after = 0
    world.run_until_killed()
    with world.file.open("a") as file:
        file.write("One more\n")
    with pytest.raises(OtherImportError, match=r"another content of the file .*--restart"):
        world.run()


def test_an_import_that_stored_nothing_does_not_block_another(world: World) -> None:
    world.server.error = InvalidKeyError("Invalid API key.")
    with pytest.raises(InvalidKeyError):
        world.run()
    world.server.error = None
    with world.file.open("a") as file:
        file.write("One more\n")
    assert world.run() == (8, 0)


def test_a_revoked_key_does_not_settle_arrays_in_doubt(world: World) -> None:
    world.server.dies_after = 0
    world.run_until_killed()
    world.server.error = InvalidKeyError("Invalid API key.")
    with pytest.raises(InvalidKeyError):
        world.run()
    with world.file.open("a") as file:
        file.write("One more\n")
    with pytest.raises(OtherImportError):
        world.run()


def test_another_grouping_of_rows_is_refused(world: World) -> None:
    world.server.dies_after = 1
    world.run_until_killed()
    world.batch_size = 3
    with pytest.raises(JournalError, match=r"rows 2 to 3 .* in another form"):
        world.run()
    assert len(world.server.keys) == 2


def test_other_leads_with_a_used_key_are_refused(world: World) -> None:
    world.server.dies_after = 0
    world.run_until_killed()
    world.journal.write_text(world.journal.read_text().replace('"digest": "', '"digest": "0'))
    with pytest.raises(JournalError, match="in another form"):
        world.run()
    world.journal.unlink()
    (key,) = world.server.remembered
    world.server.remembered[key] = (START, "another body")
    with pytest.raises(JournalError, match="in another form"):
        world.run()


@pytest.mark.parametrize(
    "content",
    [
        "hello\n",
        "{}\n",
        "[]\n",
        "\0\n",
        "\0" * 30,
        '{"import": "a", "of": {"content of the file": "a", "workspace": "w"}}\n' + "\0" * 400,
        '{"import": "a"}\n',
        '{"import": "a", "of": {}}\n',
        '{"import": "a", "of": []}\n',
        '{"import": 1, "of": {"content of the file": "a"}}\n',
        "[" * 100_000 + "\n",
        *(
            '{"import": "a", "of": {"content of the file": "a", "workspace": "w"}}\n' + record
            for record in (
                '{"array": 0, "stored": 1}\n',
                '{"array": 0, "rows": [2, 3], "digest": 7, "sentAt": 1}\n',
                '{"array": 0, "rows": [2, 3], "digest": "7", "sentAt": 1e999}\n',
                '{"array": 0, "rows": [2, 1e400], "digest": "7", "sentAt": 1}\n',
                '{"array": "0", "rows": [2, 3], "digest": "7", "sentAt": 1}\n',
                '{"finished": {"rows": "7"}}\n',
                '{"finished": []}\n',
                '{"finished": {"rows": 1, "imported": -1, "rejected": 0, "skippedEmpty": 0}}\n',
            )
        ),
    ],
    ids=lambda content: content[-40:].strip(),
)
def test_a_file_that_is_not_a_journal_is_not_overwritten(world: World, content: str) -> None:
    world.journal.write_text(content)
    with pytest.raises(JournalError, match=r"line \d") as damaged:
        world.run()
    assert "--restart" not in str(damaged.value), "what is stored would be stored once more"
    assert world.journal.read_text() == content
    assert world.server.keys == []


@pytest.mark.parametrize("bytes_left", [0, 1, 100])
def test_a_journal_without_its_first_line_is_not_taken_for_a_new_one(world: World, bytes_left: int) -> None:
    world.run()
    os.truncate(world.journal, bytes_left)
    world.key = "another"
    with pytest.raises(JournalError, match=r"is empty, and a journal never is|damaged in line 1") as lost:
        world.run()
    assert "compare the leads of the workspace with the file" in str(lost.value)
    assert "--restart" not in str(lost.value), "what is stored would be stored once more"
    assert world.journal.stat().st_size == bytes_left
    assert world.server.companies == world.companies


def test_an_empty_file_instead_of_a_journal_can_be_deleted(world: World) -> None:
    world.journal.touch()
    with pytest.raises(JournalError, match="If no import was begun with it, delete it"):
        world.run()
    assert world.journal.exists()
    world.journal.unlink()
    assert world.run() == (7, 0)


def test_a_journal_is_created_with_its_first_line_before_anything_is_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    put: list[bytes] = []
    link = os.link

    def look(source: Path, target: Path) -> None:
        put.append(source.read_bytes())
        link(source, target)

    monkeypatch.setattr(os, "link", look)
    with closing(world.opened()) as journal:
        next(journal)
        assert put == [world.journal.read_bytes()]
    assert json.loads(put[0]).keys() == {"import", "of", "key"}
    assert list(world.file.parent.iterdir()) == [world.file], "nothing is left behind when nothing is sent"


def test_a_file_system_without_links_is_sufficient(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    assert world.run() == (7, 0)
    assert sorted(path.name for path in world.file.parent.iterdir()) == ["leads.csv", "leads.csv.journal"]


def test_without_links_a_journal_that_another_import_just_created_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as others:

        def begin_another(*_: object) -> None:
            monkeypatch.setattr(os, "link", refuse)
            next(others.enter_context(closing(world.opened())))
            raise PermissionError(1, "Operation not permitted")

        def refuse(*_: object) -> None:
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(os, "link", begin_another)
        with pytest.raises(JournalError, match="Another import is writing"):
            world.run()


def test_an_import_that_was_killed_before_it_sent_anything_starts_without_a_question(world: World) -> None:
    with closing(world.opened()) as journal:
        next(journal)
        begun = world.journal.read_bytes()
    world.journal.write_bytes(begun)
    world.key, world.batch_size = "another", 3
    assert world.run() == (7, 0)
    assert world.server.companies == world.companies


def test_a_restart_that_sends_nothing_keeps_the_journal(world: World) -> None:
    world.run()
    content = world.journal.read_bytes()
    with closing(world.opened(restart=True)) as journal:
        next(journal)
    assert world.journal.read_bytes() == content
    world.journal.unlink()
    with closing(world.opened(restart=True)) as journal:
        next(journal)
    assert not world.journal.exists()


@pytest.mark.parametrize(
    ("key", "hours", "is_relied_on"), [("b", 1, False), ("b", 24, True), ("another", 1, True), ("another", 24, True)]
)
def test_it_is_known_if_only_the_journal_shows_what_was_sent(
    world: World, key: str, hours: int, *, is_relied_on: bool
) -> None:
    with closing(world.events()) as events:
        next(events)
    world.clock[0] += hours * HOUR
    world.key = key
    with closing(world.opened()) as journal:
        assert next(journal).is_relied_on() is is_relied_on


def test_a_new_journal_relies_on_nothing_unless_another_key_began_it(world: World) -> None:
    with closing(world.opened()) as journal:
        assert not next(journal).is_relied_on()
        begun = world.journal.read_bytes()
    world.journal.write_bytes(begun)
    world.key = "another"
    with closing(world.opened()) as journal:
        assert next(journal).is_relied_on()


def test_a_journal_that_is_a_link_is_not_followed(world: World, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("precious")
    world.journal.symlink_to(elsewhere)
    with pytest.raises(JournalError, match="It is a link"):
        world.run()
    assert (world.server.keys, elsewhere.read_text()) == ([], "precious")


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_a_journal_that_is_not_a_file_ends_the_import_before_anything_is_sent(
    world: World, make: Callable[[Path], None]
) -> None:
    make(world.journal)
    with pytest.raises(JournalError, match="remove the cause first"):
        world.run()
    assert world.server.keys == []


def test_only_the_owner_may_read_a_journal(world: World) -> None:
    with closing(world.events()) as events:
        next(events)
    assert stat.S_IMODE(world.journal.stat().st_mode) == 0o600
    world.journal.chmod(0o644)
    world.run()
    assert stat.S_IMODE(world.journal.stat().st_mode) == 0o600


def test_a_second_import_of_the_file_ends_and_the_first_continues(world: World) -> None:
    first = world.events()
    next(first)
    with pytest.raises(JournalError, match="Another import is writing"):
        world.run()
    list(first)
    assert world.server.companies == world.companies


def test_another_key_of_the_workspace_continues(world: World) -> None:
    world.server.dies_before = 2
    world.run_until_killed()
    # With the revoked key the server reports nothing about the array without a response.
    world.server.error = InvalidKeyError("Invalid API key.")
    with pytest.raises(InvalidKeyError):
        world.run()
    world.server.error, world.key = None, "another"
    with pytest.raises(
        UnconfirmedError,
        match=r"The 2 leads of rows 6 to 7 .* another API key \(2026-11-18 11:06 UTC\) .*leads list .*"
        r"row 6 \(Company 4\) and row 7 \(Company 5\).*--unconfirmed missing.* no others",
    ):
        world.run()
    world.run(unconfirmed=Unconfirmed.MISSING)
    assert world.server.companies == world.companies


def test_another_key_continues_at_once_if_the_first_was_refused(world: World) -> None:
    events = world.events()
    next(events)
    world.server.error = InvalidKeyError("Invalid API key.")
    with pytest.raises(InvalidKeyError):
        list(events)
    world.server.error, world.key = None, "another"
    assert world.run() == (5, 0)
    assert world.server.companies == world.companies


def test_an_array_is_repeated_with_the_key_that_sent_it(world: World) -> None:
    world.server.dies_before = 0
    world.run_until_killed()
    world.key, world.server.dies_before, world.server.dies_after = "another", -1, 1
    with pytest.raises(Killed):
        world.run(unconfirmed=Unconfirmed.MISSING)
    assert world.run() == (5, 2)
    assert world.server.companies == world.companies


def test_a_journal_of_an_earlier_version_is_continued_with_its_key(world: World) -> None:
    world.server.dies_after = 1
    world.run_until_killed()
    lines = [json.loads(line) for line in world.journal.read_text().splitlines()]
    lines[0]["of"] |= {"API key": "b", "address of the API": "https://leads"}
    del lines[0]["of"]["workspace"]
    for line in lines:
        line.pop("key", None)
    world.journal.write_text("".join(json.dumps(line) + "\n" for line in lines))
    world.key = "another"
    with pytest.raises(OtherImportError, match="another API key"):
        world.run()
    world.key = "b"
    assert world.run() == (3, 2)
    assert world.server.companies == world.companies


def test_nothing_is_left_behind_if_nothing_is_sent(tmp_path: Path) -> None:
    world = World(tmp_path, 0)
    assert world.run() == (0, 0)
    assert list(tmp_path.iterdir()) == [world.file]


def test_a_journal_contains_no_lead_data(world: World) -> None:
    world.run()
    assert "Company" not in world.journal.read_text()
