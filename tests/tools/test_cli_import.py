"""``leads import`` as people and scripts run it, on a real local server."""

import csv
import fcntl
import json
import os
import pty
import resource
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from leads_cli.local_state import LocalState
from leads_core.plans import Plan
from support.api import Workspace, create_workspace, workspaces_in
from support.clock import PATIENT_HTTP
from support.command import run_leads
from support.server import running_server, server_command

INTERRUPT = b"\x03"
COMMAND = [str(Path(sys.executable).with_name("leads"))]
GARBAGE = (200, {"Content-Type": "text/html"}, b"<h1>Welcome</h1>")
TOO_MANY = (429, {"Retry-After": "2"}, b"{}")

Run = subprocess.CompletedProcess[str]
Action = tuple[int, dict[str, str], bytes] | signal.Signals | str


class Proxy:
    """A proxy between the command and the API, which changes what happens to the requests that a test names.

    Requests are counted from 0, without dry runs. An action is another response; a signal for the command, before the
    request is forwarded; or ``killed after``, after the request was forwarded and before its response. ``changes`` has,
    for some requests, replacements for leads at some positions, which only the server sees.
    """

    def __init__(self, upstream: str) -> None:
        self.actions: dict[int, Action] = {}
        self.changes: dict[int, list[tuple[int, dict[str, str]]]] = {}
        self.request_count = 0
        self.process: subprocess.Popen[str] | None = None
        self.has_process = threading.Event()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with suppress(ConnectionError):
                    self.answer(*proxy.answer_to(self.path, dict(self.headers), body))

            def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: object) -> None:
                pass

        self._http = httpx.Client(base_url=upstream, timeout=PATIENT_HTTP)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answer_to(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        action: Action | None = None
        if "dryRun" not in path:
            action = self.actions.pop(self.request_count, None)
            for index, fields in self.changes.get(self.request_count, ()):
                sent = json.loads(body)
                sent[index] |= fields
                body = json.dumps(sent).encode()
                headers["Content-Length"] = str(len(body))
            self.request_count += 1
        if isinstance(action, tuple):
            return action
        if isinstance(action, signal.Signals):
            self._end_process(action)
        answer = self._http.post(path, content=body, headers=headers)
        if action == "killed after":
            self._end_process(signal.SIGKILL)
        kept = ("Content-Type", "RateLimit", "RateLimit-Policy", "Idempotent-Replayed", "Retry-After", "X-Workspace-Id")
        return (
            answer.status_code,
            {name: answer.headers[name] for name in kept if name in answer.headers},
            answer.content,
        )

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self._http.close()

    def _end_process(self, how: signal.Signals) -> None:
        assert self.has_process.wait(60)
        assert self.process
        self.process.send_signal(how)
        if how is signal.SIGKILL:
            self.process.wait()


class Leads:
    """Runs the command in its own directory, with a key to its own workspace."""

    def __init__(self, directory: Path, proxy: Proxy, workspace: Workspace) -> None:
        self.directory = directory
        self.proxy = proxy
        self.workspace = workspace
        self.environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(directory),
            "LEADS_API_KEY": workspace.key,
            "LEADS_URL": proxy.url,
        }

    def __call__(self, *arguments: str, preexec: Callable[[], None] | None = None, **environment: str) -> Run:
        if not preexec and all(isinstance(action, tuple) for action in self.proxy.actions.values()):
            return run_leads("import", *arguments, environment=self.environment | environment, directory=self.directory)
        self.proxy.has_process.clear()
        with subprocess.Popen(
            [*COMMAND, "import", *arguments],
            env=self.environment | environment,
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            preexec_fn=preexec,  # noqa: PLW1509 - to limit what the command may write
        ) as process:
            self.proxy.process = process
            self.proxy.has_process.set()
            output, errors = process.communicate()
        assert "Traceback" not in errors, errors
        return Run(process.args, process.returncode, output, errors)

    def write(self, text: str, name: str = "leads.csv") -> Path:
        path = self.directory / name
        path.write_text(text)
        return path

    def stored(self) -> list[str]:
        return sorted(lead["company"] for lead in self.workspace.leads())


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalState]:
    directory = tmp_path_factory.mktemp("server")
    with running_server(server_command(directory), directory) as server:
        yield server.state


