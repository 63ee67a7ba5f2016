"""Why leads were not stored, or may not be.

LeadsClientError
+-- InvalidKeyError
+-- RefusedError: sending the same again will not change the answer
|   +-- BadLeadsError
|   +-- PlanLimitError
|   +-- IdempotencyKeyReusedError
+-- ServiceError: it could not be done now, and may be tried again later
    +-- RateLimitedError
    +-- UnavailableError
    +-- UnexpectedResponseError

Arguments that can never work, such as an address without a host or NaN in a lead, are a ValueError instead.
"""

from leads_client.results import Problem, Quota


class LeadsClientError(Exception):
    """The leads were not accepted; the text says why in one sentence or two, and never holds the API key."""


class InvalidKeyError(LeadsClientError):
    """The API key is mistyped, unknown, revoked or expired."""


class RefusedError(LeadsClientError):
    """The API refused the request, and stored nothing of it.

    ``status`` is the answer's HTTP status, ``code`` its reason as a word for programs, ``message`` the same for people,
    ``request_id`` where to look in the API's logs, and ``quota`` what is left of the key's rate limit, if the answer
    says so.
    """

    def __init__(
        self, status: int, code: str, message: str, request_id: str | None, quota: Quota | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.request_id = request_id
        self.quota = quota


class BadLeadsError(RefusedError):
    """Some leads break a limit: ``problems`` has the first hundred of what is wrong, in order of the leads."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        request_id: str | None,
        quota: Quota | None = None,
        *,
        problems: tuple[Problem, ...],
    ) -> None:
        super().__init__(status, code, message, request_id, quota)
        self.problems = problems


class PlanLimitError(RefusedError):
    """The plan of the workspace has no room for so many leads."""


class IdempotencyKeyReusedError(RefusedError):
    """The idempotency key belongs to a request with other leads."""


class ServiceError(LeadsClientError):
    """It is not known to be done.

    ``leads_may_be_stored`` is true when an attempt may have stored leads and the caller gave no idempotency key, or the
    API said so. With an idempotency key of the caller's, false is no promise: but the same leads can be sent again
    under the same key, and are stored once. ``idempotency_key`` is the one that was sent, whoever chose it.
    """

    leads_may_be_stored = False
    idempotency_key: str | None = None


class RateLimitedError(ServiceError):
    """Too many requests with this key, and the wait for the next one would have been too long.

    A request in ``retry_after_seconds`` is admitted, if nobody else uses the key.
    """

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"Too many requests: the next one is admitted in {retry_after_seconds} seconds.")
        self.retry_after_seconds = retry_after_seconds


class UnavailableError(ServiceError):
    """The API could not be reached, or went on failing, until the time for it was up.

    Also when a repeat is refused: that says nothing of an earlier attempt whose answer was lost.
    """


class UnexpectedResponseError(ServiceError):
    """What answered is not the lead API: the address is wrong, or something stands in between."""
