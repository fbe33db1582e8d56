"""Rows of Parquet files, which stay where they are and are read a block at a time."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis.arrays import NarrowPlaces
from analysis.errors import BadInput, Place, bad, unreadable
from analysis.processors import Made, each, threads
from analysis.tables import FileRows, RowBlock, TextColumn, refuse_doubles

BLOCK = 2**20  # rows
NEAR = 2**10
FIRST = 2  # below the headings, as in a spreadsheet
NO_FRACTION = re.compile(r"\.0+$")


class ParquetRows(FileRows):
    """The rows of one Parquet file; numbers as a spreadsheet shows them, nothing for NaN."""

    def __init__(self, path: Path) -> None:
        """Reads the headings alone. Raises BadInput."""
        self._name = path.name
        try:
            path.open("rb").close()  # so that a folder or an absent file is told like any other
        except OSError as error:
            raise unreadable(path.name, error) from error
        try:
            with pq.ParquetFile(path) as file:
                self._metadata, schema = file.metadata, file.schema_arrow
        except (OSError, pa.ArrowException) as error:
            raise self._broken() from error
        self._path = path
        self._texts = [one.name for one in schema if pa.types.is_string(one.type)]
        groups = range(self._metadata.num_row_groups)
        numbers = [self._metadata.row_group(group).num_rows for group in groups]
        self._starts = [FIRST, *(FIRST + rows for rows in accumulate(numbers))][:-1]
        refuse_doubles([heading.strip() for heading in schema.names], path.name)
        self._written = {heading.strip(): heading for heading in schema.names if heading.strip()}
        self.headings = list(self._written)

    def __len__(self) -> int:
        return int(self._metadata.num_rows)

    def blocks(self, headings: Sequence[str]) -> Iterator[RowBlock]:
        """All rows in order, at most a million at a time."""
        for group in range(len(self._starts)):
            yield from self._blocks_of(group, headings)

    def each_block(
        self, headings: Sequence[str], work: Callable[[RowBlock], Made]
    ) -> Iterator[Made]:
        """What ``work`` makes of each block, in order; each processor takes a group of rows."""

        def of_group(group: int) -> list[Made]:
            return [work(block) for block in self._blocks_of(group, headings)]

        for made in each(of_group, range(len(self._starts))):
            yield from made

    def _blocks_of(self, group: int, headings: Sequence[str]) -> Iterator[RowBlock]:
        """Those of a group of rows, as they stand together in the file."""
        row, wanted = self._starts[group], [self._written[heading] for heading in headings]
        few = len(self._starts) < threads()  # then columns are shared among the processors
        try:
            # Of its own for each thread.
            with pq.ParquetFile(
                self._path, metadata=self._metadata, read_dictionary=self._texts
            ) as file:
                for batch in file.iter_batches(BLOCK, [group], wanted, use_threads=few):
                    columns = {one: _column(batch[self._written[one]]) for one in headings}
                    yield RowBlock(range(row, row + len(batch)), columns)
                    row += len(batch)
        except (OSError, pa.ArrowException) as error:
            raise self._broken() from error

    def _broken(self) -> BadInput:
        return bad("no_parquet", Place(self._name))


def _column(cells: pa.Array) -> TextColumn:
    if pa.types.is_nested(cells.type):
        cells = pa.array([None if cell is None else str(cell) for cell in cells.to_pylist()])
    if pa.types.is_integer(cells.type) and (near := _near_integers(cells)):
        return near
    if not pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_encode()
    texts = [text.strip() for text in _texts(cells.dictionary)]
    if not cells.null_count:
        return TextColumn(texts, cells.indices.to_numpy())
    places = cells.indices.cast(pa.int32()).fill_null(len(texts))
    return TextColumn([*texts, ""], places.to_numpy())


def _near_integers(cells: pa.Array) -> TextColumn | None:
    """Whole numbers that lie near each other tell their places themselves; blank is the first.

    As narrow as they stand in the file, of answers a byte.
    """
    kind = np.dtype(f"u{cells.type.bit_width // 8}")
    stored = np.frombuffer(cells.buffers()[1], kind)[cells.offset : cells.offset + len(cells)]
    given = stored * _present(cells, kind)
    below, high = 0, int(given.max(initial=0))
    positive = min(NEAR, np.iinfo(cells.type.to_pandas_dtype()).max)
    if high > positive or np.count_nonzero(given) < len(cells) - cells.null_count:
        low, high = pc.min_max(cells).as_py().values()
        below = low - 1
        if high - below > min(NEAR, np.iinfo(kind).max):
            return None
        # Unsigned, the distance wraps rightly.
        wrapped = np.array(below % 2 ** (8 * kind.itemsize), kind)
        given = (stored - wrapped) * _present(cells, kind)
    narrow = given.astype(np.min_scalar_type(high - below), copy=False)
    return TextColumn(["", *map(str, range(below + 1, high + 1))], narrow)


def _present(cells: pa.Array, kind: np.dtype[np.unsignedinteger]) -> NarrowPlaces:
    """(n,) 1 where there is a cell, else 0, as Arrow's bits have it."""
    held = cells.buffers()[0]
    if held is None:
        return np.ones(1, kind)
    bits = np.unpackbits(np.frombuffer(held, np.uint8), bitorder="little")
    return bits[cells.offset : cells.offset + len(cells)].astype(kind, copy=False)


def _texts(values: pa.Array) -> list[str]:
    """What is shown of each value."""
    if pa.types.is_floating(values.type):
        return [_number(str(value)) for value in values.to_numpy(zero_copy_only=False)]
    if pa.types.is_decimal(values.type):
        return [_number(str(value)) for value in values.to_pylist()]
    return [text or "" for text in values.cast(pa.string()).to_pylist()]


def _number(text: str) -> str:
    return "" if text == "nan" else NO_FRACTION.sub("", text)
