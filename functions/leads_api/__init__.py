"""The lead API over HTTP: API Gateway's events in, its answers out."""
