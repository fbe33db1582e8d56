"""The announcement of an index: what an office hangs up and posts, on A4 and as a square."""

from collections.abc import Mapping
from typing import Any, Literal

from analysis.disclosure import SMALLEST_GROUP
from locales import Language
from locales.refusals import sentence
from reports.contents import Characteristic
from reports.disclosed import DisclosedContents
from reports.pictured import headline_drawn
from reports.poster import qr_svg
from reports.typeset import STANDARDS, midnight, typeset
from reports.words import PaperWords

Shape = Literal["a4", "square"]

SHOWN = ("sex", "education")
# The square is 540 points wide: 1080 pixels, as social media take it.
PIXELS_AN_INCH = {"a4": 200, "square": 144}


def announcement_pdf(
    contents: DisclosedContents, shape: Shape = "a4", language: Language = "id"
) -> bytes:
    """The announcement as PDF/A-2a and PDF/UA-1, one page."""
    made = midnight(contents.made)
    return _drawn(contents, shape, language, pdf_standards=STANDARDS, timestamp=made)


def announcement_png(
    contents: DisclosedContents, shape: Shape = "a4", language: Language = "id"
) -> bytes:
    """The announcement as a picture: 1080 x 1080 pixels, or A4 at 200 to the inch."""
    return _drawn(contents, shape, language, format="png", ppi=PIXELS_AN_INCH[shape])


def _drawn(contents: DisclosedContents, shape: Shape, language: Language, **how: Any) -> bytes:
    words = PaperWords(contents, language)
    drawn, told = headline_drawn(words)
    files = {"headline.svg": drawn.encode()}
    if contents.link:
        files["qr.svg"] = qr_svg(contents.link)
    data = {"square": shape == "square", **_told(words), **_index(words), "alt": told}
    return typeset("announcement.typ", data, files, **how)


def _told(words: PaperWords) -> Mapping[str, Any]:
    contents, say = words.contents, words.say
    made = contents.made
    return {
        "language": words.language,
        "made": [made.year, made.month, made.day],
        "title": words.scheme.name(words.language),
        "name": contents.name,
        "institution": contents.institution if contents.unit else "",
        "period": say("report.period", period=contents.period),
        "n": None if words.too_few else words.number(contents.index.n),
        "respondents": say("announcement.respondents"),
        "groups": [
            _groups(words, one)
            for name in SHOWN
            for one in contents.respondents
            if one.name == name
        ],
        "thanks": say("announcement.thanks"),
        "thanks_short": say("announcement.thanks_short"),
        "see": say("announcement.see"),
        "link": (contents.link or "").partition("://")[2],
        "mark": say("posters.demonstration") if contents.demonstration else None,
    }


def _index(words: PaperWords) -> Mapping[str, Any]:
    one, language = words.contents.index, words.language
    if words.too_few:
        why = words.say("announcement.too_few", smallest=SMALLEST_GROUP)
    else:
        why = sentence(language, one.no_index) if one.no_index else ""
    return {
        "index": None if one.index is None else words.index(one.index),
        "none": words.say("announcement.none"),
        "why": why,
        "grade": one.band.grade if one.band else "",
        "graded": words.say("announcement.grade", grade=one.band.grade) if one.band else "",
        "label": one.band.label[language] if one.band else "",
    }


def _groups(words: PaperWords, one: Characteristic) -> Mapping[str, Any]:
    groups = words.groups(one)
    largest = max((size for _, size in groups), default=1)
    return {
        "title": words.say(f"announcement.{one.name}"),
        "rows": [
            {"name": ", ".join(names), "number": words.number(size), "share": size / largest}
            for names, size in groups
        ],
        "nothing": words.say("announcement.not_shown"),
    }
