"""An import of leads whose process is killed and started again, and the server that it sends them to."""

import json
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from leads_cli.importing.checking import RowChecker
from leads_cli.importing.columns import map_columns
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
    PlanLimitError,
    Problem,
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
