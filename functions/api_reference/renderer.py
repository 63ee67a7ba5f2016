"""The page's script: code that allows the renderer's styles, the renderer from its package, and code that starts it."""

import gzip
import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_PACKAGE = "flask_openapi_scalar"
_SCRIPT_OF_PACKAGE = Path("templates") / "scalar" / "js" / "scalar.standalone.js"
_BEFORE = Path(__file__).with_name("allow_styles.js")
_AFTER = Path(__file__).with_name("start.js")
_COMPRESSED = Path(__file__).with_name("reference.js.gz")


@cache
def compressed_script() -> bytes:
    """The script, compressed with gzip: when the function was built, or now, which takes a third of a second."""
    return _COMPRESSED.read_bytes() if _COMPRESSED.exists() else gzip.compress(_script(), mtime=0)


@cache
def script_version() -> str:
    """Changes when the script does."""
    return hashlib.sha256(compressed_script()).hexdigest()[:16]


def _script() -> bytes:
    # The package is not imported: it is a plug-in of a framework that is not installed.
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"The package {_PACKAGE} is not installed: it has the script of the reference page.")
    [folder] = spec.submodule_search_locations
    parts = (_BEFORE, Path(folder) / _SCRIPT_OF_PACKAGE, _AFTER)
    return b"\n".join(part.read_bytes() for part in parts)


if __name__ == "__main__":  # the build
    _COMPRESSED.write_bytes(compressed_script())