@pytest.fixture
def proxy(running: LocalState) -> Iterator[Proxy]:
    proxy = Proxy(running.url)
    yield proxy
    proxy.close()


@pytest.fixture
def leads(running: LocalState, proxy: Proxy, tmp_path: Path) -> Leads:
    return Leads(tmp_path, proxy, create_workspace(workspaces_in(running), Plan.BASIC))


def companies(count: int) -> list[str]:
    return [f"Company {number:03}" for number in range(count)]


def a_file_of(count: int) -> str:
    return "Firma,E-mail\n" + "".join(f"{company},a@example.com\n" for company in companies(count))


def last_line(result: Run) -> str:
    return result.stderr.splitlines()[-1]


def counts_of(result: Run) -> dict[str, int]:
    counts: dict[str, int] = json.loads(result.stdout)
    return counts


def test_a_file_is_previewed_and_imported(leads: Leads) -> None:
    leads.write("Firma;First name;Surname;Colour\nÅsa AB;Ada;Lovelace;red\n;;;\n[b]B[/b];;;blue\n")
    result = leads("leads.csv", COLUMNS="200")
    assert (result.returncode, result.stdout) == (0, ""), result.stderr
    (newer, older) = sorted(leads.workspace.leads(), key=lambda lead: lead["company"])
    assert (older["company"], older["contactPerson"], newer["company"]) == ("Åsa AB", "Ada Lovelace", "[b]B[/b]")
    for part in ("UTF-8", "semicolons", "First name + Surname", "contactPerson", "Ada Lovelace", "row 4", '"Colour"'):
        assert part in result.stderr
    assert "2 leads imported" in last_line(result)
    assert "1 empty row skipped" in last_line(result)


def test_columns_without_a_field_are_kept_on_request(leads: Leads) -> None:
    leads.write("Firma,Source,Colour,custom.id\nA,ads,red,7\nB,,,\n")
    result = leads("leads.csv", "--keep-unmatched", "--map", "Source=custom.utm_source", COLUMNS="200")
    assert result.returncode == 0, result.stderr
    newer, older = sorted(leads.workspace.leads(), key=lambda lead: lead["company"], reverse=True)
    assert older["custom"] == {"utm_source": "ads", "Colour": "red", "id": "7"}
    assert "custom" not in newer
    for part in ("custom.utm_source", "custom.Colour", "red"):
        assert part in result.stderr
    assert "Left out" not in result.stderr


def test_rows_that_only_the_server_refuses_cost_no_request(leads: Leads) -> None:
    leads.write(a_file_of(20))
    leads.proxy.changes = {1: [(3, {"company": "x" * 257})]}
    result = leads("leads.csv", "--batch-size", "10", "--skip-bad-rows", "--json")
    assert result.returncode == 3, result.stderr
    assert "Row 15: Firma must have at most 256 characters" in result.stderr
    assert (counts_of(result)["imported"], counts_of(result)["rejected"]) == (19, 1)
    assert leads.proxy.request_count == 2
    assert leads.stored() == [company for company in companies(20) if company != "Company 013"]
    second = leads("leads.csv", "--batch-size", "10", "--skip-bad-rows", "--json")
    assert counts_of(second)["importedBefore"] == 19


def test_counts_are_one_json_object_alone_on_standard_output(leads: Leads) -> None:
    leads.write(a_file_of(250) + ",\n" + "x" * 257 + ",\n")
    result = leads("leads.csv", "--json", "--skip-bad-rows")
    counts = counts_of(result)
    assert counts.pop("seconds") > 0
    assert counts == {
        "rows": 252,
        "imported": 250,
        "importedBefore": 0,
        "rejected": 1,
        "skippedEmpty": 1,
        "leftOut": 0,
        "replayed": 0,
    }
    assert result.returncode == 3
    assert leads.stored() == companies(250)
    assert leads.proxy.request_count == 3


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


