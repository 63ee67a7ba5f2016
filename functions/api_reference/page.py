"""The page for people, and its security policy: a browser may load from this host only."""

from html import escape

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' data:",
    "style-src-elem": "'nonce-{nonce}'",
    # The renderer positions menus with computed style attributes.
    "style-src-attr": "'unsafe-inline'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}

_HTML = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Lead intake API</title>
<meta property="csp-nonce" content="{nonce}">
<link rel="icon" href="data:,">
<style nonce="{nonce}">
:root {{ color-scheme: light dark; font-family: system-ui, sans-serif }}
#loading {{ margin: 6rem auto; max-width: 40rem; padding: 0 1rem }}
</style>
</head>
<body>
<div id="loading">
<h1>Lead intake API</h1>
<p>Loading the reference …</p>
</div>
<div id="reference"></div>
<noscript>This page needs JavaScript. <a href="{api}/openapi.json">The description of the API</a> does not.</noscript>
<script defer src="{script}" data-api="{api}" data-key="{key}"></script>
</body>
</html>
"""


def html(api: str, script: str, nonce: str, key: str) -> str:
    """The page. ``api`` is the path of the API on its host, or empty; ``script`` is the address of the script.

    ``key`` is filled in where a visitor puts an API key: everyone who sees the page sees it.
    """
    return _HTML.format(api=escape(api), script=escape(script), nonce=nonce, key=escape(key))


def security_headers(nonce: str) -> dict[str, str]:
    """The headers that tell a browser what to allow. Each page has its own random nonce."""
    policy = "; ".join(f"{directive} {sources}" for directive, sources in _POLICY.items())
    return {
        "Content-Security-Policy": policy.format(nonce=nonce),
        "Cross-Origin-Opener-Policy": "same-origin",
    }
