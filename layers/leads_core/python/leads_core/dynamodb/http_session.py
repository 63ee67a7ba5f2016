"""Botocore's HTTP session, except that a client loads its CA bundle once instead of for each connection."""

import os
import socket
from ssl import OP_NO_TICKET, PROTOCOL_TLS_CLIENT, SSLContext
from typing import Any

from botocore.client import BaseClient
from botocore.httpsession import URLLib3Session, get_cert_path
from botocore.session import Session
from botocore.utils import get_environ_proxies

_SOCKET_OPTIONS = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1), (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]


def load_ca_bundle_once(session: Session) -> None:
    """Let the clients of a session load the CA bundle as they are created. They raise OSError if it cannot be used.

    Without TLS, none is loaded. The bundle is the session's, or the one in REQUESTS_CA_BUNDLE, or botocore's own.
    """
    ca_bundle: Any = session.get_config_variable("ca_bundle") or os.environ.get("REQUESTS_CA_BUNDLE") or True

    class Client(BaseClient):
        def __init__(self, *, endpoint: Any, client_config: Any, **arguments: Any) -> None:  # noqa: ANN401 - botocore's
            endpoint.http_session = _HTTPSession(
                _loaded_context(ca_bundle) if endpoint.host.startswith("https:") else _context(),
                verify=ca_bundle,
                proxies=get_environ_proxies(endpoint.host),
                timeout=(client_config.connect_timeout, client_config.read_timeout),
                max_pool_connections=client_config.max_pool_connections,
                socket_options=_SOCKET_OPTIONS,
            )
            super().__init__(endpoint=endpoint, client_config=client_config, **arguments)

    def add_base_class(**event: Any) -> None:  # noqa: ANN401 - botocore's
        event["base_classes"].insert(0, Client)

    session.register("creating-client-class", add_base_class)


class _HTTPSession(URLLib3Session):
    def __init__(self, context: SSLContext, **arguments: Any) -> None:  # noqa: ANN401 - botocore's
        self._context = context
        super().__init__(**arguments)

    def _get_ssl_context(self) -> SSLContext:
        return self._context


class _Context(SSLContext):
    """Verifies the authority and the host name, as the standard library does for clients.

    All connections share a context, but urllib3 loads the bundle into it for each, which takes ten times as long as the
    rest of a new connection.
    """

    _loaded: tuple[Any, ...] | None = None

    def load_verify_locations(self, cafile: Any = None, capath: Any = None, cadata: Any = None) -> None:  # noqa: ANN401 - the standard library's
        locations = (cafile, capath, cadata)
        if locations != self._loaded:
            super().load_verify_locations(*locations)
            self._loaded = locations


def _context() -> _Context:
    context = _Context(PROTOCOL_TLS_CLIENT)
    # Sessions are not resumed, so tickets would be sent in vain.
    context.options |= OP_NO_TICKET
    return context


def _loaded_context(ca_bundle: Any) -> _Context:  # noqa: ANN401 - a path, or True
    context = _context()
    file = get_cert_path(ca_bundle)
    try:
        context.load_verify_locations(file)
    except OSError as exc:
        raise OSError(f"The CA bundle {file} cannot be used: {exc.strerror or exc}") from exc
    return context
