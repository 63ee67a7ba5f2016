"""Creates, rotates and revokes API keys."""

import secrets
from dataclasses import dataclass

from leads_admin.access_table import AccessTable, id_of, not_revoked
from leads_admin.errors import AdministrationError
from leads_admin.key_items import Key, displayable_start, key_of_item, start_of, text_of
from leads_core import keys, timestamps
from leads_core.deadlines import Clock
from leads_core.dynamodb.key_store import slot_name
from leads_core.dynamodb.schema import Item, api_key_key
from leads_core.rate_limit import SLOTS

# A plan is set on the workspace and all its keys in one transaction, which has at most 100 actions.
MOST_KEYS_PER_WORKSPACE = 90
# This keeps a key's item, with all counters of the rate limit, below 1 KB: then a request costs one write unit.
MOST_LABEL_CHARACTERS = 64
# The attributes of DynamoDBKeyStore for the slots of the rate limit.
_COUNTERS = tuple(map(slot_name, range(SLOTS)))
_SHORTEST_START = len(keys.PREFIX) + 4
_RANDOM_BITS = 256


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A key, and the workspace that it belongs to."""

    workspace_id: str
    key: Key


@dataclass(frozen=True, slots=True)
class Rotation:
    """A new key's secret, and the start and the end of the key that it replaces."""

    secret: str
    old_start: str
    old_expires_at: str


def generate_secret() -> str:
    """A new API key."""
    return keys.with_checksum(keys.PREFIX + keys.base62(secrets.randbits(_RANDOM_BITS), keys.RANDOM_LENGTH))


