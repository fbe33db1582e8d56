"""Files that somebody names on a command line: regular ones, and - for standard input."""

import stat
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from analysis.errors import Place, bad, unreadable
from analysis.named import NAMELESS, STANDARD_INPUT

LARGEST = 2**29  # bytes: what has no end must not fill the memory


def refuse_early(options: Mapping[str, object]) -> None:
    """Raises BadInput for files among the options that cannot be opened, before anything loads."""
    files = list(_files(options.values()))
    if files.count(STANDARD_INPUT) > 1:
        raise bad("standard_input_twice", Place(STANDARD_INPUT.name))
    for file in files:
        if file != STANDARD_INPUT:
            _require_regular(file)
            try:
                file.open("rb").close()
            except OSError as error:
                raise unreadable(file.name, error) from error


def content_of(file: Path) -> bytes:
    """What is in the file. Raises BadInput; also for a device or a pipe, which may never end."""
    try:
        if file == STANDARD_INPUT:
            content = sys.stdin.buffer.read(LARGEST + 1)
        else:
            _require_regular(file)
            with file.open("rb") as opened:
                content = opened.read(LARGEST + 1)
    except OSError as error:
        raise unreadable(file.name, error) from error
    if len(content) > LARGEST:
        raise bad("endless_file", Place(file.name), most=LARGEST)
    return content


def _files(values: Iterable[object]) -> Iterator[Path]:
    for value in values:
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Path):
                yield one


def _require_regular(file: Path) -> None:
    if file == NAMELESS:
        raise bad("no_name_of_file")
    try:
        mode = file.stat().st_mode
    except OSError as error:
        raise unreadable(file.name, error) from error
    if not stat.S_ISREG(mode):
        place = Place(file.name or str(file))
        raise bad("directory", place) if stat.S_ISDIR(mode) else bad("special_file", place)
