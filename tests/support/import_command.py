"""Runs ``leads import`` behind a proxy that changes what happens to its requests."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from support.api import Workspace
from support.clock import PATIENT_HTTP
from support.command import run_leads

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


def companies(count: int) -> list[str]:
    return [f"Company {number:03}" for number in range(count)]


def a_file_of(count: int) -> str:
    return "Firma,E-mail\n" + "".join(f"{company},a@example.com\n" for company in companies(count))


def last_line(result: Run) -> str:
    return result.stderr.splitlines()[-1]


def counts_of(result: Run) -> dict[str, int]:
    counts: dict[str, int] = json.loads(result.stdout)
    return counts


def refusal_of(*rows: int) -> Action:
    errors = [
        {"index": row, "field": "company", "pointer": f"/{row}/company", "code": "x", "message": "is not liked"}
        for row in rows
    ]
    envelope = {"succeeded": False, "statusCode": 400, "statusCodeDescription": "NONE", "message": "Bad."}
    return 400, {"Content-Type": "application/json"}, json.dumps({**envelope, "errors": errors}).encode()
