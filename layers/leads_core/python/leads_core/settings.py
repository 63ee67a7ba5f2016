"""Settings, read from environment variables, with the contract's defaults."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from leads_core.plans import MOST_COUNTED_LEADS, MOST_LEADS, Plan
from leads_core.rate_limit import RateLimit

# Lead ids number the rows of a request with three digits.
_MOST_LEADS_PER_REQUEST = 1000


class Settings(NamedTuple):
    """Names of the tables, limits of the service, and the namespace of its metrics; None for no metrics."""

    access_table: str
    leads_table: str
    rate_limit: RateLimit = RateLimit(requests=1000, window_seconds=300)
    max_leads_per_request: int = 100
    free_plan_max_leads: int = 5
    metrics_namespace: str | None = None

    @property
    def most_leads(self) -> Mapping[Plan, int | None]:
        """The limit of leads of each plan, None for no limit."""
        return {**MOST_LEADS, Plan.FREE: self.free_plan_max_leads}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings from environment variables. Raises ValueError, which names the variable that is wrong."""
        defaults = cls(access_table="", leads_table="")

        def table(name: str) -> str:
            if not environment.get(name):
                raise ValueError(f"{name} must name a DynamoDB table, but is not set.")
            return environment[name]

        def number(name: str, default: int, most: int) -> int:
            text = environment.get(name) or str(default)
            if not (re.fullmatch(r"[0-9]{1,9}", text) and 1 <= int(text) <= most):
                raise ValueError(f"{name} must be a whole number from 1 to {most}, but is {text!r}.")
            return int(text)

        return cls(
            access_table=table("ACCESS_TABLE"),
            leads_table=table("LEADS_TABLE"),
            rate_limit=RateLimit(
                requests=number("RATE_LIMIT_REQUESTS", defaults.rate_limit.requests, 1_000_000),
                window_seconds=number("RATE_LIMIT_WINDOW_SECONDS", defaults.rate_limit.window_seconds, 86_400),
            ),
            max_leads_per_request=number(
                "MAX_LEADS_PER_REQUEST", defaults.max_leads_per_request, _MOST_LEADS_PER_REQUEST
            ),
            free_plan_max_leads=number("FREE_PLAN_MAX_LEADS", defaults.free_plan_max_leads, MOST_COUNTED_LEADS),
            metrics_namespace=environment.get("METRICS_NAMESPACE") or None,
        )
