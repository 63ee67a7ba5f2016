"""The commands in the pages and in the command's help exist, with their options."""

import inspect
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from leads_cli.main import COMMANDS, app, command_of

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = re.findall(r"(?m)^([a-z][a-z-]*):(?!=)", MAKEFILE)
# Variables that processes which make runs read by themselves, so the Makefile does not contain them.
SETTINGS = "".join(
    path.read_text(encoding="utf-8")
    for folder in ("tools/leads_dev", "layers/leads_core/python/leads_core")
    for path in (ROOT / folder).rglob("*.py")
)
PLACEHOLDER = "COMMAND"


def typed(program: str) -> Iterator[tuple[str, str]]:
    """Each command of a program in the text and the code of the pages, and the name of its page."""
    beginning = rf"(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?{program} "
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        sentences = re.sub(r"(?ms)^ *```.*?^ *```$", "", text)
        for command in re.findall(rf"`({beginning}[^`]+)`", sentences):
            yield page.name, command
        for block in re.findall(r"(?ms)^ *```sh\n(.*?)^ *```$", text):
            for commands in re.findall(
                rf"(?m)(?:^ *|\| )({beginning}[^|#\n]+)|\$\(({beginning}[^|)\n]+)\)", block.replace("\\\n", "")
            ):
                yield page.name, "".join(commands)


def words_of(command: str) -> list[str]:
    words = shlex.split(command)
    while "=" in words[0]:
        del words[0]
    return words[1:]


def parse(words: list[str]) -> None:
    """Parse arguments as ``leads`` does, without running the command. Raises its errors for wrong arguments."""
    command: Any = typer.main.get_command(app)
    context = command.context_class(command, info_name="leads")
    _, words, _ = command.make_parser(context).parse_args(words)
    while words and words[0] != PLACEHOLDER and hasattr(command, "commands"):
        name, *words = words
        assert name in command.commands, f"{name} is no command"
        command = command_of(name) if name in COMMANDS and context.parent is None else command.commands[name]
        context = command.context_class(command, info_name=name, parent=context)
        _, words, _ = command.make_parser(context).parse_args(words)
    assert words in ([], [PLACEHOLDER, "--help"]), f"{words} is too much"


def examples() -> Iterator[tuple[str, str]]:
    """The examples in the help of every command."""
    for name in COMMANDS:
        command: Any = command_of(name)
        for each in getattr(command, "commands", {name: command}).values():
            _, *paragraphs = inspect.cleandoc(each.help).split("\n\n")
            for line in paragraphs:
                if found := re.search(r"(?:^|\| )(leads [^|]*[^|.])(?:$| \|)", line):
                    yield f"help of {each.name}", found[1]


def test_every_documented_command_of_leads_exists() -> None:
    documented = [*typed("leads"), *examples()]
    wrong = []
    for source, command in documented:
        try:
            parse(words_of(command))
        except Exception as exc:  # noqa: BLE001 - all are shown
            wrong.append(f"{source}: {command}: {exc}")

    assert wrong == []
    assert {"README.md", "operating.md", "files.md", "help of rotate"} <= {source for source, _ in documented}


def test_every_documented_target_of_make_exists_and_reads_its_variables() -> None:
    documented = [*typed("make")]
    wrong = []
    for page, command in documented:
        before, _, behind = command.partition("make ")
        target, *variables = shlex.split(behind)
        names = re.findall(r"\b([A-Z_]+)=", f"{before} {' '.join(variables)}")
        unknown = [name for name in names if not re.search(rf"\b{name}\b", MAKEFILE + SETTINGS)]
        if target not in TARGETS or unknown:
            wrong.append(f"{page}: {command}")

    assert wrong == []
    assert {"serve", "deploy", "test-browser", "docs"} <= {
        command.split("make ")[1].split()[0] for _, command in documented
    }


@pytest.mark.parametrize("command", ["leads lst", "leads key check --yes", "leads --stak x list", "leads list a b c"])
def test_a_wrong_command_would_be_noticed(command: str) -> None:
    with pytest.raises(Exception, match=r"no command|No such option|too much"):
        parse(words_of(command))
