"""An import as an iterator of events, without a terminal or a server."""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from leads_admin.lead_table import COLUMNS
from leads_cli.errors import WrongUsageError
from leads_cli.importing.errors import BadRowsError, OtherImportError
from leads_cli.importing.import_events import (
    AlreadyImported,
    ArrayStored,
    DryRunFinished,
    FileUnderstood,
    Finished,
    ReadyToSend,
    RowsChecked,
    RowsRejected,
)
from leads_cli.importing.import_options import ImportOptions
from leads_cli.importing.run import Import
from leads_client import Accepted, BadLeadsError, InvalidKeyError, Problem, Quota, RateLimitedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Api:
    """Stores the leads that it gets, except the companies in ``refuses``."""

    url: str = "https://leads.example.com"
    key: str = "cdz_key"
    refuses: set[str] = field(default_factory=set)
    workspace: str | None = "01M6DWCPDGP7DKK1RX7DV6Q8DA"
    ping_errors: list[Exception] = field(default_factory=list)
    send_error: Exception | None = None
    leads: list[Mapping[str, Any]] = field(default_factory=list)
    clients: int = 0

    @property
    def companies(self) -> list[str]:
        return [lead["company"] for lead in self.leads]

    @contextmanager
    def client(self, give_up_after_seconds: float) -> "Iterator[Api]":
        assert give_up_after_seconds > 0
        self.clients += 1
        yield self

    def ping(self) -> Quota:
        if self.ping_errors:
            raise self.ping_errors.pop()
        return Quota(1000, 300, 999, 300, self.workspace)

    def send(self, leads: Sequence[Mapping[str, Any]], *, idempotency_key: str, lenient: bool) -> Accepted:
        assert idempotency_key
        if self.send_error:
            raise self.send_error
        bad = [index for index, lead in enumerate(leads) if lead["company"] in self.refuses]
        problems = tuple(Problem(index, "company", f"/{index}/company", "x", "is not liked") for index in bad)
        if bad and (len(bad) == len(leads) or not lenient):
            raise BadLeadsError(400, "bad_leads", "Bad.", None, problems=problems)
        self.leads += [lead for index, lead in enumerate(leads) if index not in bad]
        return Accepted("batch", (), is_replay=False, quota=None, request_id=None, rejected=problems)


def an_import(directory: Path, *rows: str, **options: Any) -> Import:  # noqa: ANN401 - those of ImportOptions
    file = directory / "leads.csv"
    file.write_text("Firma,Headcount\n" + "".join(f"{row}\n" for row in rows))
    return Import(ImportOptions(file, batch_size=2, **options), clock=lambda: 1_795_000_000)


def test_an_import_yields_its_events_in_order(tmp_path: Path) -> None:
    run, api = an_import(tmp_path, "A,1", "B,2", ",", "C,3"), Api()

    understood, *others = run.run(api)

    assert isinstance(understood, FileUnderstood)
    assert [lead for _, lead in understood.sample] == [
        {"company": "A", "employeeCount": "1"},
        {"company": "B", "employeeCount": "2"},
        {},
    ]
    assert others == [
        RowsChecked(0, []),
        ReadyToSend(3, 0, api.url),
        ArrayStored(2, is_replay=False),
        ArrayStored(1, is_replay=False),
        Finished(None),
    ]
    assert api.companies == ["A", "B", "C"]
    counts = {"rows": 4, "imported": 3, "rejected": 0, "skippedEmpty": 1, "importedBefore": 0, "replayed": 0}
    assert run.counts.summary().items() >= counts.items()


def test_nothing_more_is_sent_if_no_more_events_are_read(tmp_path: Path) -> None:
    run, api = an_import(tmp_path, "A,1", "B,2", "C,3"), Api()

    with closing(run.run(api)) as events:
        assert any(isinstance(event, ReadyToSend) for event in events)
    assert (api.companies, run.counts.to_import) == ([], 0)
    assert [path.name for path in tmp_path.iterdir()] == ["leads.csv"]

    with closing(run.run(api)) as events:
        assert any(isinstance(event, ArrayStored) for event in events)
    assert (api.companies, run.counts.imported, run.counts.to_import) == (["A", "B"], 2, 3)


def test_another_run_resumes_where_the_last_one_ended(tmp_path: Path) -> None:
    rows, api = ("A,1", "B,2", "C,3"), Api()
    with closing(an_import(tmp_path, *rows).run(api)) as events:
        assert any(isinstance(event, ArrayStored) for event in events)

    run = an_import(tmp_path, *rows)
    _, _, ready, *_ = run.run(api)

    assert ready == ReadyToSend(3, 2, api.url)
    assert api.companies == ["A", "B", "C"]
    assert (run.counts.imported_before, run.counts.imported) == (2, 3)


