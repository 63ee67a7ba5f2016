"""The headings of exports in many languages: each column with a natural field gets it, and no other column does."""

import pytest

from leads_cli.importing.columns import map_columns

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
    "Typeform with other questions": """
        #; What is your first name? = firstName; And your last name? = lastName; What's your email address? =
        email; What's your phone number? = phoneNumber; Which company do you work for? = company; What's your
        job title? = jobTitle; What industry are you in? = industry; How many people work at your company? =
        employeeCount; What's your company's website? = website; Anything else you'd like to share? = notes; How
        did you hear about us?; Response Type; Start Date (UTC); Stage Date (UTC); Submit Date (UTC) = date;
        Network ID; Tags = labels; Ending
    """,
    "Google Forms with other questions": """
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
