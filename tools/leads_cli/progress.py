"""Progress of commands on many leads; it is shown only on a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from leads_admin.workspaces import Workspaces
from leads_cli.errors import CommandInterruptedError
from leads_cli.terminal import counted, messages


class LeadProgress:
    """How far a command is."""

    def __init__(self, bar: Progress, task: TaskID, done: int) -> None:
        self._bar = bar
        self._task = task
        self.leads = done

    def advance(self, leads: int) -> None:
        """Count leads that are done."""
        self.leads += leads
        self._bar.update(self._task, completed=self.leads)


@contextmanager
def lead_progress(title: str, total: int | None, *, done: int = 0, when_interrupted: str) -> Iterator[LeadProgress]:
    """Show a bar until the work ends, and end the command in one line when somebody interrupts it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=messages, transient=True, disable=not messages.is_terminal) as bar:
        progress = LeadProgress(bar, bar.add_task(title, total=total, completed=done), done)
        try:
            yield progress
        except KeyboardInterrupt as exc:
            interrupted = f"Interrupted after {counted(progress.leads, 'lead')}. {when_interrupted}"
            raise CommandInterruptedError(interrupted) from exc


def count_leads(workspaces: Workspaces, workspace_id: str) -> int:
    """How many leads a workspace holds."""
    held = 0
    with messages.status("Counting leads") as status:
        for count in workspaces.lead_counts(workspace_id):
            held += count
            status.update(f"Counting leads: {held:,}")
    return held
