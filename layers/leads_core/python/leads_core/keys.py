"""API keys: ``cdz_``, 43 base62 characters of 256 random bits, 6 base62 characters of their CRC-32.

The checksum lets a typo or a random string be refused without asking the database, and lets secret scanners recognise a
leaked key. The secret is shown once, when it is made; storage has its hash and its displayable start.
"""

import re
import secrets
import string
from hashlib import sha256
from zlib import crc32

PREFIX = "cdz_"
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_RANDOM_BITS = 256
RANDOM_LENGTH = 43
_CHECKSUM_LENGTH = 6
_START_LENGTH = len(PREFIX) + 8
_FORMAT = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{RANDOM_LENGTH + _CHECKSUM_LENGTH}}}")


def generate_secret() -> str:
    """A new API key."""
    return with_checksum(PREFIX + _base62(secrets.randbits(_RANDOM_BITS), RANDOM_LENGTH))


def with_checksum(unchecked: str) -> str:
    """Complete the prefix and the random part of a key with their checksum."""
    return unchecked + _base62(crc32(unchecked.encode()), _CHECKSUM_LENGTH)


def is_well_formed(secret: str) -> bool:
    """Whether a text can be one of our keys: its form and checksum are right."""
    return _FORMAT.fullmatch(secret) is not None and with_checksum(secret[:-_CHECKSUM_LENGTH]) == secret


def hash_secret(secret: str) -> str:
    """What storage knows a key by. A plain hash is enough: 256 random bits cannot be guessed."""
    return sha256(secret.encode()).hexdigest()


def displayable_start(secret: str) -> str:
    """The first characters of a key, by which people tell theirs apart."""
    return secret[:_START_LENGTH]


def _base62(number: int, length: int) -> str:
    digits = ""
    for _ in range(length):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
