"""Exports: their formats, and no lead is lost or duplicated, however often an export is killed."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads_admin.lead_table import COLUMNS
from leads_admin.workspaces import Workspaces
from leads_cli.exporting import ExportError, partial_file
from leads_cli.exporting.partial_file import PartialFile
from leads_cli.exporting.text import json_line, write_csv
from leads_cli.terminal import TerminalOutput
from leads_core.dynamodb.schema import LEAD_SHARDS
from leads_core.lead_schema import LEAD_FIELDS
from leads_core.plans import Plan

Leads = Callable[..., subprocess.CompletedProcess[str]]
Post = Callable[..., list[str]]

FORMATS = ["csv", "jsonl", "parquet"]
ONE_OF_THE_FORMATS = ["csv", *(pytest.param(name, marks=pytest.mark.slow) for name in ("jsonl", "parquet"))]
# Three leads with these exceed what is written between two checkpoints. The csv module reads no longer texts.
LARGE = dict.fromkeys(("address", "industry", "notes"), "x" * 125_000)
FIRST_PAGES = LEAD_SHARDS  # are asked for before the first lead is written
# Characters that start a formula in spreadsheets.
SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"


def read(path: Path) -> list[dict[str, Any]]:
    """The leads in a file, each with its fields."""
    match path.suffix:
        case ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                return [{name: cell for name, cell in row.items() if cell} for row in csv.DictReader(file)]
        case ".jsonl":
            return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
        case _:
            rows: list[dict[str, Any]] = pytest.importorskip("pyarrow.parquet").read_table(path).to_pylist()
            return [{name: value for name, value in row.items() if value is not None} for row in rows]


@pytest.fixture
def workspace(workspaces: Workspaces) -> str:
    return workspaces.create_workspace("Acme", Plan.BASIC)


@pytest.mark.parametrize("file_format", FORMATS)
def test_all_leads_of_a_workspace_are_exported_oldest_first(
    leads: Leads, workspace: str, workspaces: Workspaces, post: Post, tmp_path: Path, file_format: str
) -> None:
    if file_format == "parquet":
        pytest.importorskip("pyarrow")
    ids = [lead for _ in range(3) for lead in post(workspace, *(f"Söhne {row}" for row in range(60)))]
    post(workspaces.create_workspace("Bolt", Plan.BASIC), "elsewhere")

    result = leads("export", workspace, "--format", file_format, "--output", f"out.{file_format}")

    assert (result.returncode, result.stdout) == (0, ""), result.stderr
    assert result.stderr == f"Exported 180 leads to out.{file_format}.\n"
    exported = read(tmp_path / f"out.{file_format}")
    assert [lead["id"] for lead in exported] == sorted(ids)
    assert exported[1]["company"] == "Söhne 1"
    assert [path.name for path in tmp_path.iterdir()] == [f"out.{file_format}"]
    assert (tmp_path / f"out.{file_format}").stat().st_mode & 0o077 == 0


def test_a_workspace_without_leads_is_an_empty_file(leads: Leads, workspace: str, tmp_path: Path) -> None:
    assert leads("export", workspace, "--format", "csv", "--output", "out.csv").returncode == 0
    assert leads("export", workspace, "--format", "jsonl", "--output", "out.jsonl").returncode == 0

    assert (tmp_path / "out.csv").read_text() == ",".join(f'"{column}"' for column in COLUMNS) + "\n"
    assert (tmp_path / "out.jsonl").read_bytes() == b""


@pytest.mark.parametrize("name", ["leads.csv", "leads.JSONL", "leads.xlsx", "leads.parquet"])
def test_the_file_name_determines_the_format(leads: Leads, workspace: str, tmp_path: Path, name: str) -> None:
    file_format = name.rpartition(".")[2].lower()
    by_name = leads("export", workspace, "--output", name)
    leads("export", workspace, "--format", file_format, "--output", "asked", "--force")

    assert by_name.returncode == 0, by_name.stderr
    assert (tmp_path / name).read_bytes()[:4] == (tmp_path / "asked").read_bytes()[:4]


@pytest.mark.usefixtures("dynamodb")
@pytest.mark.parametrize("name", ["-", "leads", "leads.xls"])
def test_a_file_name_without_a_known_format_is_reported(
    leads: Leads, workspace: str, tmp_path: Path, name: str
) -> None:
    result = leads("export", workspace, "--output", name)

    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.endswith("add --format (csv, jsonl, xlsx, parquet).\n")
    assert not (tmp_path / name).exists()


def test_standard_output_has_only_the_leads(leads: Leads, workspace: str, post: Post) -> None:
    ids = post(workspace, "Söhne", "=1+1")

    lines = leads("export", workspace, "--format", "jsonl", "--output", "-")
    table = leads("export", workspace, "--format", "csv", "--output", "-")
    raw = leads("export", workspace, "--format", "csv", "--output", "-", "--raw")

    assert [json.loads(line)["id"] for line in lines.stdout.splitlines()] == ids
    assert [row["company"] for row in csv.DictReader(io.StringIO(table.stdout))] == ["Söhne", "'=1+1"]
    assert [row["company"] for row in csv.DictReader(io.StringIO(raw.stdout))] == ["Söhne", "=1+1"]
    assert (lines.stderr, table.stderr, raw.stderr) == ("", "", "")


@pytest.mark.parametrize("file_format", ["csv", "jsonl"])
def test_a_lead_cannot_send_control_characters_to_a_terminal(monkeypatch: pytest.MonkeyPatch, file_format: str) -> None:
    lead = {"id": "1", "company": "Söhne \x1b[31m\x9b31m\x7f\u202e\U000e0001", "notes": "a\tb"}
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stdout", screen)

    if file_format == "csv":
        write_csv(io.BytesIO(json_line(lead)), TerminalOutput())  # type: ignore[arg-type]  # all that is used of a file
    else:
        TerminalOutput().write(json_line(lead))

    assert all(character.isprintable() or character == "\n" for character in screen.getvalue())
    assert "Söhne \\u001b[31m\\u009b31m\\u007f\\u202e\\udb40\\udc01" in screen.getvalue()
    if file_format == "jsonl":
        assert json.loads(screen.getvalue()) == lead


def test_an_export_follows_no_link(leads: Leads, workspace: str, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("precious")
    (tmp_path / "out.jsonl.partial").symlink_to(elsewhere)

    result = leads("export", workspace, "--format", "jsonl", "--output", "out.jsonl")

    assert (result.returncode, elsewhere.read_text()) == (1, "precious")
    (tmp_path / "out.jsonl.partial").unlink()
    (tmp_path / "out.jsonl").symlink_to(elsewhere)
    assert leads("export", workspace, "--format", "csv", "--output", "out.jsonl", "--force").returncode == 0
    assert elsewhere.read_text() == "precious"


@pytest.mark.parametrize("state", ["", "[]", '{"bytes": "7"}', '{"export": {}, "lastId": 7, "leads": 1, "bytes": 1}'])
def test_a_damaged_checkpoint_is_reported(leads: Leads, workspace: str, tmp_path: Path, state: str) -> None:
    (tmp_path / "out.jsonl.partial.state").write_text(state)

    result = leads("export", workspace, "--format", "jsonl", "--output", "out.jsonl")

    assert result.returncode == 1
    assert "out.jsonl.partial.state is damaged: delete it and out.jsonl.partial" in result.stderr


def test_an_export_ends_quietly_if_its_reader_closes_the_pipe(
    environment: dict[str, str], workspace: str, post: Post
) -> None:
    post(workspace, *"ABCDEFGH" * 4, **LARGE)
    command = f"{Path(sys.executable).with_name('leads')} export {workspace} --format jsonl --output - | head -c 10"

    result = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, check=True)

    assert (result.stdout, result.stderr) == ('{"id": "01', "")


def test_a_parquet_file_has_types(leads: Leads, workspace: str, post: Post, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    post(workspace, "A", contacts=[{"name": "Zoë"}], labels=["a", "b"], employeeCount=7, notes="=1+1")

    assert leads("export", workspace, "--format", "parquet", "--output", "out.parquet").returncode == 0

    (lead,) = read(tmp_path / "out.parquet")
    received = datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert lead["date"] == received
    assert (lead["labels"], lead["employeeCount"], lead["notes"]) == (["a", "b"], 7, "=1+1")
    (contact,) = lead["contacts"]
    assert (contact["name"], contact["dateCreated"], contact["email"]) == ("Zoë", received, None)


@pytest.mark.parametrize("file_format", FORMATS)
def test_custom_members_are_exported(
    leads: Leads, workspace: str, post: Post, tmp_path: Path, file_format: str
) -> None:
    if file_format == "parquet":
        pytest.importorskip("pyarrow")
    custom = {"utm_source": "ads", "score": 1.5, "consent": True}
    post(workspace, "A", custom=custom)
    post(workspace, "B")

    assert leads("export", workspace, "--format", file_format, "--output", f"out.{file_format}").returncode == 0

    first, second = read(tmp_path / f"out.{file_format}")
    texts = {"utm_source": "ads", "score": "1.5", "consent": "true"}
    match file_format:
        case "csv":
            assert {name: cell for name, cell in first.items() if "." in name} == {
                f"custom.{name}": cell for name, cell in texts.items()
            }
        case "jsonl":
            assert first["custom"] == custom
        case _:
            assert dict(first["custom"]) == texts
    assert not any("custom" in name for name in second)


def test_without_pyarrow_one_line_explains_how_to_install_it(
    leads: Leads, workspace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "leads_cli.exporting.parquet", raising=False)

    result = leads("export", workspace, "--format", "parquet", "--output", "out.parquet")

    assert result.returncode == 1
    assert result.stderr == "Parquet needs pyarrow: install it with pip install '.[parquet]'.\n"


def test_a_file_that_exists_is_replaced_only_by_force(leads: Leads, workspace: str, post: Post, tmp_path: Path) -> None:
    (lead,) = post(workspace, "A")
    (tmp_path / "out.jsonl").write_text("precious", encoding="utf-8")
    export = ("export", workspace, "--format", "jsonl", "--output", "out.jsonl")

    refused = leads(*export)
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "--force" in refused.stderr
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == "precious"

    assert leads(*export, "--force").returncode == 0
    assert [lead["id"] for lead in read(tmp_path / "out.jsonl")] == [lead]


@pytest.mark.parametrize(
    ("arguments", "exit_code", "words"),
    [
        (["--format", "csv", "--output", "nowhere/out.csv"], 1, "nowhere/out.csv cannot be written"),
        (["--format", "csv", "--output", "."], 2, "is a directory"),
        (["--format", "parquet", "--output", "-"], 2, "standard output"),
        (["--format", "doc", "--output", "out.doc"], 2, "xlsx"),
        (["--format", "xlsx", "--output", "-"], 2, "standard output"),
        (["--format", "jsonl", "--output", "x", "--excel"], 2, "--excel is for csv"),
        (["--format", "csv"], 2, "--output"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_an_unwritable_file_is_reported(
    leads: Leads, workspace: str, arguments: list[str], exit_code: int, words: str
) -> None:
    result = leads("export", workspace, *arguments)

    assert (result.returncode, result.stdout) == (exit_code, "")
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unknown_workspace_leaves_no_file(leads: Leads, workspaces: Workspaces, tmp_path: Path) -> None:
    assert workspaces.all() == []

    result = leads("export", "[x]", "--format", "csv", "--output", "out.csv")

    assert (result.returncode, result.stderr) == (1, "There is no workspace [x].\n")
    assert list(tmp_path.iterdir()) == []


# --- Interruptions


@contextmanager
def stopping(database_url: str, query: int, how: signal.Signals) -> Iterator[tuple[str, list[int]]]:
    """A proxy of the database that sends a process, whose id is in the list, a signal at its n-th query.

    A page has one lead, so that there are many queries with any distribution of the leads over the shards.
    """
    process: list[int] = []
    queries: list[str] = []

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers["X-Amz-Target"].endswith(".Query"):
                queries.append("query")
                body = json.dumps({**json.loads(body), "Limit": 1}).encode()
                if len(queries) == query:
                    os.kill(process[0], how)
                    self.close_connection = True
                    return
            connection = HTTPConnection(urlsplit(database_url).netloc)
            headers = {name: value for name, value in self.headers.items() if name not in {"Host", "Content-Length"}}
            connection.request("POST", "/", body, headers)
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", process
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def stopped_export(
    environment: dict[str, str], dynamodb_url: str, tmp_path: Path
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs an export that gets a signal at its n-th query."""

    def export(*arguments: str, query: int, how: signal.Signals) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("leads")), "export", *arguments]
        with stopping(dynamodb_url, query, how) as (url, process):
            variables = {**environment, "AWS_ENDPOINT_URL_DYNAMODB": url}
            running = subprocess.Popen(command, env=variables, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
            process.append(running.pid)
            _, stderr = running.communicate()
        return subprocess.CompletedProcess(command, running.returncode, "", stderr)

    return export


@pytest.mark.slow
@pytest.mark.parametrize("file_format", ONE_OF_THE_FORMATS)
def test_a_killed_export_is_resumed_and_no_lead_is_lost_or_duplicated(
    leads: Leads, stopped_export: Leads, workspace: str, post: Post, tmp_path: Path, file_format: str
) -> None:
    if file_format == "parquet":
        pytest.importorskip("pyarrow")
    ids = post(workspace, *(f"Company {row}" for row in range(96)), **LARGE)
    out = tmp_path / f"out.{file_format}"
    export = (workspace, "--format", file_format, "--output", out.name)

    for query in (FIRST_PAGES + 40, FIRST_PAGES, 3, FIRST_PAGES + 30, FIRST_PAGES + 1):
        killed = stopped_export(*export, query=query, how=signal.SIGKILL)
        if killed.returncode == 0:  # there are fewer queries left
            break
        assert killed.returncode == -signal.SIGKILL
        assert not out.exists()
    else:
        finished = leads("export", *export)
        assert finished.returncode == 0, finished.stderr
        assert ("Resuming after" in finished.stderr) is (file_format != "parquet")

    exported = read(out)
    assert [lead["id"] for lead in exported] == sorted(ids)
    assert [lead["company"] for lead in exported] == [f"Company {row}" for row in range(96)]
    assert all(lead.items() >= LARGE.items() for lead in exported)
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


@pytest.mark.slow
def test_a_killed_export_does_not_start_over(
    leads: Leads, stopped_export: Leads, workspace: str, post: Post, tmp_path: Path
) -> None:
    post(workspace, *"ABCDEFGH" * 12, **LARGE)
    export = (workspace, "--format", "jsonl", "--output", "out.jsonl")

    stopped_export(*export, query=FIRST_PAGES + 40, how=signal.SIGKILL)
    state = json.loads((tmp_path / "out.jsonl.partial.state").read_text(encoding="utf-8"))
    result = leads("export", *export)

    assert state["leads"] >= 25
    assert result.stderr.splitlines() == [
        f"Resuming after {state['leads']} leads.",
        "Exported 96 leads to out.jsonl.",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("file_format", ONE_OF_THE_FORMATS)
def test_an_interrupted_export_explains_in_one_line_how_to_resume(
    leads: Leads,
    stopped_export: Leads,
    workspace: str,
    post: Post,
    tmp_path: Path,
    file_format: str,
) -> None:
    if file_format == "parquet":
        pytest.importorskip("pyarrow")
    ids = post(workspace, *"ABCDEFGH" * 12, **LARGE)
    export = (workspace, "--format", file_format, "--output", f"out.{file_format}")

    interrupted = stopped_export(*export, query=FIRST_PAGES + 40, how=signal.SIGINT)

    assert interrupted.returncode == 130
    assert interrupted.stderr.count("\n") == 1, interrupted.stderr
    words = "The same command starts over" if file_format == "parquet" else "Run the same command again to resume"
    assert f"{words}." in interrupted.stderr
    assert leads("export", *export).returncode == 0
    assert [lead["id"] for lead in read(tmp_path / f"out.{file_format}")] == sorted(ids)


def test_the_partial_file_of_another_export_is_not_used(
    leads: Leads, stopped_export: Leads, workspace: str, workspaces: Workspaces, post: Post, tmp_path: Path
) -> None:
    post(workspace, *"ABCDEFGH" * 12, **LARGE)
    stopped_export(workspace, "--format", "jsonl", "--output", "out", query=FIRST_PAGES + 40, how=signal.SIGKILL)
    begun = (tmp_path / "out.partial").read_bytes()
    other = workspaces.create_workspace("Bolt", Plan.BASIC)

    for arguments in ([other, "--format", "jsonl"], [workspace, "--format", "csv"]):
        refused = leads("export", *arguments, "--output", "out")
        assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
        assert "out.partial belongs to another export" in refused.stderr
    assert (tmp_path / "out.partial").read_bytes() == begun


def test_two_exports_do_not_write_to_the_same_file(tmp_path: Path) -> None:
    with (
        partial_file.partial_file(tmp_path / "out"),
        pytest.raises(ExportError, match=r"Another export is writing to .*out\.partial"),
        partial_file.partial_file(tmp_path / "out"),
    ):
        pass


@given(
    lines=st.lists(st.binary(max_size=30), min_size=1, max_size=40),
    crashes=st.lists(st.tuples(st.integers(0, 40), st.floats(0, 1), st.binary(max_size=20)), max_size=3),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_the_file_becomes_complete_whatever_a_crash_left_after_the_last_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: list[bytes], crashes: list[tuple[int, float, bytes]]
) -> None:
    monkeypatch.setattr(partial_file, "_BYTES_BETWEEN_CHECKPOINTS", 50)
    path = tmp_path / str(time.monotonic_ns())
    partial, state = path.with_name(f"{path.name}.partial"), path.with_name(f"{path.name}.partial.state")
    numbered = {f"{number:03d}": line for number, line in enumerate(lines)}

    def run(stop_after: int | None) -> None:
        with partial_file.partial_file(path) as file:
            growing = PartialFile(path, file, {"export": "test"})
            assert growing.leads == sum(number <= (growing.last_id or "") for number in numbered)
            left = [number for number in numbered if number > (growing.last_id or "")]
            for number in left[:stop_after]:
                growing.write(numbered[number], leads=1, last_id=number)
            if stop_after is None:
                growing.finish()

    for stop_after, share_that_is_lost, garbage in crashes:
        run(stop_after)
        safe = json.loads(state.read_text(encoding="utf-8"))["bytes"] if state.exists() else 0
        written = partial.read_bytes()
        kept = len(written) - int(share_that_is_lost * (len(written) - safe))
        partial.write_bytes(written[:kept] + garbage)
    run(None)

    assert path.read_bytes() == b"".join(lines)
    assert not partial.exists()
    assert not state.exists()


@pytest.mark.parametrize("is_left", [False, True], ids=["nothing", "half"])
def test_an_export_that_dies_while_its_table_is_written_is_resumed(tmp_path: Path, *, is_left: bool) -> None:
    path, ids = tmp_path / "out", ["1", "2", "3"]

    class Killed(BaseException):
        pass

    def die(_lines: object, table: BinaryIO) -> None:
        table.write(b"half")
        raise Killed

    with partial_file.partial_file(path) as file:
        growing = PartialFile(path, file, {"export": "test"})
        for number in ids[:2]:
            growing.write(json_line({"id": number}), leads=1, last_id=number)
        with pytest.raises(Killed):
            growing.finish_as(die)
    assert not path.exists()
    if is_left:
        (tmp_path / ".out.unfinished").write_bytes(b"half of what was written before")

    with partial_file.partial_file(path) as file:
        growing = PartialFile(path, file, {"export": "test"})
        assert (growing.leads, growing.last_id) == (2, "2")
        growing.write(json_line({"id": "3"}), leads=1, last_id="3")
        growing.finish_as(partial(write_csv, raw=False))
    assert [lead["id"] for lead in csv.DictReader(path.read_text().splitlines())] == ids
    assert [left.name for left in tmp_path.iterdir()] == ["out"]
    assert path.stat().st_mode & 0o077 == 0


# --- Formats

text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
formula = st.builds(
    "".join,
    st.tuples(st.sampled_from(["", " ", "\t", "\r\n", "\u3000"]), st.sampled_from(SIGNS), text),
)
harmful = formula | st.builds(str.__add__, st.sampled_from("\t\r\n"), text)
lead = st.fixed_dictionaries(
    {"id": st.just("01M83QHZX06B68476KBMMNZ82K-000"), "employeeCount": st.integers(1, 5_000_000)},
    optional={
        "company": text | harmful,
        "phoneNumber": text | harmful,
        "notes": text | harmful,
        "labels": st.lists(text | harmful, min_size=1, max_size=3),
        "contacts": st.lists(st.fixed_dictionaries({"name": text | harmful}), min_size=1, max_size=2),
        "custom": st.dictionaries(text | harmful, text | harmful, min_size=1, max_size=3),
    },
)


def table(*leads: dict[str, Any], raw: bool = False) -> list[dict[str, str]]:
    """The rows of a table with leads."""
    written = io.BytesIO()
    write_csv(io.BytesIO(b"".join(map(json_line, leads))), written, raw=raw)
    return list(csv.DictReader(io.StringIO(written.getvalue().decode(), newline="")))


@given(lead)
def test_a_raw_row_has_the_stored_texts_unchanged(lead: dict[str, Any]) -> None:
    (row,) = table(lead, raw=True)

    assert row["id"] == lead["id"]
    assert row["employeeCount"] == str(lead["employeeCount"])
    for name in ("company", "phoneNumber", "notes"):
        assert row[name] == lead.get(name, "")
    assert (json.loads(row["contacts"]) if row["contacts"] else []) == lead.get("contacts", [])
    assert {name: row[f"custom.{name}"] for name in lead.get("custom", {})} == lead.get("custom", {})


@pytest.mark.parametrize(
    ("labels", "cell"),
    [
        (["a", "b c"], "a; b c"),
        (["a,b", "c"], '["a,b", "c"]'),
        (["a;b"], '["a;b"]'),
        ([" a"], '[" a"]'),
        (["[a]"], '["[a]"]'),
    ],
)
def test_labels_that_a_reader_would_split_are_json(labels: list[str], cell: str) -> None:
    assert table({"labels": labels}, raw=True)[0]["labels"] == cell


@given(lead)
def test_no_cell_is_a_formula_and_all_other_cells_are_as_stored(lead: dict[str, Any]) -> None:
    (stored,), (row,) = table(lead, raw=True), table(lead)

    for cell in [*row.values(), *row]:
        assert cell.lstrip()[:1] not in {*SIGNS}
        assert cell[:1] not in {"\t", "\r", "\n"}
    for name, cell in row.items():
        assert cell.removeprefix("'") == stored[name] or cell == stored[name]


@pytest.mark.parametrize(
    "harmless", ["Open AI", "7 + 3", "a=b", "x@example.com", "https://example.com/?a=-1", "'quoted'"]
)
def test_a_text_that_is_not_a_formula_is_unchanged(harmless: str) -> None:
    assert table({"id": "1", "company": harmless})[0]["company"] == harmless


def test_custom_members_have_a_column_each_in_alphabetical_order() -> None:
    rows = table({"custom": {"b": "x", "a": True}}, {"company": "B"}, {"custom": {"B": -0.5, "b": ""}})

    assert list(rows[0])[len(COLUMNS) :] == ["custom.B", "custom.a", "custom.b"]
    assert [list(row.values())[len(COLUMNS) :] for row in rows] == [
        ["", "true", "x"],
        ["", "", ""],
        ["'-0.5", "", ""],
    ]


def test_too_many_custom_members_share_a_column() -> None:
    customs = [{f"{number}-{name}": "ä" for name in range(48)} for number in range(20)]

    rows = table({"company": "A"}, *({"custom": custom} for custom in customs))

    assert list(rows[0]) == [*COLUMNS, "custom"]
    assert rows[0]["custom"] == ""
    assert [json.loads(row["custom"]) for row in rows[1:]] == customs


@given(lead)
def test_a_json_line_is_one_line_with_all_that_is_stored(lead: dict[str, Any]) -> None:
    line = json_line(lead)

    assert line.count(b"\n") == 1
    assert json.loads(line) == lead


def test_every_field_has_a_column_as_the_api_spells_it() -> None:
    assert {"id", "custom", *COLUMNS} == {"id", *LEAD_FIELDS}
    assert list(table({"company": "A"})[0]) == list(COLUMNS)
