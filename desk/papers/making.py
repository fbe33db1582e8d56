"""The papers of many units: made in a second process too, where there are many."""

import os
from collections.abc import Generator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread

from sqlalchemy import Engine

from accounts.actors import Actor
from analysis.errors import BadInput, bad
from desk.papers.papers import RequestedPaper, hand_out_all
from locales import Language
from locales.refusals import sentence, sentences
from models import Unit, open_engine, reading

PROCESSES = 2
# To begin them takes as long as some reports: what draws is loaded.
FROM_UNITS = 8


@dataclass(frozen=True)
class PapersAsked:
    """Papers of these kinds of each unit in a period; ``link``: the address on their posters."""

    kinds: Sequence[str]
    period: int
    language: Language
    link: str | None = None


@dataclass(frozen=True)
class PapersMade:
    """The ``files`` of a unit by name, and in sentences what was not made, or lacks in them."""

    files: Sequence[tuple[str, bytes]] = ()
    refused: Sequence[str] = ()
    lacking: Sequence[str] = ()


def papers_of(
    engine: Engine, actor: Actor, asked: PapersAsked, units: Sequence[int]
) -> Generator[PapersMade]:
    """The papers of each unit, in the order of the units.

    Raises Forbidden, and BadInput where a process that makes them was ended from outside.
    """
    if len(units) < FROM_UNITS or len(os.sched_getaffinity(0)) < PROCESSES:
        yield from (_make(engine, actor, asked, unit) for unit in units)
        return
    # Of this process nothing is inherited: a connection to the database can't be used by two.
    address = engine.url.render_as_string(hide_password=False)
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])  # what draws is loaded once for both
    pool = ProcessPoolExecutor(PROCESSES, context, _begin, (address,))
    try:
        yield from pool.map(partial(_make_beside, actor, asked), units)
    except BrokenProcessPool:
        raise bad("papers_process_ended") from None
    finally:
        pool.shutdown(cancel_futures=True)


def _make(engine: Engine, actor: Actor, asked: PapersAsked, unit: int) -> PapersMade:
    wanted = RequestedPaper("", asked.period, unit, asked.language, link=asked.link)
    try:
        papers = hand_out_all(engine, actor, wanted, asked.kinds)
    except BadInput as error:
        name = _name(engine, unit)
        return PapersMade(refused=[f"{name}: {why}" for why in sentences(asked.language, error)])
    return PapersMade(
        files=[(paper.file_name, paper.content) for paper in papers],
        lacking=[
            f"{_name(engine, unit)}: {sentence(asked.language, paper.lacks)}"
            for paper in papers
            if paper.lacks
        ],
    )


def _name(engine: Engine, unit_id: int) -> str:
    with reading(engine) as session:
        return session.get_one(Unit, unit_id).name


_opened: list[Engine] = []


def _begin(address: str) -> None:
    """Opens the database in the new process, which ends when the one that began it has."""
    _opened.append(open_engine(address))
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
    os._exit(1)


def _make_beside(actor: Actor, asked: PapersAsked, unit: int) -> PapersMade:
    return _make(_opened[0], actor, asked, unit)
