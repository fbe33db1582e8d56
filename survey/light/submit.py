"""What happens to a form that is sent: read, let in, stored, and answered."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from anyio import to_thread
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from locales import say
from models import now, reading
from survey.asking import OpenUnit
from survey.checks import Submission, SubmissionRefused
from survey.light import sealed
from survey.light.asked import interviewer_key, kept
from survey.light.form_page import FormPage
from survey.light.forms import Doubled, Filled, read_form
from survey.light.line import Line, later
from survey.light.pages import asked_language, message, page
from survey.light.receipt import unknown_receipt
from survey.light.stored import remembered, thanks, to_receipt
from survey.receipts import mint_key, receipt_code
from survey.seal import NotOpened, open_sealed
from survey.submission import Taken, is_known
from survey.writer import Overloaded, Writer

# What is typed may be long: it is refused on its own page, which holds it, not with an empty one.
LONGEST_TYPED = 200_000  # bytes, of which a body makes three characters each
LARGEST_FORM = 3 * LONGEST_TYPED + 40_000
FORM_TYPE = "application/x-www-form-urlencoded"
SECONDS_TO_WAIT = 10
LONGEST_KEPT = 10**12  # milliseconds; a clock that tells more is wrong


class Submit:
    """Takes forms that are sent, plainly or sealed."""

    def __init__(
        self,
        engine: Callable[[], Engine],
        secret: Callable[[], bytes],
        writer: Callable[[], Writer],
        form_page: FormPage,
        line: Line,
    ) -> None:
        self.engine = engine
        self.secret = secret
        self.writer = writer
        self.form_page = form_page
        self.line = line

    async def sealed(self, request: Request) -> Response:
        """The answer to a sealed form, as data."""
        sealed.mark_sealed(request)
        return await self.plain(request)

    async def plain(self, request: Request) -> Response:
        """The answer to a form: its receipt, or a page that keeps what was typed."""
        filled = await self._read(request)
        if isinstance(filled, Response):
            return filled
        if filled.again:
            return await self._own_receipt(request, filled)
        if filled.only_show:
            return await self._shown(request, filled)
        submission = await self._submission(request, filled)
        if isinstance(submission, Response):
            return submission
        return await self._store(request, filled, submission)

    async def _shown(self, request: Request, filled: Filled) -> Response:
        """The form in another language; one that is known is asked whose it is, as when sent."""
        with suppress(SQLAlchemyError):
            if await to_thread.run_sync(self._is_known, filled.key):
                return _known(request, filled)
        return await self.form_page.shown(request, filled)

    async def _store(self, request: Request, filled: Filled, submission: Submission) -> Response:
        turn = await self.line.turn(request, submission)
        if turn.wait:
            return later(request, filled, turn.wait)
        taken: Taken | None = None
        try:
            taken = await self.writer().taken(submission)
        except SubmissionRefused as refused:
            if _is_closed(refused):
                return await self.form_page.closed_meanwhile(request, filled, refused.problems[0])
            return await self.form_page.again(request, filled, 422, refused.problems)
        except (Overloaded, SQLAlchemyError):
            return await self._failed(request, filled)
        finally:
            if taken is None or taken.known:
                self.line.give_back(turn)
        if sealed.is_sealed(request):
            return remembered(sealed.taken(taken))
        return _known(request, filled) if taken.known else thanks(request, taken.code)

    async def _failed(self, request: Request, filled: Filled) -> Response:
        """Not stored: the form with what was typed, or what holds it where no form can be drawn."""
        told = say(asked_language(request), "light.failed")
        reachable = isinstance(await self.form_page.places.asked(request), OpenUnit)
        if reachable or sealed.is_sealed(request):
            again = await self.form_page.again(request, filled, 503, [("", told)])
        else:
            again = page(request, "not_stored.html", 503, filled=filled, kept=kept(request))
        again.headers["Retry-After"] = str(SECONDS_TO_WAIT)
        return again

    async def _submission(self, request: Request, filled: Filled) -> Submission | Response:
        """The form as the writer takes it; or the page of a kiosk that is none.

        A kiosk that was withdrawn is one for what it kept before.
        """
        unit, channel, withdrawn = request.path_params.get("unit"), "open_link", None
        kept = sealed.is_sealed(request)
        filled_at = _filled_at(request, filled) if kept else None
        if unit is None:
            kiosk = await self.form_page.places.kiosk(request)
            if isinstance(kiosk, Response):
                return await self._failed(request, filled) if kiosk.status_code == 503 else kiosk
            unit, channel, withdrawn = kiosk.unit, "kiosk", kiosk.withdrawn
            if withdrawn and not (filled_at and filled_at < withdrawn):
                return message(request, "unknown_kiosk", 404)
        return filled.submission(
            unit=unit,
            language=asked_language(request),
            channel=channel,
            client=self.line.client(request),
            interviewer=interviewer_key(request),
            kept=kept,
            filled_at=filled_at,
            withdrawn=withdrawn is not None,
        )

    async def _own_receipt(self, request: Request, filled: Filled) -> Response:
        """The receipt of a form that was stored, for whoever says that it is their own."""
        try:
            known = await to_thread.run_sync(self._is_known, filled.key)
        except SQLAlchemyError:
            return message(request, "unreachable", 503)
        if not known:
            return unknown_receipt(request)
        return to_receipt(request, receipt_code(self.secret(), filled.key))

    def _is_known(self, key: str) -> bool:
        with reading(self.engine()) as session:
            return is_known(session, self.secret(), key)

    async def _read(self, request: Request) -> Filled | Response:
        """The form that was sent; or the page that says why it can't be read."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not sealed.is_sealed(request) and kind != FORM_TYPE:
            return message(request, "no_form", 415)
        body = await _body(request)
        if body is None:
            return message(request, "too_large", 413)
        try:
            if sealed.is_sealed(request):
                # The script has told what is unanswered, before it sealed.
                return replace(read_form(open_sealed(self.secret(), body)), partly=True)
            return read_form(body)
        except NotOpened:
            return message(request, "not_opened", 422)
        except Doubled:
            return message(request, "no_form", 422)
        except ValueError:
            return message(request, "too_large", 413)


def _known(request: Request, filled: Filled) -> Response:
    """Never the thanks: whether what was just typed is what is stored, nobody can tell."""
    other = replace(filled, key=mint_key())
    return page(request, "known.html", 409, filled=filled, other=other, kept=kept(request))


def _filled_at(request: Request, filled: Filled) -> datetime | None:
    """When a device filled the form in: by our clock, where it sends along what its own says."""
    if filled.filled_at is None:
        return None
    sent, moment = request.query_params.get("d", ""), now()
    known = re.fullmatch("[0-9]{1,14}", sent)
    clock = int(sent) if known else int(moment.timestamp() * 1000)
    return moment - timedelta(milliseconds=min(max(0, clock - filled.filled_at), LONGEST_KEPT))


def _is_closed(refused: SubmissionRefused) -> bool:
    return any(one.code == "closed_period" for one in refused.problems)


async def _body(request: Request) -> bytes | None:
    """The posted body; None where it is too large to be a form."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM:
            return None
    return body
