"""The place of an import's journal: a file that is sent to several workspaces has a journal for each of them."""

import os
import re
from contextlib import suppress
from pathlib import Path

from leads_cli.importing.journal_content import workspace_in


def own_journal(usual: Path, workspace_id: str | None) -> Path:
    """The usual place, unless the journal of another workspace is there already."""
    there = _workspace_at(usual)
    if None in (there, workspace_id) or there == workspace_id:
        return usual
    # The server decides what its workspaces are called, but not which files are written.
    name = re.sub(r"[^0-9A-Za-z]", "_", str(workspace_id))[:64]
    return usual.with_name(f"{usual.stem}.{name}{usual.suffix}")


def _workspace_at(path: Path) -> str | None:
    with suppress(OSError):  # opening it as a journal reports the error
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:  # noqa: PTH123 - it is open, and Path has no way to take it over
            return workspace_in(file)
    return None
