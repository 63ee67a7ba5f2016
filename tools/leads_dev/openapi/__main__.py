"""Writes the description, or with ``--check`` compares the one that is there with what would be written."""

import argparse
import json
import sys
from pathlib import Path

from leads_dev.openapi.document import openapi_document

OPENAPI_JSON = Path(__file__).parents[3] / "functions" / "api_reference" / "openapi.json"


def main() -> None:
    """Write or compare."""
    parser = argparse.ArgumentParser(prog="python -m leads_dev.openapi", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when it would be another text")
    text = json.dumps(openapi_document(), indent=2, ensure_ascii=False) + "\n"
    if not parser.parse_args().check:
        OPENAPI_JSON.write_text(text, encoding="utf-8")
    elif not OPENAPI_JSON.is_file() or OPENAPI_JSON.read_text(encoding="utf-8") != text:
        sys.exit(f"{OPENAPI_JSON.name} is not what the code says: run make openapi, and look at the difference.")


if __name__ == "__main__":
    main()
