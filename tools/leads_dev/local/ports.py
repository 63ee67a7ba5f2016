"""Servers on this machine: where one may listen, and whether it does."""

import http.client
import socket
from urllib.parse import urlsplit

_LONGEST_ANSWER_SECONDS = 10


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def is_taken(port: int) -> bool:
    """Whether something listens on a port; on 0 nothing ever does."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def is_own_address(host: str) -> bool:
    """Whether a server of this machine could listen on an IPv4 address."""
    with socket.socket() as probe:
        try:
            probe.bind((host, 0))
        except OSError:
            return False
    return True


def answers(url: str) -> bool:
    """Whether an HTTP server answers there, whatever it says."""
    address = urlsplit(url)
    connect = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = connect(address.netloc, timeout=_LONGEST_ANSWER_SECONDS)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
