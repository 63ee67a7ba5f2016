"""The address of the API, and connections to it, which go through the proxies that the environment names."""

import os
from typing import Any

import httpx

_LEADS_PATH = "/api/v1/leads"
# No proxy reaches a server of this machine, and few people name it in NO_PROXY.
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_DIRECT = {f"all://{f'[{host}]' if ':' in host else host}": None for host in _LOOPBACK}
_LOOPBACK_SECONDS = 3
_HIGHEST_PORT = 65535


def leads_url(url: str) -> httpx.URL:
    """Complete the API's address. Raises ValueError for an address that cannot be one.

    An address with a user name, a query or a fragment is refused too: these would be lost, or sent to the API.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as exc:
        raise ValueError(f"The address of the lead API is not a URL: {exc}.") from exc
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise ValueError("The address of the lead API must begin with http:// or https:// and a host.")
    if parsed.port is not None and not 0 < parsed.port <= _HIGHEST_PORT:
        raise ValueError(f"The address of the lead API has the port {parsed.port}: a port is 1 to {_HIGHEST_PORT}.")
    if parsed.userinfo or parsed.query or parsed.fragment:
        raise ValueError("The address of the lead API must end with its path, and have no user name.")
    path = parsed.path.rstrip("/")
    return parsed.copy_with(path=path if path.endswith(_LEADS_PATH) else path + _LEADS_PATH)


def is_loopback(url: httpx.URL) -> bool:
    """Whether an address names this machine."""
    return url.host in _LOOPBACK


def timeout(seconds: float, url: httpx.URL) -> httpx.Timeout:
    """The time-out for each part of a response. On this machine, connections succeed within seconds or never."""
    return httpx.Timeout(seconds, connect=min(seconds, _LOOPBACK_SECONDS) if is_loopback(url) else seconds)


def http_client(**options: Any) -> httpx.Client:  # noqa: ANN401 - httpx's
    """A client of httpx. Raises ValueError for a proxy or a file of certificates that cannot be used."""
    try:
        return httpx.Client(mounts=_DIRECT, **options)
    except ImportError as exc:
        raise ValueError("A proxy in ALL_PROXY is of the kind SOCKS: pip install 'httpx[socks]', or unset it.") from exc
    except (ValueError, httpx.InvalidURL) as exc:
        raise ValueError(f"A proxy cannot be used ({exc}): check HTTPS_PROXY and ALL_PROXY.") from exc
    except OSError as exc:
        files = " and ".join(name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if name in os.environ)
        raise ValueError(f"The certificates cannot be read ({exc.strerror}): check {files}.") from exc