def test_a_new_key_of_the_workspace_resumes_where_a_revoked_one_stopped(leads: Leads, running: LocalState) -> None:
    leads.write(a_file_of(40))
    refusal = {"succeeded": False, "statusCode": 401, "statusCodeDescription": "NONE", "message": "Invalid API key."}
    leads.proxy.actions = {2: (401, {"X-Error-Code": "invalid_key"}, json.dumps(refusal).encode())}
    assert leads("leads.csv", "--batch-size", "10").returncode == 1
    leads.workspace.revoke_key()
    assert leads("leads.csv", "--batch-size", "10").returncode == 1
    new_key = workspaces_in(running).create_key(leads.workspace.workspace_id)
    result = leads("leads.csv", "--batch-size", "10", "--json", LEADS_API_KEY=new_key)
    assert (result.returncode, counts_of(result)["importedBefore"]) == (0, 20), result.stderr
    assert "What was sent before is known from leads.csv.journal alone: rows up to 31, the last at 20" in result.stderr
    assert leads.stored() == companies(40)


def test_after_a_kill_a_new_key_asks_about_the_rows_in_doubt(leads: Leads, running: LocalState) -> None:
    leads.write(a_file_of(30))
    leads.proxy.actions = {1: "killed after"}
    leads("leads.csv", "--batch-size", "10")
    new_key = workspaces_in(running).create_key(leads.workspace.workspace_id)
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


def test_an_emptied_journal_is_not_restarted_with_another_key(leads: Leads, running: LocalState) -> None:
    leads.write(a_file_of(3))
    leads("leads.csv")
    os.truncate(leads.directory / "leads.csv.journal", 0)
    new_key = workspaces_in(running).create_key(leads.workspace.workspace_id)
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


def test_a_wait_is_shown(leads: Leads) -> None:
    leads.write(a_file_of(2))
    leads.proxy.actions = {0: TOO_MANY}
    result = leads("leads.csv")
    assert result.returncode == 0
    assert "Waiting 2 seconds: too many requests." in result.stderr


def test_a_wrong_server_is_reported_before_rows_are_checked(leads: Leads, running: LocalState) -> None:
    leads.write(a_file_of(2))
    result = leads("leads.csv", LEADS_URL=running.url + "/nothing")
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert leads.stored() == []


def test_an_invalid_key_is_reported_in_one_line(leads: Leads) -> None:
    leads.write(a_file_of(2))
    result = leads("leads.csv", LEADS_API_KEY="cdz_NotForAnybodysEyes")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("Invalid API key. The key is from LEADS_API_KEY; for its operator, ")
    assert result.stderr.count("\n") == 1
    assert not (leads.directory / "leads.csv.journal").exists()


def test_a_full_plan_ends_the_import_with_a_count_and_it_can_be_continued(leads: Leads) -> None:
    leads.workspace.set_plan(Plan.FREE)
    leads.write(a_file_of(6))
    result = leads("leads.csv", "--batch-size", "2")
    assert result.returncode == 1
    assert "Can not have more than 5 leads on the free plan. 4 of 6 leads are imported." in last_line(result)
    leads.workspace.set_plan(Plan.BASIC)
    assert leads("leads.csv", "--batch-size", "2").returncode == 0
    assert leads.stored() == companies(6)


