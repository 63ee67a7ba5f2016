"""``leads import`` on a terminal: its questions, its progress, and what a file cannot do to the terminal."""

import os
import pty
import select
from contextlib import suppress

import pytest

from support.import_command import COMMAND, Leads, a_file_of, companies

INTERRUPT = b"\x03"


def test_copyable_values_are_not_cut_on_a_narrow_terminal(leads: Leads) -> None:
    heading = "custom." + "Extremely" * 7
    leads.write(f"Company,{heading}\nA long name of a company,a long value of it\n")
    result = leads("leads.csv", "--dry-run", COLUMNS="80")
    shown = "".join(line.split("│")[1].strip() for line in result.stderr.splitlines() if "│" in line)
    assert heading in shown


def test_names_in_a_file_cannot_send_control_characters_to_the_terminal(leads: Leads) -> None:
    leads.write("Firma,\x1b]0;owned\x07\x1b[2J\nA\x1b[2J,x\n")
    result = leads("leads.csv", "--dry-run", FORCE_COLOR="1", COLUMNS="200")
    assert result.returncode == 0
    assert "\x1b]0;" not in result.stderr
    assert "\x1b[2J" not in result.stderr


def on_a_terminal(leads: Leads, *arguments: str, answer: bytes) -> tuple[int, str]:
    """Run the command on a terminal, and type a text. Return its exit code and what was shown."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(leads.directory)
        environment = leads.environment | {"TERM": "xterm", "COLUMNS": "120"}
        os.execve(COMMAND[0], [*COMMAND, "import", *arguments], environment)  # noqa: S606 - this project's own command
    shown = b""
    has_answered = False
    with suppress(OSError):  # how a terminal ends
        while True:
            if select.select([terminal], [], [], 1)[0]:
                if not (chunk := os.read(terminal, 4096)):
                    break
                shown += chunk
            elif has_answered and answer == INTERRUPT:
                os.write(terminal, answer)  # Python misses one that comes just before it begins to read
            if b"[y/N]" in shown and not has_answered:
                os.write(terminal, answer)
                has_answered = True
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


@pytest.mark.parametrize(
    ("answer", "exit_code", "stored"), [(b"y\n", 0, 3), (b"n\n", 1, 0), (b"\n", 1, 0), (INTERRUPT, 130, 0)]
)
def test_an_import_asks_before_it_sends(leads: Leads, answer: bytes, exit_code: int, stored: int) -> None:
    leads.write(a_file_of(3))
    ended, shown = on_a_terminal(leads, "leads.csv", answer=answer)
    assert f"Send 3 leads to {leads.proxy.url}?" in shown
    assert ended == exit_code, shown
    assert leads.stored() == companies(stored)
    assert ("Nothing was sent." in shown) is (stored == 0)


@pytest.mark.parametrize(("answer", "exit_code", "stored"), [(b"y\ny\n", 0, ["Müller"]), (b"n\n", 1, [])])
def test_a_guessed_encoding_can_be_confirmed(leads: Leads, answer: bytes, exit_code: int, stored: list[str]) -> None:
    (leads.directory / "leads.csv").write_bytes("Firma\nMüller\n".encode("cp1252"))
    ended, shown = on_a_terminal(leads, "leads.csv", answer=answer)
    assert "Is the text right with --encoding cp1252?" in shown
    assert (ended, leads.stored()) == (exit_code, stored)


def test_with_yes_nothing_is_asked_and_progress_is_shown(leads: Leads) -> None:
    leads.write(a_file_of(3))
    ended, shown = on_a_terminal(leads, "leads.csv", "--yes", answer=b"")
    assert ended == 0
    assert "[y/N]" not in shown
    assert "Sending" in shown
    assert "3/3" in shown
