"""``make deploy``: checks what a deployment needs, builds, deploys, and sends a request to what was deployed."""
