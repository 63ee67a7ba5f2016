"""Attempts without a response: the reason, and whether a retry may help."""

import socket
import ssl
from collections.abc import Iterator

import httpx

from leads_client.connections import is_loopback
from leads_client.errors import UnavailableError
from leads_client.responses import quoted
from leads_client.retrying import Effect, FailedAttempt

# In these cases no byte of the request was sent.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
# Some systems have only one of them. A resolver that does not respond is another error, which is transient.
_NO_SUCH_HOST = {getattr(socket, name) for name in ("EAI_NONAME", "EAI_NODATA") if hasattr(socket, name)}
_NO_TLS = {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"}


def no_response(
    error: httpx.TransportError | httpx.DecodingError, url: httpx.URL, *, was_reached: bool
) -> FailedAttempt:
    """The failure of an attempt that ended with an error of the connection.

    An error that a wrong address causes is not retried, unless the API ``was_reached`` at this address before.
    """
    effect = Effect.NONE if isinstance(error, _NOT_SENT) else Effect.UNKNOWN
    if not was_reached and (wrong := wrong_address(error, url)):
        return FailedAttempt(UnavailableError(wrong), wrong, effect, most_tries=1)
    reason = f"no answer ({quoted(str(error) or type(error).__name__)})"
    return FailedAttempt(UnavailableError(f"The lead API at {url} is unavailable: {reason}."), reason, effect)


def wrong_address(error: Exception, url: httpx.URL) -> str | None:
    """What is wrong with the address if that is why there is no connection; None if the cause may be transient."""
    speaks_http = f"What answers at {url.host} does not speak TLS: should the address begin with http://?"
    for cause in _causes(error):
        match cause:
            case socket.gaierror() if cause.errno in _NO_SUCH_HOST:
                return f"There is no host {quoted(url.host)}: check the address of the lead API, and the network."
            case ssl.SSLCertVerificationError():
                why = quoted(cause.verify_message)
                return f"The certificate of {url.host} is not accepted ({why}): check the address of the lead API."
            case ssl.SSLError() if cause.reason in _NO_TLS:
                return speaks_http
            case TimeoutError() if "handshake" in str(cause) and is_loopback(url):
                return speaks_http
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__
