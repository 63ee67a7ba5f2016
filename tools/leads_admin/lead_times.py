"""When leads were received: the first characters of an id are that time."""

_CROCKFORD_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PYTHONS_BASE32 = "0123456789abcdefghijklmnopqrstuv"
_DIGITS = str.maketrans(_CROCKFORD_BASE32, _PYTHONS_BASE32)
_TIME_CHARACTERS = 10


def received_at_ms(lead_id: str) -> int:
    """When the request of a lead came, in milliseconds since the epoch."""
    return int(lead_id[:_TIME_CHARACTERS].translate(_DIGITS), 32)
