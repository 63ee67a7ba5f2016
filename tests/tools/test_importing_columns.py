"""Which column is which field: by its name, by --map, or not at all."""

import pytest

from leads_cli.importing.columns import ColumnMapping, map_columns, parse_map_options
from leads_cli.importing.errors import ColumnsError, MapOptionError
from leads_cli.importing.rows import lead_builder
from leads_core.lead_schema import LEAD_FIELDS


def mapping_of(*columns: str, chosen: tuple[str, ...] = ()) -> ColumnMapping:
    return map_columns(columns, parse_map_options(chosen))


def field_of(column: str) -> str | None:
    return mapping_of(column, "Anything", chosen=("Anything=address",)).fields[0]


@pytest.mark.parametrize("field", sorted(LEAD_FIELDS))
def test_every_field_is_known_by_its_name_in_any_spelling(field: str) -> None:
    words = "".join(f" {letter}" if letter.isupper() else letter for letter in field)
    spellings = [field, field.upper(), words, words.replace(" ", "_"), words.replace(" ", "-").title(), f" {words} "]
    assert [mapping_of(spelling).fields for spelling in spellings] == [(field,)] * len(spellings)


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("E-mail", "email"),
        ("Mail", "email"),
        ("Email address", "email"),
        ("Company name", "company"),
        ("Organisation", "company"),
        ("Organization", "company"),
        ("Firma", "company"),
        ("Full name", "contactPerson"),
        ("Phone", "phoneNumber"),
        ("Telephone", "phoneNumber"),
        ("Mobile", "phoneNumber"),
        ("URL", "website"),
        ("Web", "website"),
        ("Title", "jobTitle"),
        ("Employees", "employeeCount"),
        ("# of employees", "employeeCount"),
        ("Number of employees", "employeeCount"),
        ("Headcount", "employeeCount"),
        ("Sector", "industry"),
        ("Comments", "notes"),
        ("Tags", "labels"),
        ("LinkedIn URL", "linkedIn"),
        ("Created", "date"),
        ("Created at", "date"),
        ("First name", "firstName"),
        ("SURNAME", "lastName"),
        ("Favourite colour", None),
        ("", None),
        ("名前", None),
    ],
)
def test_common_other_names_are_known(column: str, field: str | None) -> None:
    assert field_of(column) == field


def test_what_is_not_known_is_named() -> None:
    mapping = mapping_of("Company", "Colour", "Score", chosen=("Score=",))
    assert mapping.fields == ("company", None, None)
    assert mapping.unknown == ("Colour",)


@pytest.mark.parametrize(
    "columns", [("Phone", "Mobile"), ("Email", "E-Mail"), ("Notes", "Notes"), ("Full name", "First name")]
)
def test_two_columns_for_one_field_are_refused_by_name(columns: tuple[str, str]) -> None:
    with pytest.raises(ColumnsError, match="--map") as refused:
        mapping_of("Company", *columns)
    assert f'"{columns[0]}" and "{columns[1]}"' in str(refused.value)
    assert not isinstance(refused.value, MapOptionError)


@pytest.mark.parametrize("chosen", ["Mobile=", "Phone=phoneNumber", "phone = PHONENUMBER", "Mobile=notes"])
def test_map_decides_between_two_columns(chosen: str) -> None:
    assert mapping_of("Phone", "Mobile", chosen=(chosen,)).fields[0] == "phoneNumber"


def test_first_and_last_name_are_one_contact_person() -> None:
    mapping = mapping_of("Last name", "Company", "First name")
    build = lead_builder(mapping)
    assert build(["Lovelace", "A", "Ada"]) == {"company": "A", "contactPerson": "Ada Lovelace"}
    assert build(["Lovelace", "", ""]) == {"contactPerson": "Lovelace"}
    assert mapping.heading("contactPerson") == "Last name + First name"


def test_the_parts_of_a_name_can_be_mapped() -> None:
    mapping = mapping_of("Vorname", "Surname", chosen=("Vorname=firstName",))
    assert lead_builder(mapping)(["Ada", "Lovelace"]) == {"contactPerson": "Ada Lovelace"}


def test_a_column_name_may_hold_an_equals_sign() -> None:
    assert mapping_of("a=b", chosen=("a=b=company",)).fields == ("company",)


@pytest.mark.parametrize(
    ("chosen", "parts"),
    [
        ("Colour=company", ['"Colour"', '"Firma"', '"Mail"']),
        ("Firma=colour", ['"colour"', "company", "phoneNumber", "firstName"]),
        ("Firma", ['"Column=field"']),
        ("=company", ['"Column=field"']),
    ],
)
def test_a_map_that_makes_no_sense_says_what_would(chosen: str, parts: list[str]) -> None:
    with pytest.raises(MapOptionError) as refused:
        mapping_of("Firma", "Mail", chosen=(chosen,))
    assert "\n" not in str(refused.value)
    for part in parts:
        assert part in str(refused.value)


def test_a_map_names_each_column_once() -> None:
    with pytest.raises(MapOptionError, match="twice"):
        mapping_of("Firma", chosen=("Firma=company", "Firma=notes"))
    with pytest.raises(MapOptionError, match="2 columns"):
        mapping_of("Note", "Note", chosen=("Note=notes",))


def test_two_maps_to_one_field_are_refused() -> None:
    with pytest.raises(ColumnsError, match=r'"A" and "B" are both company'):
        mapping_of("A", "B", chosen=("A=company", "B=company"))


def test_a_file_without_headings_is_recognised() -> None:
    with pytest.raises(ColumnsError, match="If the first row has no names of columns"):
        mapping_of("Open AI", "hello@example.com")


def test_a_file_without_columns_has_nothing_to_map() -> None:
    assert mapping_of().fields == ()
