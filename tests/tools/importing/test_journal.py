"""The journal of an import: when it is written, what it contains, and what is not taken for one."""

import json
import os
import stat
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from leads_cli.importing.errors import JournalError
from leads_client import Accepted
from support.interrupted_import import HOUR, World


def test_an_array_is_in_the_journal_before_it_is_sent(world: World) -> None:
    seen: list[str] = []
    send = world.server.send

    def look(leads: Sequence[Mapping[str, Any]], *, idempotency_key: str, lenient: bool) -> Accepted:
        seen.append(world.journal.read_text().splitlines()[-1])
        return send(leads, idempotency_key=idempotency_key, lenient=lenient)

    world.server.send = look  # type: ignore[method-assign]
    world.run()
    assert [json.loads(line)["array"] for line in seen if "sentAt" in line] == [0, 1, 2, 3]


def test_an_incomplete_line_of_any_length_is_removed(world: World) -> None:
    world.server.dies_after = 0
    world.run_until_killed()
    with world.journal.open("a") as file:
        file.write('{"array": 0, "rejected": {"2": "' + "x" * 5000)
    world.run()
    assert all(json.loads(line) for line in world.journal.read_text().splitlines())
    assert world.server.companies == world.companies


@pytest.mark.parametrize(
    "content",
    [
        "hello\n",
        "{}\n",
        "[]\n",
        "\0\n",
        "\0" * 30,
        '{"import": "a", "of": {"content of the file": "a", "workspace": "w"}}\n' + "\0" * 400,
        '{"import": "a"}\n',
        '{"import": "a", "of": {}}\n',
        '{"import": "a", "of": []}\n',
        '{"import": 1, "of": {"content of the file": "a"}}\n',
        "[" * 100_000 + "\n",
        *(
            '{"import": "a", "of": {"content of the file": "a", "workspace": "w"}}\n' + record
            for record in (
                '{"array": 0, "stored": 1}\n',
                '{"array": 0, "rows": [2, 3], "digest": 7, "sentAt": 1}\n',
                '{"array": 0, "rows": [2, 3], "digest": "7", "sentAt": 1e999}\n',
                '{"array": 0, "rows": [2, 1e400], "digest": "7", "sentAt": 1}\n',
                '{"array": "0", "rows": [2, 3], "digest": "7", "sentAt": 1}\n',
                '{"finished": {"rows": "7"}}\n',
                '{"finished": []}\n',
                '{"finished": {"rows": 1, "imported": -1, "rejected": 0, "skippedEmpty": 0}}\n',
            )
        ),
    ],
    ids=lambda content: content[-40:].strip(),
)
def test_a_file_that_is_not_a_journal_is_not_overwritten(world: World, content: str) -> None:
    world.journal.write_text(content)
    with pytest.raises(JournalError, match=r"line \d") as damaged:
        world.run()
    assert "--restart" not in str(damaged.value), "what is stored would be stored once more"
    assert world.journal.read_text() == content
    assert world.server.keys == []


@pytest.mark.parametrize("bytes_left", [0, 1, 100])
def test_a_journal_without_its_first_line_is_not_taken_for_a_new_one(world: World, bytes_left: int) -> None:
    world.run()
    os.truncate(world.journal, bytes_left)
    world.key = "another"
    with pytest.raises(JournalError, match=r"is empty, and a journal never is|damaged in line 1") as lost:
        world.run()
    assert "compare the leads of the workspace with the file" in str(lost.value)
    assert "--restart" not in str(lost.value), "what is stored would be stored once more"
    assert world.journal.stat().st_size == bytes_left
    assert world.server.companies == world.companies


def test_an_empty_file_instead_of_a_journal_can_be_deleted(world: World) -> None:
    world.journal.touch()
    with pytest.raises(JournalError, match="If no import was begun with it, delete it"):
        world.run()
    assert world.journal.exists()
    world.journal.unlink()
    assert world.run() == (7, 0)


