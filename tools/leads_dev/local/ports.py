"""Ports of this machine: which are free, and whether a server responds."""

import http.client
import socket
from urllib.parse import urlsplit

_RESPONSE_SECONDS = 10


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def is_taken(port: int) -> bool:
    """Whether something listens on a port; never for port 0."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def is_own_address(host: str) -> bool:
    """Whether an IPv4 address belongs to this machine, so that a server can listen on it."""
    with socket.socket() as probe:
        try:
            probe.bind((host, 0))
        except OSError:
            return False
    return True


def responds(url: str) -> bool:
    """Whether an HTTP server responds, with any status."""
    address = urlsplit(url)
    connect = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = connect(address.netloc, timeout=_RESPONSE_SECONDS)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
