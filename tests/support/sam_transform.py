"""The template as CloudFormation gets it: after AWS's own transform, with the parameters' values.

AWS publishes its transform as the package aws-sam-translator. It needs another version of pydantic than this project,
so it runs in the environment of MiniStack, which uses it too.
"""

import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from support.databases import MINISTACK_PYTHON
from support.stack_template import PARAMETERS, RESOURCES, TEMPLATE

_PROGRAM = """
import copy, json, sys
from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform

request = json.load(sys.stdin)
json.dump([transform(copy.deepcopy(request["template"]), values, ManagedPolicyLoader(None))
           for values in request["parameters"]], sys.stdout)
"""

Parameters = tuple[tuple[str, str], ...]


def transformed(*sets: Mapping[str, str]) -> list[dict[str, Any]]:
    """The template as AWS transforms it, for each set of parameters; the others have their defaults."""
    return list(_transformed(tuple(tuple(sorted(values.items())) for values in sets)))


@cache
def _transformed(sets: Sequence[Parameters]) -> Sequence[dict[str, Any]]:
    done = subprocess.run(
        [MINISTACK_PYTHON, "-c", _PROGRAM],
        input=json.dumps({"template": _uploaded(), "parameters": [dict(values) for values in sets]}),
        env={"PATH": os.environ["PATH"], "AWS_DEFAULT_REGION": "eu-north-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    templates: list[dict[str, Any]] = json.loads(done.stdout)
    return templates


def _uploaded() -> dict[str, Any]:
    """The template as `sam deploy` uploads it, with code in a bucket."""
    code = {"CodeUri", "ContentUri"}
    resources = {
        name: {
            **resource,
            "Properties": {
                key: f"s3://bucket/{value}" if key in code else value for key, value in resource["Properties"].items()
            },
        }
        for name, resource in RESOURCES.items()
    }
    return {**TEMPLATE, "Resources": resources}


def filled_in(template: Mapping[str, Any], parameters: Mapping[str, str]) -> dict[str, Any]:
    """The resources and outputs that CloudFormation creates from a transformed template, by name.

    Pseudo parameters, as the name of the region, and references to resources stay as they are.
    """
    values = {name: parameters.get(name, declared["Default"]) for name, declared in PARAMETERS.items()}
    return {
        part: {
            name: _resolve({key: entry[key] for key in entry if key != "Condition"}, template["Conditions"], values)
            for name, entry in template[part].items()
            if "Condition" not in entry or _holds(template["Conditions"][entry["Condition"]], template, values)
        }
        for part in ("Resources", "Outputs")
    }


def _holds(condition: Any, template: Mapping[str, Any], values: Mapping[str, Any]) -> bool:  # noqa: ANN401
    return bool(_resolve(condition, template["Conditions"], values))


_NOTHING = object()


def _resolve(value: Any, conditions: Mapping[str, Any], values: Mapping[str, Any]) -> Any:  # noqa: ANN401, C901
    def resolve(part: Any) -> Any:  # noqa: ANN401
        return _resolve(part, conditions, values)

    match value:
        case {"Ref": "AWS::NoValue"}:
            return _NOTHING
        case {"Ref": str(name)} if name in values:
            return values[name]
        case {"Condition": str(name)} if len(value) == 1:
            return resolve(conditions[name])
        case {"Fn::Equals": [one, other]}:
            return str(resolve(one)) == str(resolve(other))
        case {"Fn::Not": [part]}:
            return not resolve(part)
        case {"Fn::If": [str(name), yes, no]}:
            return resolve(yes if resolve(conditions[name]) else no)
        case {"Fn::Sub": str(text)}:
            text = re.sub(r"\$\{(\w+)\}", lambda found: str(values.get(found[1], found[0])), text)
            return {"Fn::Sub": text} if "${" in text else text
        case dict():
            parts = {key: resolve(part) for key, part in value.items()}
            return {key: part for key, part in parts.items() if part is not _NOTHING}
        case list():
            return [part for part in map(resolve, value) if part is not _NOTHING]
        case _:
            return value
