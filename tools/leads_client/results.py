"""What the API reports about the leads of a request."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quota:
    """How many requests a key has left: ``limit`` in any ``window_seconds``; more again in ``reset_seconds``.

    ``workspace_id`` is the workspace of the key; None if the API's version does not report it.
    """

    limit: int
    window_seconds: int
    remaining: int
    reset_seconds: int
    workspace_id: str | None = None


@dataclass(frozen=True, slots=True)
class AcceptedLead:
    """A lead that is stored, by its place in the request.

    ``id`` is None after a dry run. ``ignored`` has the names of fields that the API does not know. ``duplicate_of`` is
    the index of an earlier lead of the request that has the same e-mail address or, without one, the same content.
    """

    index: int
    id: str | None
    ignored: tuple[str, ...]
    duplicate_of: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field of one lead.

    ``field`` is the field (of a contact: ``contacts.role``), empty if it is about the whole lead; ``pointer`` is a
    JSON pointer (RFC 6901) into the array of leads; ``code`` is for programs and ``message`` for people. None of them
    repeats what was sent.
    """

    index: int
    field: str
    pointer: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """Leads of a request are stored: ``leads``, in their order; after a dry run, they would be.

    These are all leads of the request, unless it was ``lenient``: then ``rejected`` has the problems of the others, at
    least the first problem of each. ``is_replay`` is true when an earlier request with the same idempotency key had
    stored them. ``request_id`` identifies the request in the API's logs.
    """

    batch_id: str | None
    leads: tuple[AcceptedLead, ...]
    is_replay: bool
    quota: Quota | None
    request_id: str | None
    rejected: tuple[Problem, ...] = ()
