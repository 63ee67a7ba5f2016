"""The DynamoDB tables: their schema, and the stores that the use cases call."""
