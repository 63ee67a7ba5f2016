"""The parameters that `make deploy` takes."""

import pytest

from leads_admin.template import TEMPLATE, load_template
from leads_dev.deploying.parameters import problems_of, read_parameters

DECLARED = load_template(TEMPLATE)["Parameters"]


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("", {}),
        ("AlarmEmail=ops@example.com LogRetentionDays=90", {"AlarmEmail": "ops@example.com", "LogRetentionDays": "90"}),
        ("AlarmEmail=a@example.com\nWaf=true\n", {"AlarmEmail": "a@example.com", "Waf": "true"}),
        ('Name="two words"', {"Name": "two words"}),
        ('AlarmEmail=""', {"AlarmEmail": ""}),
        ("AlarmEmail=", {"AlarmEmail": ""}),
        ("Name=a=b", {"Name": "a=b"}),
    ],
)
def test_pairs_are_read(text: str, parameters: dict[str, str]) -> None:
    assert read_parameters(text) == parameters


@pytest.mark.parametrize("text", ["AlarmEmail ops@example.com", 'Name="two words'])
def test_text_that_is_not_pairs_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Name=value|No closing quotation"):
        read_parameters(text)


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"AlarmMail": "x"}, "The template has no parameter AlarmMail. Did you mean AlarmEmail?"),
        ({"Xyzzy": "x"}, "The template has no parameter Xyzzy."),
        ({"Architecture": "sparc"}, 'Architecture must be one of x86_64, arm64, but is "sparc".'),
        ({"LogRetentionDays": "31"}, "LogRetentionDays must be one of 1, 3, "),
        ({"RateLimitRequests": "0"}, 'RateLimitRequests must be a whole number from 1 to 1000000, but is "0".'),
        ({"RateLimitRequests": "many"}, "RateLimitRequests must be a whole number"),
        ({"RateLimitRequests": ""}, "RateLimitRequests must be a whole number"),
        ({"AlarmEmail": "ops"}, 'AlarmEmail must be an e-mail address, or empty, but is "ops".'),
    ],
)
def test_values_that_cloudformation_or_sam_would_refuse_are_a_problem(parameters: dict[str, str], problem: str) -> None:
    [found] = problems_of(parameters, DECLARED)

    assert found.startswith(problem)


def test_the_templates_defaults_are_no_problem() -> None:
    assert list(problems_of({name: str(declared["Default"]) for name, declared in DECLARED.items()}, DECLARED)) == []