def test_if_everything_is_imported_already_only_that_is_reported(tmp_path: Path) -> None:
    api = Api()
    list(an_import(tmp_path, "A,1").run(api))

    run = an_import(tmp_path, "A,1")

    assert list(run.run(api)) == [AlreadyImported(tmp_path / "leads.csv", tmp_path / "leads.csv.journal")]
    assert (run.counts.are_known, run.counts.imported_before) == (True, 1)
    assert api.companies == ["A"]


def test_a_dry_run_needs_no_api(tmp_path: Path) -> None:
    assert list(an_import(tmp_path, "A,1", ",", "B,2").dry_run())[1:] == [RowsChecked(0, []), DryRunFinished(2)]
    assert [path.name for path in tmp_path.iterdir()] == ["leads.csv"]


def test_bad_rows_are_reported_before_they_end_the_import(tmp_path: Path) -> None:
    run, api = an_import(tmp_path, "A,1", *["B,many"] * 30), Api()

    for events in (run.run(api), run.dry_run()):
        _, checked = next(events), next(events)
        assert isinstance(checked, RowsChecked)
        assert (checked.bad, len(checked.first_bad), checked.first_bad[0].row.number) == (30, 20, 3)
        with pytest.raises(BadRowsError, match=r"30 of 31 rows .*leads\.csv\.rejected\.csv.*--skip-bad-rows"):
            next(events)

    assert (api.companies, run.counts.rejected) == ([], 30)
    assert len((tmp_path / "leads.csv.rejected.csv").read_text().splitlines()) == 31


def test_skipped_rows_are_named_at_the_end(tmp_path: Path) -> None:
    rejected = tmp_path / "bad.csv"
    api = Api(refuses={"C"})

    *_, stored, refused, finished = an_import(
        tmp_path, "A,1", "B,many", "C,3", skip_bad_rows=True, rejected=rejected
    ).run(api)

    assert isinstance(refused, RowsRejected)
    assert [(bad.row.number, bad.reason) for bad in refused.bad_rows] == [(4, "Firma is not liked.")]
    assert (stored, finished) == (ArrayStored(1, is_replay=False), Finished(rejected))
    assert api.companies == ["A"]
    assert [line.split(",")[2] for line in rejected.read_text().splitlines()] == ["Firma", "B", "C"]


TABLE = "Firma;row;reason;Headcount;Notes;Mail\n=A;1;=x;null;'0701;\nB;3;y;many;null;-\n"
IN_JSON = (
    '{"row": "1", "reason": "=x", "Firma": "=A"}\n'
    '{"row": "3", "reason": "y", "Firma": "B", "Headcount": "many", "Notes": "null", "Mail": "-"}\n'
)


@pytest.mark.parametrize(
    ("name", "content", "others"),
    [
        ("leads.csv", TABLE, {}),
        ("leads.tsv", TABLE.replace(";", "\t"), {}),
        ("leads.jsonl", IN_JSON, {"email": "-", "notes": "null"}),
    ],
)
def test_corrected_rejected_rows_are_imported_without_loss(
    tmp_path: Path, name: str, content: str, others: dict[str, str]
) -> None:
    file, api = tmp_path / name, Api()
    file.write_text(content)

    def run(file: Path) -> None:
        options = ImportOptions(file, keep_unmatched=True, skip_bad_rows=True, empty=["null", "-"])
        list(Import(options).run(api))

    run(file)
    (rejected,) = tmp_path.glob("*.rejected.*")
    text = rejected.read_text(encoding="utf-8-sig")
    assert rejected.suffix == file.suffix
    assert text.count("null") == 1
    assert all(separator in text for separator in ";\t" if separator in content), "separated as before"
    rejected.write_text(text.replace("many", "7"))
    run(rejected)

    assert api.leads[1] == {
        "company": "B",
        "employeeCount": "7",
        "custom": {"row": "3", "reason": "y"},
        **others,
    }


def test_rejected_rows_of_an_export_are_read_literally_like_the_export(tmp_path: Path) -> None:
    file, api = tmp_path / "leads.csv", Api()
    lead = {"id": "1", "company": "N/A", "email": "a ::: b", "employeeCount": "many"}
    file.write_text(f"{','.join(COLUMNS)}\n{','.join(lead.get(column, '') for column in COLUMNS)}\n")
    with pytest.raises(BadRowsError):
        list(Import(ImportOptions(file)).run(api))
    rejected = tmp_path / "leads.csv.rejected.csv"
    rejected.write_text(rejected.read_text(encoding="utf-8-sig").replace("many", "7"))
    list(Import(ImportOptions(rejected)).run(api))
    assert api.leads == [{"company": "N/A", "email": "a ::: b", "employeeCount": "7"}]


