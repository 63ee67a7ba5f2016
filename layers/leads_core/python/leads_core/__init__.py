"""Leads, API keys, plans, limits, and the DynamoDB tables that hold them. Knows nothing of HTTP."""
