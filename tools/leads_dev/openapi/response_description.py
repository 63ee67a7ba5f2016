"""A response as the reference page describes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any


@dataclass(frozen=True, slots=True)
class DescribedResponse:
    """A response as an example.

    ``name`` is its key, ``code`` its ``X-Error-Code``, ``body`` its envelope; ``cause`` is why it is returned,
    ``cure`` what to do then.
    """

    name: str
    status: HTTPStatus
    code: str | None
    body: Mapping[str, Any]
    cause: str
    cure: str

    @property
    def message(self) -> str | None:
        """The message for people."""
        message: str | None = self.body["message"]
        return message
