"""Frames in the style in which people write to offices: whole comments, each of one voice.

Unlike the frames of the hands they come in the proportions of real comments, a third neutral, and
tell the second form, the tone, and what a comment is that tells of no service (``ASPECTS``).
"""

import random
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from analysis.triage.drawing import drawn, filled, said
from analysis.triage.spelling import FOLDER

VOICES = (
    *("gang", "sepuh", "timur", "ulasan", "portal", "sindir", "tatar", "ranah"),
    *("muda", "ibu", "surat", "tani", "lapak", "warga", "dinas", "kampung"),
    *("aduan", "bintang", "halus", "linimasa", "pojok", "nusa", "lisan", "unduhan"),
    *("tanya", "samping", "kisah", "jejak", "simpul", "rantau", "sekolah", "klinik"),
    *("isian", "gemetar"),
)
TONES = ("negative", "neutral", "positive")
# Dissatisfied, but of nothing in particular; and not about this or any other public service.
UNSPECIFIC, ELSEWHERE = "unspecific", "elsewhere"
ASPECTS = (UNSPECIFIC, ELSEWHERE)
_NONE = "-"
_BEFORE, _BEHIND = (0, 1, 1, 2, 3), (0, 1, 1, 2)


class VoiceFrame(NamedTuple):
    """A comment of a voice, with choices and slots, and what it says."""

    label: str
    secondary: str | None
    tone: str
    aspect: str | None
    text: str


@cache
def voice_frames(voice: str) -> tuple[VoiceFrame, ...]:
    """The frames of one of ``VOICES``."""
    lines = (FOLDER / "corpus" / "field" / f"{voice}.tsv").read_text("utf-8").splitlines()
    return tuple(_frame(*line.split("\t")) for line in lines)


def _frame(label: str, secondary: str, tone: str, aspect: str, text: str) -> VoiceFrame:
    return VoiceFrame(
        label,
        None if secondary == _NONE else secondary,
        tone,
        None if aspect == _NONE else aspect,
        text,
    )


def draws_of(draw: random.Random, frame: VoiceFrame, each: int) -> Iterator[str]:
    """``each`` comments of a frame: the first as written, the others greeting, thanking, hasty.

    What stands around is drawn for all labels alike, so none of it tells the label.
    """
    for number in range(each):
        text = filled(draw, frame.text)
        if number:
            for _ in range(draw.choice(_BEFORE)):
                text = f"{drawn(draw, 'greeting')} {text}"
            for _ in range(draw.choice(_BEHIND)):
                text = f"{text.rstrip('.')}. {drawn(draw, 'closing')}"
            text = said(draw, text)
        yield text
