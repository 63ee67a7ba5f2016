"""DynamoDB's AttributeValues of what a lead holds, at a fraction of the cost of boto3's serializer of all types."""

from typing import Any


def attribute_value(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any part of a lead
    """Text, a whole number, a list or a dictionary of these as an AttributeValue."""
    match value:
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case list():
            return {"L": [attribute_value(element) for element in value]}
        case dict():
            return {"M": attribute_values(value)}
        case _:
            raise TypeError(f"a lead holds no {type(value).__name__}")


def attribute_values(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a dictionary as AttributeValues."""
    return {name: {"S": value} if type(value) is str else attribute_value(value) for name, value in values.items()}


def plain_value(attribute: dict[str, Any]) -> Any:  # noqa: ANN401 - any part of a lead
    """The other way round."""
    ((kind, value),) = attribute.items()
    match kind:
        case "S":
            return value
        case "N":
            return int(value)
        case "L":
            return [plain_value(element) for element in value]
        case "M":
            return {name: plain_value(element) for name, element in value.items()}
        case _:
            raise TypeError(f"a lead holds no attribute of type {kind}")
