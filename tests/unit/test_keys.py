"""API keys: their format, and how malformed ones are recognised."""

import hashlib
import string
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads_admin.key_items import displayable_start
from leads_admin.keys import generate_secret
from leads_core import keys

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
RANDOM_PARTS = st.text(BASE62, min_size=43, max_size=43)
KEY = keys.with_checksum("cdz_" + "0123456789" * 4 + "abc")


def value_of(digits: str) -> int:
    number = 0
    for digit in digits:
        number = number * 62 + BASE62.index(digit)
    return number


def test_a_new_key_is_well_formed_and_looks_as_documented() -> None:
    secret = generate_secret()
    assert keys.is_well_formed(secret)
    assert secret.startswith("cdz_")
    assert len(secret) == 4 + 43 + 6
    assert set(secret[4:]) <= set(BASE62)


def test_new_keys_are_unique() -> None:
    assert len({generate_secret() for _ in range(200)}) == 200


def test_new_keys_vary_at_every_random_position() -> None:
    secrets = [generate_secret() for _ in range(200)]
    assert all(len({secret[place] for secret in secrets}) > 1 for place in range(4, 47))


@given(RANDOM_PARTS)
def test_the_checksum_is_the_crc_32_that_a_secret_scanner_can_compute(random_part: str) -> None:
    secret = keys.with_checksum(f"cdz_{random_part}")
    assert value_of(secret[-6:]) == zlib.crc32(secret[:-6].encode())
    assert keys.is_well_formed(secret)


@given(RANDOM_PARTS, st.integers(0, 52), st.sampled_from(BASE62))
def test_a_key_with_a_typo_is_refused(random_part: str, place: int, typo: str) -> None:
    secret = keys.with_checksum(f"cdz_{random_part}")
    mistyped = secret[:place] + typo + secret[place + 1 :]
    assert keys.is_well_formed(mistyped) is (mistyped == secret)


@given(RANDOM_PARTS, st.integers(4, 51))
def test_a_key_with_two_characters_swapped_is_refused(random_part: str, place: int) -> None:
    secret = keys.with_checksum(f"cdz_{random_part}")
    swapped = secret[:place] + secret[place + 1] + secret[place] + secret[place + 2 :]
    assert keys.is_well_formed(swapped) is (swapped == secret)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param(KEY[:-1], id="cut off"),
        pytest.param(KEY + "0", id="one more"),
        pytest.param(KEY + "\n", id="line feed behind"),
        pytest.param(" " + KEY, id="blank before"),
        pytest.param(f"{KEY}, {KEY}", id="sent twice"),
        pytest.param(KEY.lower(), id="lower case"),
        pytest.param(KEY.replace("cdz_", "cdx_"), id="prefix of another service"),
        pytest.param(keys.with_checksum("abc_" + KEY[4:47]), id="other prefix, right checksum"),
        pytest.param(keys.with_checksum(KEY[:46]), id="too short, right checksum"),
        pytest.param(keys.with_checksum(KEY[:47] + "x"), id="too long, right checksum"),
        pytest.param(keys.with_checksum("cdz_" + "-" * 43), id="not base62, right checksum"),
        pytest.param(keys.with_checksum("cdz_" + "\u0664" * 43), id="other digits, right checksum"),
    ],
)
def test_a_text_that_is_not_a_key_is_refused(text: str) -> None:
    assert not keys.is_well_formed(text)


@given(st.text())
def test_any_text_can_be_checked(text: str) -> None:
    assert not keys.is_well_formed(text)


def test_the_stored_hash_is_sha_256_of_the_whole_key() -> None:
    assert keys.hash_secret(KEY) == hashlib.sha256(KEY.encode()).hexdigest()


def test_people_see_only_the_start_of_a_key() -> None:
    assert displayable_start(KEY) == "cdz_01234567"
