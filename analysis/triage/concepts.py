"""What a comment speaks of: phrases of a lexicon found in any form of their words, and denied."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple, cast

import yaml

from analysis.triage.grammar import grammar
from analysis.triage.phrases import matter_phrases, serious_phrases
from analysis.triage.spelling import END, FOLDER, QUESTION, tokens

GAP, ALONE = "~", ""
# Comments come in batches, and each is asked twice what it speaks of.
_REMEMBERED = 4096
_RULES = grammar()
_TURNS = _RULES.turns | {QUESTION}
# A word stands without prefix and suffix too.
_PREFIXES = (("", [""]), *_RULES.prefixes.items())
_SUFFIXES = ("", *_RULES.suffixes)


class Hit(NamedTuple):
    """A concept found: where its phrase begins and ends (token positions), whether denied."""

    concept: str
    start: int
    end: int
    denied: bool


@dataclass(frozen=True)
class Lexicon:
    """Phrases by the two words they begin with (or one and ALONE), and every word of any."""

    phrases: dict[str, dict[str, list[tuple[tuple[str, ...], str]]]]
    words: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """The lexicon of lexicon.yaml, the phrases of serious.yaml and the matters, in plain words."""
    read = yaml.safe_load((FOLDER / "lexicon.yaml").read_text(encoding="utf-8"))
    concepts = {**cast(dict[str, list[str]], read), **serious_phrases(), **matter_phrases()}
    phrases: dict[str, dict[str, list[tuple[tuple[str, ...], str]]]] = {}
    words: set[str] = set()
    for concept, spellings in concepts.items():
        for phrase in dict.fromkeys(tuple(_phrase(spelling)) for spelling in spellings):
            second = phrase[1] if len(phrase) > 1 else ALONE
            phrases.setdefault(phrase[0], {}).setdefault(second, []).append((phrase, concept))
            words.update(phrase)
    return Lexicon(phrases, frozenset(words))


def _phrase(spelling: str) -> Iterator[str]:
    for part in spelling.split():
        if part == GAP or "_" in part:
            yield part
        else:
            yield from tokens(part)


def hits(words: Sequence[str]) -> tuple[Hit, ...]:
    """The concepts of a tokenised comment, each phrase once where it stands.

    >>> [hit.concept for hit in hits(tokens("Tidak ada pungli")) if hit.denied]
    ['levy', 'serious:request_for_payment']
    """
    return _hits(tuple(words))


@lru_cache(_REMEMBERED)
def _hits(words: tuple[str, ...]) -> tuple[Hit, ...]:
    known, found = lexicon().phrases, []
    forms = [_forms(word) for word in words]
    denied = _denied(words)
    for start, here in enumerate(forms):
        after = (ALONE, GAP, *(forms[start + 1] if start + 1 < len(forms) else ()))
        for form in here:
            beginning = known.get(form, {})
            for second in after:
                for phrase, concept in beginning.get(second, ()):
                    end = _end_of(phrase, forms, start)
                    if end:
                        found.append(Hit(concept, start, end, denied[start]))
    return tuple(found)


def _end_of(phrase: tuple[str, ...], forms: Sequence[frozenset[str]], start: int) -> int:
    """One past the last word of the phrase that begins at ``start``; 0 where it does not stand."""
    at, gap = start + 1, 0
    for word in phrase[1:]:
        if word == GAP:
            gap = _RULES.widest_gap
            continue
        for step in range(gap + 1):
            if at + step < len(forms) and word in forms[at + step]:
                at, gap = at + step + 1, 0
                break
        else:
            return 0
    return at


def _denied(words: Sequence[str]) -> list[bool]:
    """Whether each word stands in the reach of a denial before it."""
    denied, left = [], 0
    for at, word in enumerate(words):
        if word in _TURNS or (word == END and left <= _RULES.reach):
            left = 0
        denied.append(left > 0)
        left = max(0, left - 1)
        if word in _RULES.denials:
            far = word in _RULES.far or set(words[at + 1 : at + 2]) & _RULES.far_with
            left = _RULES.far_reach if far else _RULES.reach
    return denied


@cache
def _forms(word: str) -> frozenset[str]:
    """The words of the lexicon of which this one is a form."""
    known = lexicon().words
    if word == "terima_kasih":
        return frozenset({word})
    parts = {word, *word.split("-")} if "-" in word else {word}
    return frozenset(form for part in parts for form in _stems(part) if form in known)


def _stems(word: str) -> Iterator[str]:
    for prefix, restored in _PREFIXES:
        if not word.startswith(prefix):
            continue
        rest = word[len(prefix) :]
        for suffix in _SUFFIXES:
            if not rest.endswith(suffix):
                continue
            core = rest[: len(rest) - len(suffix)]
            for first in restored:
                stem = first + core
                if len(stem) >= _RULES.shortest + bool(prefix) or stem == word:
                    yield stem
