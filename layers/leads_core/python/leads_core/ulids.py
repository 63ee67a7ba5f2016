"""ULIDs (https://github.com/ulid/spec): 26 characters that sort by time and are unique without coordination.

This is our own code because every import makes a cold start slower, and a library costs more than these lines.
"""

import secrets

_CROCKFORD_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS = 80
_LENGTH = 26


def new_ulid(now_ms: int) -> str:
    """A ULID for ``now_ms``, a time in milliseconds since the epoch."""
    number = now_ms << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    return "".join(_CROCKFORD_BASE32[number >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))
