"""The template's guarantees to those who deploy it."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from leads_core.dynamodb.client import create_client
from leads_core.settings import Settings
from support.stack_template import (
    FUNCTION,
    PARAMETERS,
    PIPE,
    RESOURCES,
    TABLES,
    TEMPLATE,
    VARIABLES,
    references,
    resolved,
)

LIMITS = ("RATE_LIMIT_REQUESTS", "RATE_LIMIT_WINDOW_SECONDS", "MAX_LEADS_PER_REQUEST", "FREE_PLAN_MAX_LEADS")


class RecordingEnvironment(Mapping[str, str]):
    """An environment that records which variables were read."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self.asked_for: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked_for.add(name)
        return self._variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)


def deployed_environment() -> dict[str, str]:
    """The function's variables if no parameter is set, with logical names for references to resources."""
    values = {variable: value["Ref"] if isinstance(value, dict) else value for variable, value in VARIABLES.items()}
    return {variable: str(PARAMETERS.get(value, {"Default": value})["Default"]) for variable, value in values.items()}


def test_every_setting_can_be_deployed() -> None:
    environment = RecordingEnvironment({"ACCESS_TABLE": "access", "LEADS_TABLE": "leads"})

    Settings.from_environment(environment)

    assert environment.asked_for <= VARIABLES.keys()


def test_a_deployment_without_parameters_has_the_default_settings() -> None:
    settings = Settings.from_environment(deployed_environment())

    assert settings == Settings(
        access_table="AccessTable", leads_table="LeadsTable", metrics_namespace="AWS::StackName"
    )


@pytest.mark.parametrize("variable", LIMITS)
def test_a_limit_has_the_same_range_as_in_the_code(variable: str) -> None:
    parameter = PARAMETERS[VARIABLES[variable]["Ref"]]
    least, most = parameter["MinValue"], parameter["MaxValue"]

    for accepted in (least, most):
        Settings.from_environment({**deployed_environment(), variable: str(accepted)})
    for refused in (least - 1, most + 1):
        with pytest.raises(ValueError, match=variable):
            Settings.from_environment({**deployed_environment(), variable: str(refused)})


