"""The terms that name a field in a heading, as people and their programs call columns.

Lower case, without accents, ß as ss. Costs say which of several columns is the best for a field: the lowest.
"""

NAME = "name"
"""What a plain name is called before the other columns say whether it is the whole name, or a part of it."""

TERMS: dict[str, dict[int, str]] = {
    NAME: {
        1: "name, nom, nombre, nome, naam, namn, navn, navnet, nimi, jmeno",
    },
    "contactPerson": {
        0: "contact person, full name, complete name, contact name, person name, whole name, name of contact, nom "
        "complet, nombre completo, nome completo, volledige naam, fullstandigt namn, hela namnet, vollstandiger "
        "name, nombre y apellidos, vor und nachname, first and last name, first name and last name, name first "
        "and last, name first last, full name first last, full name first and last, imie i nazwisko, jmeno a "
        "prijmeni, nome e cognome, nome e sobrenome, nome e apelido, koko nimi, cele jmeno, fullt navn, fulde "
        "navn, fuldt navn, fullt namn, for och efternamn, voor en achternaam, prenom et nom, nom et prenom, "
        "nombre y apellido, vorname und nachname, vorname nachname, formatted name, your full name, vor und "
        "zuname, first last name, naam contactpersoon, nome do contato, name des ansprechpartners, nom du "
        "contact, nombre del contacto, nombre de contacto, nome contatto, kontaktnamn, kontaktnavn",
        3: "ansprechpartner, ansprechpartnerin, ansprechperson, kontaktperson, contactpersoon, interlocuteur, "
        "persona de contacto, persona di riferimento, referente, contact principal, yhteyshenkilo, osoba "
        "kontaktowa, kontaktni osoba, pessoa de contato, pessoa de contacto, personne de contact",
        10: "contact, kontakt, contacto, contatto, display name, lead name, anzeigename, invitee, attendee, contato",
    },
    "firstName": {
        0: "first name, given name, forename, fname, name first, vorname, prenom, voornaam, fornamn, nombre de "
        "pila, primer nombre, fornavn, etunimi, first names, imie, krestni jmeno, primeiro nome, nome proprio, "
        "given names, primo nome",
    },
    "middleName": {
        0: "middle name, middle names, middle initial, middle, name middle, additional name, additional names, "
        "zweiter vorname, weitere vornamen, deuxieme prenom, second prenom, autres prenoms, segundo nombre, "
        "secondo nome, tussenvoegsel, tussenvoegsels, voorvoegsel, voorvoegsels, mellannamn, mellomnavn, "
        "mellemnavn, segundo nome, nome do meio, drugie imie, prostredni jmeno, toinen nimi",
    },
    "lastName": {
        0: "last name, surname, family name, lname, name last, nachname, familienname, zuname, nom de famille, "
        "apellido, apellidos, cognome, achternaam, efternamn, etternavn, efternavn, sobrenome, sobrenomes, "
        "apelido, apelidos, nazwisko, prijmeni, sukunimi, last names, family names",
    },
    "company": {
        0: "company, name des unternehmens, name der firma, name of company, company name, organization, "
        "organisation, organization name, unternehmen, firma, firmenname, firmierung, unternehmensname, "
        "entreprise, societe, raison sociale, empresa, compania, razon social, azienda, ditta, societa, ragione "
        "sociale, bedrijf, bedrijfsnaam, organisatie, organisatienaam, foretag, foretagsnamn, what company do "
        "you work for, which company do you work for, bolag, bolagsnamn, organisationsname, nombre de empresa, "
        "empresa nombre, nome da empresa, empresa nome, nazwa firmy, nazev firmy, spolecnost, nazev "
        "spolecnosti, yritys, yrityksen nimi, yhtio, bedrift, bedriftsnavn, selskap, selskapsnavn, virksomhed, "
        "virksomhedsnavn, firmanavn, firmanamn, organisasjon, organisasjonsnavn, organisaatio, organizacja, "
        "organizace, organizacao, razao social, nome fantasia, nome da organizacao, spolka, nome azienda, naam "
        "bedrijf, bedrijf naam, nom de la societe, nom societe, nom entreprise, nom de l organisation, nom de l "
        "entreprise, nombre de la empresa, nome dell azienda, denominazione, denominazione sociale, "
        "przedsiebiorstwo, current company, company or organization, company or organisation, organization or "
        "company, business or organization, company business name",
        1: "account name, accounts name",
        2: "account, business, firm, employer, workplace, legal name, arbeitgeber, employeur, organizacion, "
        "organizzazione, werkgever, arbetsgivare, business name, partner name, nom commercial, org, "
        "arbeidsgiver, arbejdsgiver, tyonantaja, pracodawca, zamestnavatel, empregador",
    },
    "jobTitle": {
        0: "job title, job position, position title, designation, job role, jobbezeichnung, berufsbezeichnung, "
        "stellenbezeichnung, intitule du poste, intitule de poste, titre du poste, titre de poste, titulo del "
        "puesto, puesto de trabajo, cargo, titolo professionale, titolo di lavoro, posizione lavorativa, "
        "functietitel, functieomschrijving, jobbtitel, yrkestitel, befattning, professional title, current job, "
        "current job title, current position, current title, stilling, stillingstittel, stillingsbetegnelse, "
        "tehtavanimike, ammattinimike, stanowisko, stanowisko pracy, pracovni pozice, pozice, nazev pozice, "
        "titulo do cargo, tjanstetitel, intitule poste, titre professionnel, nombre del puesto, nome del ruolo, "
        "functienaam, position in company, position in the company, position im unternehmen, stellung im "
        "unternehmen, position in der firma, funktion im unternehmen",
        3: "position, function, job, funktion, fonction, poste, puesto, funcion, posizione, mansione, qualifica, "
        "ruolo, functie, posicion, rol, roll, funcao, asema, funkcja, funkce, posisjon, posicao",
        5: "title, titel, tittel, titteli",
        6: "role, rolle",
        7: "occupation, profession, beruf, profesion, professione, yrke, beroep",
    },
    "industry": {
        0: "industry, sector, branche, bransch, industrie, wirtschaftszweig, secteur, secteur d activite, "
        "industria, sector de actividad, settore, settore di attivita, bedrijfstak, naringsgren, industry "
        "sector, sektor, toimiala, bransje, branza, obor, odvetvi, obor podnikani, obor cinnosti, setor, ramo "
        "de atividade, wirtschaftssektor, sector of activity, line of business, business sector, industry type",
    },
    "employeeCount": {
        0: "employees, employee exact count, employee count, number of employees, no of employees, headcount, num "
        "employees, employee size, mitarbeiter, mitarbeiterzahl, mitarbeiteranzahl, mitarbeitende, "
        "beschaftigte, beschaftigtenzahl, employes, salaries, effectif, effectifs, empleados, plantilla, "
        "dipendenti, addetti, medewerkers, werknemers, anstallda, antal anstallda, antall ansatte, antal "
        "ansatte, ansatte, antal medarbejdere, medarbejdere, antal medarbetare, henkilostomaara, henkilosto, "
        "tyontekijoiden maara, tyontekijamaara, liczba pracownikow, pracownicy, pocet zamestnancu, zamestnanci, "
        "numero de funcionarios, funcionarios, numero de colaboradores, quantidade de funcionarios, nombre de "
        "salaries, effectif de l entreprise, total employees, number of staff, number of people, full time "
        "employees, anzahl beschaftigte",
        3: "company size, zatrudnienie, employee range, employees range, organization size, organisation size, "
        "business size, size of company, staff, staff count, unternehmensgrosse, firmengrosse, taille de l "
        "entreprise, taille entreprise, tamano de la empresa, tamano empresa, dimensione azienda, dimensioni "
        "azienda, bedrijfsgrootte, foretagsstorlek, company headcount, tamanho da empresa, yrityksen koko, "
        "wielkosc firmy, velikost firmy, virksomhedens storrelse, bedriftens storrelse, bedriftsstorrelse, "
        "virksomhedsstorrelse, size of organization, size of your company, betriebsgrosse",
    },
    "website": {
        0: "website, adres www, website url, web site, webpage, web page, homepage, web, internet, regular company "
        "url, webseite, internetseite, internetadresse, site web, page web, site internet, sitio web, pagina "
        "web, sito web, sito internet, sito, webbplats, webbsida, hemsida, site, website link, website address, "
        "nettside, nettsted, hjemmeside, webadresse, verkkosivu, verkkosivut, verkkosivusto, kotisivu, "
        "kotisivut, strona www, strona internetowa, www, webove stranky, webova stranka, pagina na internet, "
        "web url, adresse web, adresse internet, direccion web, indirizzo web, company website url, "
        "internetpagina, webadres, www adresse, webbplatsadress, webbadress",
        3: "url, company url",
        6: "domain, domain name, domane, domaine, dominio, domein, doman",
    },
    "linkedIn": {
        0: "linkedin, linkedin url, linkedin profile, linkedin profile url, linkedin page, linked in, linkedin "
        "link, linkedin account, linkedin profil",
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
        "mejladress, adresse de messagerie, email from, adresse electronique, adresse courriel, adresse mail, "
        "adresse e mail, courrier electronique, direccion de correo, direccion de correo electronico, direccion "
        "electronica, indirizzo email, indirizzo mail, indirizzo di posta elettronica, endereco de email, "
        "endereco eletronico, correio eletronico, correio electronico, adres email, adres mail, sahkoposti, "
        "sahkopostiosoite, mailadress, emailadress, email adres, elektronicka posta, emailova adresa, mailova "
        "adresa",
        1: "work email, business email",
        6: "user email, user email address",
    },
    "phoneNumber": {
        0: "phone, phones, telephone, tel, telefon, telefono, telefoon, telefonnummer, telefoonnummer, rufnummer, "
        "phone number, contact number, fon, telefone, telephone number, numero de telephone, numero telephone, "
        "numero de telefono, numero telefono, numero di telefono, numero de telefone, numer telefonu, nr "
        "telefonu, telefonni cislo, cislo telefonu, puhelin, puhelinnumero, puh, tlf, tlf nr, tlfnr, telefonnr, "
        "telnr, tel nr, rufnr, telefoonnr, tfn, telf, tlfn",
        1: "work phone, business phone, office phone, direct phone, direct dial, direct line, durchwahl, ligne "
        "directe, telefon firmowy, telefone comercial, telefone do trabalho, tyopuhelin, puhelin tyo, "
        "telefonzentrale, switchboard, direktnummer, direct number, telefono fijo, telephone fixe, landline, "
        "festnetz, festnetznummer, vaste telefoon, fastnet, fasttelefon, lankapuhelin, telefono fisso, telefone "
        "fixo",
        3: "mobile, mobile phone, mobile number, cell phone, cell, cellphone, cellular, handy, handynummer, mobil, "
        "mobilnummer, mobiltelefon, mobilfunk, mobilfunknummer, mobilrufnummer, mobilephone, portable, "
        "telephone portable, telephone mobile, movil, celular, telefono movil, cellulare, mobiel, mobiele "
        "telefoon, mobieltje, mobilni telefon, telefon komorkowy, komorka, numer komorkowy, matkapuhelin, "
        "matkapuhelinnumero, telemovel, numero celular, numero movil, numero de movil, numero cellulare, mobil "
        "nummer, mobilnr, mobiltlf, mobil nr, gsm, gsm nummer, natel, mobieltelefoon, mobiele nummer, mobiel "
        "nummer, numero de portable, tel portable, tel mobile",
    },
    "address": {
        0: "address, adresse, anschrift, postanschrift, direccion, indirizzo, adres, adress, postadress, "
        "postadresse, postadres, full address, adresa, endereco, morada, osoite, adr, endereco completo, "
        "adresse complete, adresse postale, direccion postal, direccion completa, indirizzo postale, indirizzo "
        "completo, postiosoite, adres pocztowy, postova adresa, firmenanschrift",
        1: "street, street address, strasse, str, rue, calle, via, straat, gata, gatuadress, gatuadresse, "
        "domicilio, strasse und hausnummer, strasse hausnummer, strasse nr, street and number, street name and "
        "number, straat en huisnummer, straatnaam en huisnummer, besoksadress, besoksadresse, besoegsadresse, "
        "besogsadresse, bezoekadres, kayntiosoite, katuosoite, gateadresse, gade, ulica, ulice, ulice a cislo, "
        "ulice a cislo popisne, ulica i numer, rua, logradouro, strasse und hausnr, strasse hausnr, strasse und "
        "nr, str nr, str hausnr, str hausnummer, strasse u hausnummer, strasse u hausnr, strasse u nr, rue et "
        "numero, numero et rue, calle y numero, indirizzo e numero civico, straat en nummer, straat en nr, "
        "straat huisnummer, straat en huisnr, gata och nummer, straat nummer, gate og nummer, street name",
        4: "location, standort, localisation, ubicacion, locatie, localizacao, localizacion, lokalizacja, sijainti",
    },
    "notes": {
        0: "notes, note, notizen, notiz, notas, nota, notities, notitie, anteckningar, anteckning, lead notes, "
        "notater, notat, noter, muistiinpanot, notatki, notatka, poznamky, poznamka, anotacoes, annotations, "
        "annotazioni, aantekeningen, customer note, customer notes",
        3: "comments, comment, comments or questions, questions or comments, remarks, remark, message, bemerkung, "
        "bemerkungen, anmerkung, anmerkungen, kommentar, kommentare, kommentarer, nachricht, mitteilung, "
        "remarque, remarques, commentaire, commentaires, comentario, comentarios, mensaje, observaciones, "
        "osservazioni, commento, commenti, messaggio, opmerking, opmerkingen, bericht, meddelande, anmarkning, "
        "ovrigt, bemaerkninger, bemaerkning, merknader, merknad, kommentti, kommentit, huomautus, huomautukset, "
        "huomiot, viesti, uwagi, komentarz, komentarze, wiadomosc, komentar, komentare, zprava, vzkaz, "
        "observacao, observacoes, mensagem, melding, besked, comment or message, comments or message, message "
        "or comment, questions comments, additional comments, other comments, further comments, enquiry, "
        "inquiry",
        6: "description, summary, details, beschreibung, beschrijving, beskrivning, descripcion, descrizione, "
        "additional information, additional info, zusatzliche informationen, descricao, kuvaus, lisatiedot, "
        "opis, popis, informations complementaires, informacion adicional, informazioni aggiuntive, informacoes "
        "adicionais, aanvullende informatie, further information, sonstiges",
    },
    "labels": {
        0: "labels, label, tags, tag, tag ids, etiketten, etikett, schlagworte, schlagworter, stichworter, "
        "stichworte, etiquettes, etiquette, etiquetas, etiqueta, etichette, etichetta, etiketter, taggar, "
        "tunnisteet, tunniste, etykiety, etykieta, stitky, stitek, tagi, tagy, marcadores, merkelapper, stikord",
        3: "lists, groups, group membership, segments, categories, kategorien, gruppen, listen, categorieen, "
        "kategorier, categorias, categorie, ryhmat, kategoriat, grupy, skupiny, groupes, grupos, gruppi, "
        "groepen, grupper",
    },
    "date": {
        0: "created, created at, created on, created date, created time, date created, create date, creation date, "
        "creation time, creation timestamp, erstellt, erstellt am, erstelldatum, erstellungsdatum, angelegt, "
        "angelegt am, anlagedatum, anlegedatum, date de creation, date creation, cree le, creation, fecha de "
        "creacion, fecha creacion, creado, creado el, data creazione, data di creazione, creato il, aangemaakt, "
        "aangemaakt op, aanmaakdatum, skapad, skapat, skapades, skapandedatum, opprettet, opprettet dato, "
        "opprettelsesdato, oprettet, oprettelsesdato, oprettet dato, luotu, luontipaiva, luontiaika, data "
        "utworzenia, utworzono, utworzony, vytvoreno, datum vytvoreni, data de criacao, criado, criado em, "
        "skapad datum, skapat datum, datum skapad, creation datetime, created datetime, date et heure de "
        "creation, fecha y hora de creacion, erstellungszeitpunkt, aangemaakt datum, datum aangemaakt, datum "
        "erstellt",
        3: "date, timestamp, hinzugefugt, hinzugefugt am, "
        "added, added on, added at, date added, add date, date entered, entry date, submitted, "
        "submitted at, submitted on, submission date, submission time, submit date, submit time, submission "
        "timestamp, date submitted, signup date, sign up date, registration date, registered at, optin time, "
        "subscribed at, received, received at, received on, signed up, signed up at, datum, fecha, zeitstempel, "
        "horodateur, eingegangen am, event created date time, event created date and time, marca temporal, "
        "marca de tiempo, informazioni cronologiche, tijdstempel, tidstampel, tidsstempel, tidsstempling, "
        "aikaleima, sygnatura czasowa, casova znacka, casove razitko, carimbo de data hora, date de soumission, "
        "date d envoi, fecha de envio, fecha de alta, fecha de registro, date d inscription, date d ajout, "
        "ajoute le, anadido el, data di invio, data di iscrizione, data de cadastro, data de inscricao, data "
        "dodania, datum pridani, eingangsdatum, eingegangen, anmeldedatum, registriert am, lagt till, "
        "toegevoegd op, lisatty, dato, paivamaara, inzenddatum, added time, lead date, time submitted, "
        "submitted time, submission datetime, date of submission, date received, received date, date of "
        "registration, date of entry",
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
