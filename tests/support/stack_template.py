"""The deployed template, and its values with parameters filled in."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from leads_admin.template import load_template

ROOT = Path(__file__).parents[2]
PATH = ROOT / "template.yaml"
TEMPLATE = load_template(PATH)
PARAMETERS = TEMPLATE["Parameters"]
RESOURCES = TEMPLATE["Resources"]
FUNCTION = RESOURCES["LeadsApiFunction"]["Properties"]
VARIABLES = FUNCTION["Environment"]["Variables"]
GATEWAY = RESOURCES["LeadsApi"]["Properties"]
GATEWAY_RESPONSES = GATEWAY["GatewayResponses"]
PIPE = RESOURCES["LeadEventsPipe"]["Properties"]


def of_type(kind: str) -> dict[str, Any]:
    """Resources of a type, by logical name."""
    return {name: resource for name, resource in RESOURCES.items() if resource["Type"] == kind}


TABLES = of_type("AWS::DynamoDB::Table")
FUNCTIONS = of_type("AWS::Serverless::Function")
ROLES = of_type("AWS::IAM::Role")
ALARMS = of_type("AWS::CloudWatch::Alarm")


def resolved(value: Any, **parameters: str) -> Any:  # noqa: ANN401 - any value of the template
    """A value of the template with its parameters resolved: these, and the defaults of the others."""
    match value:
        case {"Ref": name} if name in PARAMETERS:
            return parameters.get(name, PARAMETERS[name]["Default"])
        case {"Fn::Equals": [one, other]}:
            return resolved(one, **parameters) == resolved(other, **parameters)
        case {"Fn::Not": [condition]}:
            return not resolved(condition, **parameters)
        case {"Fn::If": [condition, yes, no]}:
            return resolved(yes if resolved(TEMPLATE["Conditions"][condition], **parameters) else no, **parameters)
        case _:
            return value


def references(value: object) -> Iterator[str]:
    """Names of the parameters and resources that a value of the template refers to."""
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), _]}:
            yield name
        case {"Fn::Sub": str(text)}:
            yield from re.findall(r"\$\{([\w:]+)", text)
        case dict():
            for part in value.values():
                yield from references(part)
        case list():
            for part in value:
                yield from references(part)