def test_a_journal_is_created_with_its_first_line_before_anything_is_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    put: list[bytes] = []
    link = os.link

    def look(source: Path, target: Path) -> None:
        put.append(source.read_bytes())
        link(source, target)

    monkeypatch.setattr(os, "link", look)
    with closing(world.opened()) as journal:
        next(journal)
        assert put == [world.journal.read_bytes()]
    assert json.loads(put[0]).keys() == {"import", "of", "key"}
    assert list(world.file.parent.iterdir()) == [world.file], "nothing is left behind when nothing is sent"


def test_a_file_system_without_links_is_sufficient(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    assert world.run() == (7, 0)
    assert sorted(path.name for path in world.file.parent.iterdir()) == ["leads.csv", "leads.csv.journal"]


def test_without_links_a_journal_that_another_import_just_created_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as others:

        def begin_another(*_: object) -> None:
            monkeypatch.setattr(os, "link", refuse)
            next(others.enter_context(closing(world.opened())))
            raise PermissionError(1, "Operation not permitted")

        def refuse(*_: object) -> None:
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(os, "link", begin_another)
        with pytest.raises(JournalError, match="Another import is writing"):
            world.run()


def test_an_import_that_was_killed_before_it_sent_anything_starts_without_a_question(world: World) -> None:
    with closing(world.opened()) as journal:
        next(journal)
        begun = world.journal.read_bytes()
    world.journal.write_bytes(begun)
    world.key, world.batch_size = "another", 3
    assert world.run() == (7, 0)
    assert world.server.companies == world.companies


def test_a_restart_that_sends_nothing_keeps_the_journal(world: World) -> None:
    world.run()
    content = world.journal.read_bytes()
    with closing(world.opened(restart=True)) as journal:
        next(journal)
    assert world.journal.read_bytes() == content
    world.journal.unlink()
    with closing(world.opened(restart=True)) as journal:
        next(journal)
    assert not world.journal.exists()


@pytest.mark.parametrize(
    ("key", "hours", "is_relied_on"), [("b", 1, False), ("b", 24, True), ("another", 1, True), ("another", 24, True)]
)
def test_it_is_known_if_only_the_journal_shows_what_was_sent(
    world: World, key: str, hours: int, *, is_relied_on: bool
) -> None:
    with closing(world.events()) as events:
        next(events)
    world.clock[0] += hours * HOUR
    world.key = key
    with closing(world.opened()) as journal:
        assert next(journal).is_relied_on() is is_relied_on


def test_a_new_journal_relies_on_nothing_unless_another_key_began_it(world: World) -> None:
    with closing(world.opened()) as journal:
        assert not next(journal).is_relied_on()
        begun = world.journal.read_bytes()
    world.journal.write_bytes(begun)
    world.key = "another"
    with closing(world.opened()) as journal:
        assert next(journal).is_relied_on()


def test_a_journal_that_is_a_link_is_not_followed(world: World, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("precious")
    world.journal.symlink_to(elsewhere)
    with pytest.raises(JournalError, match="It is a link"):
        world.run()
    assert (world.server.keys, elsewhere.read_text()) == ([], "precious")


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_a_journal_that_is_not_a_file_ends_the_import_before_anything_is_sent(
    world: World, make: Callable[[Path], None]
) -> None:
    make(world.journal)
    with pytest.raises(JournalError, match="remove the cause first"):
        world.run()
    assert world.server.keys == []


def test_only_the_owner_may_read_a_journal(world: World) -> None:
    with closing(world.events()) as events:
        next(events)
    assert stat.S_IMODE(world.journal.stat().st_mode) == 0o600
    world.journal.chmod(0o644)
    world.run()
    assert stat.S_IMODE(world.journal.stat().st_mode) == 0o600


def test_a_second_import_of_the_file_ends_and_the_first_continues(world: World) -> None:
    first = world.events()
    next(first)
    with pytest.raises(JournalError, match="Another import is writing"):
        world.run()
    list(first)
    assert world.server.companies == world.companies


def test_nothing_is_left_behind_if_nothing_is_sent(tmp_path: Path) -> None:
    world = World(tmp_path, 0)
    assert world.run() == (0, 0)
    assert list(tmp_path.iterdir()) == [world.file]


def test_a_journal_contains_no_lead_data(world: World) -> None:
    world.run()
    assert "Company" not in world.journal.read_text()
