"""What the pages of the door share: the language, the typed form, the plain HTML, refusals."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response

from accounts.check_queue import QueueFull
from accounts.failures import TooManyTries
from accounts.provider_settings import provider_name
from accounts.rules import log_in_rules
from locales import LANGUAGES, Language, say

LARGEST_FORM = 10_000
# What the way by the provider came to, by the word in ?kabar=: the page that says so has this
# status, and no other words than ours.
NEWS = {
    "unreachable": 503,
    "refused": 401,
    "too_many": 429,
    "queue_full": 503,
    "begin_again": 400,
    "not_given": 401,
    "not_linked": 403,
}

PageAnswer = Callable[[Request], Awaitable[Response]]
ErrorPage = Callable[[int, str], HTMLResponse]

logger = logging.getLogger(__name__)

_templates = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)


class FormTooLarge(Exception):
    """What was posted is no form of ours."""


def told(answer: PageAnswer) -> PageAnswer:
    """Answers the same, and says so where the database is locked, full or gone."""

    async def told(request: Request) -> Response:
        language = asked_language(request)
        try:
            return await answer(request)
        except FormTooLarge:
            return log_in_page(language, 413, error=say(language, "log_in.too_large"))
        except SQLAlchemyError as error:
            logger.error("the database failed: %s", type(error).__name__)
            return log_in_page(language, 503, error=say(language, "log_in.unreachable"))

    return told


def asked_language(request: Request) -> Language:
    """The language of ?lang=, or of the page seen before; Indonesian at first."""
    for asked in (request.query_params.get("lang"), request.cookies.get("lang")):
        for language in LANGUAGES:
            if asked == language:
                return language
    return "id"


def asked_news(request: Request) -> tuple[str, int]:
    """The news of ?kabar= and its status; none and 200 for other words, or without a provider."""
    word = request.query_params.get("kabar", "")
    known = word in NEWS and provider_name() != ""
    return (word, NEWS[word]) if known else ("", 200)


def news_text(language: Language, news: str) -> str:
    """The news in a sentence or two."""
    if news == "queue_full":
        return say(language, "log_in.queue_full")
    minutes = log_in_rules().tries.address.minutes
    return say(language, f"log_in.news_{news}", name=provider_name(), minutes=minutes)


async def typed_into(request: Request) -> dict[str, str]:
    """The fields of a posted form; none where it broke off. Raises FormTooLarge."""
    body = b""
    with suppress(ClientDisconnect):
        async for part in request.stream():
            body += part
            if len(body) > LARGEST_FORM:
                raise FormTooLarge
    fields = parse_qs(body.decode(errors="replace"), errors="replace")
    return {name: values[0] for name, values in fields.items()}


def refusal_page(language: Language, refusal: Exception, page: ErrorPage) -> HTMLResponse:
    """The page again, with when to come back: after TooManyTries, or QueueFull."""
    if isinstance(refusal, TooManyTries):
        minutes, seconds = -(-refusal.seconds // 60), refusal.seconds
        answer = page(429, say(language, "log_in.too_many_tries", minutes=minutes))
    else:
        seconds = log_in_rules().checks.back_seconds
        answer = page(503, say(language, "log_in.queue_full"))
    answer.headers["Retry-After"] = str(seconds)
    return answer


SLOWED = (TooManyTries, QueueFull)


def log_in_page(
    language: Language, status: int = 200, username: str = "", error: str = ""
) -> HTMLResponse:
    """The page on which one logs in."""
    return rendered("log_in.html", language, status, username=username[:60], error=error)


def rendered(name: str, language: Language, status: int, **told: object) -> HTMLResponse:
    """The page of a template, kept by no browser."""
    text = _templates.get_template(name).render(
        language=language,
        languages=LANGUAGES,
        provider=provider_name(),
        say=lambda name, /, **values: say(language, f"log_in.{name}", **values),
        **told,
    )
    return HTMLResponse(text, status, headers={"Cache-Control": "no-store"})
