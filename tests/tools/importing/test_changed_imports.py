"""An import is continued after its file, its API key or its options have changed, or ends with an explanation."""

import json

import pytest

from leads_cli.importing.errors import JournalError, OtherImportError, UnconfirmedError, UnreadableFileError
from leads_cli.importing.import_options import Unconfirmed
from leads_client import InvalidKeyError
from support.interrupted_import import START, Killed, World


def test_a_file_that_changes_meanwhile_ends_the_import(world: World) -> None:
    events = world.events()
    next(events)
    with world.file.open("a") as file:
        file.write("One more\n")
    with pytest.raises(UnreadableFileError, match="was changed"):
        list(events)
    assert len(world.server.leads) == 2


def test_another_file_is_another_import(world: World) -> None:
    world.server.dies_after = 0
    world.run_until_killed()
    with world.file.open("a") as file:
        file.write("One more\n")
    with pytest.raises(OtherImportError, match=r"another content of the file .*--restart"):
        world.run()


def test_an_import_that_stored_nothing_does_not_block_another(world: World) -> None:
    world.server.error = InvalidKeyError("Invalid API key.")
    with pytest.raises(InvalidKeyError):
        world.run()
    world.server.error = None
    with world.file.open("a") as file:
        file.write("One more\n")
    assert world.run() == (8, 0)


def test_a_revoked_key_does_not_settle_arrays_in_doubt(world: World) -> None:
    world.server.dies_after = 0
    world.run_until_killed()
    world.server.error = InvalidKeyError("Invalid API key.")
    with pytest.raises(InvalidKeyError):
        world.run()
    with world.file.open("a") as file:
        file.write("One more\n")
    with pytest.raises(OtherImportError):
        world.run()


def test_another_grouping_of_rows_is_refused(world: World) -> None:
    world.server.dies_after = 1
    world.run_until_killed()
    world.batch_size = 3
    with pytest.raises(JournalError, match=r"rows 2 to 3 .* in another form"):
        world.run()
    assert len(world.server.keys) == 2


def test_other_leads_with_a_used_key_are_refused(world: World) -> None:
    world.server.dies_after = 0
    world.run_until_killed()
    world.journal.write_text(world.journal.read_text().replace('"digest": "', '"digest": "0'))
    with pytest.raises(JournalError, match="in another form"):
        world.run()
    world.journal.unlink()
    (key,) = world.server.remembered
    world.server.remembered[key] = (START, "another body")
    with pytest.raises(JournalError, match="in another form"):
        world.run()


def test_another_key_of_the_workspace_continues(world: World) -> None:
    world.server.dies_before = 2
    world.run_until_killed()
    # With the revoked key the server reports nothing about the array without a response.
    world.server.error = InvalidKeyError("Invalid API key.")
    with pytest.raises(InvalidKeyError):
        world.run()
    world.server.error, world.key = None, "another"
    with pytest.raises(
        UnconfirmedError,
        match=r"The 2 leads of rows 6 to 7 .* another API key \(2026-11-18 11:06 UTC\) .*leads list .*"
        r"row 6 \(Company 4\) and row 7 \(Company 5\).*--unconfirmed missing.* no others",
    ):
        world.run()
    world.run(unconfirmed=Unconfirmed.MISSING)
    assert world.server.companies == world.companies


def test_another_key_continues_at_once_if_the_first_was_refused(world: World) -> None:
    events = world.events()
    next(events)
    world.server.error = InvalidKeyError("Invalid API key.")
    with pytest.raises(InvalidKeyError):
        list(events)
    world.server.error, world.key = None, "another"
    assert world.run() == (5, 0)
    assert world.server.companies == world.companies


def test_an_array_is_repeated_with_the_key_that_sent_it(world: World) -> None:
    world.server.dies_before = 0
    world.run_until_killed()
    world.key, world.server.dies_before, world.server.dies_after = "another", -1, 1
    with pytest.raises(Killed):
        world.run(unconfirmed=Unconfirmed.MISSING)
    assert world.run() == (5, 2)
    assert world.server.companies == world.companies


def test_a_journal_of_an_earlier_version_is_continued_with_its_key(world: World) -> None:
    world.server.dies_after = 1
    world.run_until_killed()
    lines = [json.loads(line) for line in world.journal.read_text().splitlines()]
    lines[0]["of"] |= {"API key": "b", "address of the API": "https://leads"}
    del lines[0]["of"]["workspace"]
    for line in lines:
        line.pop("key", None)
    world.journal.write_text("".join(json.dumps(line) + "\n" for line in lines))
    world.key = "another"
    with pytest.raises(OtherImportError, match="another API key"):
        world.run()
    world.key = "b"
    assert world.run() == (3, 2)
    assert world.server.companies == world.companies
