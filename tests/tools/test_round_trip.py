"""Exports can be imported without loss."""

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leads_cli.exporting.parquet import ParquetFile
from leads_cli.exporting.spreadsheet import write_xlsx
from leads_cli.exporting.text import json_line, write_csv
from leads_cli.importing.import_options import ImportOptions
from leads_cli.importing.run import Import
from leads_cli.importing.source_file import ImportFormat
from leads_cli.local_state import LocalState
from leads_client import Accepted, LeadsClient, Quota
from leads_core.leads import complete
from leads_core.parsing import parse_leads
from leads_core.plans import Plan
from leads_core.rows import ParsedLeads
from support.api import CreateWorkspace, Workspace
from support.command import run_leads

DATES = {"date": "2026-11-23T08:15:00Z"}
CONTACT = {"name": 'Zoë, "the" best', "email": "=zoe", "dateCreated": "2026-11-23T08:15:00Z"}
LEADS: list[dict[str, Any]] = [
    {"company": "=1+1", "phoneNumber": "+46701234567", "notes": 'a\nb;"c",d', "employeeCount": 7, **DATES},
    {"company": "'=1", "contactPerson": "'Ada'", "labels": ["fair", "web"], **DATES},
    {"labels": ["a,b", "c;d", "[e]", "=f", "'g"], "contacts": [CONTACT, {**CONTACT, "role": "-"}], **DATES},
    {"labels": ["[x"], "address": "@home", **DATES},
    {
        "labels": ["=x", "y"],
        "contacts": [{"lastName": "x" * 256, "dateCreated": "2026-11-23T08:15:00Z"}] * 600,
        **DATES,
    },
    {
        "custom": {
            "utm_source": "ads",
            "=1+1": "=1+1",
            "a, b": "{}",
            "ä/~": "  x ",
            "id": "1",
            " a": "'+",
            " a ": "'a",
        },
        **DATES,
    },
    {"custom": {"utm_source": "12", "company": "C", "custom.x": "true"}, "date": "2026-11-23T08:15:00.5Z"},
]
ODD_TEXTS: list[dict[str, Any]] = [
    # Texts with a special meaning in exports of other programs, or with characters that XML excludes.
    {"company": "N/A", "phoneNumber": "4,67012E+10", "email": "a ::: b", "jobTitle": "#N/A", "industry": "-", **DATES},
    {
        "phoneNumber": "p:+46701",
        "address": '="07"',
        "notes": "a\r\nb\tc\vd_x000D_ _x0041_\x1b",
        "labels": ["* a"],
        **DATES,
    },
    {"phoneNumber": "0701234567", "notes": "3/4/2024", "custom": {"n": "007", "true": "true", "x": "1e5"}, **DATES},
]
TYPED = {"n": 12, "share": -0.25, "large": 10**37, "yes": True, "no": False, "empty": "", "space": " ", "text": "12"}


