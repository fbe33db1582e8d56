"""How a page of the light door is made: its language, its template, what it says."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from analysis.rules import Text
from locales import LANGUAGES, chosen, languages, show_number, speaker, texts
from locales import say as say_in
from models.responses import LONGEST_COMMENT, READERS
from survey import notice
from survey.asking import Closed, OpenUnit
from survey.light import forms, sealed
from survey.light.scripts import script_address
from survey.wording import wording


@dataclass(frozen=True)
class FullPages:
    """The paths of the pages with all figures, of publications and of announced results, if any."""

    published: str | None = None
    announced: str | None = None


NOT_HERE = FullPages()
Endpoint = Callable[[Request], Awaitable[Response]]
_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals |= {
    "languages": languages,
    "names": forms,
    "readers": READERS[::-1],
    "most": LONGEST_COMMENT,
    "number": show_number,
    "complaints": notice.COMPLAINTS,
    "words": sealed.words,
    "script": script_address,
}


def compile_pages() -> None:
    """Compiles all templates, so that no visitor waits for that."""
    for name in _templates.list_templates():
        _templates.get_template(name)


def asked_language(request: Request) -> str:
    """The language that was asked for; a kiosk forgets which one the last citizen spoke."""
    wish = request.query_params.get("lang")
    return chosen(wish) if kiosk_address(request) else chosen(wish, request.cookies.get("lang"))


def kiosk_address(request: Request) -> str:
    """The address of the kiosk on which the page is asked for, "" elsewhere."""
    key = request.path_params.get("kiosk")
    return f"/k/{quote(key, safe='')}" if key else ""


def page(
    request: Request,
    template: str,
    status: int = 200,
    asked: OpenUnit | None = None,
    **values: object,
) -> Response:
    """A page, of what is ``asked`` where it asks something.

    What its language lacks is said in Indonesian and marked so for screen readers.

    Templates say the texts of attributes ``plainly``, where no mark can stand.
    """
    language, kiosk = asked_language(request), kiosk_address(request)
    asked_in = language if language in LANGUAGES else "id"

    def marked(text: str | Markup, spoken: str) -> str | Markup:
        if spoken == language:
            return text
        return Markup('<span lang="{}">{}</span>').format(spoken, text)

    def say(key: str, **blanks: object) -> str | Markup:
        spoken = speaker(language, key)
        return marked(Markup(escape(texts(spoken)[key])).format(**blanks), spoken)

    def worded(text: Text) -> str | Markup:
        own = wording(language, asked.instrument.id).get(text["id"]) if asked else None
        return own if own is not None else marked(text[language], asked_in)

    content = _templates.get_template(template).render(
        language=language,
        kiosk=kiosk,
        asked_in=asked_in,
        say=say,
        plainly=partial(say_in, language),
        worded=worded,
        asked=asked,
        **values,
    )
    # Nobody finds what another typed by going back; an error's page holds what was typed itself.
    return HTMLResponse(content, status, headers={"Cache-Control": "no-store"})


def closed(request: Request, unit: Closed) -> Response:
    """The page of a unit that takes no answers now, with the way to those that go on from it."""
    if sealed.is_sealed(request):
        return message(request, "closed", 404, unit=unit.name)
    return page(
        request,
        "message.html",
        404,
        name="light.closed",
        blanks={"unit": unit.name},
        successors=unit.successors,
    )


def message(request: Request, name: str, status: int, **blanks: object) -> Response:
    """A page that says one thing: the text ``name`` of the section "light"."""
    if sealed.is_sealed(request):
        return sealed.refused([say_in(asked_language(request), f"light.{name}", **blanks)], status)
    return page(request, "message.html", status, name=f"light.{name}", blanks=blanks)
