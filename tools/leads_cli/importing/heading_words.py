"""The words of headings, as people and their programs call columns: lower case, without accents, ß as ss.

Costs say which of several columns is the best for a field: the lowest.
"""

NAME = "name"
"""What a plain name is called before the other columns say whether it is the whole name, or a part of it."""

TERMS: dict[str, dict[int, str]] = {
    NAME: {
        1: "name, nom, nombre, nome, naam, namn, navn",
    },
    "contactPerson": {
        0: "contact person, full name, complete name, contact name, person name, whole name, name of contact, nom "
        "complet, nombre completo, nome completo, volledige naam, fullstandigt namn, hela namnet, vollstandiger "
        "name, nombre y apellidos, vor und nachname, first and last name, first name and last name",
        3: "ansprechpartner, ansprechpartnerin, ansprechperson, kontaktperson, contactpersoon, interlocuteur, "
        "persona de contacto, persona di riferimento, referente, contact principal",
        10: "contact, kontakt, contacto, contatto, display name, lead name, anzeigename, invitee, attendee",
    },
    "firstName": {
        0: "first name, given name, forename, fname, name first, vorname, prenom, voornaam, fornamn, nombre de pila, "
        "primer nombre, fornavn, etunimi",
    },
    "lastName": {
        0: "last name, surname, family name, lname, name last, nachname, familienname, zuname, nom de famille, "
        "apellido, apellidos, cognome, achternaam, efternamn, etternavn, efternavn",
    },
    "company": {
        0: "company, company name, account name, organization, organisation, organization name, unternehmen, firma, "
        "firmenname, firmierung, unternehmensname, entreprise, societe, raison sociale, empresa, compania, razon "
        "social, azienda, ditta, societa, ragione sociale, bedrijf, bedrijfsnaam, organisatie, organisatienaam, "
        "foretag, foretagsnamn, what company do you work for, which company do you work for, bolag, bolagsnamn, "
        "organisationsname, nombre de empresa, empresa nombre",
        2: "account, business, firm, employer, workplace, legal name, arbeitgeber, employeur, organizacion, "
        "organizzazione, werkgever, arbetsgivare, business name, partner name, nom commercial",
    },
    "jobTitle": {
        0: "job title, job position, position title, designation, job role, jobbezeichnung, berufsbezeichnung, "
        "stellenbezeichnung, intitule du poste, intitule de poste, titre du poste, titre de poste, titulo del "
        "puesto, puesto de trabajo, cargo, titolo professionale, titolo di lavoro, posizione lavorativa, "
        "functietitel, functieomschrijving, jobbtitel, yrkestitel, befattning, professional title",
        3: "position, function, job, funktion, fonction, poste, puesto, funcion, posizione, mansione, qualifica, "
        "ruolo, functie, posicion, rol, roll",
        5: "title",
        6: "role, rolle",
        7: "occupation, profession, beruf, profesion, professione, yrke, beroep",
    },
    "industry": {
        0: "industry, sector, branche, bransch, industrie, wirtschaftszweig, secteur, secteur d activite, industria, "
        "sector de actividad, settore, settore di attivita, bedrijfstak, naringsgren, industry sector",
    },
    "employeeCount": {
        0: "employees, employee count, number of employees, no of employees, headcount, num employees, employee "
        "size, employee range, employees range, mitarbeiter, mitarbeiterzahl, mitarbeiteranzahl, mitarbeitende, "
        "beschaftigte, beschaftigtenzahl, employes, salaries, effectif, effectifs, empleados, plantilla, "
        "dipendenti, addetti, medewerkers, werknemers, anstallda, antal anstallda",
        3: "company size, organization size, organisation size, business size, size of company, staff, staff count, "
        "unternehmensgrosse, firmengrosse, taille de l entreprise, taille entreprise, tamano de la empresa, "
        "tamano empresa, dimensione azienda, dimensioni azienda, bedrijfsgrootte, foretagsstorlek",
    },
    "website": {
        0: "website, website url, web site, webpage, web page, homepage, web, internet, regular company url, "
        "webseite, internetseite, internetadresse, site web, page web, site internet, sitio web, pagina web, sito "
        "web, sito internet, sito, webbplats, webbsida, webbadress, hemsida, site",
        3: "url, company url",
        6: "domain, domain name, domane, domaine, dominio, domein, doman",
    },
    "linkedIn": {
        0: "linkedin, linkedin url, linkedin profile, linkedin profile url, linkedin page",
        10: "default profile url, profile url, profile link",
    },
    "twitter": {
        0: "twitter, x twitter, twitter handle, twitter username, twitter url",
    },
    "facebook": {
        0: "facebook, facebook url, facebook page",
    },
    "email": {
        0: "email, emails, mail, email address, mail address, courriel, correo electronico, correo, posta "
        "elettronica, epost, epostadress, epostadresse, emailadresse, mailadresse, emailadres, mailadres, mejl, "
        "mejladress, adresse de messagerie, email from",
        1: "work email, business email",
    },
    "phoneNumber": {
        0: "phone, phones, telephone, tel, telefon, telefono, telefoon, telefonnummer, telefoonnummer, rufnummer, "
        "phone number, contact number, fon",
        1: "work phone, business phone, office phone, direct phone, direct dial, direct line, durchwahl, ligne directe",
        3: "mobile, mobile phone, mobile number, cell phone, cell, cellphone, cellular, handy, handynummer, mobil, "
        "mobilnummer, mobiltelefon, mobilfunk, mobilfunknummer, mobilrufnummer, mobilephone, portable, telephone "
        "portable, telephone mobile, movil, celular, telefono movil, cellulare, mobiel, mobiele telefoon, "
        "mobieltje",
    },
    "address": {
        0: "address, adresse, anschrift, postanschrift, direccion, indirizzo, adres, adress, postadress, "
        "postadresse, postadres, full address",
        1: "street, street address, strasse, str, rue, calle, via, straat, gata, gatuadress, gatuadresse, domicilio, "
        "strasse und hausnummer, strasse hausnummer, strasse nr, street and number, street name and number, "
        "straat en huisnummer, straatnaam en huisnummer",
        4: "location, standort, localisation, ubicacion, locatie",
    },
    "notes": {
        0: "notes, note, notizen, notiz, notas, nota, notities, notitie, anteckningar, anteckning, lead notes",
        3: "comments, comment, comments or questions, questions or comments, remarks, remark, message, bemerkung, "
        "bemerkungen, anmerkung, anmerkungen, kommentar, kommentare, kommentarer, nachricht, mitteilung, "
        "remarque, remarques, commentaire, commentaires, comentario, comentarios, mensaje, observaciones, "
        "osservazioni, commento, commenti, messaggio, opmerking, opmerkingen, bericht, meddelande, anmarkning, "
        "ovrigt",
        6: "description, summary, details, beschreibung, beschrijving, beskrivning, descripcion, descrizione, "
        "additional information, additional info, zusatzliche informationen",
    },
    "labels": {
        0: "labels, label, tags, tag, tag ids, etiketten, etikett, schlagworte, schlagworter, stichworte, "
        "etiquettes, etiquette, etiquetas, etiqueta, etichette, etichetta, etiketter, taggar",
        3: "lists, groups, group membership, segments, categories, kategorien, gruppen, listen, categorieen, "
        "kategorier, categorias, categorie",
    },
    "date": {
        0: "created, created at, created on, created date, created time, date created, create date, creation date, "
        "creation time, creation timestamp, erstellt, erstellt am, erstelldatum, erstellungsdatum, angelegt, "
        "angelegt am, anlagedatum, anlegedatum, date de creation, date creation, cree le, creation, fecha de "
        "creacion, fecha creacion, creado, creado el, data creazione, data di creazione, creato il, aangemaakt, "
        "aangemaakt op, aanmaakdatum, skapad, skapat, skapades, skapandedatum",
        3: "date, timestamp, added, added on, added at, date added, add date, date entered, entry date, submitted, "
        "submitted at, submitted on, submission date, submission time, submit date, submit time, submission "
        "timestamp, date submitted, signup date, sign up date, registration date, registered at, optin time, "
        "subscribed at, received, received at, received on, signed up, signed up at, datum, fecha, zeitstempel, "
        "horodateur, eingegangen am",
        6: "connected on",
    },
}
"""For each field the terms that name it, by what they cost. One of two words counts when it is written as one, too."""