def test_rows_that_the_server_refuses_end_the_import_unless_they_may_be_skipped(tmp_path: Path) -> None:
    rows, api = ("A,1", "B,2", "C,3", "D,4"), Api(refuses={"B"})
    run = an_import(tmp_path, *rows)

    with pytest.raises(BadRowsError, match="The server refused 1 rows"):
        list(run.run(api))
    assert api.companies == ["A"]
    assert (run.counts.imported, run.counts.to_import, run.counts.rejected) == (1, 4, 1)

    with pytest.raises(BadRowsError, match="1 of 4 rows"):
        list(an_import(tmp_path, *rows).run(api))
    assert api.companies == ["A"]

    run = an_import(tmp_path, *rows, skip_bad_rows=True)
    list(run.run(api))
    assert api.companies == ["A", "C", "D"]
    assert (run.counts.imported, run.counts.rejected) == (3, 1)


@pytest.mark.parametrize("error", [InvalidKeyError("Invalid API key."), UnavailableError("No answer.")])
def test_no_row_is_checked_if_the_api_is_unavailable(tmp_path: Path, error: Exception) -> None:
    run = an_import(tmp_path, "A,many")

    with pytest.raises(type(error)):
        next(run.run(Api(ping_errors=[error])))
    assert not run.counts.are_known


def test_an_import_waits_for_an_exhausted_rate_limit(tmp_path: Path) -> None:
    api = Api(ping_errors=[RateLimitedError(200)])

    assert isinstance([*an_import(tmp_path, "A,1").run(api)][-1], Finished)
    assert api.companies == ["A"]


def test_another_key_of_the_workspace_imports_nothing_twice(tmp_path: Path) -> None:
    list(an_import(tmp_path, "A,1").run(Api()))

    assert isinstance(
        next(an_import(tmp_path, "A,1").run(Api(key="cdz_another", url="https://other"))), AlreadyImported
    )


def test_another_workspace_has_its_own_journal(tmp_path: Path) -> None:
    first, second = Api(), Api(workspace="../another")

    for api in (first, second):
        assert list(an_import(tmp_path, "A,1").run(api))[-1] == Finished(None)
        assert isinstance(next(an_import(tmp_path, "A,1").run(api)), AlreadyImported)
    assert first.companies == second.companies == ["A"]
    assert isinstance(next(an_import(tmp_path, "A,1").run(first)), AlreadyImported)
    assert sorted(tmp_path.glob("*.journal")) == [
        tmp_path / "leads.csv.___another.journal",
        tmp_path / "leads.csv.journal",
    ]


def test_an_import_continues_only_with_the_same_text_options(tmp_path: Path) -> None:
    list(an_import(tmp_path, "None,1", text=["None"]).run(Api()))

    with pytest.raises(OtherImportError, match="another way of reading"):
        next(an_import(tmp_path, "None,1").run(Api()))


def test_a_named_journal_belongs_to_one_workspace(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    list(an_import(tmp_path, "A,1", journal=journal).run(Api()))

    with pytest.raises(OtherImportError, match=r"another workspace \(leads stored: 1, according to"):
        next(an_import(tmp_path, "A,1", journal=journal).run(Api(workspace="01M6DWCPDGP7DKK1RX7DV6Q8DB")))


def test_without_a_workspace_id_the_journal_depends_on_the_key(tmp_path: Path) -> None:
    list(an_import(tmp_path, "A,1").run(Api(workspace=None)))

    assert isinstance(next(an_import(tmp_path, "A,1").run(Api(workspace=None))), AlreadyImported)
    with pytest.raises(OtherImportError, match="another API key"):
        next(an_import(tmp_path, "A,1").run(Api(workspace=None, key="cdz_another")))


def test_a_journal_may_be_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    journal = tmp_path / "elsewhere" / "journal"

    for expected in (Finished(None), AlreadyImported(tmp_path / "leads.csv", journal)):
        assert list(an_import(tmp_path, "A,1", journal=journal).run(Api()))[-1] == expected
    assert not (tmp_path / "leads.csv.journal").exists()


def test_the_journal_keeps_the_counts_of_a_finished_import(tmp_path: Path) -> None:
    list(an_import(tmp_path, "A,1", ",").run(Api()))

    last = (tmp_path / "leads.csv.journal").read_text().splitlines()[-1]

    assert json.loads(last) == {"finished": {"rows": 2, "imported": 1, "rejected": 0, "skippedEmpty": 1}}


def test_bad_rows_cannot_be_written_to_the_file_itself(tmp_path: Path) -> None:
    with pytest.raises(WrongUsageError, match="--rejected"):
        an_import(tmp_path, "A,1", rejected=tmp_path / "." / "leads.csv")
    with pytest.raises(WrongUsageError, match="--journal"):
        an_import(tmp_path, "A,1", rejected=tmp_path / "x", journal=tmp_path / "x")
