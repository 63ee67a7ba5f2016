"""The API on a laptop: the real handler behind a local HTTP server, DynamoDB emulated in the same process."""
