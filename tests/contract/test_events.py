"""The events for `sam local invoke`: each gets the status in the name of its file."""

import json
from pathlib import Path

import pytest

from leads_dev.local.gateway import proxy_event
from support.api import CreateDirectApi

EVENTS = sorted((Path(__file__).parents[2] / "events").glob("*.json"))


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_an_event_gets_the_status_in_its_name(path: Path, direct_api: CreateDirectApi) -> None:
    response = direct_api().send(json.loads(path.read_text(encoding="utf-8")))
    assert response["statusCode"] == int(path.stem.partition("-")[0])
    assert json.loads(response["body"])["statusCode"] == response["statusCode"]


def test_every_status_that_a_single_request_can_get_has_an_event() -> None:
    assert {path.stem[:3] for path in EVENTS} == {"200", "400", "401", "404", "405", "415"}


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_the_local_server_makes_events_of_the_same_shape(path: Path) -> None:
    event = json.loads(path.read_text(encoding="utf-8"))
    local = proxy_event({"REQUEST_METHOD": "POST", "PATH_INFO": "/", "wsgi.input": _NoBody()})
    assert local.keys() == event.keys()
    assert local["requestContext"].keys() <= event["requestContext"].keys()


class _NoBody:
    def read(self) -> bytes:
        return b""
