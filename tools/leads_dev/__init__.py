"""Tools of maintainers, not in the wheel: local servers, the description of the API, the build for Lambda."""
