"""Comments of one concern come together: frames, sentences, titles, and voices left out."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from analysis.redaction import redact
from analysis.triage.concerns import (
    NONE,
    concern_reader,
    concerns_of,
    learn_concerns,
    told_concerns,
)
from analysis.triage.corpus import LABELS
from analysis.triage.groups import groups
from analysis.triage.model import Model
from analysis.triage.settings import settings
from analysis.triage.spelling import tokens
from analysis.triage.voices import VOICES, voice_frames
from locales import FOLDER

pytestmark = pytest.mark.long

TEXTS = [
    "Lampu jalan di gang kami mati, gelap sekali",
    "PJU padam dari minggu lalu, anak-anak takut",
    "Petugas loket membentak ibu saya",
    "mbaknya judes banget, ditanya malah melotot",
    "Air PDAM tidak mengalir tiga hari",
    "sudah seminggu air ledeng mati, keran kering",
    "Nenek saya janda miskin belum pernah dapat bantuan sembako",
    "mohon didata sebagai penerima PKH pak, anak saya empat",
    "warna cat pagar",
]
"""Two of each concern, and one of none."""


def test_each_frame_of_every_voice_has_a_concern_or_is_told_to_have_none() -> None:
    told = Counter(one.hand for one in told_concerns() if one.label is not None)
    assert told == {voice: len(voice_frames(voice)) for voice in VOICES}


@pytest.mark.parametrize(
    "named",
    [
        [("light", "Lampu jalan")],
        [("light", "Lampu jalan"), ("water", "Air keruh"), ("road", "Jalan rusak")],
        [("light", "Lampu jalan"), ("water", "Air keruh"), ("light", "Lampu jalan")],
        [("light", "Lampu jalan"), ("water", "Air ker")],
        [("light", "Lampu"), ("light", "Lampu jalan"), ("water", "Air keruh")],
    ],
    ids=["no line", "no frame", "twice", "half a word", "two lines of a frame"],
)
def test_a_frame_has_one_line_and_a_line_one_frame(named: list[tuple[str, str]]) -> None:
    frames = ["Lampu jalan mati", "Air keruh sekali"]
    assert concerns_of(frames, [("light", "Lampu"), ("water", "Air keruh")]) == ["light", "water"]
    with pytest.raises(ValueError, match="several"):
        concerns_of(frames, named)


def test_two_frames_share_no_line() -> None:
    with pytest.raises(ValueError, match="several"):
        concerns_of(["Lampu jalan mati", "Lampu jalan padam"], [("light", "Lampu jalan")])


def test_each_concern_has_a_name_in_each_language() -> None:
    concerns = {one.concern for one in told_concerns()} - {NONE}
    for language in ("id", "en"):
        reading = yaml.safe_load((FOLDER / f"{language}.yaml").read_text("utf-8"))["reading"]
        named = {
            key.removeprefix("concern_"): name
            for key, name in reading.items()
            if key.startswith("concern_")
        }
        assert named.keys() == concerns
        assert len(set(named.values())) == len(named)


def test_what_is_told_in_other_words_comes_together(model: Model) -> None:
    found = {group.concern: set(group.members) for group in groups(TEXTS, model)}
    assert found == {"light": {0, 1}, "rude": {2, 3}, "water": {4, 5}, "aid_missing": {6, 7}}


@given(st.permutations(range(len(TEXTS))))
def test_the_order_of_comments_changes_no_group(model: Model, order: list[int]) -> None:
    def told(some: list[str]) -> set[tuple[str, str, frozenset[str]]]:
        return {
            (group.concern, group.title, frozenset(some[at] for at in group.members))
            for group in groups(some, model)
        }

    assert told([TEXTS[at] for at in order]) == told(TEXTS)


def test_the_words_of_a_title_tell_nobodys_data(model: Model) -> None:
    written = [
        "Bu Siti Rohmah di loket 3 judes, hp saya 081234567890",
        "Siti Rohmah judes dan kasar, catat 081234567890, Zulpakar",
        "zulpakar itu judes",
    ]
    (found,) = groups([redact(text).text for text in written], model)
    assert found.title == "judes"


def test_few_comments_of_a_concern_are_no_group(model: Model) -> None:
    least = settings().smallest_group
    assert [len(group.members) for group in groups([TEXTS[0]] * least, model)] == [least]
    assert groups([TEXTS[0]] * (least - 1), model) == []


@pytest.mark.parametrize("fold", range(4))
def test_voices_that_taught_nothing_are_grouped_by_their_concerns(fold: int) -> None:
    """As far as their labels are known: what the model makes of them is measured in the field."""
    told = told_concerns()
    unseen = [one for one in told if one.hand in VOICES[fold::4]]
    reader = learn_concerns([one for one in told if one not in unseen])
    labels = np.full((len(unseen), len(LABELS)), 0.02)
    for at, one in enumerate(unseen):
        labels[at, LABELS.index(one.label or "")] = 0.78
    chances = reader.chances([tokens(one.text) for one in unseen], labels)
    read = [
        reader.names[row.argmax()] if row.max() >= settings().concern_from else NONE
        for row in chances
    ]
    pairs = Counter(
        (unseen[one].concern == unseen[other].concern != NONE, read[one] == read[other] != NONE)
        for one, other in combinations(range(len(unseen)), 2)
    )
    assert pairs[True, True] >= 0.4 * (pairs[True, True] + pairs[False, True])
    assert pairs[True, True] >= 0.25 * (pairs[True, True] + pairs[True, False])


def test_chances_add_up_to_one() -> None:
    even = np.full((2, len(LABELS)), 1 / len(LABELS))
    found = concern_reader().chances([["lampu", "jalan", "mati"], []], even)
    assert found.sum(axis=1) == pytest.approx([1, 1])
