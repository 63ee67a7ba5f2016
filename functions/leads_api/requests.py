"""An HTTP request, read from API Gateway's proxy event (REST API, payload version 1.0)."""

import binascii
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

# Lambda takes events of up to 6 MB, and base64 turns three bytes into four.
MOST_BODY_BYTES = 4_500_000
_TRUTH_VALUES = {"true": True, "1": True, "false": False, "0": False}
# The whitespace that may surround a header's value (RFC 9110).
_SPACES = " \t"
_NO_LETTERS = re.compile(r"[^a-z]")
_TOKEN = re.compile(r"[\w.+-]{1,20}", re.ASCII)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_QUOTED_LIST = re.compile(rf"{_QUOTED.pattern}(?:\s*,\s*{_QUOTED.pattern})+")
_JSON_MEDIA_TYPE = re.compile(r"(application|text)/(json|[\w.!#$&^-]+\+json)", re.IGNORECASE | re.ASCII)


class Request(NamedTuple):
    """An HTTP request. Headers and parameters are by name in lower case, each with all its values.

    The body is as in the event: text, or base64.
    """

    request_id: str
    method: str
    path: str
    headers: Mapping[str, list[str]]
    query: Mapping[str, list[str]]
    body: str
    is_base64: bool

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> "Request":
        """Read an event. Hand-written events may lack the multi-value members."""
        return cls(
            request_id=event["requestContext"]["requestId"],
            method=event["httpMethod"],
            path=event["path"],
            headers=_folded(event.get("multiValueHeaders"), event.get("headers")),
            query=_folded(event.get("multiValueQueryStringParameters"), event.get("queryStringParameters")),
            body=event.get("body") or "",
            is_base64=bool(event.get("isBase64Encoded")),
        )

    @property
    def is_preflight(self) -> bool:
        """Whether this is a CORS preflight request."""
        return self.method == "OPTIONS" and {"origin", "access-control-request-method"} <= self.headers.keys()

    def content(self) -> bytes:
        """The request body as the client sent it. It is decoded only here, so not for a request with a refused key."""
        if self.is_base64:
            # If it is not base64 after all, the parser refuses it, because it is not JSON.
            with suppress(ValueError):
                return binascii.a2b_base64(self.body, strict_mode=True)
        # The parser also refuses lone surrogates.
        return self.body.encode(errors="surrogatepass")

    @property
    def is_too_large(self) -> bool:
        """Whether the body has too many bytes. It is not decoded for this."""
        if self.is_base64:
            return len(self.body.rstrip("=")) * 3 // 4 > MOST_BODY_BYTES
        # A character takes up to four bytes.
        is_near = len(self.body) > MOST_BODY_BYTES // 4
        return is_near and len(self.body.encode(errors="surrogatepass")) > MOST_BODY_BYTES

    @property
    def api_key(self) -> str:
        """The API key as sent, empty when there is none."""
        return ",".join(self._distinct("x-api-key"))

    @property
    def is_json(self) -> bool:
        """Whether the Content-Type is JSON or absent."""
        declared = ",".join(self.headers.get("content-type", [])).split(",")
        media_types = (each.partition(";")[0].strip() for each in declared)
        return all(not media_type or _JSON_MEDIA_TYPE.fullmatch(media_type) for media_type in media_types)

    @property
    def content_encoding(self) -> str | None:
        """The Content-Encoding, None for an unencoded body; ``unknown`` if the value is not a valid name."""
        declared = ",".join(self.headers.get("content-encoding", [])).lower().split(",")
        encoding = next((each.strip() for each in declared if each.strip() not in {"", "identity"}), None)
        return encoding if encoding is None or _TOKEN.fullmatch(encoding) else "unknown"

    @property
    def dry_run(self) -> bool | None:
        """Whether the client asks for a dry run; None if the values are invalid or contradict each other."""
        parameters = [values for name, values in self.query.items() if _NO_LETTERS.sub("", name) == "dryrun"]
        dry_runs = {_TRUTH_VALUES.get(value.lower()) for values in parameters for value in values}
        return dry_runs.pop() if len(dry_runs) == 1 else None if dry_runs else False

    @property
    def idempotency_keys(self) -> list[str]:
        """The distinct Idempotency-Keys. A key may be a structured string (RFC 9651), in quotes."""
        return self._distinct("idempotency-key", _unquoted)

    @property
    def prefers_representation(self) -> bool:
        """Whether the client asks for the created leads."""
        return self._preference("return") == "representation"

    @property
    def is_lenient(self) -> bool:
        """Whether the client wants good leads stored even if others are bad."""
        return self._preference("handling") == "lenient"

    def _preference(self, name: str) -> str | None:
        """The value of a preference in lower case. If it is repeated, the first one counts (RFC 7240)."""
        for preference in ",".join(self.headers.get("prefer", [])).split(","):
            sent_name, _, value = preference.partition(";")[0].partition("=")
            if sent_name.strip().lower() == name:
                return value.strip().strip('"').lower()
        return None

    def _distinct(self, header: str, normalized: Callable[[str], str] = str) -> list[str]:
        """The distinct values of a header, which may be sent several times, or as one value with commas."""
        values = [part for value in self.headers.get(header, []) for part in _repetitions(value, normalized)]
        return list(dict.fromkeys(values))


def _repetitions(value: str, normalized: Callable[[str], str]) -> list[str]:
    """The parts of a value with commas if they are quoted or equal; otherwise the value as a whole."""
    if _QUOTED_LIST.fullmatch(value):
        return [normalized(quoted) for quoted in _QUOTED.findall(value)]
    parts = {normalized(part.strip(_SPACES)) for part in value.split(",")}
    return [*parts] if len(parts) == 1 else [normalized(value.strip(_SPACES))]


def _unquoted(key: str) -> str:
    return re.sub(r"\\(.)", r"\1", key[1:-1]) if _QUOTED.fullmatch(key) else key


def _folded(multi_value: Mapping[str, list[str]] | None, single: Mapping[str, str] | None) -> dict[str, list[str]]:
    """All values of each name, in lower case."""
    folded: dict[str, list[str]] = {}
    for name, values in (multi_value or {name: [value] for name, value in (single or {}).items()}).items():
        folded.setdefault(name.lower(), []).extend(values)
    return folded
