"""What is exported can be imported again, and nothing is lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from leads_cli.local_state import LocalState
from leads_client import LeadsClient
from leads_core.plans import Plan
from support.api import create_workspace, workspaces_in
from support.command import run_leads
from support.server import running_server, server_command

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
    # What would be something else in an export of another program, or is none of XML's characters.
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


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("leads")


@pytest.fixture(scope="module")
def server(directory: Path) -> Iterator[LocalState]:
    """A server that `--local` finds in the directory."""
    with running_server(server_command(directory / ".local"), directory / ".local") as running:
        yield running.state


class RoundTrip:
    """Two workspaces: leads that are sent to the one are exported, and imported into the other."""

    def __init__(self, server: LocalState, directory: Path, file: Path, *export_options: str) -> None:
        self._server = server
        self._directory = directory
        self._file = file
        self._export_options = export_options
        self._first, self._second = (create_workspace(workspaces_in(server), Plan.BASIC) for _ in range(2))

    def __call__(self, leads: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The leads as they come back, without their ids."""
        with LeadsClient(self._server.url, self._first.key) as client:
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


def _without_id(lead: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in lead.items() if name != "id"}


def test_an_export_to_csv_comes_back_equal(server: LocalState, directory: Path, tmp_path: Path) -> None:
    trip = RoundTrip(server, directory, tmp_path / "leads.csv")

    assert trip([*LEADS, *ODD_TEXTS]) == trip.sent()


def test_an_export_to_csv_for_excel_comes_back_equal(server: LocalState, directory: Path, tmp_path: Path) -> None:
    trip = RoundTrip(server, directory, tmp_path / "leads.csv", "--excel")

    assert trip(LEADS) == trip.sent()
    assert (tmp_path / "leads.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("suffix", ["xlsx", "parquet"])
def test_an_export_to_a_file_of_cells_comes_back_equal(
    server: LocalState, directory: Path, tmp_path: Path, suffix: str
) -> None:
    if suffix == "parquet":
        pytest.importorskip("pyarrow")
    trip = RoundTrip(server, directory, tmp_path / f"leads.{suffix}")
    fits_a_cell = [lead for lead in LEADS if len(lead.get("contacts", ())) < 100]

    assert trip([*fits_a_cell, *ODD_TEXTS]) == trip.sent()


def test_more_custom_names_than_a_table_has_columns_come_back_from_csv(
    server: LocalState, directory: Path, tmp_path: Path
) -> None:
    trip = RoundTrip(server, directory, tmp_path / "leads.csv")
    leads = [{"custom": {f"{row}-{name}": name for name in range(45)}, **DATES} for row in range(30)]

    assert trip(leads) == trip.sent()


def test_types_of_custom_members_come_back_from_json_lines(server: LocalState, directory: Path, tmp_path: Path) -> None:
    trip = RoundTrip(server, directory, tmp_path / "leads.jsonl")

    (*others, typed) = trip([*LEADS, {"custom": TYPED, **DATES}])

    assert [*others, typed] == trip.sent()
    assert typed["custom"] == TYPED
    assert {name: type(value) for name, value in typed["custom"].items()} == {
        name: type(value) for name, value in TYPED.items()
    }


def test_what_csv_cannot_tell_comes_back_as_text_or_not_at_all(
    server: LocalState, directory: Path, tmp_path: Path
) -> None:
    trip = RoundTrip(server, directory, tmp_path / "leads.csv")

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
