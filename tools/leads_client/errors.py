"""Why leads were not stored, or may not be.

LeadsClientError
+-- InvalidKeyError
+-- RefusedError: the same request would be refused again
|   +-- BadLeadsError
|   +-- PlanLimitError
|   +-- IdempotencyKeyReusedError
+-- ServiceError: it failed now, and may be tried again later
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

    ``status`` is the HTTP status, ``code`` the reason as a word for programs, ``message`` the same for people,
    ``request_id`` the request in the API's logs, and ``quota`` what is left of the key's rate limit, if the response
    shows it.
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
    """It is not known whether the request succeeded.

    ``leads_may_be_stored`` is true if an attempt may have stored leads and the caller gave no idempotency key, or if
    the API reported it. With the caller's own idempotency key, false is no guarantee, but the same leads can be sent
    again with that key, and are stored once. ``idempotency_key`` is the key that was sent: the caller's, or one that
    the client made.
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
    """The API could not be reached, or kept failing, until the time was up.

    Also raised if a retry is refused after an attempt without a response, which may have stored the leads.
    """


class UnexpectedResponseError(ServiceError):
    """The response is not from the lead API: the address is wrong, or another server is in between."""
