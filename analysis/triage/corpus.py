"""The seed corpus: comments drawn from frames of situations, said in many ways.

A frame is one situation in one sentence, with ``[this|that]`` to choose from and ``{slot}`` for a
word that any comment may hold. Around it stand an opening, a concession, a second matter; then come
a register and the noise of hasty writing. All is drawn from one seed, so the corpus is the same
everywhere.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

import yaml

from analysis.triage.spelling import FOLDER, plain_words

LABELS = (
    "undue_delay",
    "service_not_given",
    "incompetence",
    "abuse_of_authority",
    "procedural_deviation",
    "request_for_payment",
    "improper_conduct",
    "partiality",
    "discrimination",
    "conflict_of_interest",
    "praise",
    "neutral",
)
PRAISE, NEUTRAL = "praise", "neutral"
COMPLAINTS = tuple(label for label in LABELS if label not in (PRAISE, NEUTRAL))
SEED = 20260101
EACH_FRAME = 4
# Those who wrote the frames did not see each other's; each kept to one voice.
HANDS = ("desk", "cases", "phones", "letters", "regions", "box", "logs")
# Where a comment tells a second matter, its frame is of the same part: who leaves out every third
# or fourth frame leaves out every comment that holds one of them.
PARTS = 12

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")
_WORD = re.compile(r"[a-z]{3,}")


Frames = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class LabelledComment:
    """A comment with its label, and the frame it was drawn from (to split by)."""

    text: str
    label: str
    frame: int
    secondary: str | None = None


@cache
def frames_of(hand: str) -> Frames:
    """Each frame of one of ``HANDS`` as its label and its text."""
    return tuple(
        (label, line)
        for label in LABELS
        for line in (FOLDER / "corpus" / hand / f"{label}.txt").read_text("utf-8").splitlines()
        if line
    )


@cache
def frames(without: str | None = None) -> Frames:
    """All frames, or all but those of one hand."""
    return tuple(frame for hand in HANDS if hand != without for frame in frames_of(hand))


def corpus(
    seed: int = SEED, each: int = EACH_FRAME, without: str | None = None
) -> list[LabelledComment]:
    """``each`` comments of every frame, or of all but those of one hand."""
    draw, every = random.Random(seed), frames(without)
    return [
        _comment(draw, frame, label, line, every[frame % PARTS :: PARTS])
        for frame, (label, line) in enumerate(every)
        for _ in range(each)
    ]


def told_by(hand: str) -> list[tuple[str, str]]:
    """Each frame of one hand told once, with nothing around it and no noise."""
    draw = random.Random(SEED)
    return [(label, _filled(draw, line)) for label, line in frames_of(hand)]


@cache
def _words(name: str) -> dict[str, list[str]]:
    return cast(
        dict[str, list[str]],
        yaml.safe_load((FOLDER / "corpus" / f"{name}.yaml").read_text("utf-8")),
    )


def _comment(
    draw: random.Random, frame: int, label: str, line: str, beside: Sequence[tuple[str, str]]
) -> LabelledComment:
    text, secondary = _filled(draw, line), None
    if label == PRAISE:
        text = _praise(draw, text, beside)
    elif label != NEUTRAL:
        text, secondary = _complaint(draw, label, text, beside)
    if draw.random() < 0.3:
        text = f"{_drawn(draw, 'before')} {text}"
    elif label in COMPLAINTS and draw.random() < 0.15:
        text = f"{_drawn(draw, 'formal')} {text}"
    if draw.random() < 0.35:
        kind = label if label in (PRAISE, NEUTRAL) else "complaint"
        text = f"{text.rstrip('.')}. {_drawn(draw, f'after_{kind}')}"
    return LabelledComment(_said(draw, text), label, frame, secondary)


def _complaint(
    draw: random.Random, label: str, text: str, beside: Sequence[tuple[str, str]]
) -> tuple[str, str | None]:
    """A complaint alone, after a concession, after another matter, or told twice."""
    chance = draw.random()
    if chance < 0.12:
        return f"{_drawn(draw, 'concession')} {text}", None
    if chance < 0.24:
        other, line = draw.choice([one for one in beside if one[0] in COMPLAINTS])
        if other != label:
            first = _filled(draw, line)
            return f"{first}, {_drawn(draw, 'contrary')} {text}", other
    if chance < 0.36:
        again = draw.choice([line for same, line in beside if same == label])
        return f"{text}. {_filled(draw, again)}", None
    return text, None


def _praise(draw: random.Random, text: str, beside: Sequence[tuple[str, str]]) -> str:
    chance = draw.random()
    if chance < 0.3:
        denied = draw.sample(_words("wrapping")["denied"], draw.choice([1, 1, 2]))
        parts = [text, ", ".join(denied)]
        draw.shuffle(parts)
        return ". ".join(parts)
    if chance < 0.4:
        wish = draw.choice([line for label, line in beside if label == NEUTRAL])
        return f"{text}. {_filled(draw, wish)}"
    return text


def _drawn(draw: random.Random, kind: str) -> str:
    return _filled(draw, draw.choice(_words("wrapping")[kind]))


def _filled(draw: random.Random, line: str) -> str:
    def choose(match: re.Match[str]) -> str:
        return draw.choice(str(match[1]).split("|"))

    while _CHOICE.search(line):
        line = _CHOICE.sub(choose, line)
    while _SLOT.search(line):
        line = _SLOT.sub(lambda slot: draw.choice(_words("slots")[slot[1]]), line)
    return re.sub(r"\s+([,.?])", r"\1", re.sub(r"\s{2,}", " ", line)).strip(" ,")


@cache
def _informal() -> dict[str, list[str]]:
    turned: dict[str, list[str]] = {}
    for informal, plain in plain_words().items():
        turned.setdefault(plain, []).append(informal)
    return turned


def _said(draw: random.Random, text: str) -> str:
    """The text in one of the registers in which people write."""
    said: Callable[[random.Random, str], str] = draw.choices(
        [_careful, _hasty, _chat], weights=[5, 3, 3]
    )[0]
    return said(draw, text)


def _careful(draw: random.Random, text: str) -> str:
    return text[0].upper() + text[1:] + draw.choice(["", ".", "."])


def _hasty(draw: random.Random, text: str) -> str:
    text = text.lower() if draw.random() < 0.7 else text.upper()
    if draw.random() < 0.5:
        text = text.replace(",", "").replace(".", "")
    return _each_word(draw, text, 0.12, _mistyped)


def _chat(draw: random.Random, text: str) -> str:
    return _each_word(draw, text.lower(), 0.45, _shortened)


def _each_word(
    draw: random.Random, text: str, share: float, change: Callable[[random.Random, str], str]
) -> str:
    return _WORD.sub(lambda word: change(draw, word[0]) if draw.random() < share else word[0], text)


def _shortened(draw: random.Random, word: str) -> str:
    spellings: Sequence[str] = _informal().get(word, ())
    if spellings:
        return draw.choice(spellings)
    if len(word) > 5 and draw.random() < 0.25:
        return word[0] + re.sub("[aiueo]", "", word[1:-1]) + word[-1]
    return word


def _mistyped(draw: random.Random, word: str) -> str:
    at = draw.randrange(1, len(word) - 1)
    return draw.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
        ]
    )
