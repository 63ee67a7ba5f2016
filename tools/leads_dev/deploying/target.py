"""Where a deployment goes: a stack, in an account and a region, and what is there already."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import botocore.exceptions

from leads_admin.stack import stack_settings
from leads_dev.deploying.parameters import Parameters

Clients = Callable[[str], Any]
"""Gives the client of an AWS service by the service's name."""


@dataclass(frozen=True, slots=True)
class Target:
    """A stack that is to be created or updated. ``existing`` is CloudFormation's description of it, if there is one."""

    stack: str
    account: str
    region: str
    clients: Clients
    parameters: Parameters
    declared: Mapping[str, Mapping[str, Any]]
    existing: Mapping[str, Any] | None

    def present(self, parameter: str) -> str:
        """The value that the stack has now; before it is created, the template's default."""
        values = (self.existing or {}).get("Parameters", [])
        present = {value["ParameterKey"]: value["ParameterValue"] for value in values}
        return str(present.get(parameter, self.declared[parameter]["Default"]))

    def wanted(self, parameter: str) -> str:
        """The value that the stack is to have."""
        return self.parameters.get(parameter, self.present(parameter))

    def tables(self) -> list[str]:
        """Names of the stack's tables that exist, whether or not the stack does."""
        settings = stack_settings(self.stack)
        return [name for name in (settings.access_table, settings.leads_table) if self._table_exists(name)]

    def _table_exists(self, name: str) -> bool:
        dynamodb = self.clients("dynamodb")
        try:
            dynamodb.describe_table(TableName=name)
        except dynamodb.exceptions.ResourceNotFoundException:
            return False
        return True


def describe_stack(clients: Clients, stack: str) -> Mapping[str, Any] | None:
    """CloudFormation's description of a stack; None if there is none. Raises botocore's errors."""
    try:
        [description] = clients("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except botocore.exceptions.ClientError as exc:
        if "does not exist" in str(exc):
            return None
        raise
    found: Mapping[str, Any] = description
    return found
