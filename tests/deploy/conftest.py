"""An emulated AWS for the tests of a folder, and stacks in it: each test deploys those it changes."""

import uuid
from collections.abc import Iterator

import pytest

from support.aws import EmulatedAws, emulated_aws


@pytest.fixture(scope="session")
def aws() -> Iterator[EmulatedAws]:
    with emulated_aws() as aws:
        yield aws


@pytest.fixture
def stack_name() -> str:
    """The name of a stack that no other test uses."""
    return f"test-{uuid.uuid4().hex[:8]}"
