"""The headings of more programs and languages: each column that has a natural field gets it, and no other does."""

import pytest

from leads_cli.importing.columns import map_columns

EXPORTS = {
    "Calendly": """
        User Name; User Email; Event UUID; Invitee Name = contactPerson; Invitee First Name; Invitee Last Name;
        Invitee Email = email; Invitee Time Zone; Invitee accepted marketing emails; Text Reminder Number; Event
        Type Name; Start Date & Time; End Date & Time; Location; Event Created Date & Time = date; Canceled;
        Canceled By; Cancellation reason; Question 1; Response 1; UTM Campaign; Guest Email(s); Event Price;
        Payment Currency; Invitee Reconfirmed; Marked as No-Show; Meeting Notes
    """,
    "Evaboot": """
        Matches Filters; No Match Reasons; First Name = firstName; Last Name = lastName; Current Job = jobTitle;
        Email = email; Email Status; Linkedin URL Public = linkedIn; Linkedin URL Unique ID; Prospect Location;
        Company Name = company; Company Domain; Company Website URL = website; Company Linkedin URL Unique ID;
        Company Industry = industry; Company Employee Exact Count = employeeCount; Company Employee Range;
        Company Year Founded; Company Headquarters (Full Address) = address; Company Specialities
    """,
    "Wiza": """
        email = email; email_status; email_type; first_name; last_name; full_name = contactPerson; title =
        jobTitle; location; linkedin = linkedIn; phone_number1 = phoneNumber; phone_number2; mobile_phone;
        company = company; company_domain = website; company_size = employeeCount; company_size_range;
        company_industry = industry; company_founded; company_linkedin; company_twitter = twitter;
        company_facebook = facebook; company_street = address; company_locality; company_description;
        company_revenue; list_name; domain
    """,
    "Apollo accounts": """
        Company = company; Company Name for Emails; Account Stage; Lists = labels; # Employees = employeeCount;
        Industry = industry; Account Owner; Website = website; Company Linkedin Url = linkedIn; Facebook Url =
        facebook; Twitter Url = twitter; Company Street; Company City; Company State; Company Country; Company
        Postal Code; Company Address = address; Keywords; Company Phone = phoneNumber; Technologies; Total
        Funding; Latest Funding; Last Raised At; Annual Revenue; Number of Retail Locations; Apollo Account Id;
        SIC Codes; Short Description; Founded Year; Logo Url; Subsidiary of
    """,
    "Lusha": """
        First Name = firstName; Last Name = lastName; Job Title = jobTitle; Seniority; Department; Work Email =
        email; Private Email; Phone 1 = phoneNumber; Phone 1 type; Phone 2; Contact LinkedIn URL = linkedIn;
        Contact Country; Company Name = company; Company Domain; Company Website = website; Company Number of
        Employees = employeeCount; Company Revenue; Company Main Industry = industry; Company Sub Industry;
        Company LinkedIn URL; Company Year Founded
    """,
    "Cognism": """
        First Name = firstName; Last Name = lastName; Job Title = jobTitle; Email = email; Email Quality; Direct
        Phone Numbers = phoneNumber; Mobile Phone Numbers; Office Phone Numbers; LinkedIn URL = linkedIn;
        Company Name = company; Company Website = website; Company Industry = industry; Company Headcount =
        employeeCount; Company HQ Phone Numbers; Company HQ Full Address = address; Company Revenue; Do Not Call
    """,
    "LinkedIn lead forms": """
        Lead ID; Form name; Campaign name; Campaign ID; Account name; Account ID; Created at = date; First name
        = firstName; Last name = lastName; Email address = email; Company name = company; Job title = jobTitle;
        Phone number = phoneNumber; LinkedIn profile URL = linkedIn; Seniority; Test lead
    """,
    "PhantomBuster profiles": """
        linkedinProfileUrl = linkedIn; linkedinHeadline; firstName = firstName; lastName = lastName;
        linkedinJobTitle = jobTitle; companyName = company; companyIndustry = industry; companyWebsite =
        website; professionalEmail = email; location = address; connectionDegree; linkedinFollowersCount;
        profileImageUrl; refreshedAt
    """,
    "ActiveCampaign": """
        Contact ID; Email = email; First Name = firstName; Last Name = lastName; Phone = phoneNumber; Account =
        company; Job Title = jobTitle; Date Created = date; Last Updated; IP; Tags = labels; Score; Email
        Domain; Unsubscribed
    """,
    "Brevo": """
        CONTACT ID; EMAIL = email; FIRSTNAME = firstName; LASTNAME = lastName; COMPANY = company; JOB_TITLE =
        jobTitle; LINKEDIN = linkedIn; EXT_ID; DOUBLE_OPT-IN; OPT_IN; ADDED_TIME = date; MODIFIED_TIME;
        LAST_OPEN_DATE
    """,
    "Typeform": """
        #; What is your first name? = firstName; And your last name? = lastName; What's your email address? =
        email; What's your phone number? = phoneNumber; Which company do you work for? = company; What's your
        job title? = jobTitle; What industry are you in? = industry; How many people work at your company? =
        employeeCount; What's your company's website? = website; Anything else you'd like to share? = notes; How
        did you hear about us?; Response Type; Start Date (UTC); Stage Date (UTC); Submit Date (UTC) = date;
        Network ID; Tags = labels; Ending
    """,
    "Google Forms": """
        Timestamp = date; Email Address = email; Your full name = contactPerson; What is the name of your
        company? = company; What is your role? = jobTitle; Best phone number to reach you = phoneNumber; What is
        your LinkedIn profile? = linkedIn; How big is your company? = employeeCount; Any questions or comments?
        = notes; Which product are you interested in?; When should we contact you?; What is your budget?
    """,
    "Google Forms in German": """
        Zeitstempel = date; Wie lautet Ihre E-Mail-Adresse? = email; Wie heißen Sie? = contactPerson; Für
        welches Unternehmen arbeiten Sie? = company; Was ist Ihre Telefonnummer? = phoneNumber; Was ist Ihre
        Position? = jobTitle; Wie viele Mitarbeiter hat Ihr Unternehmen? = employeeCount; Wie haben Sie von uns
        erfahren?
    """,
    "Google Forms in French": """
        Horodateur = date; Quelle est votre adresse e-mail ? = email; Comment vous appelez-vous ? =
        contactPerson; Dans quelle entreprise travaillez-vous ? = company; Quel est votre numéro de téléphone ?
        = phoneNumber; Quel est votre poste ? = jobTitle; Combien d'employés compte votre entreprise ? =
        employeeCount; Quel est votre budget ?
    """,
    "Google Forms in Spanish": """
        Marca temporal = date; ¿Cuál es tu correo electrónico? = email; ¿Cómo te llamas? = contactPerson; ¿En
        qué empresa trabajas? = company; ¿Cuál es su número de teléfono? = phoneNumber; ¿Cuántos empleados tiene
        tu empresa? = employeeCount; ¿Cómo nos conociste?
    """,
    "Google Forms in Italian": """
        Informazioni cronologiche = date; Qual è il tuo indirizzo email? = email; Come ti chiami? =
        contactPerson; Per quale azienda lavori? = company; Qual è il tuo numero di telefono? = phoneNumber;
        Quanti dipendenti ha la tua azienda? = employeeCount; Come ci hai conosciuto?
    """,
    "Google Forms in Dutch": """
        Tijdstempel = date; Wat is je e-mailadres? = email; Hoe heet je? = contactPerson; Bij welk bedrijf werk
        je? = company; Wat is uw telefoonnummer? = phoneNumber; Hoeveel medewerkers heeft je bedrijf? =
        employeeCount; Hoe heb je ons gevonden?
    """,
    "Google Forms in Swedish": """
        Tidstämpel = date; Vad är din e-postadress? = email; Vad heter du? = contactPerson; Vilket företag
        arbetar du på? = company; Vad är ditt telefonnummer? = phoneNumber; Hur många anställda har ni? =
        employeeCount; Hur hörde du talas om oss?
    """,
    "Jotform": """
        Submission Date = date; First Name = firstName; Last Name = lastName; E-mail = email; Phone Number =
        phoneNumber; Street Address = address; Street Address Line 2; City; State / Province; Postal / Zip Code;
        Company Name = company; Your message = notes; Submission IP; Submission URL; Submission ID; Last Update
        Date
    """,
    "Tally": """
        Submission ID; Respondent ID; Submitted at = date; Full name = contactPerson; Work email = email; What
        company are you with? = company; Company website = website; How many employees does your company have? =
        employeeCount; How can we help you? = notes
    """,
    "WPForms": """
        Entry ID; Entry Date = date; Name: First = firstName; Name: Last = lastName; Name: Middle = middleName;
        Email = email; Phone = phoneNumber; Comment or Message = notes; Entry Notes; Viewed; Starred; User IP;
        User Agent
    """,
    "Contact Form 7": """
        id; form_id; form_date = date; your-name = contactPerson; your-email = email; your-tel = phoneNumber;
        your-company = company; your-website = website; your-subject; your-message = notes; file-upload;
        acceptance-1
    """,
    "Eventbrite": """
        Order #; Order Date; First Name = firstName; Last Name = lastName; Email = email; Quantity; Ticket Type;
        Ticket Price; Attendee #; Attendee Status; Buyer First Name; Buyer Last Name; Buyer Email; Event Name;
        Event Location; Venue Name; Home Address 1; Home City; Work Address 1 = address; Work City; Cell Phone;
        Work Phone = phoneNumber; Job Title = jobTitle; Company = company; Website = website; Birth Date; Gender
    """,
    "Stripe customers": """
        id; Description = notes; Email = email; Name = contactPerson; Created (UTC) = date; Delinquent; Card ID;
        Card Last4; Card Brand; Card Name; Card Address Line1; Card Address City; Card Issue Country; Card
        Tokenization Method; Default Source; Business Vat ID; Total Spend; Payment Count; Currency; Plan
    """,
    "Shopify orders": """
        Name; Email = email; Financial Status; Paid at; Fulfillment Status; Currency; Subtotal; Total; Discount
        Code; Created at = date; Lineitem quantity; Lineitem name; Lineitem sku; Billing Name = contactPerson;
        Billing Street; Billing Address1 = address; Billing Address2; Billing Company = company; Billing City;
        Billing Zip; Billing Phone; Shipping Name; Shipping Street; Shipping Company; Notes = notes; Note
        Attributes; Payment Method; Vendor; Tags = labels; Phone = phoneNumber; Device ID; Receipt Number
    """,
    "WooCommerce orders": """
        Order Number; Order Status; Order Date; Customer Note = notes; First Name (Billing) = firstName; Last
        Name (Billing) = lastName; Company (Billing) = company; Address 1&2 (Billing) = address; City (Billing);
        Postcode (Billing); Email (Billing) = email; Phone (Billing) = phoneNumber; First Name (Shipping); Last
        Name (Shipping); Address 1&2 (Shipping); Payment Method Title; Shipping Method Title; Item Name; Coupon
        Code
    """,
    "Odoo contacts": """
        External ID; Display Name = contactPerson; Company Name = company; Job Position = jobTitle; Email =
        email; Phone = phoneNumber; Mobile; Street = address; Street2; City; Zip; Country; Website Link =
        website; Tags = labels; Notes = notes; Created on = date; Salesperson; Tax ID; Is a Company; Company
        Type
    """,
    "Odoo contacts in German": """
        Externe ID; Anzeigename = contactPerson; Firmenname = company; Stellenbezeichnung = jobTitle; Position;
        E-Mail = email; Telefon = phoneNumber; Handy; Straße = address; Straße 2; Ort; PLZ; Land; Stichwörter =
        labels; Notizen = notes; Erstellt am = date; Verkäufer; Webseite = website
    """,
    "vCard as a table": """
        Formatted Name = contactPerson; Family Name; Given Name; Additional Names; Honorific Prefixes; Nickname;
        ORG = company; TITLE = jobTitle; ROLE; TEL = phoneNumber; EMAIL = email; URL = website; NOTE = notes;
        BDAY; PHOTO; REV; UID; CATEGORIES = labels
    """,
    "Copper": """
        Copper ID; Name = contactPerson; Prefix; First Name; Middle Name; Last Name; Suffix; Company = company;
        Title = jobTitle; Work Email = email; Personal Email; Other Email; Work Phone = phoneNumber; Mobile
        Phone; Street = address; City; Owned By; Owner Id; Tags = labels; Details = notes; LinkedIn = linkedIn;
        Work Website = website; Created At = date; Updated At; Last Contacted
    """,
    "Dynamics 365": """
        (Do Not Modify) Lead; (Do Not Modify) Row Checksum; (Do Not Modify) Modified On; Subject; First Name =
        firstName; Last Name = lastName; Job Title = jobTitle; Company Name = company; Email = email; Business
        Phone = phoneNumber; Mobile Phone; Country; State or Province; Address 1: Street 1 = address; Address 1:
        City; Description = notes; Lead Source; Rating; Source Campaign; Market Segment; Industry Sector =
        industry; No. of Employees = employeeCount; LinkedIn = linkedIn; Created On = date; Status Reason; Allow
        Marketing Communication
    """,
    "D7 Lead Finder": """
        Name = company; Phone = phoneNumber; Email = email; Website = website; Category; Address1 = address;
        Region; Zip; Country; Google Rank; Google Stars; Google Count; Facebook = facebook; Instagram; Twitter =
        twitter; LinkedIn = linkedIn; Mobile Friendly; Ads - Yelp
    """,
    "Outscraper": """
        query; name = company; site = website; subtypes; category; type; phone = phoneNumber; full_address =
        address; borough; street; city; postal_code; state; country; latitude; longitude; time_zone; plus_code;
        rating; reviews; reviews_link; reviews_tags; photos_count; street_view; located_in; working_hours;
        business_status; about; range; logo; description = notes; verified; owner_id; owner_title; owner_link;
        location_link; place_id; google_id; email_1 = email; email_1_full_name; email_1_title; email_2; phone_1;
        linkedin = linkedIn; facebook = facebook
    """,
    "Google Maps of Apify": """
        title = company; totalScore; reviewsCount; street; address = address; city; state; countryCode; website
        = website; phone = phoneNumber; phoneUnformatted; categoryName; categories = labels; placeId; url;
        location/lat; location/lng; permanentlyClosed; imageUrl
    """,
    "Hunter": """
        Domain = website; Organization = company; First name = firstName; Last name = lastName; Email address =
        email; Confidence score; Type; Number of sources; Department; Position = jobTitle; Twitter handle =
        twitter; LinkedIn URL = linkedIn; Phone number = phoneNumber; Verification status; Pattern
    """,
    "Snov": """
        Full name = contactPerson; First name; Last name; Email = email; Email status; Current position =
        jobTitle; Current company = company; Company URL = website; Company industry = industry; Company size =
        employeeCount; Locality; Source; Social profile; LinkedIn page = linkedIn
    """,
    "Instantly": """
        Email = email; First Name = firstName; Last Name = lastName; Company Name = company; Job Title =
        jobTitle; Phone = phoneNumber; Website = website; Location = address; Personalization; LinkedIn =
        linkedIn; Lead Status; Email Provider; Timestamp Last Contact
    """,
    "Lemlist": """
        email = email; firstName = firstName; lastName = lastName; companyName = company; jobTitle = jobTitle;
        phone = phoneNumber; linkedinUrl = linkedIn; companyDomain = website; icebreaker; picture;
        lemlistStatus; lastStateDate; emailStatus
    """,
    "MailerLite": """
        Email = email; Name = firstName; Last name = lastName; Company = company; Sent; Opens; Clicks;
        Subscribed; City; Phone = phoneNumber; Signup IP; Opt-in IP
    """,
    "Intercom": """
        Name = contactPerson; User ID; Email = email; Phone = phoneNumber; Company name = company; Company ID;
        Signed up = date; First seen; Last seen; Web sessions; Tag = labels; Owner; Browser; OS; City
    """,
    "Zendesk Sell": """
        id; name = contactPerson; first_name; last_name; organization_name = company; title = jobTitle; email =
        email; phone = phoneNumber; mobile; website = website; industry = industry; address = address; city;
        tags = labels; description = notes; created_at = date; updated_at; owner; lead_status; source; facebook
        = facebook; twitter = twitter; linkedin = linkedIn; skype
    """,
    "Capsule": """
        ID; Type; Title; First Name; Last Name; Job Title = jobTitle; Organisation = company; Name =
        contactPerson; Address Street = address; City; Phone Number = phoneNumber; Email Address = email;
        Website = website; Created = date; Updated; Last Contacted; Tags = labels; About = notes
    """,
    "RD Station in Portuguese": """
        Nome = contactPerson; E-mail = email; Telefone = phoneNumber; Celular; Cargo = jobTitle; Empresa =
        company; Site = website; Endereço = address; Setor = industry; Número de funcionários = employeeCount;
        Etiquetas = labels; Observações = notes; Data de criação = date; Data da última conversão; Cidade;
        Estado; CEP; CNPJ; Estágio no funil
    """,
    "a CRM in Portuguese": """
        Primeiro nome = firstName; Sobrenome = lastName; Nome da empresa = company; Função = jobTitle; Endereço
        de e-mail = email; Telemóvel; Telefone comercial = phoneNumber; Morada = address; Página web = website;
        Ramo de atividade = industry; Nº de funcionários = employeeCount; Comentários = notes; Criado em = date;
        Data de nascimento
    """,
    "a CRM in Polish": """
        Imię = firstName; Drugie imię = middleName; Nazwisko = lastName; Firma = company; Stanowisko = jobTitle;
        Telefon = phoneNumber; Telefon komórkowy; Adres e-mail = email; Strona www = website; Ulica = address;
        Kod pocztowy; Miasto; Branża = industry; Liczba pracowników = employeeCount; Uwagi = notes; Etykiety =
        labels; Data utworzenia = date; NIP; Źródło
    """,
    "a CRM in Czech": """
        Jméno = firstName; Příjmení = lastName; Název firmy = company; Pozice = jobTitle; Telefon = phoneNumber;
        Mobil; E-mail = email; Webové stránky = website; Ulice = address; PSČ; Město; Odvětví = industry; Počet
        zaměstnanců = employeeCount; Poznámky = notes; Štítky = labels; Vytvořeno = date; IČO; Zdroj
    """,
    "a CRM in Finnish": """
        Etunimi = firstName; Sukunimi = lastName; Yritys = company; Tehtävänimike = jobTitle; Sähköpostiosoite =
        email; Puhelinnumero = phoneNumber; Matkapuhelin; Katuosoite = address; Postinumero; Kaupunki;
        Verkkosivusto = website; Toimiala = industry; Henkilöstömäärä = employeeCount; Muistiinpanot = notes;
        Tunnisteet = labels; Luotu = date; Y-tunnus
    """,
    "a CRM in Norwegian": """
        Fornavn = firstName; Mellomnavn = middleName; Etternavn = lastName; Bedrift = company; Stilling =
        jobTitle; E-postadresse = email; Telefonnummer = phoneNumber; Mobiltelefon; Besøksadresse = address;
        Postnr; Poststed; Nettside = website; Bransje = industry; Antall ansatte = employeeCount; Merknader =
        notes; Etiketter = labels; Opprettet = date; Fødselsdato; Org.nr
    """,
    "a CRM in Danish": """
        Fornavn = firstName; Mellemnavn = middleName; Efternavn = lastName; Virksomhed = company; Stilling =
        jobTitle; E-mailadresse = email; Telefonnummer = phoneNumber; Mobilnummer; Adresse = address;
        Postnummer; By; Hjemmeside = website; Branche = industry; Antal medarbejdere = employeeCount;
        Bemærkninger = notes; Etiketter = labels; Oprettet = date; CVR-nummer
    """,
    "a CRM in Swedish": """
        Namn = contactPerson; Företagsnamn = company; Titel = jobTitle; Telefonnummer = phoneNumber;
        Mobilnummer; E-postadress = email; Besöksadress = address; Postort; Hemsida = website; Bransch =
        industry; Antal anställda = employeeCount; Kommentar = notes; Skapad datum = date; Org.nr
    """,
    "a CRM in German": """
        Firmenname = company; Ansprechpartner = contactPerson; Funktion = jobTitle; Straße & Hausnr. = address;
        PLZ/Ort; Tel. geschäftlich = phoneNumber; Tel. mobil; E-Mail geschäftlich = email; E-Mail privat;
        Homepage = website; Anzahl der Mitarbeiter = employeeCount; Bemerkung = notes; Angelegt am = date;
        Angelegt von; USt-IdNr.
    """,
    "lexoffice": """
        Kundennummer; Firmenname = company; Anrede; Titel; Vorname = firstName; Nachname = lastName; Straße 1 =
        address; PLZ 1; Ort 1; Land 1; E-Mail 1 = email; E-Mail 2; Telefon 1 = phoneNumber; Telefon 2; Mobil 1;
        Fax 1; Notizen = notes
    """,
    "a CRM in French": """
        Civilité; Nom de famille = lastName; Prénom = firstName; Deuxième prénom = middleName; Entreprise =
        company; Intitulé du poste = jobTitle; Adresse électronique = email; N° de téléphone = phoneNumber; Tél.
        portable; Adresse postale = address; CP; Ville; Site internet = website; Secteur = industry; Effectif =
        employeeCount; Remarques = notes; Créé le = date; Date de naissance; SIRET
    """,
    "a CRM in Spanish": """
        Nombre = firstName; Segundo nombre = middleName; Apellidos = lastName; Nombre de la empresa = company;
        Puesto = jobTitle; E-mail = email; Teléfono del trabajo = phoneNumber; Móvil; Dirección postal =
        address; C.P.; Ciudad; Sitio web = website; Sector = industry; N.º de empleados = employeeCount;
        Comentarios = notes; Fecha de alta = date; CIF; Fecha de nacimiento
    """,
    "a CRM in Italian": """
        Nome = firstName; Cognome = lastName; Nome azienda = company; Qualifica = jobTitle; Posta elettronica =
        email; Telefono ufficio = phoneNumber; Telefono cellulare; Indirizzo postale = address; CAP; Comune;
        Sito web = website; Settore = industry; N. dipendenti = employeeCount; Osservazioni = notes; Tag =
        labels; Creato il = date; P. IVA; Data di nascita
    """,
    "a CRM in Dutch": """
        Voornaam = firstName; Tussenvoegsel = middleName; Achternaam = lastName; Bedrijf = company; Functie =
        jobTitle; E-mail zakelijk = email; E-mail privé; Telefoon zakelijk = phoneNumber; Mobiel nummer; Adres =
        address; Postcode; Woonplaats; Website = website; Sector = industry; Aantal werknemers = employeeCount;
        Notities = notes; Aanmaakdatum = date; KvK-nummer; Geboortedatum
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