ONLY_ALONE = {
    "first": ("firstName", 1),
    "last": ("lastName", 1),
    "list": ("labels", 6),
    "size": ("employeeCount", 6),
    "about": ("notes", 8),
}
"""Words that mean a field only if they are all of a heading: a "Last contact" is no name."""

PERSON = (
    "person persons people contact contacts prospect individual customer client invitee attendee registrant "
    "subscriber respondent applicant participant guest member"
)
PERSON_ELSEWHERE = "kontakt kontakts kontakte personne contacto persona contatto contactpersoon ansprechpartner kunde"
COMPANY = "company companies organization organisation org account corporate business employer"
COMPANY_ELSEWHERE = (
    "firma firmen unternehmen unternehmens entreprise societe empresa azienda aziendale bedrijf foretag foretags"
)
WORK = (
    "work business office job professional geschaftlich geschaftliche beruflich berufliche dienstlich dienstliche "
    "buro bureau pro professionnel professionnelle travail trabajo laboral profesional oficina lavoro ufficio "
    "zakelijk zakelijke werk arbete jobb arbets jobbet"
)
MAIN = (
    "main primary principal principale default preferred best hauptsachlich haupt hoofd primaire primar primare "
    "primario primaria current"
)
MOBILE = "mobile cell handy mobil portable movil cellulare mobiel mobilt"
HOME = (
    "home personal private privat private prive perso personnel personnelle casa domicile particular personale "
    "hem thuis privee privado privada privato privata personlig"
)
OTHER = (
    "other additional alternate alternative alternativ secondary second tertiary third backup sonstige weitere zweite "
    "autre otro otra altro altra andere ovrig annan alt alternativa"
)
ADDRESS = "address adresse adres adress direccion indirizzo"
BILLING = "billing invoice mailing rechnung"
SHIPPING = "shipping delivery"
PAGE = "url urls link profile profil perfil profilo page seite username handle user account address adresse value x"
NUMBER = "number numbers no nr nb num nummer numero value count anzahl nombre total aantal antal numer"
NAME_WORDS = "name names nom nombre nome naam namn navn"

FILLERS = (
    "of the a an your and or de la le les du des der die das den dem l d del della dell di il el los las van "
    "het een av och und et y e en ihre ihr deine dein votre su tu uw jouw din"
)
"""Words between others."""
DECORATION = (
    "required optional mandatory pflichtfeld pflicht obligatoire obligatorio obbligatorio verplicht obligatorisk "
    "utc gmt hs"
)
"""Words around a heading that are no part of it."""
