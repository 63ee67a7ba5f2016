"""API Gateway's proxy event (REST API, payload version 1.0) as a request."""

import binascii
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

# Lambda takes events of up to 6 MB, and base64 makes four bytes of three.
MOST_BODY_BYTES = 4_500_000
_JSON_MEDIA_TYPE = re.compile(r"(application|text)/(json|[\w.!#$&^-]+\+json)", re.IGNORECASE | re.ASCII)


class Request(NamedTuple):
    """An HTTP request. Names of headers and parameters are in lower case; a header sent twice is joined by commas.

    The body is as the event has it: as text, or encoded in base64.
    """

    request_id: str
    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, list[str]]
    body: str
    is_base64: bool

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> "Request":
        """Read an event; hand-written ones may lack the multi-value members."""
        headers = _folded(event.get("multiValueHeaders"), event.get("headers"))
        return cls(
            request_id=event["requestContext"]["requestId"],
            method=event["httpMethod"],
            path=event["path"],
            headers={name: ", ".join(values) for name, values in headers.items()},
            query=_folded(event.get("multiValueQueryStringParameters"), event.get("queryStringParameters")),
            body=event.get("body") or "",
            is_base64=bool(event.get("isBase64Encoded")),
        )

    def content(self) -> bytes:
        """The body as the client sent it. It is decoded only here: what comes with a refused key costs nothing."""
        if self.is_base64:
            # What is not base64 after all is refused by the parser: it is not JSON.
            with suppress(ValueError):
                return binascii.a2b_base64(self.body, strict_mode=True)
        # So is half a surrogate pair.
        return self.body.encode(errors="surrogatepass")

    @property
    def is_too_large(self) -> bool:
        """Whether the body has more bytes than are read; it is not decoded for this."""
        if self.is_base64:
            return len(self.body.rstrip("=")) * 3 // 4 > MOST_BODY_BYTES
        # A character takes up to four bytes.
        is_near = len(self.body) > MOST_BODY_BYTES // 4
        return is_near and len(self.body.encode(errors="surrogatepass")) > MOST_BODY_BYTES

    @property
    def api_key(self) -> str:
        """The API key as sent, empty when there is none."""
        return self.headers.get("x-api-key", "")

    @property
    def is_json(self) -> bool:
        """Whether the body is declared to be JSON; a body that is not declared at all is taken for it."""
        media_type = self.headers.get("content-type", "").partition(";")[0].strip()
        return not media_type or _JSON_MEDIA_TYPE.fullmatch(media_type) is not None

    @property
    def dry_run(self) -> bool | None:
        """Whether the client asks for a dry run; None when it is not clear."""
        values = {value.lower() for value in self.query.get("dryrun", ["false"])}
        return values == {"true"} if values in ({"true"}, {"false"}) else None

    @property
    def idempotency_key(self) -> str | None:
        """The Idempotency-Key, None when there is none. It may be sent as a structured string (RFC 9651), in quotes."""
        key = self.headers.get("idempotency-key")
        if key and len(key) > 1 and key[0] == key[-1] == '"':
            return re.sub(r"\\(.)", r"\1", key[1:-1])
        return key

    @property
    def prefers_representation(self) -> bool:
        """Whether the client asks for the created leads (RFC 7240: of repeated preferences the first counts)."""
        for preference in self.headers.get("prefer", "").split(","):
            name, _, value = preference.partition(";")[0].partition("=")
            if name.strip().lower() == "return":
                return value.strip().strip('"').lower() == "representation"
        return False


def _folded(multi_value: Mapping[str, list[str]] | None, single: Mapping[str, str] | None) -> dict[str, list[str]]:
    """All values of each name, in lower case."""
    folded: dict[str, list[str]] = {}
    for name, values in (multi_value or {name: [value] for name, value in (single or {}).items()}).items():
        folded.setdefault(name.lower(), []).extend(values)
    return folded
