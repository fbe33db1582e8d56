"""Receipts at the light door: the thanks, what became of a rating, and the field to look one up."""

import re
from collections.abc import Callable
from urllib.parse import quote, urlencode

from anyio import to_thread
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from locales import say, show_date
from models import now, reading
from survey.finding.finder import readable
from survey.light.pages import asked_language, message, page
from survey.light.qr import inline_qr
from survey.light.unit import told
from survey.receipts import Received, find_receipt

HOST = re.compile(r"[\w.-]+(:\d+)?|\[[\da-fA-F:.]+\](:\d+)?", re.ASCII)


class Receipts:
    """The pages /r, /r/CODE and /k/KEY/CODE, and the file /r/CODE/resi.txt.

    ``results``: the path of the page of published results, where this process has one.
    """

    def __init__(
        self, engine: Callable[[], Engine], secret: Callable[[], bytes], results: str | None
    ) -> None:
        self.engine, self.secret, self.results = engine, secret, results

    async def look_up(self, request: Request) -> Response:
        """The field; with ?kode= what is known of it."""
        code = readable(request.query_params.get("kode", ""))
        if not code:
            return page(request, "look_up.html", code="", unknown=False)
        received = await self._find(request, code)
        if isinstance(received, Response):
            return received
        language = asked_language(request)
        return RedirectResponse(f"/r/{quote(code, safe='')}?lang={language}", status_code=303)

    async def receipt(self, request: Request) -> Response:
        """What became of a rating; with ?new the thanks for it."""
        return await self._show(request, new="new" in request.query_params)

    async def thanks(self, request: Request) -> Response:
        """The thanks, on a kiosk."""
        return await self._show(request, new=True)

    async def save(self, request: Request) -> Response:
        """The receipt as a file of text, to be kept on the device."""
        code = request.path_params["code"]
        received = await self._find(request, code)
        if isinstance(received, Response):
            return received
        language = asked_language(request)
        text = say(
            language,
            "receipt.file",
            code=code.upper(),
            unit=received.unit,
            period=received.period,
            link=address_of(request, code),
            today=show_date(language, now().date()),
        )
        name = re.sub(r"[^0-9A-Z-]", "", code.upper())
        headers = {"Content-Disposition": f'attachment; filename="resi-{name}.txt"'}
        return PlainTextResponse(text, headers=headers)

    async def _show(self, request: Request, new: bool) -> Response:
        code = request.path_params["code"]
        received = await self._find(request, code)
        if isinstance(received, Response):
            return received
        return page(
            request,
            "receipt.html",
            received=received,
            known=received.known and told(received.known, asked_language(request)),
            code=code,
            look_up=address_of(request).partition("://")[2] or "/r",
            qr=inline_qr(address_of(request, code)) if new else None,
            new=new,
            results=self.results,
        )

    async def _find(self, request: Request, code: str) -> Received | Response:
        """What is known of the code; or the page that says why nothing is."""
        try:
            received = await to_thread.run_sync(self._read, code)
        except SQLAlchemyError:
            return message(request, "unreachable", 503)
        if received is None:
            return unknown_receipt(request, code)
        return received

    def _read(self, code: str) -> Received | None:
        with reading(self.engine()) as session:
            return find_receipt(session, self.secret(), code)


def unknown_receipt(request: Request, code: str = "") -> Response:
    """The field once more, with the code that nobody knows still in it."""
    carried = f"&{urlencode({'kode': code})}" if code else ""
    return page(request, "look_up.html", 404, code=readable(code), unknown=True, carried=carried)


def address_of(request: Request, code: str = "") -> str:
    """The whole address of a receipt, or of the field to look one up, for another device."""
    host = request.headers.get("host", "")
    site = f"{request.url.scheme}://{host}" if HOST.fullmatch(host) else ""
    return f"{site}/r/{quote(code.upper(), safe='')}".rstrip("/")
