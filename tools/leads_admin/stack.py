"""The names of a deployed stack's tables."""

import os

from leads_core.settings import Settings

DEFAULT_STACK = "lead-intake"


def stack_settings(stack: str) -> Settings:
    """Settings of a stack: its tables, which the template names after it, and limits from the environment."""
    return Settings.from_environment({**os.environ, "ACCESS_TABLE": f"{stack}-access", "LEADS_TABLE": f"{stack}-leads"})
