"""What maintainers run and nobody installs: local servers, the description of the API, what Lambda runs."""
