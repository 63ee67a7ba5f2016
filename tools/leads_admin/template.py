"""Reads the deployment template, so that local tables have the keys of the deployed ones and no limit is repeated.

``python -m leads_admin.template`` prints a template of the tables only; docs/runbook.md uses it.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

# In a wheel the template is in the package; in a checkout it is where the SAM CLI looks for it.
_IN_PACKAGE = Path(__file__).with_name("template.yaml")
TEMPLATE = _IN_PACKAGE if _IN_PACKAGE.exists() else Path(__file__).parents[2] / "template.yaml"

_STACK_NAME = "${AWS::StackName}"
_ARGUMENTS = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")

# Libyaml's loader takes an eighth of the time, but not every build of PyYAML has it.
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc]  # a base that is known at run time
    """YAML with CloudFormation's short functions, read as their long forms: ``!Ref X`` as ``{"Ref": "X"}``."""


def _function(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> dict[str, Any]:
    argument: Any
    if isinstance(node, yaml.ScalarNode):
        argument = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        argument = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        argument = loader.construct_mapping(node, deep=True)
    if name == "GetAtt" and isinstance(argument, str):
        argument = argument.split(".", maxsplit=1)
    return {name if name in {"Ref", "Condition"} else f"Fn::{name}": argument}


_Loader.add_multi_constructor("!", _function)


def load_template(path: Path) -> dict[str, Any]:
    """The template as plain values, functions in their long form."""
    template: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    return template


@cache
def function_timeout_seconds() -> int:
    """The timeout of the API's function in seconds."""
    seconds: int = load_template(TEMPLATE)["Resources"]["LeadsApiFunction"]["Properties"]["Timeout"]
    return seconds


def create_table_requests(template: Mapping[str, Any], stack_name: str) -> list[dict[str, Any]]:
    """Arguments for boto3's ``create_table``, one set for each table of the template.

    Settings that matter only in the cloud are left out (backups, encryption, deletion protection, time to live,
    streams), because emulators differ in what they support.
    """
    return [
        _create_table_request(resource["Properties"], stack_name)
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::DynamoDB::Table"
    ]


def tables_alone(template: Mapping[str, Any]) -> dict[str, Any]:
    """A template with only the tables, in the form that CloudFormation needs to import existing tables."""
    return {
        "Resources": {
            name: {
                "Type": resource["Type"],
                "DeletionPolicy": "Retain",
                "Properties": {**resource["Properties"], "DeletionProtectionEnabled": True},
            }
            for name, resource in template["Resources"].items()
            if resource["Type"] == "AWS::DynamoDB::Table"
        }
    }


def _create_table_request(properties: Mapping[str, Any], stack_name: str) -> dict[str, Any]:
    request = {"TableName": properties["TableName"]["Fn::Sub"].replace(_STACK_NAME, stack_name)}
    return request | {name: properties[name] for name in _ARGUMENTS if name in properties}


if __name__ == "__main__":
    print(json.dumps(tables_alone(load_template(TEMPLATE)), indent=2))  # noqa: T201 - what it is run for
