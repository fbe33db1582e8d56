"""Rows of follow-up plans, and the photographs that show what was done."""

from collections.abc import Sequence

from reports.contents import PlanRow
from reports.document import Photo, Table
from reports.photograph import clean_photo
from reports.words import PaperWords


def plan_table(
    words: PaperWords,
    caption: str,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    steps: Sequence[PlanRow],
) -> Table:
    """The rows between their number and the photograph that belongs to each."""
    evidence = _evidence(words, steps)
    return Table(
        caption=caption,
        head=[words.say(key) for key in head],
        rows=[
            [words.number(at), *row, shown]
            for at, (row, shown) in enumerate(zip(rows, evidence, strict=True), 1)
        ],
        widths=(0.7, *[3] * (len(head) - 2), 1.7),
        small=True,
    )


def photos(words: PaperWords, steps: Sequence[PlanRow]) -> list[Photo]:
    """The photographs of the steps that have one. Raises BadInput where one is none."""
    pictured = [(step.programme, step.photo) for step in steps if step.photo]
    return [
        Photo(
            caption=words.say("report.photo_caption", at=at, programme=programme),
            alt=words.say("report.photo_alt", programme=programme),
            picture=clean_photo(picture),
        )
        for at, (programme, picture) in enumerate(pictured, 1)
    ]


def status(words: PaperWords, step: PlanRow) -> str:
    """How far the step is."""
    return words.say(f"report.status_{step.status}")


def _evidence(words: PaperWords, steps: Sequence[PlanRow]) -> list[str]:
    shown, at = [], 0
    for step in steps:
        at += bool(step.photo)
        shown.append(words.say("report.photo" if step.photo else "report.no_photo", at=at))
    return shown
