"""A certificate for the stub, of an authority of its own."""

from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext

import trustme
from botocore.httpsession import DEFAULT_CA_BUNDLE
from trustme import KeyType


def create_tls(directory: Path) -> tuple[SSLContext, Path]:
    """The server's context, and a CA bundle for its clients.

    The server's certificate has an intermediate authority and RSA keys, like those of AWS. The bundle is botocore's,
    with one authority more.
    """
    authority = trustme.CA(key_type=KeyType.RSA)
    context = SSLContext(PROTOCOL_TLS_SERVER)
    intermediate = authority.create_child_ca(key_type=KeyType.RSA)
    intermediate.issue_cert("127.0.0.1", key_type=KeyType.RSA).configure_cert(context)
    bundle = directory / "bundle.pem"
    bundle.write_bytes(Path(DEFAULT_CA_BUNDLE).read_bytes() + authority.cert_pem.bytes())
    return context, bundle
