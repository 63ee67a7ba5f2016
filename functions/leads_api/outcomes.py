"""The possible outcomes of a request, one row each."""

from enum import Enum
from http import HTTPStatus

_PARTLY = "{good_rows} of {lead_count} leads {were} stored: correct the others, which are in errors, and send those."


class Outcome(Enum):
    """An outcome: its code for programs, logs and metrics, its HTTP status, and its message for people.

    Placeholders in a message (in braces) are filled in for each request.
    """

    STORED = "stored", HTTPStatus.OK
    REPLAYED = "replayed", HTTPStatus.OK
    STORED_PARTLY = "stored_partly", HTTPStatus.OK, _PARTLY
    REPLAYED_PARTLY = "replayed_partly", HTTPStatus.OK, _PARTLY
    NOT_FOUND = "not_found", HTTPStatus.NOT_FOUND, "Not found."
    METHOD_NOT_ALLOWED = "method_not_allowed", HTTPStatus.METHOD_NOT_ALLOWED, "Method not allowed."
    PREFLIGHT = "preflight", HTTPStatus.NO_CONTENT
    INVALID_KEY = "invalid_key", HTTPStatus.UNAUTHORIZED, "Invalid API key."
    TOO_LARGE = (
        "too_large",
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "The request is too large: {most_bytes} bytes at most.",
    )
    RATE_LIMITED = "rate_limited", HTTPStatus.TOO_MANY_REQUESTS, "Too many requests. Please try again later."
    UNSUPPORTED_MEDIA_TYPE = (
        "unsupported_media_type",
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "The Content-Type must be application/json.",
    )
    UNSUPPORTED_ENCODING = (
        "unsupported_encoding",
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "The Content-Encoding {encoding} is not supported: send the body as it is.",
    )
    UNCLEAR_DRY_RUN = (
        "unclear_dry_run",
        HTTPStatus.BAD_REQUEST,
        "The query parameter dryRun must be true or false.",
    )
    INVALID_IDEMPOTENCY_KEY = (
        "invalid_idempotency_key",
        HTTPStatus.BAD_REQUEST,
        "The Idempotency-Key must have 1 to {most_characters} printable ASCII characters.",
    )
    DIFFERENT_IDEMPOTENCY_KEYS = (
        "different_idempotency_keys",
        HTTPStatus.BAD_REQUEST,
        "The request has several Idempotency-Keys that differ: send one.",
    )
    MALFORMED_BODY = "malformed_body", HTTPStatus.BAD_REQUEST, "{reason}"
    TOO_MANY_LEADS = (
        "too_many_leads",
        HTTPStatus.BAD_REQUEST,
        "The maximum amount of leads to create at once is {most_leads}, but was {lead_count}.",
    )
    BAD_LEADS = (
        "bad_leads",
        HTTPStatus.BAD_REQUEST,
        "{first_problem}. Nothing was stored: {bad_rows} of {lead_count} leads must be corrected.",
    )
    IDEMPOTENCY_KEY_REUSED = (
        "idempotency_key_reused",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The Idempotency-Key was already used with another body.",
    )
    PLAN_LIMIT_REACHED = (
        "plan_limit_reached",
        HTTPStatus.BAD_REQUEST,
        "Reached the maximum limit of leads on the {plan} plan.",
    )
    PLAN_LIMIT_EXCEEDED = (
        "plan_limit_exceeded",
        HTTPStatus.BAD_REQUEST,
        "Can not have more than {most_leads} leads on the {plan} plan.",
    )
    UNAVAILABLE = (
        "unavailable",
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The service is temporarily unavailable. Nothing was stored. Please try again later.",
    )
    UNAVAILABLE_MAY_BE_STORED = (
        "unavailable_may_be_stored",
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The service is temporarily unavailable. Some leads of this request may be stored. Please try again later.",
    )
    UNAVAILABLE_RETRY_FINISHES = (
        "unavailable_retry_finishes",
        HTTPStatus.SERVICE_UNAVAILABLE,
        (
            "The service is temporarily unavailable. Leads of this request may be stored: send it again with the same "
            "Idempotency-Key, and each is stored once."
        ),
    )
    UNEXPECTED_ERROR = "unexpected_error", HTTPStatus.INTERNAL_SERVER_ERROR, "An unexpected error occurred."

    def __init__(self, code: str, status: HTTPStatus, message: str | None = None) -> None:
        self.code = code
        self.status = status
        self.message = message

    @property
    def is_success(self) -> bool:
        """Whether the request succeeded."""
        return self.status < HTTPStatus.BAD_REQUEST
