"""The console: pages on 127.0.0.1 that show leads as they come in. It reads a stack's tables and changes nothing."""