def test_nothing_is_sent_if_there_are_bad_rows(leads: Leads) -> None:
    leads.write("Firma,E-mail,Colour\nA,a@example.com,red\nB," + "x" * 125 + ',"a ""b"",\nc"\n')
    result = leads("leads.csv", "--json")
    assert result.returncode == 3
    assert "Row 3: E-mail must have at most 124 characters, but has 125." in result.stderr
    assert "1 of 2 rows" in last_line(result)
    assert "--skip-bad-rows" in last_line(result)
    with (leads.directory / "leads.csv.rejected.csv").open(newline="", encoding="utf-8-sig") as file:
        assert list(csv.reader(file)) == [
            ["rejected row", "rejected because", "Firma", "E-mail", "Colour"],
            ["3", "E-mail must have at most 124 characters, but has 125.", "B", "x" * 125, 'a "b",\nc'],
        ]
    assert counts_of(result)["rejected"] == 1
    assert leads.stored() == []
    assert not (leads.directory / "leads.csv.journal").exists()


def test_bad_rows_can_be_skipped_and_imported_after_correction(leads: Leads) -> None:
    leads.write("Firma,Headcount\nA,5\nB,many\nC,7\n")
    result = leads("leads.csv", "--skip-bad-rows", "--rejected", "bad.csv")
    assert result.returncode == 3
    assert result.stderr.count("bad.csv") == 1
    assert last_line(result) == "Rejected rows: 1, in bad.csv. Correct them, and import that file."
    assert leads.stored() == ["A", "C"]
    bad = leads.directory / "bad.csv"
    bad.write_text(bad.read_text().replace("many", "6"))
    assert leads("bad.csv").returncode == 0
    assert leads.stored() == ["A", "B", "C"]


def test_the_first_twenty_bad_rows_are_shown(leads: Leads) -> None:
    leads.write("Firma,Headcount\n" + "A,many\n" * 30)
    result = leads("leads.csv", "--dry-run")
    assert result.returncode == 3
    assert result.stderr.count("Headcount must be a whole number.") == 20
    assert "And 10 more rows." in result.stderr
    assert len((leads.directory / "leads.csv.rejected.csv").read_text().splitlines()) == 31


def test_a_dry_run_needs_neither_api_nor_key(leads: Leads) -> None:
    leads.write(a_file_of(3))
    result = leads("leads.csv", "--dry-run", LEADS_API_KEY="", LEADS_URL="")
    assert result.returncode == 0
    assert last_line(result) == "3 leads can be imported. Nothing was sent."
    assert sorted(path.name for path in leads.directory.iterdir()) == ["leads.csv"]


def test_a_dry_run_reports_its_findings_as_one_json_object(leads: Leads) -> None:
    leads.write(
        "Leads 2024\n\nFirma,Mail,Mail,Mitarbeiter,Farbe\nA,a@x,b@x,1-10,rot\n,,,,\nB,b@x,,viele,\n\n2 Zeilen\n"
    )
    result = leads("leads.csv", "--dry-run", "--json", "--map", "Farbe=custom.colour")
    assert result.returncode == 3
    assert json.loads(result.stdout) == {
        "mapping": {
            "Firma": "company",
            "Mail": "email",
            "Mail (2)": None,
            "Mitarbeiter": "employeeCount",
            "Farbe": "custom.colour",
        },
        "rows": 2,
        "problems": [
            {
                "row": 8,
                "message": 'The row is a notice below the table, "2 Zeilen". It is not imported: delete the row, or '
                "fill in another cell of it if it is a lead.",
            },
            {"row": 6, "message": "Mitarbeiter must be a whole number."},
        ],
    }
    assert "headings in row 3" in result.stderr
    assert 'Not imported, because it is a footer: "2 Zeilen" (row 8).' in result.stderr
    assert 'Read where "Mail" (email) is empty: "Mail (2)".' in result.stderr
    assert 'An employee count that is not a number, such as "1-10", is kept as custom.Mitarbeiter.' in result.stderr


def test_omitted_values_are_counted_for_people_and_programs(leads: Leads) -> None:
    leads.write("Firma,Mail\nA,a@example.com\nFirma,Mail\n\nTotal: 1,\nSeite 1 von 1,\n")
    result = leads("leads.csv", "--json")
    assert {**counts_of(result), "seconds": 0} == {
        "rows": 2,
        "imported": 1,
        "importedBefore": 0,
        "rejected": 0,
        "skippedEmpty": 1,
        "leftOut": 2,
        "replayed": 0,
        "seconds": 0,
    }
    assert "2 rows left out, because they are not leads" in last_line(result)


