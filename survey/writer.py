"""The one writer of a process: what has queued is committed together.

Every door hands its submissions here. Each is answered only after its commit; one that is
refused, or that no database takes, never fails its neighbours.
"""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from queue import Empty, Full, Queue
from threading import Thread
from time import monotonic

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from models import now, writing
from models.faults import fault_of
from survey.checks import Submission, SubmissionRefused
from survey.metrics import BATCHES, FAILURES, REFUSALS, SENT_BACK, SUBMISSIONS, WAITING
from survey.submission import Outcome, Taken, submit_all

LONGEST_QUEUE = 2_000
LARGEST_BATCH = 200

logger = logging.getLogger(__name__)


class Overloaded(Exception):
    """More submissions are waiting than can be stored soon: try again in a moment."""


@dataclass(frozen=True)
class _Waiting:
    submission: Submission
    taken: Future[Taken] | asyncio.Future[Taken]
    loop: asyncio.AbstractEventLoop | None = None


_Told = tuple[_Waiting, Taken | Exception]


class Writer:
    """Stores submissions from any thread, in one thread of its own."""

    def __init__(self, engine: Engine, secret: bytes, longest_queue: int = LONGEST_QUEUE) -> None:
        self._engine = engine
        self._secret = secret
        self._queue: Queue[_Waiting | None] = Queue(longest_queue)
        self._begun: float | None = None
        self._thread = Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    def submit(self, submission: Submission) -> Future[Taken]:
        """What became of the submission, once it is committed; see ``survey.submission``.

        The future raises Refused, or SQLAlchemyError where the database failed. Raises
        Overloaded where the queue is full; nothing was stored then.
        """
        taken: Future[Taken] = Future()
        # Who gives up waiting can't cancel it: the writer would stumble over a cancelled future.
        taken.set_running_or_notify_cancel()
        self._queue_up(_Waiting(submission, taken))
        return taken

    async def taken(self, submission: Submission) -> Taken:
        """The same to whoever waits in an event loop: what is stored together is told together."""
        loop = asyncio.get_running_loop()
        taken: asyncio.Future[Taken] = loop.create_future()
        self._queue_up(_Waiting(submission, taken, loop))
        return await taken

    def _queue_up(self, waiting: _Waiting) -> None:
        try:
            self._queue.put_nowait(waiting)
        except Full:
            SENT_BACK.inc()
            raise Overloaded from None
        WAITING.set(self._queue.qsize())

    def stands_still(self) -> float:
        """For how many seconds it has been at what it stores now; infinite where it has ended."""
        begun = self._begun
        if not self._thread.is_alive():
            return inf
        return monotonic() - begun if begun is not None else 0.0

    def close(self) -> None:
        """Stores what is still waiting, then ends."""
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        going = True
        while going:
            batch = [self._queue.get()]
            while len(batch) < LARGEST_BATCH and batch[-1] is not None:
                try:
                    batch.append(self._queue.get_nowait())
                except Empty:
                    break
            going = batch[-1] is not None
            WAITING.set(self._queue.qsize())
            self._store([waiting for waiting in batch if waiting])

    def _store(self, batch: Sequence[_Waiting]) -> None:
        if not batch:
            return
        self._begun = monotonic()
        try:
            self._store_together(batch)
        finally:
            self._begun = None

    def _store_together(self, batch: Sequence[_Waiting]) -> None:
        try:
            with writing(self._engine) as session:
                submissions = [waiting.submission for waiting in batch]
                outcomes = submit_all(session, self._secret, submissions, now())
        except Exception as error:
            self._fail(batch, error)
            return
        BATCHES.inc()
        _count(outcomes)
        _tell([*zip(batch, outcomes, strict=True)])

    def _fail(self, batch: Sequence[_Waiting], error: Exception) -> None:
        """What failed together is tried one by one, so that only the culprit fails.

        Where the database cannot be used nobody is: each would wait for it once more.
        """
        outage = fault_of(error) is not None
        if len(batch) == 1 or outage:
            kind = "database" if isinstance(error, SQLAlchemyError) else "program"
            if not outage:  # which the database's own log line has named
                logger.error("the %s failed: %s", kind, type(error).__name__)
            FAILURES.labels(kind).inc(len(batch))
            _tell([(waiting, error) for waiting in batch])
            return
        for waiting in batch:
            self._store([waiting])


def _tell(told: Sequence[_Told]) -> None:
    """Tells everyone what became of theirs, each event loop once."""
    loops: dict[asyncio.AbstractEventLoop | None, list[_Told]] = defaultdict(list)
    for one in told:
        loops[one[0].loop].append(one)
    for loop, theirs in loops.items():
        if loop is None:
            _settle(theirs)
        else:
            with suppress(RuntimeError):  # it has ended, and nobody waits there
                loop.call_soon_threadsafe(_settle, theirs)


def _settle(told: Sequence[_Told]) -> None:
    for waiting, outcome in told:
        if waiting.taken.done():  # given up
            continue
        if isinstance(outcome, Exception):
            waiting.taken.set_exception(outcome)
        else:
            waiting.taken.set_result(outcome)


def _count(outcomes: Sequence[Outcome]) -> None:
    kinds = Counter(
        "refused" if isinstance(one, SubmissionRefused) else "known" if one.known else "stored"
        for one in outcomes
    )
    for kind, number in kinds.items():
        SUBMISSIONS.labels(kind).inc(number)
    for outcome in outcomes:
        if isinstance(outcome, SubmissionRefused):
            for problem in outcome.problems:
                REFUSALS.labels(problem.code).inc()