class RoundTrip:
    """Two workspaces: leads are sent to one, exported, and imported into the other."""

    def __init__(
        self,
        url: str,
        directory: Path,
        workspaces: tuple[Workspace, Workspace],
        file: Path,
        export_options: Sequence[str],
    ) -> None:
        self._url = url
        self._directory = directory
        self._first, self._second = workspaces
        self._file = file
        self._export_options = export_options

    def __call__(self, leads: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The leads after export and import, without their ids."""
        with LeadsClient(self._url, self._first.key) as client:
            client.send(leads)
        file_format = self._file.suffix.removeprefix(".")
        self._run(
            "export",
            self._first.workspace_id,
            "--format",
            file_format,
            "--output",
            str(self._file),
            *self._export_options,
        )
        self._run("import", str(self._file), "--yes", key=self._second.key)
        assert len(self._second.leads()) == len(self._first.leads())
        return [_without_id(lead) for lead in self._second.leads()]

    def sent(self) -> list[dict[str, Any]]:
        """The leads as they were stored, without their ids."""
        return [_without_id(lead) for lead in self._first.leads()]

    def _run(self, *arguments: str, key: str = "") -> None:
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self._directory), "LEADS_API_KEY": key}
        done = run_leads("--local", *arguments, environment=environment, directory=self._directory)
        assert done.returncode == 0, done.stderr


@pytest.fixture
def round_trip(
    server: LocalState, server_directory: Path, workspace_on: CreateWorkspace, tmp_path: Path
) -> Callable[..., RoundTrip]:
    """By way of a file of this name, which is exported with these options."""

    def round_trip(file: str, *export_options: str) -> RoundTrip:
        workspaces = (workspace_on(Plan.BASIC), workspace_on(Plan.BASIC))
        return RoundTrip(server.url, server_directory, workspaces, tmp_path / file, export_options)

    return round_trip


def _without_id(lead: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in lead.items() if name != "id"}


def test_an_export_to_csv_comes_back_equal(round_trip: Callable[..., RoundTrip]) -> None:
    trip = round_trip("leads.csv")

    assert trip([*LEADS, *ODD_TEXTS]) == trip.sent()


def test_an_export_to_csv_for_excel_comes_back_equal(round_trip: Callable[..., RoundTrip], tmp_path: Path) -> None:
    trip = round_trip("leads.csv", "--excel")

    assert trip(LEADS) == trip.sent()
    assert (tmp_path / "leads.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("suffix", ["xlsx", "parquet"])
def test_an_export_to_a_file_of_cells_comes_back_equal(round_trip: Callable[..., RoundTrip], suffix: str) -> None:
    if suffix == "parquet":
        pytest.importorskip("pyarrow")
    trip = round_trip(f"leads.{suffix}")
    fits_a_cell = [lead for lead in LEADS if len(lead.get("contacts", ())) < 100]

    assert trip([*fits_a_cell, *ODD_TEXTS]) == trip.sent()


def test_more_custom_names_than_a_table_has_columns_come_back_from_csv(round_trip: Callable[..., RoundTrip]) -> None:
    trip = round_trip("leads.csv")
    leads = [{"custom": {f"{row}-{name}": name for name in range(45)}, **DATES} for row in range(30)]

    assert trip(leads) == trip.sent()


def test_types_of_custom_members_come_back_from_json_lines(round_trip: Callable[..., RoundTrip]) -> None:
    trip = round_trip("leads.jsonl")

    (*others, typed) = trip([*LEADS, {"custom": TYPED, **DATES}])

    assert [*others, typed] == trip.sent()
    assert typed["custom"] == TYPED
    assert {name: type(value) for name, value in typed["custom"].items()} == {
        name: type(value) for name, value in TYPED.items()
    }


def test_what_csv_cannot_express_comes_back_as_text_or_not_at_all(round_trip: Callable[..., RoundTrip]) -> None:
    trip = round_trip("leads.csv")

    (lead,) = trip([{"custom": TYPED, "notes": " x ", **DATES}])

    assert lead["notes"] == "x"
    assert lead["custom"] == {
        "n": "12",
        "share": "-0.25",
        "large": "1" + "0" * 37,
        "yes": "true",
        "no": "false",
        "text": "12",
    }


# --- Everything that the API stores, from the export's writer to the import's reader


Lead = dict[str, Any]

ODD = [
    *"=+-@\t\r\n\0\x1a\x1b\x1c\x7f\x85\xa0\u2028\u2029\ufeff\ufffe\uffff\uff1d'\"[]{},;|\\ ",
    "\r\n",
    ":::",
    "_x000D_",
    "_x005f_",
    '="0"',
    "p:+46",
    "sep=;",
    "N/A",
    "#N/A",
    "* ",
    "1e5",
    "\U0001f600",
]
text = st.lists(st.sampled_from(ODD) | st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8).map("".join)
name = text.map(lambda text: "".join(c for c in text if c > "\x1f" and not "\x7f" <= c <= "\x9f") or "x")
TEXT_FIELDS = (
    "company",
    "contactPerson",
    "jobTitle",
    "industry",
    "website",
    "email",
    "phoneNumber",
    "address",
    "notes",
)
contact = st.dictionaries(st.sampled_from(["name", "lastName", "email", "role"]), text, min_size=1)
lead = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(TEXT_FIELDS, text),
        "labels": st.lists(text, min_size=1, max_size=3),
        "contacts": st.lists(contact, min_size=1, max_size=2),
        "custom": st.dictionaries(name, text | st.booleans() | st.integers(-(10**9), 10**9), min_size=1, max_size=3),
    },
)


HARD: Lead = {
    "company": "\0a",
    "email": "a ::: b",
    "labels": ['"a', 'b"'],
    "notes": "\ufeff\x1b$B\r",
    "custom": {"x": "\t1 "},
    "contacts": [{"email": "c ::: d\0"}],
}


@dataclass
class Api:
    """Keeps the leads that it gets."""

    url: str = "https://leads.example.com"
    key: str = "cdz_key"
    leads: list[Mapping[str, Any]] = field(default_factory=list)

    @contextmanager
    def client(self, give_up_after_seconds: float) -> "Iterator[Api]":
        assert give_up_after_seconds
        yield self

    def ping(self) -> Quota:
        return Quota(1000, 300, 999, 300, "01M6DWCPDGP7DKK1RX7DV6Q8DA")

    def send(self, leads: Sequence[Mapping[str, Any]], *, idempotency_key: str, lenient: bool) -> Accepted:
        assert idempotency_key
        assert lenient
        self.leads += leads
        return Accepted("batch", (), is_replay=False, quota=None, request_id=None)


def stored(leads: Sequence[Mapping[str, Any]]) -> list[Lead]:
    """Leads as the API stores them, without their ids."""
    parsed = parse_leads(json.dumps(leads).encode(), max_leads=len(leads))
    assert isinstance(parsed, ParsedLeads), parsed
    return [dict(lead) for lead in parsed.leads]


def kept_of(lead: Lead, file_format: ImportFormat) -> Lead:
    """The part of a lead that an export guarantees to keep."""
    kept = {name: value.strip() if isinstance(value, str) else value for name, value in lead.items()}
    if file_format is not ImportFormat.JSONL and "custom" in lead:
        texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in lead["custom"].items()}
        kept["custom"] = {
            name: text for name, text in texts.items() if file_format is ImportFormat.PARQUET or text.strip()
        }
    return {name: value for name, value in kept.items() if value not in ("", {})}


def to_jsonl(lines: BinaryIO, file: BinaryIO) -> None:
    lines.seek(0)
    file.write(lines.read())


def to_parquet(lines: BinaryIO, file: BinaryIO) -> None:
    lines.seek(0)
    parquet = ParquetFile(file)
    parquet.write(map(json.loads, lines))
    parquet.close()


WRITERS: dict[str, tuple[ImportFormat, Callable[[BinaryIO, Any], None]]] = {
    "csv": (ImportFormat.CSV, write_csv),
    "excel": (ImportFormat.CSV, partial(write_csv, for_excel=True)),
    "jsonl": (ImportFormat.JSONL, to_jsonl),
    "xlsx": (ImportFormat.XLSX, write_xlsx),
    "parquet": (ImportFormat.PARQUET, to_parquet),
}


def come_back_equal(directory: Path, leads: list[Lead], form: str) -> None:
    file_format, write = WRITERS[form]
    if form == "parquet":
        pytest.importorskip("pyarrow")
    path = directory / "exported"
    exported = [
        {"id": f"01M83QHZX06B68476KBMMNZ82K-{number:03}", **complete(lead, DATES["date"])}
        for number, lead in enumerate(stored(leads))
    ]
    with path.open("wb") as file:
        write(io.BytesIO(b"".join(map(json_line, exported))), file)
    api = Api()
    list(Import(ImportOptions(path, file_format, restart=True)).run(api))

    promised = [kept_of(lead, file_format) for lead in exported]
    assert stored(api.leads) == [{name: lead[name] for name in lead if name != "id"} for lead in promised]


@pytest.mark.parametrize("form", WRITERS)
@settings(max_examples=10)
@example(leads=[HARD])
@given(leads=st.lists(lead, min_size=1, max_size=4))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, leads: list[Lead], form: str) -> None:
    come_back_equal(tmp_path_factory.getbasetemp(), leads, form)


@pytest.mark.slow
@pytest.mark.parametrize("form", WRITERS)
@settings(max_examples=100)
@given(leads=st.lists(lead, min_size=1, max_size=10))
def test_any_text_comes_back_in_many_examples(
    tmp_path_factory: pytest.TempPathFactory, leads: list[Lead], form: str
) -> None:
    come_back_equal(tmp_path_factory.getbasetemp(), leads, form)
