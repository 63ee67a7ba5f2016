"""Administration for operators, on any DynamoDB endpoint; ``leads_admin.workspaces`` is the entry point."""
