"""What a workspace may be called."""

import re

from leads_admin.errors import AdministrationError

WORKSPACE_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
_MOST_CHARACTERS = 100


def check_name(name: str) -> None:
    """Raises AdministrationError for a name that people could not use, or take for a workspace's id."""
    if not name.strip():
        raise AdministrationError("A workspace needs a name.")
    if len(name) > _MOST_CHARACTERS:
        raise AdministrationError(f"A workspace's name has at most {_MOST_CHARACTERS} characters, not {len(name)}.")
    if WORKSPACE_ID.fullmatch(name):
        raise AdministrationError(f"{name} is a workspace's id, or could be one: choose another name.")
