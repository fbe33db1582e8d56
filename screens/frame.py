"""The page around the screens: Streamlit's, in our words.

Streamlit's own page is English and carries its brand.
"""

import json
import re
from base64 import b64encode
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path

import streamlit
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from accounts.pages import asked_language
from locales import LANGUAGES, Language, say, texts

ASSETS = Path(__file__).parent / "assets"
STREAMLITS_PAGE = Path(streamlit.__file__).parent / "static" / "index.html"
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
OUR_HEAD = """<script type="application/json" id="streamlits-words">{words}</script>
    <link rel="stylesheet" href="./frame.css" />
    <script src="./frame.js"></script>
  </head>"""


def frame_routes(paths: Collection[str], home: str) -> list[Route]:
    """The routes of the pages at ``paths``, of the frame's own files, and of all unknown pages."""
    pages = {language: page_in(language) for language in LANGUAGES}
    files = {file.name: file for file in ASSETS.iterdir()}
    # Streamlit's pages and browsers ask for these, whatever the page says.
    files |= dict.fromkeys(("favicon.png", "favicon.ico"), ASSETS / "icon.svg")

    async def go_home(request: Request) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/{home}{query}", status_code=307)

    async def page(request: Request) -> Response:
        name = request.path_params["name"]
        language = asked_language(request)
        if name in paths:
            return HTMLResponse(pages[language], headers={"Cache-Control": "no-cache"})
        if name in files:
            return FileResponse(files[name], headers={"Cache-Control": "max-age=3600"})
        return HTMLResponse(_not_found(language), status_code=404)

    return [Route("/", go_home), Route("/{name}", page)]


def page_in(language: Language) -> str:
    """Streamlit's page in the language, without what it loads and says for its own sake.

    Raises ValueError where Streamlit's page is not as it was.
    """
    text = STREAMLITS_PAGE.read_text(encoding="utf-8")
    no_script = say(language, "shell.no_script")
    changes = {
        r"\A<!--.*?-->\s*": "",
        r'<html lang="en">': f'<html lang="{language}">',
        r"<title>.*?</title>": "<title>Suara Layanan</title>",
        r'href="\./favicon\.png"': 'href="./icon.svg" type="image/svg+xml"',
        r"<link\s+rel=\"preload\"[^>]*as=\"font\"[^>]*/>": "",
        r'<!--[^>]*?-->\s*<link rel="service-desc"[^>]*/>': "",
        r"<noscript>.*</noscript>": f"<noscript><p>{no_script}</p></noscript>",
        r"</head>": OUR_HEAD.format(words=_streamlits_words()),
    }
    for old, new in changes.items():
        text, times = re.subn(old, new.replace("\\", r"\\"), text, count=1, flags=re.DOTALL)
        if times != 1:
            raise ValueError(f"Streamlit's index.html has changed: found no {old}")
    return text


def inline_scripts() -> list[str]:
    """The hashes of the scripts that stand in Streamlit's page itself."""
    scripts = INLINE_SCRIPT.findall(STREAMLITS_PAGE.read_text(encoding="utf-8"))
    digests = [b64encode(sha256(script.encode()).digest()).decode() for script in scripts]
    return [f"sha256-{digest}" for digest in digests]


def _streamlits_words() -> str:
    """What Streamlit says by itself, and how we say it: JSON, by language and English text."""
    words = {language: texts(language).section("streamlit") for language in LANGUAGES}
    return json.dumps(words).replace("<", r"\u003c")


def _not_found(language: Language) -> str:
    title, why, back = (
        say(language, f"shell.{name}") for name in ("not_found", "not_found_why", "to_start")
    )
    return told_page(language, title, why, ("/", back))


def told_page(language: Language, title: str, why: str, way: tuple[str, str]) -> str:
    """A page that only says something. ``way``: the address to go on to, and its words."""
    address, words = way
    return f"""<!DOCTYPE html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Suara Layanan</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/frame.css">
<body class="plain">
<h1>{title}</h1>
<p>{why}</p>
<p><a href="{address}">{words}</a></p>
"""
