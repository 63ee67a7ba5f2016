"""A file is written completely, or stays as it was."""

import errno
import os
import stat
from pathlib import Path

import pytest

from leads_cli.atomic_write import atomic_write, open_private, put_in_place
from leads_cli.exporting.partial_file import PartialFile, partial_file
from leads_cli.importing.journal_file import locked_file, replaced_file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_text("before")
    return path


def test_the_old_file_stays_until_everything_is_written(path: Path) -> None:
    with atomic_write(path) as file:
        file.write(b"after")
        file.flush()
        assert path.read_text() == "before"
    assert path.read_text() == "after"
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_write_leaves_only_the_old_file(path: Path) -> None:
    def write_half() -> None:
        with atomic_write(path) as file:
            file.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert path.read_text() == "before"
    assert list(path.parent.iterdir()) == [path]


@pytest.fixture
def synced(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Whether a file of how many bytes or a directory was synced to disk, and what was in the file's place then."""
    synced = []

    def fsync(descriptor: int) -> None:
        status = os.fstat(descriptor)
        what = "directory" if stat.S_ISDIR(status.st_mode) else f"{status.st_size} bytes"
        synced.append((what, path.read_text()))

    monkeypatch.setattr(os, "fsync", fsync)
    return synced


def test_content_is_on_disk_before_its_name_and_the_name_in_the_end(path: Path, synced: list[tuple[str, str]]) -> None:
    with atomic_write(path) as file:
        file.write(b"after")
    assert synced == [("5 bytes", "before"), ("directory", "after")]


def test_so_is_an_export_that_grew(path: Path, synced: list[tuple[str, str]]) -> None:
    with partial_file(path) as file:
        growing = PartialFile(path, file, {})
        growing.write(b"after", leads=1, last_id="1")
        growing.finish()
    assert synced == [("5 bytes", "before"), ("directory", "after")]


def test_so_is_a_journal_that_replaces_another(path: Path, synced: list[tuple[str, str]]) -> None:
    with locked_file(path, b""), replaced_file(path, b"after"):
        pass
    assert synced == [("5 bytes", "before"), ("directory", "after")]


def test_a_file_that_takes_the_freed_name_stays(path: Path) -> None:
    growing = path.with_name("file.partial")

    def replace_and_begin_another_export(unfinished: Path, place: Path) -> None:
        unfinished.replace(place)
        unfinished.write_text("another export")

    with open_private(growing, os.O_RDWR | os.O_CREAT) as file:
        file.write(b"after")
        put_in_place(file, growing, path, replace_and_begin_another_export)
    assert (path.read_text(), growing.read_text()) == ("after", "another export")


def test_a_file_system_that_cannot_sync_directories_is_good_enough(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(os, "fsync", fsync)
    with atomic_write(path) as file:
        file.write(b"after")
    assert path.read_text() == "after"


def test_an_unfinished_file_of_a_killed_process_is_replaced(path: Path) -> None:
    path.with_name(".file.unfinished").write_text("left behind, and longer")
    with atomic_write(path) as file:
        file.write(b"after")
    assert path.read_text() == "after"
    assert list(path.parent.iterdir()) == [path]


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("before")
    with atomic_write(tmp_path / "file") as file:
        file.write(b"all of it")
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


def test_no_link_is_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("precious")
    for name in ("file", ".file.unfinished"):
        (tmp_path / name).symlink_to(elsewhere)
    with atomic_write(tmp_path / "file") as file:
        file.write(b"all of it")
    assert (elsewhere.read_text(), (tmp_path / "file").read_text()) == ("precious", "all of it")


def test_a_device_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    link = tmp_path / "null"
    link.symlink_to(os.devnull)
    with atomic_write(link) as file:
        file.write(b"gone")
    assert link.is_symlink()
    assert link.is_char_device()
