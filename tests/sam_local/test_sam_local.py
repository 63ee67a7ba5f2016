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
    """Where the server tells of itself."""
    return tmp_path_factory.mktemp("sam-local")


@pytest.fixture(scope="module")
def server(directory: Path) -> Iterator[Server]:
    with running_server(sam_local_command(directory), directory, cwd=ROOT) as server:
        yield server


def test_the_printed_curl_line_is_the_documented_one_and_works(server: Server) -> None:
    printed = re.search(r"^curl -X POST .*?\n\n", "".join(server.output), re.MULTILINE | re.DOTALL)
    assert printed
    assert '[{ "Company": "Open AI", "Notes": "Interested in API integration" }]' in printed[0]

    answer = subprocess.run(["bash", "-c", printed[0]], check=True, capture_output=True, text=True)

    assert answer.stdout == '{"succeeded": true, "statusCode": 200, "statusCodeDescription": "NONE", "message": null}'


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.stem)
def test_an_event_is_answered_as_its_name_says(directory: Path, event: Path) -> None:
    variables = directory / "sam-environment.json"
    invoked = subprocess.run(
        [SAM, "local", "invoke", "LeadsApiFunction", "--event", event, "--env-vars", variables, "--skip-pull-image"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    answer = json.loads(invoked.stdout)
    assert answer["statusCode"] == int(event.stem.partition("-")[0])
    assert json.loads(answer["body"])["statusCode"] == answer["statusCode"]
