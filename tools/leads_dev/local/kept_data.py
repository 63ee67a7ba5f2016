"""Keeps the content of an emulator's tables in a file, so that the next server starts with it.

Every request that changed an item is a line of the file, written before its response is sent. So a server that
is killed loses no change that a client knows of; only after a power failure can the last seconds be missing. At the
next start the requests are repeated in their order, and the file is rewritten with only the items.
"""

import fcntl
import io
import json
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from werkzeug.test import EnvironBuilder, run_wsgi_app

from leads_admin.local_client import CREDENTIALS
from leads_cli.atomic_write import atomic_write

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

Application = Callable[..., Any]

_API = "DynamoDB_20120810."
_CHANGES = {
    f"{_API}{operation}"
    for operation in (
        *("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"),
        *("ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"),
    )
}
# Moto reads the region from it, and nothing else.
_AUTHORIZATION = f"AWS4-HMAC-SHA256 Credential=local/20260101/{CREDENTIALS['AWS_REGION']}/dynamodb/aws4_request"


class KeptDataError(Exception):
    """The file cannot be used. The text says what to do."""


class KeptData:
    """The file of one server; no other server can use it at the same time."""

    def __init__(self, path: Path, application: Application) -> None:
        """Raises KeptDataError if another server uses the file."""
        self.path = path
        self._application = application
        self._one_at_a_time = threading.Lock()
        self._file: BinaryIO | None = None
        path.parent.mkdir(parents=True, exist_ok=True)
        self._directory = os.open(path.parent, os.O_RDONLY)
        try:
            fcntl.flock(self._directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise KeptDataError(f"Another server keeps its data in {path}: stop it, or choose another PORT.") from exc

    def close(self) -> None:
        """Let another server use the file."""
        os.close(self._directory)
        if self._file:
            self._file.close()

    def restore(self, tables: Sequence[str]) -> None:
        """Fill tables, which are empty, with what the file has, and keep what changes from now on."""
        with self._one_at_a_time:
            for number, (target, body) in enumerate(self._requests(), start=1):
                status, response = self._call(target, body)
                if status != "200 OK":
                    raise KeptDataError(f"Line {number} of {self.path} cannot be repeated: {response}. {self._remedy}")
            with atomic_write(self.path) as file:
                for table in tables:
                    for item in self._items(table):
                        file.write(_line(f"{_API}PutItem", {"TableName": table, "Item": item}))
            self._file = self.path.open("ab", buffering=0)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Respond to a request as the emulator does, and keep the request if it changed something."""
        target, body = environ.get("HTTP_X_AMZ_TARGET", ""), environ["wsgi.input"].read()
        environ["wsgi.input"] = io.BytesIO(body)
        statuses: list[str] = []

        def start(status: str, *arguments: Any) -> Callable[[bytes], object]:  # noqa: ANN401 - WSGI's
            statuses.append(status)
            return start_response(status, *arguments)

        with self._one_at_a_time:
            response: Iterable[bytes] = self._application(environ, start)
            if self._file and target in _CHANGES and statuses[0].startswith("200 "):
                append(self._file, _line(target, json.loads(body)))
        return response

    @property
    def _remedy(self) -> str:
        return "Mend that line, or delete the file to begin with nothing."

    def _requests(self) -> Iterator[tuple[str, Any]]:
        if not self.path.exists():
            return
        *lines, _unfinished = self.path.read_bytes().split(b"\n")
        for number, line in enumerate(lines, start=1):
            try:
                request = json.loads(line)
                yield request["request"], request["body"]
            except (ValueError, KeyError, TypeError) as exc:
                raise KeptDataError(f"Line {number} of {self.path} is damaged. {self._remedy}") from exc

    def _items(self, table: str) -> Iterator[Any]:
        page: dict[str, Any] = {}
        while True:
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]} if page else {}
            _, response = self._call(f"{_API}Scan", {"TableName": table, **start})
            page = json.loads(response)
            yield from page["Items"]
            if "LastEvaluatedKey" not in page:
                return

    def _call(self, target: str, body: Any) -> tuple[str, str]:  # noqa: ANN401 - any JSON
        headers = [("X-Amz-Target", target), ("Authorization", _AUTHORIZATION)]
        request = EnvironBuilder(
            method="POST", data=json.dumps(body), headers=headers, content_type="application/x-amz-json-1.0"
        )
        response, status, _ = run_wsgi_app(self._application, request.get_environ())
        return status, b"".join(response).decode()


def _line(target: str, body: Any) -> bytes:  # noqa: ANN401 - any JSON
    return json.dumps({"request": target, "body": body}).encode() + b"\n"


def append(file: BinaryIO, line: bytes) -> None:
    """Write a line, or nothing of it: on a full disk, the next one must not be joined to its beginning."""
    end = file.seek(0, os.SEEK_END)
    try:
        while line:
            line = line[file.write(line) :]
    except OSError:
        file.truncate(end)
        raise
