"""The settings of an operator, and the errors for wrong values."""

import re

import pytest

from leads_core.rate_limit import RateLimit
from leads_core.settings import Settings

TABLES = {"ACCESS_TABLE": "access", "LEADS_TABLE": "leads"}
HIGHEST = {
    "RATE_LIMIT_REQUESTS": 1_000_000,
    "RATE_LIMIT_WINDOW_SECONDS": 86_400,
    "MAX_LEADS_PER_REQUEST": 1000,
    "FREE_PLAN_MAX_LEADS": 10,
}


def value_of(settings: Settings, variable: str) -> int:
    return {
        "RATE_LIMIT_REQUESTS": settings.rate_limit.requests,
        "RATE_LIMIT_WINDOW_SECONDS": settings.rate_limit.window_seconds,
        "MAX_LEADS_PER_REQUEST": settings.max_leads_per_request,
        "FREE_PLAN_MAX_LEADS": settings.free_plan_max_leads,
    }[variable]


def test_the_defaults_are_those_of_the_contract() -> None:
    settings = Settings.from_environment(TABLES)
    assert settings.rate_limit == RateLimit(requests=1000, window_seconds=300)
    assert settings.max_leads_per_request == 100
    assert settings.free_plan_max_leads == 5


def test_the_tables_are_set_by_name() -> None:
    settings = Settings.from_environment(TABLES)
    assert (settings.access_table, settings.leads_table) == ("access", "leads")


def test_every_limit_can_be_set_on_its_own() -> None:
    settings = Settings.from_environment(
        TABLES
        | {
            "RATE_LIMIT_REQUESTS": "20",
            "RATE_LIMIT_WINDOW_SECONDS": "60",
            "MAX_LEADS_PER_REQUEST": "7",
            "FREE_PLAN_MAX_LEADS": "3",
        }
    )
    assert settings == Settings("access", "leads", RateLimit(20, 60), 7, 3)


@pytest.mark.parametrize("variable", HIGHEST)
def test_an_empty_limit_is_the_default(variable: str) -> None:
    assert Settings.from_environment(TABLES | {variable: ""}) == Settings.from_environment(TABLES)


@pytest.mark.parametrize("variable", HIGHEST)
def test_limits_range_from_one_to_their_maximum(variable: str) -> None:
    for number in (1, HIGHEST[variable]):
        assert value_of(Settings.from_environment(TABLES | {variable: str(number)}), variable) == number


@pytest.mark.parametrize("variable", HIGHEST)
@pytest.mark.parametrize(
    "text", ["0", "-1", "1.5", "1e3", "ten", " 5", "5 ", "+5", "1_0", "\u0665", "\u00b2", "0x5", "9" * 40]
)
def test_a_value_that_is_not_a_limit_is_refused_with_the_name_of_its_variable(variable: str, text: str) -> None:
    with pytest.raises(ValueError, match=variable):
        Settings.from_environment(TABLES | {variable: text})


@pytest.mark.parametrize(("variable", "highest"), HIGHEST.items())
def test_a_limit_above_its_maximum_is_refused_with_the_allowed_range(variable: str, highest: int) -> None:
    expected = f"{variable} must be a whole number from 1 to {highest}, but is '{highest + 1}'."
    with pytest.raises(ValueError, match=re.escape(expected)):
        Settings.from_environment(TABLES | {variable: str(highest + 1)})


@pytest.mark.parametrize("variable", TABLES)
@pytest.mark.parametrize("environment", [{}, {"ACCESS_TABLE": "", "LEADS_TABLE": ""}], ids=["missing", "empty"])
def test_a_missing_table_name_is_refused(variable: str, environment: dict[str, str]) -> None:
    others = {name: table for name, table in TABLES.items() if name != variable}
    with pytest.raises(ValueError, match=variable):
        Settings.from_environment(environment | others)
