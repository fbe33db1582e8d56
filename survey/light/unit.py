"""The page /u/UNIT: what a unit announced of its survey, and what it did since."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from anyio import to_thread
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response

from locales import say, show_date, show_number
from models import now, reading
from survey.asking import find_unit
from survey.light.pages import Endpoint, asked_language, message, page
from survey.made_known import Improvement, MadeKnown, UnitKnown, known_of

UNFINISHED = ("planned", "under_way")


@dataclass(frozen=True)
class ToldStep:
    """A step of a plan in words; ``due`` is empty once it is done or dropped."""

    status: str
    due: str
    programme: str
    account: str


@dataclass(frozen=True)
class ToldElement:
    """What citizens said of an element, and the steps about it."""

    said: str
    steps: Sequence[ToldStep]


@dataclass(frozen=True)
class Told:
    """An announced index in words; ``respondents`` and ``sure`` may be empty."""

    sentence: str
    sure: str
    period: str
    name: str
    respondents: str
    elements: Sequence[ToldElement]


def unit_page(engine: Callable[[], Engine], announced: str | None) -> Endpoint:
    """The page; ``announced``: the path of that with all figures, where this process has one."""

    async def endpoint(request: Request) -> Response:
        try:
            unit = await to_thread.run_sync(_known, engine(), request.path_params["unit"])
        except SQLAlchemyError:
            return message(request, "unreachable", 503)
        if unit is None:
            return message(request, "unknown_unit", 404)
        language = asked_language(request)
        return page(
            request,
            "unit.html",
            unit=unit,
            latest=unit.latest and told(unit.latest, language),
            before=unit.before and told(unit.before, language),
            announced=announced,
        )

    return endpoint


def told(known: MadeKnown, language: str) -> Told:
    """What was announced, in the language."""
    index = show_number(language, known.index)
    days = (show_date(language, day) for day in (known.starts, known.ends))
    key = "changed.index" if known.most else "changed.index_alone"
    most = known.most and show_number(language, known.most, 0)
    label = f": {known.label[language]}" if known.label else ""
    return Told(
        say(language, key, index=index, most=most, label=label),
        _sure(known, language),
        f"{known.period} ({' – '.join(days)})",
        known.period,
        show_number(language, known.n, 0) if known.n else "",
        _elements(known, language),
    )


def _known(engine: Engine, code: str) -> UnitKnown | None:
    with reading(engine) as session:
        unit = find_unit(session, code)
        return known_of(session, unit) if unit else None


def _sure(known: MadeKnown, language: str) -> str:
    if known.interval is None:
        return ""
    edges = known.interval.low, known.interval.high
    low, high = (show_number(language, edge) for edge in edges)
    level = show_number(language, 100 * known.interval.level, 0)
    return say(language, "changed.between", low=low, high=high, level=level)


def _elements(known: MadeKnown, language: str) -> list[ToldElement]:
    """The elements that the plan is about, in its order."""
    return [
        ToldElement(
            _said(known, element, language),
            [_step(one, language) for one in known.improvements if one.element == element],
        )
        for element in dict.fromkeys(one.element for one in known.improvements)
    ]


def _said(known: MadeKnown, element: str, language: str) -> str:
    name, mean = known.elements.get(element), known.means.get(element)
    words = name[language] if name else element
    if mean is None or known.most_of_element is None:
        return words
    most = show_number(language, known.most_of_element, 0)
    return say(language, "changed.said", element=words, mean=show_number(language, mean), most=most)


def _step(one: Improvement, language: str) -> ToldStep:
    due = ""
    if one.status in UNFINISHED:
        late = one.due < now().date()
        day = show_date(language, one.due)
        due = say(language, "announced.overdue" if late else "announced.due", due=day)
    status = say(language, f"follow_up.status_{one.status}")
    return ToldStep(status, due, one.programme, one.account)
