"""`make sam-local` as a person at a terminal sees it, and `sam local invoke` beside it."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.apis import ROOT, sam_local_command
from support.aws import SAM
from support.server import Server, running_server

EVENTS = sorted((ROOT / "events").glob("*.json"))


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server writes its state."""
    return tmp_path_factory.mktemp("sam-local")


@pytest.fixture(scope="module")
def server(directory: Path) -> Iterator[Server]:
    with running_server(sam_local_command(directory), directory, cwd=ROOT) as server:
        yield server


def test_the_printed_curl_line_is_as_documented_and_works(server: Server) -> None:
    printed = re.search(r"^curl -X POST .*?\n\n", "".join(server.output), re.MULTILINE | re.DOTALL)
    assert printed
    assert '[{ "Company": "Open AI", "Notes": "Interested in API integration" }]' in printed[0]

    response = subprocess.run(["bash", "-c", printed[0]], check=True, capture_output=True, text=True)

    assert response.stdout == '{"succeeded": true, "statusCode": 200, "statusCodeDescription": "NONE", "message": null}'


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.stem)
def test_an_event_gets_the_status_in_its_name(directory: Path, event: Path) -> None:
    variables = directory / "sam-environment.json"
    invoked = subprocess.run(
        [SAM, "local", "invoke", "LeadsApiFunction", "--event", event, "--env-vars", variables, "--skip-pull-image"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    response = json.loads(invoked.stdout)
    assert response["statusCode"] == int(event.stem.partition("-")[0])
    assert json.loads(response["body"])["statusCode"] == response["statusCode"]
