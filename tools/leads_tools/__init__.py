"""What is never deployed: the ``leads`` command and the local server."""
