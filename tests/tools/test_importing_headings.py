"""The headings of what other programs export: each column that has a natural field gets it, and no other does."""

import pytest

from leads_cli.importing.columns import map_columns
from leads_cli.importing.headings import meaning_of, nearest_field

EXPORTS = {
    "Pipedrive organizations": """
        Organization - ID; Organization - Name = company; Organization - Labels = labels; Organization - Owner;
        Organization - Address = address; Organization - People; Organization - Open deals; Organization -
        Organization created = date; Organization - Next activity date; Organization - Website = website;
        Organization - Industry = industry; Organization - Number of employees = employeeCount; Organization -
        LinkedIn profile = linkedIn; Organization - Annual revenue
    """,
    "HubSpot companies": """
        Record ID; Company name = company; Company owner; Create Date = date; Phone Number = phoneNumber; Last
        Activity Date; City; Country/Region; Industry = industry; Company Domain Name = website; Number of
        Employees = employeeCount; LinkedIn Company Page = linkedIn; Twitter Handle = twitter; Facebook Company
        Page = facebook; Street Address = address; Description = notes; Number of times contacted; Annual
        Revenue; Parent Company
    """,
    "Salesforce fields": """
        Id; IsDeleted; LastName = lastName; FirstName = firstName; Salutation; Title = jobTitle; Company =
        company; Street = address; City; PostalCode; Country; Phone = phoneNumber; MobilePhone; Fax; Email =
        email; Website = website; PhotoUrl; Description = notes; LeadSource; Status; Industry = industry;
        Rating; AnnualRevenue; NumberOfEmployees = employeeCount; OwnerId; CreatedDate = date; CreatedById;
        LastModifiedDate; EmailBouncedReason; LinkedIn__c = linkedIn
    """,
    "Zoho contacts": """
        Record Id; Contact Owner; Lead Source; First Name = firstName; Last Name = lastName; Account Name =
        company; Title = jobTitle; Email = email; Department; Phone = phoneNumber; Home Phone; Other Phone; Fax;
        Mobile; Date of Birth; Assistant; Asst Phone; Email Opt Out; Skype ID; Secondary Email; Twitter =
        twitter; Reporting To; Mailing Street = address; Other Street; Mailing City; Other City; Description =
        notes; Created Time = date; Modified Time; Tag = labels
    """,
    "Google Contacts (old)": """
        Name = contactPerson; Given Name; Additional Name; Family Name; Yomi Name; Name Prefix; Name Suffix;
        Nickname; Birthday; Gender; Location; Billing Information; Occupation; Notes = notes; Language; Photo;
        Group Membership = labels; E-mail 1 - Type; E-mail 1 - Value = email; Phone 1 - Type; Phone 1 - Value =
        phoneNumber; Phone 2 - Type; Phone 2 - Value; Address 1 - Type; Address 1 - Formatted = address; Address
        1 - Street; Address 1 - City; Organization 1 - Type; Organization 1 - Name = company; Organization 1 -
        Title = jobTitle; Organization 1 - Department; Website 1 - Type; Website 1 - Value = website
    """,
    "Outlook": """
        Title; First Name = firstName; Middle Name = middleName; Last Name = lastName; Suffix; Company =
        company; Department; Job Title = jobTitle; Business Street = address; Business Street 2; Business City;
        Business Country/Region; Home Street; Home City; Other Street; Assistant's Phone; Business Fax; Business
        Phone = phoneNumber; Business Phone 2; Callback; Car Phone; Company Main Phone; Home Fax; Home Phone;
        Mobile Phone; Other Phone; Pager; Primary Phone; Account; Anniversary; Assistant's Name; Birthday;
        Categories = labels; E-mail Address = email; E-mail Type; E-mail Display Name; E-mail 2 Address; E-mail
        2 Type; Hobby; Keywords; Manager's Name; Notes = notes; Office Location; Profession; Web Page = website
    """,
    "Mailchimp": """
        Email Address = email; First Name = firstName; Last Name = lastName; Address = address; Phone Number =
        phoneNumber; Birthday; MEMBER_RATING; OPTIN_TIME = date; OPTIN_IP; CONFIRM_TIME; CONFIRM_IP; LATITUDE;
        LONGITUDE; GMTOFF; DSTOFF; TIMEZONE; CC; REGION; LAST_CHANGED; LEID; EUID; NOTES = notes; TAGS = labels
    """,
    "LinkedIn connections": """
        First Name = firstName; Last Name = lastName; URL = website; Email Address = email; Company = company;
        Position = jobTitle; Connected On = date
    """,
    "Facebook Lead Ads with questions": """
        id; created_time = date; ad_id; ad_name; campaign_name; form_name; is_organic; platform;
        what_is_your_company_name? = company; work_email = email; phone_number = phoneNumber; full_name =
        contactPerson; job_title = jobTitle; when_would_you_like_a_call?; lead_status
    """,
    "Typeform": """
        #; What's your name? = contactPerson; What is your email address? = email; Which company do you work
        for? = company; Phone number = phoneNumber; How did you hear about us?; Response Type; Start Date (UTC);
        Stage Date (UTC); Submit Date (UTC) = date; Network ID; Tags = labels
    """,
    "Close": """
        id; lead_name; display_name; status_label; url = website; primary_contact_name = contactPerson;
        primary_contact_title = jobTitle; primary_contact_primary_email = email;
        primary_contact_primary_email_type; primary_contact_primary_phone = phoneNumber;
        primary_contact_primary_phone_type; description = notes; date_created = date; created_by_name;
        date_updated
    """,
    "Odoo leads": """
        Opportunity; Company Name = company; Contact Name = contactPerson; Email = email; Phone = phoneNumber;
        Mobile; Job Position = jobTitle; Website = website; Street = address; Street2; City; Zip; Country;
        Salesperson; Sales Team; Tags = labels; Notes = notes; Created on = date; Expected Revenue; Stage;
        Priority; Lost Reason; Email Normalized
    """,
    "Odoo fields": """
        id; name; partner_name = company; contact_name = contactPerson; email_from = email; phone = phoneNumber;
        mobile; function = jobTitle; website = website; street = address; city; user_id; tag_ids = labels;
        description = notes; create_date = date; write_date; is_company
    """,
    "Freshsales": """
        Id; First name = firstName; Last name = lastName; Job title = jobTitle; Emails = email; Mobile =
        phoneNumber; Address = address; City; State; Zipcode; Country; Sales owner; Facebook = facebook; Twitter
        = twitter; LinkedIn = linkedIn; Created at = date; Updated at; Last contacted time; Score; Tags =
        labels; Accounts name = company; Time zone; Do not disturb
    """,
    "monday": """
        Name = contactPerson; Subitems; Status; Company = company; Title = jobTitle; Email = email; Phone =
        phoneNumber; Last interaction; Owner; Comments = notes; Item ID (auto generated)
    """,
    "Notion": """
        Name = contactPerson; Account Owner; Company = company; Created = date; Email = email; Estimated Value;
        Last Contact; LinkedIn = linkedIn; Phone = phoneNumber; Priority; Role = jobTitle; Status; Tags = labels
    """,
    "Shopify customers": """
        Customer ID; First Name = firstName; Last Name = lastName; Email = email; Accepts Email Marketing;
        Default Address Company = company; Default Address Address1 = address; Default Address Address2; Default
        Address City; Default Address Zip; Default Address Phone; Phone = phoneNumber; Accepts SMS Marketing;
        Total Spent; Total Orders; Note = notes; Tax Exempt; Tags = labels
    """,
    "WooCommerce": """
        user_id; user_email; billing_first_name = firstName; billing_last_name = lastName; billing_company =
        company; billing_address_1 = address; billing_address_2; billing_city; billing_email = email;
        billing_phone = phoneNumber; shipping_first_name; shipping_company; shipping_address_1; user_registered
    """,
    "ZoomInfo": """
        Contact ID; Last Name = lastName; First Name = firstName; Middle Name = middleName; Salutation; Job
        Title = jobTitle; Job Title Hierarchy Level; Management Level; Job Start Date; Job Function; Department;
        Direct Phone Number = phoneNumber; Email Address = email; Email Domain; Mobile phone; Last Job Change
        Type; Contact Accuracy Score; ZoomInfo Contact Profile URL; LinkedIn Contact Profile URL = linkedIn;
        Person Street; Person City; Company Name = company; Website = website; Founded Year; Company HQ Phone;
        Fax; Ticker; Revenue (in 000s USD); Employees = employeeCount; Employee Range; SIC Code 1; Primary
        Industry = industry; Primary Sub-Industry; LinkedIn Company Profile URL; Facebook Company Profile URL =
        facebook; Twitter Company Profile URL = twitter; Full Address = address; Company Street Address; Company
        City
    """,
    "HubSpot fields": """
        firstname = firstName; lastname = lastName; email = email; phone = phoneNumber; mobilephone; jobtitle =
        jobTitle; company = company; website = website; numemployees = employeeCount; industry = industry;
        address = address; city; hs_linkedin_url = linkedIn; twitterhandle = twitter; createdate = date;
        lifecyclestage; hubspot_owner_id; message = notes
    """,
    "Gravity Forms": """
        Name (Prefix); Name (First) = firstName; Name (Middle) = middleName; Name (Last) = lastName; Email =
        email; Phone = phoneNumber; Company = company; Address (Street Address) = address; Address (City);
        Message = notes; Created By (User Id); Entry Id; Entry Date = date; Source Url; User Agent; User IP
    """,
    "Constant Contact": """
        Email address = email; First name = firstName; Last name = lastName; Company = company; Job title =
        jobTitle; Phone - home; Phone - work = phoneNumber; Phone - mobile; Street address line 1 - Home; City -
        Home; Street address line 1 - Work = address; Website = website; Notes = notes; Tags = labels; Email
        Lists; Source Name; Created At = date; Updated At
    """,
    "Outlook in German": """
        Anrede; Vorname = firstName; Weitere Vornamen = middleName; Nachname = lastName; Suffix; Firma =
        company; Abteilung; Position = jobTitle; Straße geschäftlich = address; Ort geschäftlich; Telefon Firma;
        Telefon geschäftlich = phoneNumber; Mobiltelefon; Telefon (privat); E-Mail-Adresse = email; E-Mail-Typ;
        E-Mail 2: Adresse; Notizen = notes; Kategorien = labels; Webseite = website
    """,
    "Outlook in French": """
        Titre; Prénom = firstName; Deuxième prénom = middleName; Nom = lastName; Suffixe; Société = company;
        Service; Fonction = jobTitle; Rue (bureau) = address; Ville (bureau); Téléphone (bureau) = phoneNumber;
        Téléphone (domicile); Tél. mobile; Adresse de messagerie = email; Notes = notes; Page Web = website;
        Catégories = labels
    """,
    "Google Forms": """
        Timestamp = date; Email Address = email; What is your name? = contactPerson; What company do you work
        for? = company; What is your phone number? = phoneNumber; Comments or questions = notes; How old are
        you?
    """,
    "a template with marks": """
        First Name (required) * = firstName; Last Name* = lastName; *E-mail (required) = email; Company Name
        [optional] = company; Phone No. = phoneNumber; No. of Employees* = employeeCount
    """,
    "German": """
        Anrede; Titel; Vorname = firstName; Nachname = lastName; Firmenname = company; Position = jobTitle;
        Straße und Hausnummer = address; PLZ; Ort; Telefon (geschäftlich) = phoneNumber; Telefon (privat);
        Mobiltelefon; Fax; E-Mail-Adresse = email; E-Mail privat; Internetseite = website; Branche = industry;
        Anzahl Mitarbeiter = employeeCount; Bemerkungen = notes; Schlagwörter = labels; Erstellt am = date;
        Geändert am; Geburtsdatum; Kundennummer
    """,
    "French": """
        Civilité; Prénom = firstName; Nom = lastName; Nom de l'entreprise = company; Fonction = jobTitle;
        Adresse = address; Code postal; Ville; Téléphone = phoneNumber; Téléphone portable; Adresse e-mail =
        email; Site web = website; Secteur d'activité = industry; Nombre d'employés = employeeCount;
        Commentaires = notes; Étiquettes = labels; Date de création = date
    """,
    "Spanish": """
        Nombre = firstName; Apellidos = lastName; Empresa = company; Cargo = jobTitle; Dirección = address;
        Ciudad; Teléfono = phoneNumber; Teléfono móvil; Correo electrónico = email; Página web = website; Sector
        = industry; Número de empleados = employeeCount; Observaciones = notes; Etiquetas = labels; Fecha de
        creación = date
    """,
    "Italian": """
        Nome = firstName; Cognome = lastName; Ragione sociale = company; Ruolo = jobTitle; Indirizzo = address;
        CAP; Città; Telefono = phoneNumber; Cellulare; Indirizzo e-mail = email; Sito web = website; Settore =
        industry; Numero di dipendenti = employeeCount; Note = notes; Etichette = labels; Data di creazione =
        date
    """,
    "Dutch": """
        Voornaam = firstName; Tussenvoegsel = middleName; Achternaam = lastName; Bedrijfsnaam = company; Functie
        = jobTitle; Straat en huisnummer = address; Postcode; Plaats; Telefoonnummer = phoneNumber; Mobiel;
        E-mailadres = email; Website = website; Branche = industry; Aantal medewerkers = employeeCount;
        Opmerkingen = notes; Labels = labels; Aangemaakt op = date
    """,
    "Swedish": """
        Förnamn = firstName; Efternamn = lastName; Företag = company; Befattning = jobTitle; Gatuadress =
        address; Postnummer; Ort; Telefon = phoneNumber; Mobil; E-postadress = email; Webbplats = website;
        Bransch = industry; Antal anställda = employeeCount; Anteckningar = notes; Etiketter = labels; Skapad =
        date; Organisationsnummer
    """,
}
"""The columns of exports, and the field that is behind each that has one."""


@pytest.mark.parametrize("export", EXPORTS)
def test_the_columns_of_an_export_are_their_natural_fields(export: str) -> None:
    items = [item.strip().partition(" = ") for item in " ".join(EXPORTS[export].split()).split(";")]
    mapping = map_columns(tuple(column for column, _, _ in items), {})
    assert dict(zip(mapping.columns, mapping.fields, strict=True)) == {
        column: field or None for column, _, field in items
    }


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
def test_a_heading_of_which_a_word_is_not_understood_means_nothing(heading: str) -> None:
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
def test_what_is_not_mapped_has_a_nearest_field(heading: str, field: str | None) -> None:
    assert nearest_field(heading) == field
