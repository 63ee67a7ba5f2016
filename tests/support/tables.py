"""DynamoDB in a dictionary: the calls of the core's stores, with their conditions. Each call is atomic."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from botocore.exceptions import ClientError

Item = dict[str, Any]


class ConditionalCheckFailedException(ClientError):  # noqa: N818 - the client's name for it
    """The condition of an update does not hold."""


class TransactionCanceledException(ClientError):  # noqa: N818 - see above
    """The condition of an action of a transaction does not hold."""


class Tables:
    """Tables with items by their key attributes, and the client's exceptions."""

    ConditionalCheckFailedException = ConditionalCheckFailedException
    TransactionCanceledException = TransactionCanceledException

    def __init__(self) -> None:
        self._items: dict[tuple[str, str, str], Item] = {}
        self._tokens: set[str] = set()

    def item(self, table: str, key: Item) -> Item | None:
        return self._items.get(_place(table, key))

    def put(self, table: str, item: Item) -> None:
        self._items[_place(table, item)] = item

    def items(self, table: str) -> list[Item]:
        return [item for (its_table, _, _), item in self._items.items() if its_table == table]

    def make(self, operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out a call of the client."""
        response: dict[str, Any] = getattr(self, f"_{operation}")(**arguments)
        return response

    def _get_item(self, *, TableName: str, Key: Item, ConsistentRead: bool) -> dict[str, Any]:  # noqa: N803
        assert ConsistentRead
        item = self.item(TableName, Key)
        return {"Item": item} if item else {}

    def _batch_write_item(self, *, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803
        for table, writes in RequestItems.items():
            assert 1 <= len(writes) <= 25
            for write in writes:
                if "PutRequest" in write:
                    self.put(table, write["PutRequest"]["Item"])
                else:
                    self._items.pop(_place(table, write["DeleteRequest"]["Key"]), None)
        return {"UnprocessedItems": {}}

    def _update_item(self, **update: Any) -> dict[str, Any]:  # noqa: ANN401 - as the client takes it
        found = self.item(update["TableName"], update["Key"])
        if not self._allows(update):
            raise ConditionalCheckFailedException(
                _error("ConditionalCheckFailedException", **({"Item": found} if found else {})), "UpdateItem"
            )
        return {"Attributes": self._update(update)}

    def _transact_write_items(
        self,
        *,
        TransactItems: list[dict[str, Item]],  # noqa: N803
        ClientRequestToken: str | None = None,  # noqa: N803
    ) -> dict[str, Any]:
        if ClientRequestToken in self._tokens:
            return {}
        actions = [(kind, action) for each in TransactItems for kind, action in each.items()]
        held = [self._allows(action) for _, action in actions]
        if not all(held):
            reasons = [
                {"Code": "None"} if holds else {"Code": "ConditionalCheckFailed", "Item": self._found(action)}
                for holds, (_, action) in zip(held, actions, strict=True)
            ]
            raise TransactionCanceledException(
                _error("TransactionCanceledException", CancellationReasons=reasons), "TransactWriteItems"
            )
        for kind, action in actions:
            if kind == "Put":
                self.put(action["TableName"], action["Item"])
            else:
                self._update(action)
        self._tokens |= {ClientRequestToken} if ClientRequestToken else set()
        return {}

    def _found(self, action: Mapping[str, Any]) -> Item | None:
        return self.item(action["TableName"], action.get("Key") or action["Item"])

    def _allows(self, action: Mapping[str, Any]) -> bool:
        condition = action.get("ConditionExpression")
        return condition is None or _Condition(condition, self._found(action) or {}, action).holds()

    def _update(self, update: Mapping[str, Any]) -> Item:
        item = {**update["Key"], **(self._found(update) or {})}
        values = update["ExpressionAttributeValues"]
        _, *parts = re.split(r"\b(SET|ADD|REMOVE)\b", update["UpdateExpression"])
        for verb, changes in zip(parts[::2], parts[1::2], strict=True):
            for change in re.split(r",(?![^(]*\))", changes):
                if verb == "REMOVE":
                    item.pop(change.strip(), None)
                elif verb == "ADD":
                    name, value = change.split()
                    item[name] = {"N": str(int(item.get(name, {"N": "0"})["N"]) + int(values[value]["N"]))}
                else:
                    name, value = (side.strip() for side in change.split("="))
                    kept = re.fullmatch(r"if_not_exists\((\w+), (:\w+)\)", value)
                    item[name] = item.get(kept[1], values[kept[2]]) if kept else values[value]
        self.put(update["TableName"], item)
        return item


class TablesClient:
    """The client's methods that the core's stores use, as one method with a call's name and arguments."""

    def __init__(self, tables: Tables) -> None:
        self.exceptions = tables

    def call(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        return self.exceptions.make(operation, arguments)

    def get_item(self, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 - as the client takes it
        return self.call("get_item", arguments)

    def update_item(self, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401
        return self.call("update_item", arguments)

    def batch_write_item(self, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401
        return self.call("batch_write_item", arguments)

    def transact_write_items(self, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401
        return self.call("transact_write_items", arguments)


class Kind(StrEnum):
    """The purpose of a call to the database."""

    COUNT_REQUEST = "count request"
    READ = "read"
    CLAIM = "claim"
    MARK = "mark"
    PUT = "put"
    DELETE = "delete"
    PUT_AND_COUNT = "put and count"

    @classmethod
    def of(cls, operation: str, arguments: Mapping[str, Any]) -> "Kind":
        match operation:
            case "batch_write_item":
                [writes] = arguments["RequestItems"].values()
                return cls.PUT if "PutRequest" in writes[0] else cls.DELETE
            case "transact_write_items":
                change = arguments["TransactItems"][0]["Update"]["UpdateExpression"]
                return cls.MARK if "is_stored" in change else cls.PUT_AND_COUNT
            case "update_item":
                change = arguments["UpdateExpression"]
                other = cls.MARK if "is_stored" in change else cls.COUNT_REQUEST
                return cls.CLAIM if "body_hash" in change else other
            case _:
                return cls.READ


class _Condition:
    """A condition of an item: comparisons and attribute_not_exists, with AND before OR."""

    def __init__(self, text: str, item: Item, action: Mapping[str, Any]) -> None:
        self._tokens: Iterator[str] = iter([*re.findall(r"<=|[=<>()]|[#:\w]+", text), ""])
        self._next = next(self._tokens)
        self._item = item
        self._names: Mapping[str, str] = action.get("ExpressionAttributeNames", {})
        self._values: Mapping[str, Any] = action.get("ExpressionAttributeValues", {})

    def holds(self) -> bool:
        either = self._both()
        while self._next == "OR":
            self._take()
            either = self._both() or either
        return either

    def _both(self) -> bool:
        both = self._one()
        while self._next == "AND":
            self._take()
            both = self._one() and both
        return both

    def _one(self) -> bool:
        token = self._take()
        if token == "(":
            holds = self.holds()
            assert self._take() == ")"
            return holds
        if token in {"attribute_exists", "attribute_not_exists"}:
            _, name, _ = self._take(), self._take(), self._take()
            return (name in self._item) is (token == "attribute_exists")
        comparison, value = self._take(), self._values[self._take()]
        attribute = self._item.get(self._names.get(token, token))
        if attribute is None:
            return False
        if comparison == "=":
            return bool(attribute == value)
        left, right = int(attribute["N"]), int(value["N"])
        return {"<": left < right, "<=": left <= right, ">": left > right}[comparison]

    def _take(self) -> str:
        token, self._next = self._next, next(self._tokens, "")
        return token


def _place(table: str, key: Item) -> tuple[str, str, str]:
    return table, key["pk"]["S"], key["sk"]["S"] if "sk" in key else ""


def _error(code: str, **members: Any) -> Any:  # noqa: ANN401 - the stubs lack some members
    return {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": 400}, **members}
