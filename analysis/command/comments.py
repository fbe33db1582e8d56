"""The command ``comments``: those of a file, without personal data and read by the triage."""

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analysis.characters import entered
from analysis.errors import Place, Written, bad
from analysis.given import content_of
from analysis.redaction import redact
from analysis.triage.model import seed_model
from analysis.triage.reading import triage

LONGEST = 20_000
# A comment may itself hold what Unicode calls an end of a line: U+2028 stands bare in JSON.
_LINE_END = re.compile("\r\n|[\r\n]")
# Concepts in a line to be read; the document has them all.
MOST_SHOWN = 2


def read_comments(file: Path) -> list[str]:
    """The comments of a file: lines of text, or JSON Lines whose objects have ``text``.

    Empty lines are left out; a file is JSON Lines where its first line is an object. Raises
    BadInput, naming the line.
    """
    try:
        lines = _LINE_END.split(content_of(file).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise bad("no_utf8", Place(file.name), byte=error.start) from error
    filled = [(at, line.strip()) for at, line in enumerate(lines, 1) if line.strip()]
    if not filled:
        raise bad("no_comments", Place(file.name))
    if filled[0][1].startswith("{"):
        return list(_texts(file.name, filled))
    return [_short(Place(file.name, line=at), line) for at, line in filled]


def _texts(name: str, lines: list[tuple[int, str]]) -> Iterator[str]:
    for at, line in lines:
        place = Place(name, line=at)
        try:
            content = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise bad("no_json_object", place, found=Written(line)) from error
        text = content.get("text") if isinstance(content, dict) else None
        if not isinstance(text, str):
            raise bad("no_comment_text", place, found=Written(json.dumps(text)))
        yield _short(place, text)


def _short(place: Place, text: str) -> str:
    if len(text) > LONGEST:
        raise bad("long_comment", place, found=len(text), most=LONGEST)
    return text


def read_by_triage(texts: list[str]) -> list[dict[str, Any]]:
    """One document a comment, in order; the triage reads what is left after redaction.

    Characters are kept as those of a comment that is stored, see ``analysis.characters``.
    """
    redacted = [redact(entered(text)).text for text in texts]
    return [
        {
            "redacted": text,
            "label": one.label,
            "secondary": one.secondary,
            "confidence": round(one.confidence, 4),
            "abstained": one.abstained,
            "elements": list(one.elements),
            "reasons": list(one.reasons),
            "aspect": one.aspect,
            "sentiment": one.sentiment,
            "urgent": one.urgent,
            "withheld": one.withheld,
            "concepts": [{"concept": name, "words": words} for name, words in one.concepts],
        }
        for text, one in zip(redacted, triage(redacted, seed_model()), strict=True)
    ]


def as_text(comments: list[dict[str, Any]]) -> str:
    """The same to be read: a line a comment."""
    lines = []
    for one in comments:
        label = " + ".join(filter(None, (one["label"], one["secondary"], one["aspect"])))
        sure = "needs a reader" if one["abstained"] else ""
        told = " ".join(one["redacted"].split())
        lines.append(f"{one['confidence']:.2f}  {label:45} {sure:15} {told}")
        concepts = ", ".join(
            f"{of['concept']}: {of['words']}" for of in one["concepts"][:MOST_SHOWN]
        )
        why = (", ".join(one["elements"]), ", ".join(one["reasons"]), concepts)
        lines.append(f"      {' | '.join(why)}")
    return "\n".join(lines)


def _comments(options: argparse.Namespace) -> list[dict[str, Any]]:
    return read_by_triage(read_comments(options.file))


COMMANDS = {"comments": _comments}
