"""API keys as people see them, and how they are stored: as items of the access table."""

from dataclasses import dataclass
from typing import Any

from leads_core import keys, timestamps
from leads_core.deadlines import Clock
from leads_core.dynamodb.schema import Item


@dataclass(frozen=True, slots=True)
class Key:
    """An API key without its secret. Times are ISO 8601 text in UTC. ``state`` is computed when it is read."""

    hash: str
    start: str
    label: str | None
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None

    @property
    def state(self) -> str:
        """``valid``, ``expired`` or ``revoked``, by the same rules as the admission of requests."""
        if self.revoked_at:
            return "revoked"
        if self.expires_at and self.expires_at <= timestamps.from_epoch_ms(Clock().now_ms()):
            return "expired"
        return "valid"


def displayable_start(secret: str) -> str:
    """The first characters of a key, by which people recognise it."""
    return secret[: len(keys.PREFIX) + 8]


def key_of_item(item: Item) -> Key:
    """The key of an item of the access table."""
    return Key(
        hash=item["pk"]["S"].partition("#")[2],
        start=start_of(item),
        label=text_of(item, "label"),
        created_at=item["created_at"]["S"],
        expires_at=text_of(item, "expires_at"),
        revoked_at=text_of(item, "revoked_at"),
        last_used_at=text_of(item, "last_used_at"),
    )


def start_of(item: Item) -> str:
    """The first characters of the key of an item, by which people recognise it."""
    start: str = item["start"]["S"]
    return start


def text_of(item: Item, name: str) -> str | None:
    """A text attribute of an item, None if the item does not have it."""
    attribute: dict[str, Any] | None = item.get(name)
    return attribute["S"] if attribute else None