def test_a_company_in_a_row_apart_is_reported_as_a_problem(leads: Leads) -> None:
    leads.write("Company,Email,Phone\nAcme,a@b.c,1\n,,\nBolt,,\nCore,,\n")
    result = leads("leads.csv", "--dry-run", "--json")
    assert result.returncode == 3
    assert [problem["row"] for problem in json.loads(result.stdout)["problems"]] == [4, 5]


def test_a_field_is_suggested_for_an_unmapped_column(leads: Leads) -> None:
    leads.write("Firma,Birthday,Emial,Firmaa\nA,1990-01-01,a@x,B\n")
    shown = leads("leads.csv", "--dry-run").stderr
    assert 'Not mapped: "Birthday", "Emial" (nearest field: email), "Firmaa".' in shown
    assert '--map "Birthday=custom.Birthday" imports it' in shown


def test_a_dry_run_names_the_first_problems_and_counts_the_others(leads: Leads) -> None:
    leads.write("Headcount\n" + "many\n" * 25)
    problems = json.loads(leads("leads.csv", "--dry-run", "--json").stdout)["problems"]
    assert [problem["row"] for problem in problems] == [*range(2, 22), None]
    assert "5 more rows" in problems[-1]["message"]


@pytest.mark.parametrize(
    ("content", "options", "code", "reason"),
    [
        (None, [], 1, "There is no file"),
        (b'Company,Email\nA,"b\n', [], 1, "a quoted cell there is not closed"),
        (b"Company\nA\n", ["--date-format", "soon"], 2, "neither an order"),
    ],
)
def test_a_dry_run_reports_an_unreadable_file_as_json(
    leads: Leads, content: bytes | None, options: list[str], code: int, reason: str
) -> None:
    if content is not None:
        (leads.directory / "leads.csv").write_bytes(content)
    result = leads("leads.csv", "--dry-run", "--json", *options)
    found = json.loads(result.stdout)
    assert (result.returncode, found["mapping"], found["rows"]) == (code, {}, 0)
    [problem] = found["problems"]
    assert problem == {"row": None, "message": last_line(result)}
    assert reason in problem["message"]


@pytest.mark.parametrize("options", [["--yes"], ["--dry-run", "--json"]])
def test_a_guessed_encoding_needs_confirmation(leads: Leads, options: list[str]) -> None:
    (leads.directory / "leads.csv").write_bytes("Firma,Ort\nMüller,Köln\n".encode("cp1252"))
    result = leads("leads.csv", *options)
    assert result.returncode == 1
    assert "with --encoding cp1252 (Windows-1252, Western European): Müller,Köln" in result.stderr
    assert "run the command again with --encoding cp1252" in last_line(result)
    if "--json" in options:
        (problem,) = json.loads(result.stdout)["problems"]
        assert "--encoding cp1252" in problem["message"]
    assert leads.stored() == []
    assert leads("leads.csv", "--yes", "--encoding", "cp1252").returncode == 0
    assert leads.stored() == ["Müller"]


def refusal_of(*rows: int) -> Action:
    errors = [
        {"index": row, "field": "company", "pointer": f"/{row}/company", "code": "x", "message": "is not liked"}
        for row in rows
    ]
    envelope = {"succeeded": False, "statusCode": 400, "statusCodeDescription": "NONE", "message": "Bad."}
    return 400, {"Content-Type": "application/json"}, json.dumps({**envelope, "errors": errors}).encode()


