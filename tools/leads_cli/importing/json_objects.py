"""Objects in JSON: an array of them, or one on each line."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

from leads_admin.lead_table import CUSTOM
from leads_cli.importing.encodings import Encoding, find_encoding
from leads_cli.importing.errors import UnreadableFileError
from leads_cli.importing.headings import meaning_of
from leads_cli.importing.imported_table import AS_FOUND, SAMPLE_ROWS, ReadOptions, Row, Table, column_names
from leads_cli.importing.text_lines import bounded_lines
from leads_core.lead_schema import LEAD_FIELDS

_FIELDS = frozenset(field.casefold() for field in LEAD_FIELDS)
_NOT_AN_OBJECT = "must be an object"
# Larger ones stay as they are: written out, a few characters would become thousands.
_MOST_EXPONENT = 99
_MOST_BYTES_OF_AN_ARRAY = 64 << 20


class DecimalText(str):
    """A number with a fraction or an exponent, as text, which is sent where a field holds text."""

    __slots__ = ()


_Element = tuple[int, Any, str | None]
"""Where an element is, what it is, and what is wrong with it if it is not an object."""


def open_json_lines(path: Path, options: ReadOptions = AS_FOUND) -> Table:
    """Read the names in a file with a JSON object on each line. Raises UnreadableFileError."""
    encoding = find_encoding(path, options.encoding)
    description = f"a JSON object on each line, in {encoding.name}"
    return _table(path, description, encoding, lambda: _lines(path, encoding.codec))


def open_json_array(path: Path, options: ReadOptions = AS_FOUND) -> Table:
    """Read a file that is a JSON array of objects, all of it into memory. Raises UnreadableFileError."""
    if path.stat().st_size > _MOST_BYTES_OF_AN_ARRAY:
        raise UnreadableFileError(
            f"{path} is a JSON array of more than {_MOST_BYTES_OF_AN_ARRAY >> 20} MB, which is read as a whole: save "
            "it as JSON Lines (.jsonl), an object on each line."
        )
    encoding = find_encoding(path, options.encoding)
    refused = f"{path} is not a JSON array of objects, [{{...}}, {{...}}]"
    try:
        array = decode(path.read_text(encoding=encoding.codec))
    except NoJsonError as exc:
        raise UnreadableFileError(f"{refused}: {exc}.") from exc
    if not isinstance(array, list):
        raise UnreadableFileError(f"{refused}.")
    elements = [(number, element, f"The element {_NOT_AN_OBJECT}.") for number, element in enumerate(array, start=1)]
    return _table(path, f"a JSON array in {encoding.name}", encoding, lambda: elements)


def _table(path: Path, description: str, encoding: Encoding, elements: Callable[[], Iterable[_Element]]) -> Table:
    # Any row may bring another name along, so all are read for their names first.
    names: dict[str, None] = {}
    apart: set[str] = set()
    for _, element, _ in elements():
        if isinstance(element, dict):
            if not element.keys() <= names.keys():
                names |= dict.fromkeys(element)
                column_names(list(names), path)
            apart |= _in_several_cases(element)
    keys = {name: _in_any_case(name, apart) for name in names}
    columns: dict[str, str] = {}
    for name, key in keys.items():
        columns.setdefault(key, name)

    def read_rows() -> Iterator[Row]:
        for number, element, problem in elements():
            if isinstance(element, dict):
                cells = {keys.get(name, name): value for name, value in element.items()}
                yield Row(number, [cells.get(key) for key in columns])
            else:
                yield Row(number, (), problem, raw=element)

    sample = [row.cells for row in islice(read_rows(), SAMPLE_ROWS)]
    return Table(description, tuple(columns.values()), read_rows, encoding, sample)


def _in_several_cases(names: Collection[str]) -> set[str]:
    """The names, in small letters, that an object has in several letter cases."""
    folded = [name.casefold() for name in names]
    if len(set(folded)) == len(folded):
        return set()
    return {name for name, count in Counter(folded).items() if count > 1}


def _in_any_case(name: str, apart: Collection[str]) -> str:
    """The key that all names of one column share: for a field, its name in any letter case, as in the API.

    Other names for a field share a key, too, unless they are ``apart``: an object has several, and none may be lost.
    """
    folded = name.casefold()
    if folded in _FIELDS or (folded not in apart and not folded.startswith(CUSTOM) and meaning_of(name)):
        return folded
    return name


def _lines(path: Path, codec: str) -> Iterator[_Element]:
    with path.open(encoding=codec) as file:
        for number, line in enumerate(bounded_lines(file, path), start=1):
            if not line.strip():
                yield number, {}, None
                continue
            try:
                element = decode(line)
            except NoJsonError:
                yield number, line.strip(), "The line is not a JSON object."
            else:
                yield number, element, f"The line {_NOT_AN_OBJECT}."


class NoJsonError(Exception):
    """Why a text cannot be read as JSON."""


def decode(text: str) -> Any:  # noqa: ANN401 - any JSON
    """A text as JSON, in which a number that is not whole is DecimalText; raises NoJsonError."""
    try:
        return json.loads(text, parse_float=_decimal_text, parse_int=_whole_number, parse_constant=_refuse)
    except json.JSONDecodeError as exc:
        raise NoJsonError(f"line {exc.lineno:,}, column {exc.colno:,}, {exc.msg}") from exc
    except RecursionError as exc:
        raise NoJsonError("it is nested too deeply") from exc


def _decimal_text(literal: str) -> DecimalText:
    """A number as decimal text, without an exponent if that is short, and without the .0 of a whole number."""
    try:
        number = Decimal(literal)
    except InvalidOperation:
        raise _too_large(literal) from None
    text = str(number) if abs(number.adjusted()) > _MOST_EXPONENT else format(number, "f")
    return DecimalText(text.rstrip("0").removesuffix(".") if text.endswith(".0") else text)


def _whole_number(literal: str) -> int:
    try:
        return int(literal)
    except ValueError:
        raise _too_large(literal) from None


def _too_large(literal: str) -> NoJsonError:
    return NoJsonError(f"the number {literal[:20]}… is too large")


def _refuse(constant: str) -> NoReturn:
    raise NoJsonError(f"{constant} is not JSON")
