"""What CloudFormation does with the template after AWS's transform, for a change of each parameter."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from support.databases import MINISTACK_PYTHON
from support.sam_transform import filled_in, transformed
from support.stack_template import PARAMETERS, RESOURCES, TABLES, TEMPLATE, references

pytestmark = pytest.mark.skipif(
    not MINISTACK_PYTHON.exists(), reason="AWS's transform is not installed: make .venv/ministack-installed"
)

DOMAIN = {
    "DomainName": "leads.example.com",
    "CertificateArn": "arn:aws:acm:eu-north-1:123456789012:certificate/0a1b2c3d",
    "HostedZoneId": "Z0123456789ABC",
}
# Another value of every parameter, with those that it needs.
CHANGES: Mapping[str, Mapping[str, str]] = {
    "RateLimitRequests": {"RateLimitRequests": "2000"},
    "RateLimitWindowSeconds": {"RateLimitWindowSeconds": "60"},
    "MaxLeadsPerRequest": {"MaxLeadsPerRequest": "50"},
    "FreePlanMaxLeads": {"FreePlanMaxLeads": "10"},
    **dict.fromkeys(DOMAIN, DOMAIN),
    "Waf": {"Waf": "true"},
    "ThrottleRequestsPerSecond": {"ThrottleRequestsPerSecond": "50"},
    "ThrottleBurst": {"ThrottleBurst": "100"},
    "ReferencePage": {"ReferencePage": "false"},
    "ReferencePageConcurrency": {"ReferencePageConcurrency": "2"},
    "Architecture": {"Architecture": "arm64"},
    "SnapStart": {"SnapStart": "None"},
    "ReservedConcurrency": {"ReservedConcurrency": "0"},
    "GradualDeployment": {"GradualDeployment": "true"},
    "PermissionsBoundary": {"PermissionsBoundary": "arn:aws:iam::123456789012:policy/boundary"},
    "LeadEvents": {"LeadEvents": "false"},
    "AlarmEmail": {"AlarmEmail": "ops@example.com"},
    "LogRetentionDays": {"LogRetentionDays": "90"},
    "Tracing": {"Tracing": "Active"},
    "AccessLogs": {"AccessLogs": "Create"},
}
TAKE_EFFECT_AT_ONCE = {"ReservedConcurrentExecutions", "Tags"}
"""Properties of a function that belong to no version."""

every_change = pytest.mark.parametrize("change", CHANGES)


def stack_with(change: str | None) -> dict[str, Any]:
    """Resources and outputs as CloudFormation would make them."""
    sets: list[Mapping[str, str]] = [{}, *CHANGES.values()]
    place = 0 if change is None else [None, *CHANGES].index(change)
    return filled_in(transformed(*sets)[place], sets[place])


def resources_with(change: str | None) -> dict[str, Any]:
    resources: dict[str, Any] = stack_with(change)["Resources"]
    return resources


def version_of(resources: Mapping[str, Any]) -> tuple[str, Any]:
    """Logical id and properties of the published version. If one changes, CloudFormation publishes a new one."""
    [(name, version)] = [item for item in resources.items() if item[1]["Type"] == "AWS::Lambda::Version"]
    return name, version["Properties"]


def published(resources: Mapping[str, Any]) -> dict[str, Any]:
    """The properties that a version copies. Lambda refuses to publish a version that equals the last one."""
    properties = resources["LeadsApiFunction"]["Properties"]
    return {name: value for name, value in properties.items() if name not in TAKE_EFFECT_AT_ONCE}


def test_the_changes_here_include_every_parameter() -> None:
    assert CHANGES.keys() == PARAMETERS.keys()
    for name, values in CHANGES.items():
        assert values[name] != str(PARAMETERS[name]["Default"])


def test_the_template_uses_only_the_transform_that_runs_here() -> None:
    assert TEMPLATE["Transform"] == "AWS::Serverless-2016-10-31"


@every_change
def test_a_version_is_published_exactly_if_its_content_changes(change: str) -> None:
    before, after = resources_with(None), resources_with(change)

    assert (version_of(before) != version_of(after)) is (published(before) != published(after))


@pytest.mark.parametrize("change", ["ReservedConcurrency", "ReferencePageConcurrency", "LogRetentionDays"])
def test_other_changes_publish_no_version(change: str) -> None:
    assert version_of(resources_with(change)) == version_of(resources_with(None))


@every_change
def test_the_stage_is_redeployed_whenever_the_api_changes(change: str) -> None:
    def deployment(resources: Mapping[str, Any]) -> str:
        [name] = [name for name, resource in resources.items() if resource["Type"] == "AWS::ApiGateway::Deployment"]
        assert resources["LeadsApiprodStage"]["Properties"]["DeploymentId"] == {"Ref": name}
        return name

    def api(resources: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as it is in the template
        return resources["LeadsApi"]["Properties"]

    before, after = resources_with(None), resources_with(change)
    if api(before) != api(after):
        # It contains the time of the transform, so it is new in every deployment.
        assert RESOURCES["LeadsApi"]["Properties"]["AlwaysDeploy"] is True
        assert deployment(before)
        assert deployment(after)


@every_change
def test_no_parameter_changes_the_tables(change: str) -> None:
    before, after = resources_with(None), resources_with(change)

    assert {name: after[name] for name in TABLES} == {name: before[name] for name in TABLES}


@every_change
def test_every_reference_has_a_target(change: str) -> None:
    stack = stack_with(change)
    resources = stack["Resources"]

    for name, entry in {**resources, **stack["Outputs"]}.items():
        needed = {*references(entry), *depends_on(entry)}
        named = {reference for reference in needed if not reference.startswith("AWS::")} - local_names(entry)
        assert named <= resources.keys(), name


def depends_on(entry: Mapping[str, Any]) -> list[str]:
    names = entry.get("DependsOn", [])
    return [names] if isinstance(names, str) else names


def local_names(value: object) -> set[str]:
    """Names that a text defines for itself."""

    def found(part: object) -> Iterator[str]:
        match part:
            case {"Fn::Sub": [str(), dict(names)]}:
                yield from names
            case dict():
                for inner in part.values():
                    yield from found(inner)
            case list():
                for inner in part:
                    yield from found(inner)

    return {*found(value)}


@pytest.mark.parametrize("change", [None, "GradualDeployment", "ReferencePage"])
@pytest.mark.slow
def test_cfn_lint_accepts_the_transformed_template(change: str | None, tmp_path: Path) -> None:
    file = tmp_path / "template.json"
    file.write_text(json.dumps(stack_with(change)))

    lint = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), file], capture_output=True, text=True, check=False
    )

    assert (lint.stdout, lint.stderr, lint.returncode) == ("", "", 0)
