"""The contract's tables of fields, written independently of the models, which are compared with them."""

LEAD_TEXTS = {
    "company": 256,
    "contactPerson": 256,
    "jobTitle": 256,
    "industry": 256,
    "website": 512,
    "linkedIn": 512,
    "twitter": 512,
    "facebook": 512,
    "email": 124,
    "phoneNumber": 64,
    "address": 256,
    "notes": 6942,
}
CONTACT_TEXTS = {
    "name": 256,
    "lastName": 256,
    "email": 124,
    "phoneNumber": 64,
    "address": 256,
    "website": 512,
    "linkedIn": 512,
    "twitter": 512,
    "facebook": 512,
    "role": 64,
}
