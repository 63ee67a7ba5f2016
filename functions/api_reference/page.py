"""The page that people see, and what a browser may do on it: ask this host, and nobody else."""

from html import escape

# The texts of the style elements that the renderer makes, in its locked version: base, notifications, theme.
_STYLES = (
    "'sha256-QpRH++jfSE25E/ku5JwG+oucjRD32SqdyuYxGFVNDSA='",
    "'sha256-l/2OpPg0d+2VLTLgwjf5mQo2CYwHDEqdj5TjbfEyVJI='",
    "'sha256-T13Uev3xCax2N28XaoAE8DOzQZKvPp7ZQVAi1iRREjo='",
)
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' data:",
    "style-src-elem": " ".join(_STYLES),
    # The renderer places menus by style attributes that it computes.
    "style-src-attr": "'unsafe-inline'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
SECURITY_HEADERS = {
    "Content-Security-Policy": "; ".join(f"{directive} {sources}" for directive, sources in _POLICY.items()),
    "Cross-Origin-Opener-Policy": "same-origin",
}

_HTML = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Lead intake API</title>
<link rel="icon" href="data:,">
</head>
<body>
<div id="reference" data-api="{api}"></div>
<noscript>This page needs JavaScript. <a href="{api}/openapi.json">The description of the API</a> does not.</noscript>
<script src="{script}"></script>
</body>
</html>
"""


def html(api: str, script: str) -> str:
    """The page. ``api`` is the path of the API on its host, or empty; ``script`` is the renderer's address."""
    return _HTML.format(api=escape(api), script=escape(script))
