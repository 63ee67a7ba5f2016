"""Writes the files and tables that are generated from the code; with ``--check``, only compares them."""

import argparse
import json
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from leads_dev.event_schema import event_schema
from leads_dev.field_tables import field_tables
from leads_dev.openapi.document import openapi_document
from leads_dev.parameter_table import parameter_table
from leads_dev.response_table import response_table

ROOT = Path(__file__).parents[2]
OPENAPI_JSON = ROOT / "functions" / "api_reference" / "openapi.json"


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _with_part(text: str, name: str, part: str) -> str:
    """The page with the text between the two comments of that name replaced."""
    begin, end = f"<!-- {name}: written by make generate -->\n", f"<!-- end of {name} -->\n"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    written, count = pattern.subn(lambda _: begin + part + end, text)
    if count != 1:
        raise ValueError(f"{begin.strip()} is not there once, with {end.strip()} behind it")
    return written


GENERATED: Mapping[Path, Callable[[str], str]] = {
    OPENAPI_JSON: lambda _: _json(openapi_document()),
    ROOT / "docs" / "lead-created.schema.json": lambda _: _json(event_schema()),
    ROOT / "docs" / "deploying.md": lambda page: _with_part(page, "parameters", parameter_table()),
    ROOT / "docs" / "api.md": lambda page: _with_part(
        _with_part(page, "fields", field_tables()), "responses", response_table()
    ),
}
"""For each file, the function that returns its new content, given its present content."""


def main(files: Mapping[Path, Callable[[str], str]] = GENERATED) -> None:
    """Write the files, or compare them."""
    parser = argparse.ArgumentParser(prog="python -m leads_dev.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file would change")
    is_check = parser.parse_args().check
    for path, generate in files.items():
        text = path.read_text(encoding="utf-8")
        if text == (generated := generate(text)):
            continue
        if is_check:
            sys.exit(f"{path.name} is not what the code says: run make generate, and look at the difference.")
        path.write_text(generated, encoding="utf-8")


if __name__ == "__main__":
    main()
