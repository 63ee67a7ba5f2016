"""Leads, API keys, plans, limits, and the DynamoDB tables that hold them. It does not know HTTP."""
