"""The reference of the API: a page for people, and the OpenAPI description for programs."""
