"""The OpenAPI description of the lead API, made of what the handler itself uses: its models and its answers."""
