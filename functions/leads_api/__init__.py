"""The lead API over HTTP: from API Gateway's events to its responses."""
