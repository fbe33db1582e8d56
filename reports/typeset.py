"""Papers as PDF and as pictures, by typst with the fonts that it and the program bring along.

Everything a person wrote goes to the template as data, so no markup is ever read in it; what no
font draws stands there by its number (``legible``), so that no paper fails by it.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import typst

from reports import charts
from reports.document import (
    Bullets,
    Document,
    Figure,
    Heading,
    Paragraph,
    Photo,
    SignatureBlock,
    Table,
)
from reports.legible import FONTS, families_drawn, legible_all

TEMPLATES = Path(__file__).parent / "templates"
STANDARDS = ["a-2a", "ua-1"]


def pdf(document: Document) -> bytes:
    """The document as PDF/A-2a and PDF/UA-1."""
    files: dict[str, bytes] = {}
    blocks = []
    for at, block in enumerate(document.blocks):
        if isinstance(block, Figure):
            files[f"{at}.svg"] = charts.svg(block.chart).encode()
        if isinstance(block, Photo):
            files[f"{at}.jpg"] = block.picture
        blocks.append(_plain(block, at))
    data = {
        **{key: value for key, value in vars(document).items() if key != "blocks"},
        "made": [document.made.year, document.made.month, document.made.day],
        "blocks": blocks,
    }
    made = midnight(document.made)
    return typeset("report.typ", data, files, pdf_standards=STANDARDS, timestamp=made)


def midnight(day: date) -> datetime:
    """The instant by which a paper of that day is stamped, so that the same is made twice."""
    return datetime.combine(day, time(), tzinfo=UTC)


def typeset(
    template: str, data: Mapping[str, Any], files: Mapping[str, bytes], **how: Any
) -> bytes:
    """What typst makes of a template, its ``data`` (at ``data.json``) and its pictures."""
    sources = {
        template: (TEMPLATES / template).read_bytes(),
        "data.json": json.dumps({**legible_all(data), "fonts": families_drawn()}).encode(),
        **files,
    }
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in sources.items():
            (folder / file).write_bytes(content)
        drawn = typst.compile(
            folder / template, root=folder, ignore_system_fonts=True, font_paths=[FONTS], **how
        )
    return cast(bytes, drawn)


def _plain(block: object, at: int) -> dict[str, Any]:
    match block:
        case Heading(level, text):
            return {"kind": "heading", "level": level, "text": text}
        case Paragraph(text):
            return {"kind": "paragraph", "text": text}
        case Bullets(items):
            return {"kind": "bullets", "items": list(items)}
        case Table():
            return {"kind": "table", **vars(block), "numbers": list(block.numbers)}
        case Figure(caption, alt):
            return {"kind": "picture", "caption": caption, "alt": alt, "file": f"{at}.svg"}
        case Photo(caption, alt):
            return {"kind": "picture", "caption": caption, "alt": alt, "file": f"{at}.jpg"}
        case SignatureBlock():
            return {"kind": "approval", **vars(block)}
    raise TypeError(type(block).__name__)
