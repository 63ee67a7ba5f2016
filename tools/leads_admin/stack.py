"""What a deployed stack's tables are called."""

import os

from leads_core.settings import Settings

DEFAULT_STACK = "lead-intake"


def stack_settings(stack: str) -> Settings:
    """The tables of a stack, which the template names after it, and the limits that the environment sets, if any."""
    return Settings.from_environment({**os.environ, "ACCESS_TABLE": f"{stack}-access", "LEADS_TABLE": f"{stack}-leads"})