def test_rows_that_only_the_server_refuses_stop_the_import(leads: Leads) -> None:
    leads.write(a_file_of(20))
    leads.proxy.actions = {1: refusal_of(2)}
    result = leads("leads.csv", "--batch-size", "10")
    assert result.returncode == 3
    assert "Row 14: Firma is not liked." in result.stderr
    assert "10 of 20 leads are imported." in last_line(result)
    assert (
        "14,Firma is not liked.,Company 012,a@example.com" in (leads.directory / "leads.csv.rejected.csv").read_text()
    )
    assert leads.stored() == companies(10)


def test_rows_that_only_the_server_refuses_can_be_skipped(leads: Leads) -> None:
    leads.write(a_file_of(20) + "Bad,x\n".replace("x", "x" * 125))
    leads.proxy.actions = {1: refusal_of(2), 3: GARBAGE, 2: "killed after"}
    assert leads("leads.csv", "--batch-size", "10", "--skip-bad-rows").returncode == -signal.SIGKILL
    result = leads("leads.csv", "--batch-size", "10", "--skip-bad-rows", "--json")
    assert result.returncode == 4
    result = leads("leads.csv", "--batch-size", "10", "--skip-bad-rows", "--json")
    assert result.returncode == 3, result.stderr
    assert (counts_of(result)["imported"], counts_of(result)["rejected"]) == (19, 2)
    with (leads.directory / "leads.csv.rejected.csv").open(newline="", encoding="utf-8-sig") as rejected:
        assert [cells[2] for cells in csv.reader(rejected)] == ["Firma", "Company 012", "Bad"]
    assert leads.stored() == [company for company in companies(20) if company != "Company 012"]


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


@pytest.mark.parametrize(
    ("arguments", "content", "exit_code", "part"),
    [
        (["none.csv"], "", 1, "There is no file none.csv."),
        (["leads.csv"], "", 1, "is empty"),
        (["leads.csv"], "Open AI,New York\n", 1, "None of the columns is known"),
        (["leads.csv"], "Open AI,hello@example.com\n", 1, "--header-row 0"),
        (["leads.csv", "--encoding", "klingon"], "Firma\nA\n", 1, "not a text encoding"),
        (["leads.csv", "--sheet", "Leads"], "Firma\nA\n", 2, "--sheet"),
        (["leads.csv", "--header-row", "7"], "Firma\nA\n", 1, "--header-row 7"),
        (["leads.csv", "--format", "xlsx"], "Firma\nA\n", 1, "is not an XLSX spreadsheet, but text"),
        (["leads.csv", "--format", "json"], "Firma\nA\n", 1, "is not a JSON array of objects"),
        (["leads.csv"], "a\0b", 1, "is not text"),
        (["leads.csv"], 'Firma\nA\n"B\n', 1, "from line 3 on"),
        (["leads.csv", "--map", "Colour=notes"], "Firma\nA\n", 2, "Colour"),
        (["leads.csv", "--map", "Firma=colour"], "Firma\nA\n", 2, "company, "),
        (["leads.csv", "--rejected", "./leads.csv"], "Firma\nA\n", 2, "--rejected"),
        (["leads.csv", "--rejected", "/dev/full"], "Headcount\nmany\n", 1, "No space left on device"),
        (["leads.csv", "--rejected", "no/where.csv"], "Headcount\nmany\n", 1, "No such file or directory"),
        (["leads.csv", "--batch-size", "101"], "Firma\nA\n", 2, "100"),
        (["leads.csv", "--format", "doc"], "Firma\nA\n", 2, "xlsx"),
    ],
)
def test_an_error_is_one_clear_line(
    leads: Leads, arguments: list[str], content: str, exit_code: int, part: str
) -> None:
    leads.write(content)
    result = leads(*arguments)
    assert result.returncode == exit_code, result.stderr
    assert part in (last_line(result) if exit_code == 1 else result.stderr)
    assert result.stdout == ""
    assert leads.proxy.request_count == 0


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


