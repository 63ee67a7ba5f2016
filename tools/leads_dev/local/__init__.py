"""The API on a laptop: the real handler behind a local HTTP server, with DynamoDB emulated in the same process."""
