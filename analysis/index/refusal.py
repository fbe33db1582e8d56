"""Why there is no figure, in words that an official reads beside the gap."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from analysis.rules import Language

Why = Literal[
    "few_respondents",
    "few_items",
    "many_elements",
    "nothing_varies",
    "same_overall",
    "same_index",
    "constant",
    "determined",
    "unrelated",
    "improper",
    "no_index",
    "no_bands",
    "top_grade",
    "provisional",
    "not_above",
    "other_mean",
    "relative",
    "unreachable",
]

REASONS: dict[Why, dict[Language, str]] = {
    "few_respondents": {
        "id": "{n} responden menjawab lengkap, diperlukan paling sedikit {needed}",
        "en": "{n} respondents answered everything, at least {needed} are needed",
    },
    "few_items": {
        "id": "{n} butir dengan jawaban yang beragam, diperlukan paling sedikit {needed}",
        "en": "{n} items with answers that vary, at least {needed} are needed",
    },
    "many_elements": {
        "id": "{n} unsur, paling banyak {most} dapat dihitung",
        "en": "{n} elements, at most {most} can be computed",
    },
    "nothing_varies": {
        "id": "tidak ada unsur yang jawabannya beragam",
        "en": "no element has answers that vary",
    },
    "same_overall": {
        "id": "semua responden memberi penilaian keseluruhan yang sama",
        "en": "every respondent gave the same overall rating",
    },
    "same_index": {
        "id": "semua responden memberi jumlah nilai yang sama",
        "en": "the answers of every respondent add up to the same",
    },
    "constant": {
        "id": "semua responden memberi jawaban yang sama",
        "en": "every respondent gave the same answer",
    },
    "determined": {
        "id": "ada butir yang jawabannya seluruhnya ditentukan oleh butir lain",
        "en": "an item's answers are fully determined by other items",
    },
    "unrelated": {
        "id": "jawaban tidak berkaitan sama sekali dengan butir lain",
        "en": "the answers are not related to other items at all",
    },
    "improper": {
        "id": "satu faktor tidak dapat dicocokkan dengan jawaban ini",
        "en": "one factor cannot be fitted to these answers",
    },
    "no_index": {"id": "belum ada indeks", "en": "there is no index yet"},
    "no_bands": {"id": "skema ini tidak punya nilai mutu", "en": "the scheme has no grades"},
    "top_grade": {
        "id": "sudah pada nilai mutu tertinggi",
        "en": "already at the highest grade",
    },
    "provisional": {
        "id": "nilainya masih sementara: baru {scored} dari {units} unit bernilai",
        "en": "the score is provisional: only {scored} of {units} units have one",
    },
    "not_above": {
        "id": "kategori yang dituju tidak di atas kategori sekarang",
        "en": "the category aimed at is not above the present one",
    },
    "other_mean": {
        "id": "skema ini memakai rata-rata geometrik atau harmonik, sehingga nilai satu langkah "
        "bergantung pada langkah lain; rencana pasti hanya untuk rata-rata aritmetik",
        "en": "this scheme uses geometric or harmonic means, where what a step is worth depends on "
        "the other steps; an exact plan is made for arithmetic means only",
    },
    "relative": {
        "id": "skema ini menormalkan min-maks, sehingga nilai satu langkah bergantung pada semua "
        "unit lain; tidak ada rencana pasti",
        "en": "this scheme normalises by min-max, where what a step is worth depends on all other "
        "units; there is no exact plan",
    },
    "unreachable": {
        "id": "tidak terjangkau dengan batas-batas ini",
        "en": "out of reach within these limits",
    },
}


@dataclass(frozen=True)
class Refusal:
    """What stands in place of a figure that cannot be had, and the numbers behind it.

    >>> Refusal("few_respondents", {"n": 12, "needed": 90})["en"]
    '12 respondents answered everything, at least 90 are needed'
    """

    why: Why
    numbers: Mapping[str, int] = field(default_factory=dict)

    def __getitem__(self, language: Language) -> str:
        return REASONS[self.why][language].format(**self.numbers)


Figure = float | Refusal
