"""The seed corpus: comments drawn from frames of situations, said in many ways.

A frame is one situation in one sentence, with ``[this|that]`` to choose from and ``{slot}`` for a
word that any comment may hold. Around it stand an opening, a concession, a second matter; then come
a register and the noise of hasty writing. All is drawn from one seed, so the corpus is the same
everywhere.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from analysis.triage.drawing import drawn, filled, said, words_of
from analysis.triage.spelling import FOLDER
from analysis.triage.voices import VOICES, draws_of, voice_frames

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
EACH_FRAME = 2
# Those who wrote the frames did not see each other's; each kept to one voice.
HANDS = ("desk", "cases", "phones", "letters", "regions", "box", "logs")
# Where a comment tells a second matter, its frame is of the same part: who leaves out every third
# or fourth frame leaves out every comment that holds one of them.
PARTS = 12


Frames = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class LabelledComment:
    """A comment with its label, and the frame it was drawn from (to split by).

    ``hand``: whose frame it is; ``tone``: positive, neutral or negative; ``aspect``: see
    ``analysis.triage.voices``; the last two are None where its writers did not tell them.
    """

    text: str
    label: str
    frame: int
    secondary: str | None = None
    hand: str = ""
    tone: str | None = None
    aspect: str | None = None


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
    """``each`` comments of every frame, of a voice half as many more; or of all but one hand's."""
    draw, every = random.Random(seed), frames(without)
    drawn_ones = [
        _comment(draw, frame, label, line, every[frame % PARTS :: PARTS])
        for frame, (label, line) in enumerate(every)
        for _ in range(each)
    ]
    return [*drawn_ones, *_voiced(seed, each + each // 2, without)]


def _voiced(seed: int, each: int, without: str | None) -> list[LabelledComment]:
    """``each`` comments of every frame of the voices, the first as it was written."""
    draw, frame, comments = random.Random(seed), len(frames()), []
    for voice in VOICES:
        for one in voice_frames(voice):
            if voice != without:
                comments += [
                    LabelledComment(
                        text, one.label, frame, one.secondary, voice, one.tone, one.aspect
                    )
                    for text in draws_of(draw, one, each)
                ]
            frame += 1
    return comments


def told_by(hand: str) -> list[tuple[str, str]]:
    """Each frame of one hand or voice told once, with nothing around it and no noise."""
    draw = random.Random(SEED)
    if hand in VOICES:
        return [(one.label, filled(draw, one.text)) for one in voice_frames(hand)]
    return [(label, filled(draw, line)) for label, line in frames_of(hand)]


def _comment(
    draw: random.Random, frame: int, label: str, line: str, beside: Sequence[tuple[str, str]]
) -> LabelledComment:
    text, secondary = filled(draw, line), None
    if label == PRAISE:
        text = _praise(draw, text, beside)
    elif label != NEUTRAL:
        text, secondary = _complaint(draw, label, text, beside)
    if draw.random() < 0.3:
        text = f"{drawn(draw, 'before')} {text}"
    elif label in COMPLAINTS and draw.random() < 0.15:
        text = f"{drawn(draw, 'formal')} {text}"
    if draw.random() < 0.35:
        kind = label if label in (PRAISE, NEUTRAL) else "complaint"
        text = f"{text.rstrip('.')}. {drawn(draw, f'after_{kind}')}"
    return LabelledComment(said(draw, text), label, frame, secondary)


def _complaint(
    draw: random.Random, label: str, text: str, beside: Sequence[tuple[str, str]]
) -> tuple[str, str | None]:
    """A complaint alone, after a concession, after another matter, or told twice."""
    chance = draw.random()
    if chance < 0.12:
        return f"{drawn(draw, 'concession')} {text}", None
    if chance < 0.24:
        other, line = draw.choice([one for one in beside if one[0] in COMPLAINTS])
        if other != label:
            first = filled(draw, line)
            return f"{first}, {drawn(draw, 'contrary')} {text}", other
    if chance < 0.36:
        again = draw.choice([line for same, line in beside if same == label])
        return f"{text}. {filled(draw, again)}", None
    return text, None


def _praise(draw: random.Random, text: str, beside: Sequence[tuple[str, str]]) -> str:
    chance = draw.random()
    if chance < 0.3:
        denied = draw.sample(words_of("wrapping")["denied"], draw.choice([1, 1, 2]))
        parts = [text, ", ".join(denied)]
        draw.shuffle(parts)
        return ". ".join(parts)
    if chance < 0.4:
        wish = draw.choice([line for label, line in beside if label == NEUTRAL])
        return f"{text}. {filled(draw, wish)}"
    return text
