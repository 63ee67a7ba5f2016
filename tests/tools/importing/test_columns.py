"""The field of each column: by its name, by --map, or none."""

import pytest

from leads_cli.importing.columns import ColumnMapping, map_columns, parse_map_options
from leads_cli.importing.errors import ColumnsError, MapOptionError
from leads_cli.importing.lead_builder import lead_builder
from leads_core.lead_schema import LEAD_FIELDS


def mapping_of(*columns: str, chosen: tuple[str, ...] = (), keep_unmatched: bool = False) -> ColumnMapping:
    return map_columns(columns, parse_map_options(chosen), keep_unmatched=keep_unmatched)


def field_of(column: str) -> str | None:
    return mapping_of(column, "Anything", chosen=("Anything=address",)).fields[0]


@pytest.mark.parametrize("field", sorted(LEAD_FIELDS))
def test_every_field_is_recognised_by_its_name_in_any_spelling(field: str) -> None:
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
def test_common_other_names_are_recognised(column: str, field: str | None) -> None:
    assert field_of(column) == field


def test_unknown_columns_are_reported() -> None:
    mapping = mapping_of("Company", "Colour", "Score", chosen=("Score=",))
    assert mapping.fields == ("company", None, None)
    assert mapping.unknown == ("Colour",)


@pytest.mark.parametrize(
    ("columns", "fields"),
    [
        (("Mobile", "Phone"), (None, "phoneNumber")),
        (("Home Phone", "Other Phone", "Business Phone"), (None, None, "phoneNumber")),
        (("Email", "E-Mail"), ("email", None)),
        (("emails", "email"), (None, "email")),
        (("Personal Email", "Work Email"), (None, "email")),
        (("Secondary Email", "Email"), (None, "email")),
        (("E-mail 2 - Value", "E-mail 1 - Value"), (None, "email")),
        (("Notes", "Notes (2)"), ("notes", None)),
        (("Company Linkedin Url", "Person Linkedin Url"), (None, "linkedIn")),
        (("First name", "Last name", "Full name"), (None, None, "contactPerson")),
        (("Lead Name", "First name", "Last name"), (None, "firstName", "lastName")),
        (("Title", "Job Title"), (None, "jobTitle")),
        (("Person - E-Mail – Privat", "Person - E-Mail – Arbeit"), (None, "email")),  # noqa: RUF001 - as Pipedrive has it
        (("Home Phone", "Telefon praca"), (None, "phoneNumber")),
        (("Mobile", "Work"), (None, "phoneNumber")),
        (("Guest Email(s)", "Email"), (None, "email")),
    ],
)
def test_the_best_of_several_columns_is_used(columns: tuple[str, ...], fields: tuple[str | None, ...]) -> None:
    assert mapping_of(*columns).fields == fields


def test_the_other_columns_for_a_field_are_reported() -> None:
    mapping = mapping_of("Home Phone", "Phone", "First name", "Name", "Last name", "Colour")
    assert mapping.others == (
        ("Home Phone", "phoneNumber"),
        ("First name", "contactPerson"),
        ("Last name", "contactPerson"),
    )
    assert mapping.unknown == ("Colour",)


@pytest.mark.parametrize("title", ["Title", "Titel"])
def test_a_title_beside_a_job_title_is_a_salutation(title: str) -> None:
    mapping = mapping_of(title, "First name", "Job Title")
    assert (mapping.others, mapping.unknown) == ((), (title,))


@pytest.mark.parametrize(
    ("columns", "fields"),
    [
        (("Titel", "Namn"), ("jobTitle", "contactPerson")),
        (("Anrede", "Titel", "Nachname"), (None, None, "lastName")),
        (("Company", "Location"), ("company", "address")),
        (("Invitee", "Location", "Event Type Name"), ("contactPerson", None, None)),
        (("Name", "Email", "Place ID"), ("company", "email", None)),
        (("Name", "Email", "Financial Status"), (None, "email", None)),
    ],
)
def test_the_meaning_of_a_heading_depends_on_other_columns(
    columns: tuple[str, ...], fields: tuple[str | None, ...]
) -> None:
    assert mapping_of(*columns).fields == fields


