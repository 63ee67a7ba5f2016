"""What operators do, on any DynamoDB endpoint: the parts of ``leads_admin.workspaces``."""
