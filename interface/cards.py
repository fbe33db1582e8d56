"""A unit's card, which any site may frame, and its badge, a picture for any site. No scripts."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from anyio import to_thread
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from analysis.rulebook.scheme import Scheme
from desk.public.addresses import BADGES, CARDS, card_address, unit_page
from desk.public.card import UnitCard, unit_card
from desk.public.records import AnnouncedIndex
from interface.below import all_below
from interface.caching import Representation, cached
from locales import Language, languages, say, show_date, show_number
from models import reading
from reports.badge import Badge, badge_svg
from reports.headline_picture import HeadlinePicture, headline_svg

HTML, SVG = "text/html; charset=utf-8", "image/svg+xml"
# Pictures are shown on other sites' pages, whatever those load.
FOR_ALL_SITES = {"Cross-Origin-Resource-Policy": "cross-origin"}
_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


Drawn = Callable[[UnitCard | None, Language, str], str]


def card_routes(engine: Callable[[], Engine]) -> list[Route]:
    """The routes /kartu/UNIT, which may be framed, and /lencana/UNIT."""
    card, badge = _Stand(engine, card_html, HTML), _Stand(engine, card_badge, SVG)
    return [
        all_below(Route(f"{CARDS}/{{unit:path}}", card.answer, methods=["GET"])),
        all_below(Route(f"{BADGES}/{{unit:path}}", badge.answer, methods=["GET"])),
    ]


def card_html(card: UnitCard | None, language: Language, lacking: str) -> str:
    """The card as a page of its own; ``lacking``: what is said where there is none."""
    spoken = partial(say, language)
    other: Language = "en" if language == "id" else "id"
    told = _told(card.announced, card.scheme, language) if card else None
    name = card.name if card else ""
    message = spoken("card.none") if card else spoken(lacking)
    return _templates.get_template("card.html").render(
        language=language,
        say=spoken,
        card=card,
        told=told,
        message=message,
        picture=_picture(card, language),
        title=f"{name}: {told['index']} · {told['grade']}" if told else f"{name} {message}".strip(),
        page=unit_page(card.code, language) if card else "",
        other=other,
        other_name=languages()[other],
        other_address=card_address(card.code, other) if card else "",
    )


def card_badge(card: UnitCard | None, language: Language, lacking: str) -> str:
    """The badge as a picture; ``lacking``: what is said where there is no card."""
    told = _told(card.announced, card.scheme, language) if card else None
    if card is None or told is None:
        short = say(language, "card.badge_none") if card else "?"
        why = f"{card.name}: {say(language, 'card.none')}" if card else say(language, lacking)
        return badge_svg(Badge("IKM", short, why, known=False))
    words = (told["index"], told["grade"], told["when"])
    return badge_svg(Badge(told["short"], " · ".join(filter(None, words)), told["all"], known=True))


class _Stand:
    """What stands at the addresses of one kind of picture of units."""

    def __init__(self, engine: Callable[[], Engine], draw: Drawn, media_type: str) -> None:
        self.engine, self.draw, self.media_type = engine, draw, media_type

    async def answer(self, request: Request) -> Response:
        wish = request.query_params.get("lang")
        language: Language = "en" if wish == "en" else "id"
        try:
            card = await to_thread.run_sync(self._find, request.path_params["unit"])
        except SQLAlchemyError:
            return self._lacking(language, "card.unreachable", 503)
        if card is None:
            return self._lacking(language, "card.unknown", 404)
        body = self.draw(card, language, "").encode()
        response = cached(request, Representation(body, self.media_type, card.approved_at))
        response.headers.update(FOR_ALL_SITES)
        return response

    def _find(self, code: str) -> UnitCard | None:
        with reading(self.engine()) as session:
            return unit_card(session, code)

    def _lacking(self, language: Language, why: str, status: int) -> Response:
        headers = FOR_ALL_SITES | {"Cache-Control": "no-store"}
        body = self.draw(None, language, why)
        return Response(body, status, headers=headers, media_type=self.media_type)


def _told(
    one: AnnouncedIndex | None, scheme: Scheme | None, language: Language
) -> Mapping[str, str] | None:
    """What the card says of an announced index; None where there is none."""
    if one is None or scheme is None:
        return None
    index, top = show_number(language, one.index), show_number(language, scheme.span[1], 0)
    label = (one.label_en if language == "en" else one.label_id) or ""
    days = [show_date(language, edge) for edge in (one.starts, one.ends)]
    told = {"name": one.unit, "index": index, "top": top, "label": label}
    sentence = say(language, "card.sentence", **told)
    grade = " · ".join(filter(None, (one.grade, label)))
    period, people = f"{one.period} ({' – '.join(days)})", show_number(language, one.n, 0)
    return {
        "short": scheme.short,
        "index": index,
        "grade": grade,
        "sentence": sentence,
        "short_sentence": say(language, "card.of_top", index=index, top=top, grade=grade),
        "when": one.period,
        "period": period,
        "respondents": people,
        "how_sure": _how_sure(one, language),
        "all": say(language, "card.all", sentence=sentence, period=period, n=people),
    }


def _picture(card: UnitCard | None, language: Language) -> Markup:
    """The index on its scale; nothing where there is none."""
    if card is None or card.announced is None or card.scheme is None:
        return Markup("")
    one = card.announced
    interval = None if one.low is None or one.high is None else (one.low, one.high)
    drawn = HeadlinePicture(card.scheme, one.index, interval, one.level or 0)
    return Markup(headline_svg(drawn, language))


def _how_sure(one: AnnouncedIndex, language: Language) -> str:
    if one.low is None or one.high is None or one.level is None:
        return say(language, "card.not_stated")
    low, high = (show_number(language, edge) for edge in (one.low, one.high))
    level = show_number(language, 100 * one.level, 0)
    return say(language, "card.between", low=low, high=high, level=level)