@pytest.mark.parametrize(
    ("columns", "fields"),
    [
        (("Name", "Email"), ("contactPerson", "email")),
        (("Vorname", "Name"), ("firstName", "lastName")),
        (("Nom", "Prénom"), ("lastName", "firstName")),
        (("Nombre", "Apellidos"), ("firstName", "lastName")),
        (("Nome", "Cognome"), ("firstName", "lastName")),
        (("Name", "First name", "Last name"), ("contactPerson", None, None)),
        (("name", "contacts"), ("company", "contacts")),
        (("Name", "Contacts", "Company"), ("contactPerson", "contacts", "company")),
        (("Name", "Website", "Phone", "Employees"), ("company", "website", "phoneNumber", "employeeCount")),
        (("Name", "Industry", "Email", "Employees"), ("contactPerson", "industry", "email", "employeeCount")),
        (("Name", "Industry", "Phone"), ("contactPerson", "industry", "phoneNumber")),
    ],
)
def test_the_field_of_a_plain_name_depends_on_other_columns(
    columns: tuple[str, ...], fields: tuple[str | None, ...]
) -> None:
    assert mapping_of(*columns).fields == fields


@pytest.mark.parametrize(
    ("addresses", "field"),
    [
        (["https://www.linkedin.com/in/ada", "", "linkedin.com/in/bob"], "linkedIn"),
        (["https://x.com/ada"], "twitter"),
        (["https://www.facebook.com/ada"], "facebook"),
        (["https://www.linkedin.com/in/ada", "https://example.com"], "website"),
        (["https://notlinkedin.com/in/ada"], "website"),
        ([], "website"),
    ],
)
def test_the_addresses_in_a_column_determine_its_social_network(addresses: list[str], field: str) -> None:
    mapping = map_columns(("Company", "URL"), {}, sample=[["A", address] for address in addresses])
    assert mapping.fields == ("company", field)


def test_the_page_of_the_person_comes_before_that_of_the_company() -> None:
    sample = [["https://www.linkedin.com/sales/company/1", "https://www.linkedin.com/in/ada"]]
    assert map_columns(("companyUrl", "profileUrl"), {}, sample=sample).fields == (None, "linkedIn")
    assert map_columns(("companyUrl",), {}, sample=sample).fields == ("linkedIn",)


@pytest.mark.parametrize(("address", "field"), [("https://linkedin.com/in/a", "linkedIn"), ("a.example.com", None)])
def test_the_addresses_of_social_links_determine_their_field(address: str, field: str | None) -> None:
    assert map_columns(("Company", "Social link"), {}, sample=[["A", address]]).fields == ("company", field)


@pytest.mark.parametrize(("kinds", "field"), [(["Firma", "Firma"], "company"), (["Firma", "Person"], None)])
def test_a_name_is_that_of_a_company_if_all_contacts_are_companies(kinds: list[str], field: str | None) -> None:
    mapping = map_columns(
        ("Kontaktart", "Name 1", "E-Mail"), {}, sample=[[kind, "A", "a@example.com"] for kind in kinds]
    )
    assert mapping.fields == (None, field or "contactPerson", "email")


def test_a_page_in_a_column_of_a_networks_name_comes_first() -> None:
    sample = [["https://www.linkedin.com/in/ada", "https://www.linkedin.com/in/ada"]]
    assert map_columns(("URL", "LinkedIn"), {}, sample=sample).fields == (None, "linkedIn")


@pytest.mark.parametrize("chosen", ["Mobile=", "Phone=phoneNumber", "phone = PHONENUMBER", "Mobile=notes"])
def test_map_decides_between_two_columns(chosen: str) -> None:
    assert mapping_of("Phone", "Mobile", chosen=(chosen,)).fields[0] == "phoneNumber"


def test_first_and_last_name_are_one_contact_person() -> None:
    mapping = mapping_of("Last name", "Company", "First name")
    build = lead_builder(mapping)
    assert build(["Lovelace", "A", "Ada"]) == {"company": "A", "contactPerson": "Ada Lovelace"}
    assert build(["Lovelace", "", ""]) == {"contactPerson": "Lovelace"}
    assert mapping.heading("contactPerson") == "Last name + First name"


def test_a_middle_name_stands_between_the_first_and_the_last() -> None:
    build = lead_builder(mapping_of("Achternaam", "Tussenvoegsel", "Voornaam"))
    assert build(["Dijk", "van", "Ada"]) == {"contactPerson": "Ada van Dijk"}
    assert build(["Dijk", "", "Ada"]) == {"contactPerson": "Ada Dijk"}


