"""The plans a workspace can be on: a row each."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Self

# The leads of a counted batch, and their count, are one transaction: it holds 4 MB, and a lead up to 400 KB.
MOST_COUNTED_LEADS = 10


class Plan(StrEnum):
    """A plan: its name, and the most leads that a workspace on it may hold; None for no limit.

    Where there is a limit, leads are counted.
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
"""The most leads of each plan as it is declared."""
