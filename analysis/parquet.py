"""Rows of Parquet files, which stay where they are and are read a block at a time."""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis.errors import BadInput, Place, bad, unreadable
from analysis.tables import FileRows, RowBlock, TextColumn, refuse_doubles

BLOCK = 2**18  # rows
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
            texts = [one.name for one in pq.read_schema(path) if pa.types.is_string(one.type)]
            self._file = pq.ParquetFile(path, read_dictionary=texts)
        except (OSError, pa.ArrowException) as error:
            raise self._broken() from error
        written = self._file.schema_arrow.names
        refuse_doubles([heading.strip() for heading in written], path.name)
        self._written = {heading.strip(): heading for heading in written if heading.strip()}
        self.headings = list(self._written)

    def __len__(self) -> int:
        return int(self._file.metadata.num_rows)

    def blocks(self, headings: Sequence[str]) -> Iterator[RowBlock]:
        """All rows in order, some hundred thousand at a time."""
        row = FIRST
        try:
            wanted = [self._written[heading] for heading in headings]
            for batch in _ahead(self._file.iter_batches(BLOCK, columns=wanted)):
                columns = {one: _column(batch[self._written[one]]) for one in headings}
                yield RowBlock(np.arange(row, row + len(batch)), columns)
                row += len(batch)
        except (OSError, pa.ArrowException) as error:
            raise self._broken() from error

    def _broken(self) -> BadInput:
        return bad("no_parquet", Place(self._name))


def _ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The batches; while one is worked on, the next is read."""
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = reader.submit(next, batches, None)
            yield batch


def _column(cells: pa.Array) -> TextColumn:
    if pa.types.is_nested(cells.type):
        cells = pa.array([None if cell is None else str(cell) for cell in cells.to_pylist()])
    if pa.types.is_integer(cells.type) and (near := _near_integers(cells)):
        return near
    if not pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_encode()
    texts = [text.strip() for text in _texts(cells.dictionary)]
    places = cells.indices.cast(pa.int32()).fill_null(len(texts))
    return TextColumn([*texts, ""], places.to_numpy())


def _near_integers(cells: pa.Array) -> TextColumn | None:
    """Whole numbers that lie near each other tell their places themselves."""
    low, high = pc.min_max(cells).as_py().values()
    if low is None or high - low > NEAR or high >= 2**63 - 1:
        return None
    above = high + 1
    given = cells if _fits(above, cells.type) else cells.cast(pa.int64())
    numbers = given.fill_null(above).to_numpy()
    # As narrow as they stand in the file, of answers a byte; unsigned, the distance wraps rightly.
    kind = np.dtype(f"u{numbers.itemsize}")
    places = numbers.view(kind) - np.array(low).astype(kind)
    return TextColumn([*map(str, range(low, above)), ""], places)


def _fits(number: int, kind: pa.DataType) -> bool:
    return number <= int(np.iinfo(kind.to_pandas_dtype()).max)


def _texts(values: pa.Array) -> list[str]:
    """What is shown of each value."""
    if pa.types.is_floating(values.type):
        return [_number(str(value)) for value in values.to_numpy(zero_copy_only=False)]
    if pa.types.is_decimal(values.type):
        return [_number(str(value)) for value in values.to_pylist()]
    return [text or "" for text in values.cast(pa.string()).to_pylist()]


def _number(text: str) -> str:
    return "" if text == "nan" else NO_FRACTION.sub("", text)
