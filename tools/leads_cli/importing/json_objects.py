"""Objects in JSON: an array of them, or one on each line."""

import json
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn, TextIO

from leads_cli.importing.encodings import detect_encoding, encoding_name
from leads_cli.importing.errors import UnreadableFileError
from leads_cli.importing.tables import Row, Table, column_names

_NOT_AN_OBJECT = "must be an object"
# Larger ones stay as they are: written out, a few characters would become thousands.
_MOST_EXPONENT = 99
_WHITE_SPACE = frozenset(" \t\n\r")
_CHUNK_CHARACTERS = 1 << 18
# Far beyond what a lead can be. It bounds what is read in search of the end of an element that is no JSON.
_MOST_ELEMENT_CHARACTERS = 1 << 23

_Element = tuple[int, Any, str | None]
"""Where an element is, what it is, and what is wrong with it if it could not be read."""


def open_json_lines(path: Path) -> Table:
    """Read the names in a file with a JSON object on each line. Raises UnreadableFileError."""
    codec = detect_encoding(path)
    return _table(path, f"a JSON object on each line, in {encoding_name(codec)}", lambda: _lines(path, codec))


def open_json_array(path: Path) -> Table:
    """Read the names in a file that is a JSON array of objects. Raises UnreadableFileError."""
    codec = detect_encoding(path)
    return _table(path, f"a JSON array in {encoding_name(codec)}", lambda: _array(path, codec))


def _table(path: Path, description: str, elements: Callable[[], Iterable[_Element]]) -> Table:
    # Any row may bring another name along, so all are read for their names first.
    names: dict[str, None] = {}
    for _, element, _ in elements():
        if isinstance(element, dict) and not element.keys() <= names.keys():
            names.update(dict.fromkeys(element))
            column_names(list(names), path)

    def read_rows() -> Iterator[Row]:
        for number, element, problem in elements():
            if isinstance(element, dict):
                yield Row(number, [element.get(name) for name in names])
            else:
                yield Row(number, (), problem)

    return Table(description, tuple(names), read_rows)


def _lines(path: Path, codec: str) -> Iterator[_Element]:
    with path.open(encoding=codec) as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                yield number, {}, None
                continue
            try:
                element = _DECODER.decode(line)
            except (ValueError, RecursionError):
                yield number, None, "The line is not a JSON object."
            else:
                yield number, element, f"The line {_NOT_AN_OBJECT}."


def _array(path: Path, codec: str) -> Iterator[_Element]:
    with path.open(encoding=codec) as file:
        number = 0
        try:
            for number, element in enumerate(_ArrayReader(file), start=1):
                yield number, element, f"The element {_NOT_AN_OBJECT}."
        except (ValueError, RecursionError) as exc:
            is_deep = isinstance(exc, RecursionError)
            reason = "nested too deeply" if is_deep else exc.msg if isinstance(exc, json.JSONDecodeError) else str(exc)
            raise UnreadableFileError(
                f"{path} is not a JSON array of objects, [{{...}}, {{...}}]: element {number + 1:,}, {reason}."
            ) from exc


class _ArrayReader:
    """The elements of a JSON array, decoded one by one as the file is read.

    Raises ValueError or RecursionError for what is not JSON, not an array, or nested too deeply.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._position = 0
        self._is_all = False

    def __iter__(self) -> Iterator[Any]:
        self._expect("[")
        if self._next_character() != "]":
            yield self._decode()
            while self._next_character() == ",":
                self._position += 1
                self._next_character()
                yield self._decode()
        self._expect("]")
        self._expect("")

    def _expect(self, character: str) -> None:
        if self._next_character() != character:
            raise json.JSONDecodeError(f"{character or 'the end'} is missing", self._text, self._position)
        self._position += 1

    def _next_character(self) -> str:
        """The next one that is no white space, empty at the end; it is not taken."""
        while True:
            while self._text[self._position : self._position + 1] in _WHITE_SPACE:
                self._position += 1
            if self._position < len(self._text) or self._is_all:
                return self._text[self._position : self._position + 1]
            self._read_on()

    def _decode(self) -> Any:  # noqa: ANN401 - any JSON
        while True:
            try:
                element, end = _DECODER.raw_decode(self._text, self._position)
            except json.JSONDecodeError:
                # It may be that the rest of it is not read yet.
                if self._is_all or len(self._text) - self._position > _MOST_ELEMENT_CHARACTERS:
                    raise
            else:
                if end < len(self._text) or self._is_all:
                    self._position = end
                    return element
            self._read_on()

    def _read_on(self) -> None:
        """Read as much again as is there, so that a long element is not tried too often."""
        rest = self._text[self._position :]
        added = self._file.read(max(_CHUNK_CHARACTERS, len(rest)))
        self._text, self._position, self._is_all = rest + added, 0, not added


def _decimal_text(literal: str) -> str:
    """A number as decimal text, without an exponent if that is short, and without the .0 of a whole number."""
    number = Decimal(literal)
    text = str(number) if abs(number.adjusted()) > _MOST_EXPONENT else format(number, "f")
    return text.rstrip("0").removesuffix(".") if text.endswith(".0") else text


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


_DECODER = json.JSONDecoder(parse_float=_decimal_text, parse_constant=_refuse)
