"""Cells that are merged downwards: people see their value in every row, and the file has it in the first."""

import re
from collections.abc import Iterable
from typing import NamedTuple

MOST_MERGED = 100_000
"""Of a sheet."""
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s+ref=[\"']\$?([A-Z]{1,3})\$?(\d{1,7}):\$?[A-Z]{1,3}\$?(\d{1,7})[\"']")


class MergedDown(NamedTuple):
    """A value that is seen in several rows of a column: numbers of rows, and the position of the column from 0."""

    first_row: int
    last_row: int
    column: int


def merged_in(xml: bytes) -> Iterable[MergedDown]:
    """The cells that the XML of a sheet, or a part of it, says to be merged over several rows."""
    for column, first, last in _MERGED.findall(xml):
        if int(last) > int(first):
            position = 0
            for letter in column:
                position = position * 26 + letter - ord("A") + 1
            yield MergedDown(int(first), int(last), position - 1)


class MergedValues:
    """Fills in the values of merged cells, row by row from the top."""

    def __init__(self, merged: Iterable[MergedDown]) -> None:
        self._to_come = sorted(merged, reverse=True)
        # By column, because only one can be seen in a place.
        self._open: dict[int, tuple[int, str]] = {}

    def fill(self, number: int, texts: list[str]) -> None:
        """Fill in what is seen in a row; one that has nothing of its own is a part of the row above it."""
        self._open = {column: seen for column, seen in self._open.items() if seen[0] >= number}
        if any(texts):
            for column, (_, text) in self._open.items():
                texts.extend("" for _ in range(column + 1 - len(texts)))
                texts[column] = texts[column] or text
        while self._to_come and self._to_come[-1].first_row <= number:
            first_row, last_row, column = self._to_come.pop()
            if first_row == number and column < len(texts) and texts[column]:
                self._open[column] = last_row, texts[column]