@pytest.mark.parametrize("names", [("Full name", "Middle Name"), ("Contact", "Middle Name")])
def test_a_whole_name_needs_no_middle_name(names: tuple[str, str]) -> None:
    assert mapping_of(*names).fields == ("contactPerson", None)


def test_a_middle_name_alone_is_no_name() -> None:
    assert mapping_of("Company", "Middle Name").fields == ("company", None)


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
def test_an_invalid_map_is_refused_with_valid_choices(chosen: str, parts: list[str]) -> None:
    with pytest.raises(MapOptionError) as refused:
        mapping_of("Firma", "Mail", chosen=(chosen,))
    assert "\n" not in str(refused.value)
    for part in parts:
        assert part in str(refused.value)


def test_a_map_must_not_name_a_column_twice() -> None:
    with pytest.raises(MapOptionError, match="twice"):
        mapping_of("Firma", chosen=("Firma=company", "Firma=notes"))
    with pytest.raises(MapOptionError, match=r'2 columns .* "E-Mail", "Email"'):
        mapping_of("E-Mail", "Email", chosen=("e mail=email",))
    assert mapping_of("E-Mail", "Email", chosen=("Email=email",)).fields == (None, "email")


def test_two_maps_to_one_field_are_refused() -> None:
    with pytest.raises(ColumnsError, match=r'"A" and "B" are both company'):
        mapping_of("A", "B", chosen=("A=company", "B=company"))


def test_a_file_without_headings_is_recognised() -> None:
    with pytest.raises(ColumnsError, match="If the first row has no names of columns"):
        mapping_of("Open AI", "hello@example.com")


def test_a_file_without_columns_has_nothing_to_map() -> None:
    assert mapping_of().fields == ()


# --- Custom members


def test_columns_named_like_a_custom_member_become_one() -> None:
    mapping = mapping_of("custom.utm_source", "Custom.a  B ", "company", "custom", "customs")
    assert mapping.fields == ("custom.utm_source", "custom.a  B ", "company", "custom", None)
    assert field_of("custom.") == "custom"


def test_map_can_make_a_custom_member_of_a_column() -> None:
    assert mapping_of("Source", "Email", chosen=("Source=custom.utm_source", "Email=custom.Mail")).fields == (
        "custom.utm_source",
        "custom.Mail",
    )


@pytest.mark.parametrize("member", ["", "x" * 65, "a\x1bb"])
def test_a_map_to_an_invalid_custom_member_is_refused(member: str) -> None:
    with pytest.raises(MapOptionError, match="name of a custom member has 1 to 64 characters"):
        mapping_of("Source", chosen=(f"Source=custom.{member}",))


def test_columns_without_a_field_can_be_kept_under_their_headings() -> None:
    mapping = mapping_of(
        "Company", "Colour", "Score", "Fax", "Phone", chosen=("Score=", "Fax=phoneNumber"), keep_unmatched=True
    )
    assert mapping.fields == ("company", "custom.Colour", None, "phoneNumber", "custom.Phone")
    assert mapping.unknown == ()
    assert lead_builder(mapping)(["A", " red", "7", "1", "2"]) == {
        "company": "A",
        "phoneNumber": "1",
        "custom": {"Colour": " red", "Phone": "2"},
    }


def test_a_heading_that_is_an_invalid_name_is_shortened_or_cleaned() -> None:
    mapping = mapping_of("Which\nof these", "y" * 70, keep_unmatched=True)
    assert mapping.fields == ("custom.Which of these", "custom." + "y" * 64)
    assert mapping.heading("custom." + "y" * 64) == "y" * 70
    same = mapping_of("y" * 70 + "1", "y" * 70 + "2", keep_unmatched=True)
    assert same.fields == ("custom." + "y" * 64, "custom." + "y" * 60 + " (2)")


def test_more_columns_than_a_lead_can_keep_are_refused() -> None:
    columns = [f"Question {number}" for number in range(51)]
    assert len(mapping_of("Company", *columns[:50], keep_unmatched=True).fields) == 51
    with pytest.raises(ColumnsError, match=r'51 columns .* at most 50 .*--map "Question 50="'):
        mapping_of("Company", *columns, keep_unmatched=True)
    assert mapping_of("Company", *(f"custom.{column}" for column in columns), keep_unmatched=True).unknown == ()
