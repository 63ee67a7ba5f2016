"""The OpenAPI description of the lead API, made from the handler's own models and responses."""
