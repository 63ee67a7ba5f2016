"""An import that can be interrupted."""

from pathlib import Path

import pytest

from support.interrupted_import import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, 7)