def test_a_deployment_without_parameters_uses_the_regions_dynamodb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", deployed_environment()["AWS_ENDPOINT_URL_DYNAMODB"])

    assert create_client().meta.endpoint_url == "https://dynamodb.eu-north-1.amazonaws.com"


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_table_is_protected_from_deletion_and_mistakes(table: Mapping[str, Any]) -> None:
    assert table["DeletionPolicy"] == "Retain"
    assert table["UpdateReplacePolicy"] == "Retain"
    assert table["Properties"]["DeletionProtectionEnabled"] is True
    assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("DomainName", "leads.example.com"),
        ("DomainName", "a.io"),
        ("DomainName", "leads-2.xn--rksmrgs-5wao1o.co.uk"),
        ("CertificateArn", "arn:aws:acm:eu-north-1:123456789012:certificate/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"),
        ("CertificateArn", "arn:aws-us-gov:acm:us-gov-west-1:123456789012:certificate/0a1b2c3d"),
        ("HostedZoneId", "Z0123456789ABCDEFGHIJ"),
        ("HostedZoneId", "Z2FDTNDATAQYW2"),
        ("ReservedConcurrency", "0"),
        ("ReservedConcurrency", "10"),
        ("ReservedConcurrency", "1000"),
        ("ReferencePageConcurrency", "2"),
        ("PermissionsBoundary", "arn:aws:iam::123456789012:policy/teams/sales-boundary"),
        ("PermissionsBoundary", "arn:aws-cn:iam::aws:policy/PowerUserAccess"),
        ("AlarmEmail", "ops@example.com"),
        ("AlarmEmail", "first.last+alarms@mail.example.co.uk"),
    ],
)
def test_a_valid_value_of_a_parameter_is_accepted(parameter: str, value: str) -> None:
    assert is_taken(parameter, value)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("DomainName", "Leads.example.com"),
        ("DomainName", "https://leads.example.com"),
        ("DomainName", "leads.example.com/api"),
        ("DomainName", "leads.example.com:443"),
        ("DomainName", "*.example.com"),
        ("DomainName", "leads..example.com"),
        ("DomainName", "-leads.example.com"),
        ("DomainName", "leads-.example.com"),
        ("DomainName", "leads.example.com."),
        ("DomainName", "leads"),
        ("DomainName", "10.0.0.1"),
        ("DomainName", " leads.example.com"),
        ("CertificateArn", "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"),
        ("CertificateArn", "arn:aws:iam::123456789012:server-certificate/leads"),
        ("CertificateArn", "arn:aws:acm:eu-north-1:12345678901:certificate/0a1b2c3d"),
        ("CertificateArn", "arn:aws:acm:eu-north-1:123456789012:certificate/"),
        ("CertificateArn", "arn:aws:acm:eu-north-1:123456789012:certificate/0a1b2c3d "),
        ("HostedZoneId", "/hostedzone/Z2FDTNDATAQYW2"),
        ("HostedZoneId", "z2fdtndataqyw2"),
        ("HostedZoneId", "example.com"),
        ("ReservedConcurrency", "-1"),
        ("ReservedConcurrency", "1.5"),
        ("ReservedConcurrency", "010"),
        ("ReservedConcurrency", "100000"),
        ("ReservedConcurrency", "ten"),
        ("AlarmEmail", "ops"),
        ("AlarmEmail", "ops@example"),
        ("AlarmEmail", "@example.com"),
        ("AlarmEmail", "ops@example.com, dev@example.com"),
        ("AlarmEmail", "Ops <ops@example.com>"),
        ("ReferencePageConcurrency", "two"),
        ("PermissionsBoundary", "sales-boundary"),
        ("PermissionsBoundary", "arn:aws:iam::123456789012:role/sales"),
    ],
)
def test_an_invalid_value_of_a_parameter_is_refused_before_anything_changes(parameter: str, value: str) -> None:
    assert not is_taken(parameter, value)
    assert PARAMETERS[parameter]["ConstraintDescription"].startswith("must be ")


def is_taken(parameter: str, value: object) -> bool:
    """Whether CloudFormation accepts a value: a pattern must match all of it."""
    declared = PARAMETERS[parameter]
    if "AllowedValues" in declared:
        return value in declared["AllowedValues"]
    if declared["Type"] == "Number":
        assert isinstance(value, int)
        return bool(declared["MinValue"] <= value <= declared["MaxValue"])
    return re.fullmatch(declared["AllowedPattern"], str(value)) is not None


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_every_parameter_is_checked_and_optional(parameter: str) -> None:
    assert is_taken(parameter, PARAMETERS[parameter]["Default"])


def test_the_console_shows_every_parameter_in_a_group() -> None:
    groups = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]

    assert sorted(name for group in groups for name in group["Parameters"]) == sorted(PARAMETERS)


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({}, None),
        ({"DomainName": "leads.example.com", "CertificateArn": "arn"}, None),
        ({"DomainName": "leads.example.com", "CertificateArn": "arn", "HostedZoneId": "Z1"}, None),
        ({"DomainName": "leads.example.com"}, "DomainName needs CertificateArn"),
        ({"CertificateArn": "arn"}, "CertificateArn needs DomainName"),
        ({"HostedZoneId": "Z1"}, "HostedZoneId needs DomainName"),
    ],
)
def test_parameters_that_need_each_other_are_refused_alone(parameters: dict[str, str], refusal: str | None) -> None:
    refusals = [
        assertion["AssertDescription"]
        for rule in TEMPLATE["Rules"].values()
        if resolved(rule["RuleCondition"], **parameters)
        for assertion in rule["Assertions"]
        if not resolved(assertion["Assert"], **parameters)
    ]

    assert [text.partition(",")[0] for text in refusals] == ([refusal] if refusal else [])


