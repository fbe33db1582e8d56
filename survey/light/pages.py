"""How a page of the light door is made: its language, its template, what it says."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from analysis.rules import Text
from locales import LANGUAGES, chosen, languages, speaker, texts
from survey import notice
from survey.light import forms

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals |= {"languages": languages, "names": forms, "complaints": notice.COMPLAINTS}


def asked_language(request: Request) -> str:
    """The language of ?lang=, or of the page seen before; Indonesian at first."""
    return chosen(request.query_params.get("lang"), request.cookies.get("lang"))


def page(template: str, language: str, status: int = 200, **values: object) -> Response:
    """A page. What its language lacks is said in Indonesian and marked so for screen readers."""
    asked_in = language if language in LANGUAGES else "id"

    def marked(text: str | Markup, spoken: str) -> str | Markup:
        if spoken == language:
            return text
        return Markup('<span lang="{}">{}</span>').format(spoken, text)

    def say(key: str, **blanks: object) -> str | Markup:
        spoken = speaker(language, key)
        return marked(Markup(escape(texts(spoken)[key])).format(**blanks), spoken)

    def words(text: Text) -> str | Markup:
        return marked(text[language], asked_in)

    content = _templates.get_template(template).render(
        language=language, asked_in=asked_in, say=say, words=words, **values
    )
    # Not "no-store": with it, going back from an error would lose what was typed.
    return HTMLResponse(content, status, headers={"Cache-Control": "private, no-cache"})


def message(language: str, name: str, status: int, **values: object) -> Response:
    """A page that says one thing."""
    return page("message.html", language, status, name=f"light.{name}", values=values)
