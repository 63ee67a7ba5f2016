"""Numbers of employees in exports: whole numbers are read, ranges are kept as text, and all others are refused."""

import pytest

from leads_cli.importing.columns import map_columns
from leads_cli.importing.lead_builder import lead_builder


def lead_of(count: str, *more: tuple[str, str]) -> dict[str, object]:
    columns = {"Company Size": count, **dict(more)}
    return lead_builder(map_columns(tuple(columns), {}))(list(columns.values()))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("50", "50"),
        ("1,200", "1200"),
        ("1.200", "1200"),
        ("1 200", "1200"),
        ("1’200’000", "1200000"),  # noqa: RUF001 - as the Swiss write it
        ("50 employees", "50"),
        ("250 Mitarbeiter", "250"),
        ("1,200 people", "1200"),
        (" 7 ", "7"),
        ("50.0", "50"),
        ("\u0661\u0662", "12"),
        ("50,0", "50"),
        ("1,234.00", "1234"),
        ("1.234,00", "1234"),
        ("1 000,00", "1000"),
        ("1.000", "1000"),
    ],
)
def test_a_whole_number_is_the_number_of_employees(text: str, count: str) -> None:
    assert lead_of(text) == {"employeeCount": count}


@pytest.mark.parametrize(
    "text",
    [
        "51-200 employees",
        "11–50",  # noqa: RUF001 - as programs write it
        "10,001+",
        "10 001+ employees",
        "> 500",
        "1 to 10",
        "50 bis 99 Mitarbeiter",
        "5k-10k",
        "Nov-50",
        "2-10",
        "Self-employed",
        "50 - 99 MA",
        "2 Mio",
        "5M",
        "12,5",
        "1.5",
        "0.5",
        "½",
        "1,200.300",
        "10. Okt",
        "10 października",
        "2024-11-10",
    ],
)
def test_a_range_is_kept_under_the_heading(text: str) -> None:
    assert lead_of(text) == {"custom": {"Company Size": text}}


def test_a_range_never_replaces_another_custom_member() -> None:
    assert lead_of("2-10", ("custom.a", "b")) == {"custom": {"a": "b", "Company Size": "2-10"}}
    assert lead_of("2-10", ("custom.Company Size", "b")) == {"custom": {"Company Size": "b"}}
    members = [(f"custom.{number}", "x") for number in range(50)]
    assert len(lead_of("2-10", *members)["custom"]) == 50  # type: ignore[arg-type]  # it is an object


@pytest.mark.parametrize(
    "text", ["many", "-5", "-1.5", "a", "12abc", "x" * 100 + "1-2", "x@1-2", "+46 (0)70-123 45 67 12 34 56 Ada"]
)
def test_other_texts_are_left_to_validation(text: str) -> None:
    assert lead_of(text) == {"employeeCount": text}


@pytest.mark.parametrize("text", ["0", "0.0", "0,00", "0 employees"])
def test_zero_employees_means_unknown(text: str) -> None:
    assert lead_of(text) == {}
