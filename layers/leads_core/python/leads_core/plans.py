"""The plans a workspace can be on."""

from enum import StrEnum


class Plan(StrEnum):
    """What a workspace may store: ``free`` a handful of leads, ``basic`` as many as it likes."""

    FREE = "free"
    BASIC = "basic"
