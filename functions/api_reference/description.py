"""The OpenAPI description of the API, with the address of this deployment."""

import json
from functools import cache
from pathlib import Path
from typing import Any


def description(api: str) -> str:
    """The description as JSON. ``api`` is the path of the API on its host, such as ``/prod``, or empty."""
    return json.dumps({**_document(), "servers": [{"url": api or "/", "description": "Where this was loaded from"}]})


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(Path(__file__).with_name("openapi.json").read_bytes())
    return document
