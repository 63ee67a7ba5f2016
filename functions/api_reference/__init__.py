"""The reference of the API: a page for people, and the description for machines."""