class Keys:
    """The API keys of all workspaces."""

    def __init__(self, access: AccessTable) -> None:
        self._access = access

    def of(self, workspace_id: str) -> list[Key]:
        """All keys of a workspace, the oldest first."""
        for _ in self._access.tries(workspace_id):
            items = self._access.all_keys(self._access.workspace(workspace_id))
            if items is not None:
                break
        return sorted(map(key_of_item, items or ()), key=lambda key: key.created_at)

    def find(self, secret: str) -> FoundKey | None:
        """The key with a secret, of whatever workspace; None if there is none."""
        response = self._access.client.get_item(
            TableName=self._access.name, Key=api_key_key(keys.hash_secret(secret)), ConsistentRead=True
        )
        item = response.get("Item")
        return FoundKey(item["workspace_id"]["S"], key_of_item(item)) if item else None

    def create(
        self,
        workspace_id: str,
        *,
        label: str | None = None,
        expires_in: int | None = None,
        secret: str | None = None,
    ) -> str:
        """Create an API key for a workspace and return its secret, which is stored nowhere.

        The key expires after ``expires_in`` milliseconds. ``secret`` sets a known secret, for the demo's keys.
        """
        if label and len(label) > MOST_LABEL_CHARACTERS:
            raise AdministrationError(f"A label has at most {MOST_LABEL_CHARACTERS} characters, this one {len(label)}.")
        secret = secret or generate_secret()
        for _ in self._access.tries(workspace_id):
            workspace = self._access.open_workspace(workspace_id)
            if self._access.transact(*self._creation(workspace, secret, label, expires_in)):
                break
        return secret

    def rotate(self, workspace_id: str, start: str, *, grace: int, expires_in: int | None = None) -> Rotation:
        """Replace the key that starts with ``start`` by a new key with its label, in one transaction.

        The old key expires after ``grace`` milliseconds, or earlier if it would have expired earlier.
        """
        secret = generate_secret()
        for _ in self._access.tries(workspace_id):
            workspace = self._access.open_workspace(workspace_id)
            items = self._access.all_keys(workspace)
            if items is None:
                continue
            old = _named_by(start, items, workspace_id)
            ends_at = min(_in(grace), text_of(old, "expires_at") or "~")
            condition, seen = "attribute_not_exists(expires_at)", {}
            if "expires_at" in old:
                condition, seen = "expires_at = :seen", {":seen": old["expires_at"]}
            end = self._access.update(
                {"pk": old["pk"]},
                "SET expires_at = :end",
                f"attribute_exists(pk) AND attribute_not_exists(revoked_at) AND {condition}",
                {":end": {"S": ends_at}, **seen},
            )
            if self._access.transact(*self._creation(workspace, secret, text_of(old, "label"), expires_in), end):
                break
        return Rotation(secret, start_of(old), ends_at)

    def revoke(self, workspace_id: str, start: str) -> str:
        """Revoke the key that starts with ``start``, from the next request on. Returns its displayable start."""
        for _ in self._access.tries(workspace_id):
            workspace = self._access.open_workspace(workspace_id)
            items = self._access.all_keys(workspace)
            if items is None:
                continue
            key = _named_by(start, items, workspace_id)
            if self._access.transact(
                self._access.workspace_change(workspace, "ADD key_count :less", {":less": {"N": "-1"}}),
                revocation(self._access, key),
            ):
                break
        return start_of(key)

    def reset_limit(self, workspace_id: str, start: str) -> str:
        """Reset the rate limit of the key that starts with ``start``. Returns its displayable start.

        Its counters are then those of a new key. A concurrent request counts on condition that the counters are as it
        has read them: so it reads the new counters, and counts there.
        """
        for _ in self._access.tries(workspace_id):
            items = self._access.all_keys(self._access.open_workspace(workspace_id))
            if items is None:
                continue
            key = _named_by(start, items, workspace_id)
            if self._reset_limit(key):
                break
        return start_of(key)

    def _reset_limit(self, key: Item) -> bool:
        """Reset the counters, unless the key was revoked or deleted after it was read.

        This is not a transaction: requests that count during a transaction would have to wait and retry.
        """
        client = self._access.client
        try:
            client.update_item(
                TableName=self._access.name,
                Key={"pk": key["pk"]},
                UpdateExpression=f"SET tick = :zero, used = :zero REMOVE {', '.join(_COUNTERS)}",
                ConditionExpression="attribute_exists(pk) AND attribute_not_exists(revoked_at)",
                ExpressionAttributeValues={":zero": {"N": "0"}},
            )
        except client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _creation(self, workspace: Item, secret: str, label: str | None, expires_in: int | None) -> tuple[Item, Item]:
        if int(workspace["key_count"]["N"]) >= MOST_KEYS_PER_WORKSPACE:
            raise AdministrationError(
                f"Workspace {id_of(workspace)} has {MOST_KEYS_PER_WORKSPACE} keys, the most possible: revoke one that "
                "has expired or is not in use."
            )
        item: Item = {
            **api_key_key(keys.hash_secret(secret)),
            "workspace_id": {"S": id_of(workspace)},
            "plan": workspace["plan"],
            "start": {"S": displayable_start(secret)},
            "created_at": {"S": _now()},
            "tick": {"N": "0"},
            "used": {"N": "0"},
        }
        if label:
            item["label"] = {"S": label}
        if expires_in is not None:
            item["expires_at"] = {"S": _in(expires_in)}
        put = {"TableName": self._access.name, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}
        return self._access.workspace_change(workspace, "ADD key_count :one", {":one": {"N": "1"}}), {"Put": put}


def revocation(access: AccessTable, key: Item) -> Item:
    """The revocation of a key, as an action of a transaction."""
    return access.update(
        {"pk": key["pk"]},
        "SET revoked_at = :now",
        "attribute_exists(pk) AND attribute_not_exists(revoked_at)",
        {":now": {"S": _now()}},
    )


def _named_by(start: str, items: list[Item], workspace_id: str) -> Item:
    """The one key that is not revoked and starts with ``start``."""
    if len(start) < _SHORTEST_START:
        raise AdministrationError(f"Name at least the first {_SHORTEST_START} characters of the key.")
    start = displayable_start(start)  # even if it is a whole key: no more of it is compared or shown
    matching = [item for item in not_revoked(items) if start_of(item).startswith(start)]
    if len(matching) != 1:
        count = len(matching) or "no"
        raise AdministrationError(
            f"Workspace {workspace_id} has {count} valid keys that start with {start}: name exactly one."
        )
    return matching[0]


def _now() -> str:
    return _in(0)


def _in(milliseconds: int) -> str:
    return timestamps.from_epoch_ms(Clock().now_ms() + milliseconds)
