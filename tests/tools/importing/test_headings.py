"""Headings by themselves: those of a field, unknown ones, and the nearest fields."""

import pytest

from leads_cli.importing.headings import meaning_of, nearest_field


@pytest.mark.parametrize(
    "heading",
    [
        "Email Status",
        "Email Opt Out",
        "E-mail 1 - Label",
        "Company Name for Emails",
        "IP Address",
        "Company ID",
        "Company Owner",
        "Company Type",
        "Parent Company",
        "Last Contact",
        "First Contact Date",
        "Last Modified Date",
        "Date of Birth",
        "Created By",
        "Lead Source",
        "Lead Title",
        "Deal - Title",
        "Phonetic First Name",
        "Owner Email",
        "Assistant's Phone",
        "Fax",
        "User name",
        "Campaign Name",
        "Employee Number",
        "is_company",
        "LinkedIn Followers",
        "Profile Image URL",
        "Description of the product",
        "Phone Count",
        "Maiden Name",
        "Emergency contact phone",
        "How many employees will attend?",
        "How many people in your team need access?",
        "What is your company's biggest challenge?",
        "What is your user name?",
        "May we contact you by phone?",
        "Número de pedido",
        "Nombre de usuario",
        "Data di nascita",
        "x" * 500,
        "名前",
        "☎",
    ],
)
def test_a_heading_with_an_unknown_word_has_no_field(heading: str) -> None:
    assert meaning_of(heading) is None


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Message / Enquiry", "notes"),
        ("Job Title / Role", "jobTitle"),
        ("Telefon der Kontaktperson", "phoneNumber"),
        ("Name des Unternehmens", "company"),
        ("What's the best email address to reach you?", "email"),
        ("So, what's your first name?", "firstName"),
        ("First names *", "firstName"),
        ("Nice to meet you, what's your email address?", "email"),
        ("And how many people work at your company?", "employeeCount"),
        ("Full Name (First & Last)", "contactPerson"),
        ("Qual é o seu e-mail?", "email"),
        ("What's the name of your business?", "company"),
        ("What is your role at your company?", "jobTitle"),
        ("How many employees do you have?", "employeeCount"),
        ("¿Cuál es tu puesto?", "jobTitle"),
        ("Straße & Hausnr.", "address"),
        ("Telefone", "phoneNumber"),
        ("Sobrenome", "lastName"),
        ("How many employees?", "employeeCount"),
        ("Wie viele Mitarbeiter?", "employeeCount"),
        ("Combien d'employés ?", "employeeCount"),
        ("Where is your company based?", "address"),
        ("Hvad er dit navn?", "name"),
        ("Hinzugefügt am", "date"),
        ("Recipient Email", "email"),
    ],
)
def test_a_heading_may_be_a_question_or_have_several_names(heading: str, field: str) -> None:
    meaning = meaning_of(heading)
    assert meaning
    assert meaning.field == field


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Emial", "email"),
        ("Telefonn", "phoneNumber"),
        ("Websit", "website"),
        ("Contract", None),
        ("Interest", None),
        ("Fax phone", "phoneNumber"),
        ("Email Status", None),
        ("Company Owner", None),
        ("Campaign Name", None),
        ("Birthday", None),
        ("Last Activity Date", None),
        ("Nickname", None),
        ("State", None),
        ("zzz", None),
    ],
)
def test_an_unmapped_heading_has_a_nearest_field(heading: str, field: str | None) -> None:
    assert nearest_field(heading) == field
