"""The plans that a workspace can be on, one row each."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Self

# A counted batch is one transaction. A transaction can hold 4 MB, and a lead can have 400 KB.
MOST_COUNTED_LEADS = 10


class Plan(StrEnum):
    """A plan: its name, and how many leads a workspace may hold at most (None: no limit).

    Leads are counted only on plans with a limit.
    """

    FREE = "free", 5
    BASIC = "basic"

    most_leads: int | None

    def __new__(cls, name: str, most_leads: int | None = None) -> Self:
        """Declare a plan."""
        if most_leads is not None and not 1 <= most_leads <= MOST_COUNTED_LEADS:
            raise ValueError(f"Leads of the plan {name} are counted: it must allow 1 to {MOST_COUNTED_LEADS}.")
        plan = str.__new__(cls, name)
        plan._value_ = name
        plan.most_leads = most_leads
        return plan


MOST_LEADS: Mapping[Plan, int | None] = {plan: plan.most_leads for plan in Plan}
"""The limit of each plan as declared; None for no limit."""
