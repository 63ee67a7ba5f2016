"""API keys: ``cdz_``, 43 base62 characters of 256 random bits, 6 base62 characters of their CRC-32.

Thanks to the checksum, a typo or a random string is refused without a database call, and secret scanners can recognise
a leaked key. The secret is shown once, when it is created; the database stores its hash.
"""

import re
import string
from hashlib import sha256
from zlib import crc32

PREFIX = "cdz_"
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
RANDOM_LENGTH = 43
_CHECKSUM_LENGTH = 6
_FORMAT = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{RANDOM_LENGTH + _CHECKSUM_LENGTH}}}")


def with_checksum(unchecked: str) -> str:
    """Append the checksum to the prefix and the random part of a key."""
    return unchecked + base62(crc32(unchecked.encode()), _CHECKSUM_LENGTH)


def is_well_formed(secret: str) -> bool:
    """Whether a text can be one of our keys: its format and checksum are right."""
    return _FORMAT.fullmatch(secret) is not None and with_checksum(secret[:-_CHECKSUM_LENGTH]) == secret


def hash_secret(secret: str) -> str:
    """The hash that is stored for a key. A plain hash is enough: 256 random bits cannot be guessed."""
    return sha256(secret.encode()).hexdigest()


def base62(number: int, length: int) -> str:
    """A number with this many base62 digits."""
    digits = ""
    for _ in range(length):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