@pytest.mark.parametrize("rule", TEMPLATE["Rules"].values(), ids=TEMPLATE["Rules"])
def test_a_rule_uses_only_parameters_and_has_a_message(rule: Mapping[str, Any]) -> None:
    assert all(assertion["AssertDescription"] for assertion in rule["Assertions"])
    assert {*references(rule)} <= PARAMETERS.keys()


def test_callers_use_the_published_version_that_has_a_snapshot() -> None:
    assert resolved(FUNCTION["SnapStart"]["ApplyOn"]) == "PublishedVersions"
    assert FUNCTION["AutoPublishAlias"]
    assert FUNCTION["AutoPublishAliasAllProperties"] is True
    assert FUNCTION["VersionDeletionPolicy"] == "Delete", "an old version's snapshot would go on costing"


def test_every_parameter_of_the_function_makes_a_new_version() -> None:
    # One parameter does not belong to a version: it takes effect immediately.
    of_versions = {name: value for name, value in FUNCTION.items() if name != "ReservedConcurrentExecutions"}

    del of_versions["DeploymentPreference"]
    assert {*references(of_versions)} & PARAMETERS.keys() <= {*references(FUNCTION["VersionDescription"])}


def test_the_description_of_a_version_is_never_too_long() -> None:
    longest = re.sub(
        r"\$\{(\w+)\}", lambda match: "x" * most_characters(match[1]), FUNCTION["VersionDescription"]["Fn::Sub"]
    )

    assert len(longest) <= 256, "Lambda takes no more"


def most_characters(parameter: str) -> int:
    declared = PARAMETERS[parameter]
    if "AllowedValues" in declared:
        return max(len(str(value)) for value in declared["AllowedValues"])
    return len(str(declared["MaxValue"]))


def test_a_batch_of_the_pipe_fits_into_one_call_of_the_event_bus() -> None:
    assert PIPE["Target"] == {"Fn::GetAtt": ["LeadEventsBus", "Arn"]}
    assert 1 <= PIPE["SourceParameters"]["DynamoDBStreamParameters"]["BatchSize"] <= 10


def test_events_are_only_for_new_leads_with_the_documented_name() -> None:
    [criterion] = PIPE["SourceParameters"]["FilterCriteria"]["Filters"]

    assert json.loads(criterion["Pattern"]) == {"eventName": ["INSERT"]}
    assert PIPE["TargetParameters"]["EventBridgeEventBusParameters"] == {
        "Source": "lead-intake",
        "DetailType": "lead.created",
    }
    assert PIPE["TargetParameters"]["InputTemplate"] == "<$.detail>"
    assert TABLES["LeadsTable"]["Properties"]["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}


def test_an_undeliverable_event_goes_to_the_dead_letter_queue_and_blocks_no_other() -> None:
    source = PIPE["SourceParameters"]["DynamoDBStreamParameters"]

    assert source["OnPartialBatchItemFailure"] == "AUTOMATIC_BISECT"
    assert 1 <= source["MaximumRetryAttempts"] <= 100
    assert source["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["LeadEventsDeadLetters", "Arn"]}}
    assert RESOURCES["LeadEventsDeadLetters"]["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 60 * 60


def test_dead_letters_survive_the_stack_without_blocking_the_next_one() -> None:
    queue = RESOURCES["LeadEventsDeadLetters"]

    assert queue["DeletionPolicy"] == queue["UpdateReplacePolicy"] == "Retain"
    assert "QueueName" not in queue["Properties"]


def test_the_pipe_waits_until_the_stream_can_be_read() -> None:
    assert RESOURCES["LeadEventsPipe"]["DependsOn"] == "LeadsApiFunctionAliaslive", "which takes minutes to be made"


def test_a_failing_version_is_rolled_back_by_an_alarm_on_failures() -> None:
    [alarm] = FUNCTION["DeploymentPreference"]["Alarms"]

    assert RESOURCES[alarm["Ref"]]["Properties"]["MetricName"] == "5XXError"