def test_a_full_disk_leaves_no_partial_file_of_rejected_rows(leads: Leads) -> None:
    leads.write("Firma,Headcount\n" + "A,many\n" * 300)

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))

    result = leads("leads.csv", "--dry-run", preexec=little_room)
    assert result.returncode == 1
    assert "cannot be written to leads.csv.rejected.csv" in last_line(result)
    assert [path.name for path in leads.directory.iterdir()] == ["leads.csv"]


def test_copyable_values_are_not_cut_on_a_narrow_terminal(leads: Leads) -> None:
    heading = "custom." + "Extremely" * 7
    leads.write(f"Company,{heading}\nA long name of a company,a long value of it\n")
    result = leads("leads.csv", "--dry-run", COLUMNS="80")
    shown = "".join(line.split("│")[1].strip() for line in result.stderr.splitlines() if "│" in line)
    assert heading in shown


def test_names_in_a_file_cannot_send_control_characters_to_the_terminal(leads: Leads) -> None:
    leads.write("Firma,\x1b]0;owned\x07\x1b[2J\nA\x1b[2J,x\n")
    result = leads("leads.csv", "--dry-run", FORCE_COLOR="1", COLUMNS="200")
    assert result.returncode == 0
    assert "\x1b]0;" not in result.stderr
    assert "\x1b[2J" not in result.stderr


def on_a_terminal(leads: Leads, *arguments: str, answer: bytes) -> tuple[int, str]:
    """Run the command on a terminal, and type a text. Return its exit code and what was shown."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(leads.directory)
        environment = leads.environment | {"TERM": "xterm", "COLUMNS": "120"}
        os.execve(COMMAND[0], [*COMMAND, "import", *arguments], environment)  # noqa: S606 - this project's own command
    shown = b""
    has_answered = False
    with suppress(OSError):  # how a terminal ends
        while True:
            if select.select([terminal], [], [], 1)[0]:
                if not (chunk := os.read(terminal, 4096)):
                    break
                shown += chunk
            elif has_answered and answer == INTERRUPT:
                os.write(terminal, answer)  # Python misses one that comes just before it begins to read
            if b"[y/N]" in shown and not has_answered:
                os.write(terminal, answer)
                has_answered = True
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


@pytest.mark.parametrize(
    ("answer", "exit_code", "stored"), [(b"y\n", 0, 3), (b"n\n", 1, 0), (b"\n", 1, 0), (INTERRUPT, 130, 0)]
)
def test_an_import_asks_before_it_sends(leads: Leads, answer: bytes, exit_code: int, stored: int) -> None:
    leads.write(a_file_of(3))
    ended, shown = on_a_terminal(leads, "leads.csv", answer=answer)
    assert f"Send 3 leads to {leads.proxy.url}?" in shown
    assert ended == exit_code, shown
    assert leads.stored() == companies(stored)
    assert ("Nothing was sent." in shown) is (stored == 0)


@pytest.mark.parametrize(("answer", "exit_code", "stored"), [(b"y\ny\n", 0, ["Müller"]), (b"n\n", 1, [])])
def test_a_guessed_encoding_can_be_confirmed(leads: Leads, answer: bytes, exit_code: int, stored: list[str]) -> None:
    (leads.directory / "leads.csv").write_bytes("Firma\nMüller\n".encode("cp1252"))
    ended, shown = on_a_terminal(leads, "leads.csv", answer=answer)
    assert "Is the text right with --encoding cp1252?" in shown
    assert (ended, leads.stored()) == (exit_code, stored)


def test_with_yes_nothing_is_asked_and_progress_is_shown(leads: Leads) -> None:
    leads.write(a_file_of(3))
    ended, shown = on_a_terminal(leads, "leads.csv", "--yes", answer=b"")
    assert ended == 0
    assert "[y/N]" not in shown
    assert "Sending" in shown
    assert "3/3" in shown


def test_help_has_examples_and_exit_codes(leads: Leads) -> None:
    result = leads("--help")
    assert result.returncode == 0
    assert "leads import leads.csv --url" in result.stdout
    assert "130 interrupted" in result.stdout
