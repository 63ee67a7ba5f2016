"""Sends the leads of a file in arrays, each exactly once, and continues where an earlier attempt stopped."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count, islice
from typing import Any, Protocol

from leads_cli.importing.checking import BadRow, RowAndLead, RowChecker
from leads_cli.importing.errors import JournalError, UnconfirmedError, UnreadableFileError
from leads_cli.importing.import_events import ArrayStored, RowsRejected
from leads_cli.importing.import_options import Unconfirmed
from leads_cli.importing.journal import Journal, digest
from leads_cli.importing.journal_content import ArrayEntry, ArrayOutcome
from leads_cli.importing.source_file import SourceFile
from leads_client import (
    Accepted,
    BadLeadsError,
    IdempotencyKeyReusedError,
    InvalidKeyError,
    PlanLimitError,
    RefusedError,
)

_RECOGNISABLE_FIELDS = ("email", "company", "contactPerson", "phoneNumber")
_MOST_CHARACTERS_SHOWN = 40


class SendsLeads(Protocol):
    """The method of LeadsClient that is used."""

    def send(self, leads: Sequence[Mapping[str, Any]], *, idempotency_key: str, lenient: bool) -> Accepted:
        """Store the good leads, once for each idempotency key; an old server stores them only if all are good."""


class ImportSender:
    """Sends arrays in the order of the file, and records in the journal what becomes of them.

    ``clock`` gives seconds since the epoch; ``unconfirmed`` is the user's decision about an array that was sent so
    long ago that the server does not know it.
    """

    def __init__(
        self,
        client: SendsLeads,
        journal: Journal,
        source: SourceFile,
        checker: RowChecker,
        *,
        clock: Callable[[], float],
        unconfirmed: Unconfirmed | None = None,
    ) -> None:
        self._client = client
        self._journal = journal
        self._source = source
        self._checker = checker
        self._clock = clock
        self._unconfirmed = unconfirmed

    def send(self, leads: Iterable[RowAndLead], batch_size: int) -> Iterator[ArrayStored | RowsRejected]:
        """Send what is not known to be stored, in arrays of up to ``batch_size``.

        Raises LeadsClientError, JournalError, and UnreadableFileError when the file changed meanwhile.
        """
        leads = iter(leads)
        for number in count():
            array = list(islice(leads, batch_size))
            if not array:
                return
            rows = (array[0].row.number, array[-1].row.number)
            entry = self._journal.entry(number)
            if entry is None:
                yield from self._send_array(number, rows, array)
                continue
            if entry.rows != rows:
                raise JournalError(_differs(entry.rows))
            array = [pair for pair in array if pair.row.number not in entry.rejected]
            if entry.outcome is ArrayOutcome.UNKNOWN and self._is_settled_by_user(number, entry, array):
                yield ArrayStored(len(array), is_replay=True)
            elif entry.outcome is not ArrayOutcome.STORED:
                yield from self._send_array(number, rows, array)

    def _is_settled_by_user(self, number: int, entry: ArrayEntry, array: Sequence[RowAndLead]) -> bool:
        """Whether the user has confirmed an array as stored that is too old for the server to know."""
        if entry.digest != digest([pair.lead for pair in array]):
            raise JournalError(_differs(entry.rows))
        if self._journal.server_knows(entry) or self._unconfirmed is Unconfirmed.MISSING:
            return False
        if self._unconfirmed is Unconfirmed.STORED:
            self._journal.write_stored(number, len(array))
            return True
        when = f"{datetime.fromtimestamp(entry.sent_at, UTC):%Y-%m-%d %H:%M} UTC"
        why = (
            f"{(self._clock() - entry.sent_at) / 3600:.0f} hours ago ({when}) and no response came; after a day "
            "the server no longer knows"
            if self._journal.is_own(entry)
            else f"with another API key ({when}) and no response came; only with that key the server can find out"
        )
        raise UnconfirmedError(
            f"The {_counted(array)} of rows {_span(entry.rows)} were sent {why} whether they are stored. Look for them "
            f'in the workspace, with "leads list --email" or "--search" perhaps: {_first_and_last(array)}. Then run '
            "the command again with --unconfirmed stored if they are there, or with --unconfirmed missing to send "
            "them. It is about these rows and no others: leave it out afterwards."
        )

    def _send_array(
        self, number: int, rows: tuple[int, int], array: list[RowAndLead]
    ) -> Iterator[ArrayStored | RowsRejected]:
        while array:
            if self._source.has_changed():
                raise UnreadableFileError(
                    f"{self._source.path} was changed while it was imported, so the import stopped. To continue it, "
                    "run the command again with the file as it was: rows that are stored are not stored again."
                )
            leads = [pair.lead for pair in array]
            key = self._journal.idempotency_key(number)
            entry = self._journal.entry(number)
            may_be_stored = entry is not None and entry.outcome is ArrayOutcome.UNKNOWN
            self._journal.write_sending(number, rows, digest(leads))
            try:
                accepted = self._client.send(leads, idempotency_key=key, lenient=True)
            except BadLeadsError as exc:
                bad_rows = self._refused_for(number, rows, array, exc, may_be_stored=may_be_stored)
                yield RowsRejected(bad_rows)
                reasons = {bad.row.number: bad.reason for bad in bad_rows}
                self._journal.write_rejected(number, reasons)
                array = [pair for pair in array if pair.row.number not in reasons]
            except IdempotencyKeyReusedError as exc:
                raise JournalError(_differs(rows)) from exc
            except (RefusedError, InvalidKeyError) as exc:
                # The server refuses a key, for example, before it looks for an earlier attempt whose response was lost.
                if not may_be_stored or isinstance(exc, PlanLimitError):
                    self._journal.write_refused(number)
                raise
            else:
                bad_rows = self._checker.bad_rows(array, accepted.rejected)
                stored = len(array) - len(bad_rows)
                self._journal.write_stored(number, stored, {bad.row.number: bad.reason for bad in bad_rows})
                yield ArrayStored(stored, accepted.is_replay)
                if bad_rows:
                    yield RowsRejected(bad_rows)
                return
        self._journal.write_stored(number, 0)

    def _refused_for(
        self,
        number: int,
        rows: tuple[int, int],
        array: Sequence[RowAndLead],
        refusal: BadLeadsError,
        *,
        may_be_stored: bool,
    ) -> list[BadRow]:
        """The rows because of which an array was refused. The refusal is recorded.

        Raises UnconfirmedError when an earlier attempt may have stored the others.
        """
        bad_rows = self._checker.bad_rows(array, refusal.problems)
        if may_be_stored and len(bad_rows) < len(array) and self._unconfirmed is not Unconfirmed.MISSING:
            raise UnconfirmedError(
                f"The leads of rows {_span(rows)} were sent before without a response, and now the server refuses "
                "some. If it was set back to an older version, the others may be stored: look for them there. If they "
                "are not, run the command again with --unconfirmed missing."
            ) from refusal
        self._journal.write_refused(number)
        if not bad_rows:
            raise refusal
        return bad_rows


def _counted(array: Sequence[RowAndLead]) -> str:
    return f"{len(array):,} leads" if len(array) > 1 else "lead"


def _first_and_last(array: Sequence[RowAndLead]) -> str:
    """By what people recognise the first and the last lead."""
    ends = array if len(array) == 1 else (array[0], array[-1])
    return " and ".join(map(_recognisable, ends))


def _recognisable(pair: RowAndLead) -> str:
    texts = [
        pair.lead[field][:_MOST_CHARACTERS_SHOWN]
        for field in _RECOGNISABLE_FIELDS
        if isinstance(pair.lead.get(field), str)
    ]
    return f"row {pair.row.number:,}" + (f" ({', '.join(texts[:2])})" if texts else "")


def _span(rows: tuple[int, int]) -> str:
    first, last = rows
    return f"{first:,} to {last:,}"


def _differs(rows: tuple[int, int]) -> str:
    return (
        f"The leads of rows {_span(rows)} were sent before in another form, by another version of this command "
        "perhaps. Continue with that version. --restart starts over, and then stores again what is stored already."
    )
