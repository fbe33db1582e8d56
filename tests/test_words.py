"""One word for one thing, in every text that people see; percent signs, ranges and signs alike.

What a text never says stands beside the word that it says instead. The few places that may say it
are named with the reason.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from locales import languages, texts

ROOT = Path(__file__).parent.parent
# Beside the locales: rules and lists with texts in both languages. Questionnaires that citizens
# are asked change under a new name only.
SHOWN = ("analysis/rulebook", "analysis/schemes", "reports", "survey/instruments/assessors")
BLANK = re.compile(r"\{[^}]*\}")
CODE = re.compile(r"`[^`]*`")

NEVER = {
    "id": {
        "isian": r"tanggapan(nya)?|respons",
        "resi": "tanda terima",
        "kelompok data": "berkas tanggapan|data nomor",
        "butir penilaian": "indikator",
        "tingkat": r"anak tangga(nya)?",
        "penilai": r"asesor(nya)?",
        "penilaian tahun": "putaran",
        "penilaian mandiri": "pendampingan",
        "sanggahan": "keberatan",
        "keputusan": "putusan(nya)?|diputus",
        "dikeluarkan": r"(di|menge|ke)kecualikan|kecualikan",
        "perlu diperiksa": r"tanda(?! (silang|tangan|hubung))|bertanda|ditandai",
        "pemeriksaan": "penyaringan|disaring|menyaring",
        "rentang nilai": "pita",
        "kinerja, kategori": "sebutan|predikat",
        "angka yang diumumkan": "angka utama",
        "anjungan": "kios",
        "akun, pengguna layanan": r"pengguna(?! layanan)",
        "data contoh": "peragaan",
        "sampel": "contoh acak|lembar contoh",
        "saluran": r"pintu(nya)?",
        "rincian nilai": "telusuri?",
        "sidik berkas": r"hash|sidik( jari)? digital",
        "umur": "usia",
        "jika": "bila|apabila",
        "pascastrata": r"pasca-\w*",
        "byte, mouse, server": "bita|tetikus|peladen",
        "dugaan tanpa tuduhan": "curang",
    },
    "en": {
        "fix": "mend|mends|mended|mending",
        "documents": "papers",
        "survey channels": "doors?",
        "reported": "told(?! apart)",
        "level": "rungs?",
        "to be checked": "alarms?|flagged",
        "visit code": "visit tokens?|tokens?",
        "assessment round": "round of assessment",
        "self-assessment": "pre-assessment",
        "example data": "demonstration|sample data",
        "file hash": "digital fingerprints?|fingerprints?",
    },
}
# Key of a text: what it may say, and why.
MAY = {
    "evidence.subtitle": ("indikator", "PEKPPP's own name of what it asks"),
    "evidence.about": ("indikator", "PEKPPP's own name of what it asks"),
    "evidence.indicator_6": ("indikator", "PEKPPP's own name of what it asks"),
    "evidence.indicator_7": ("indikator", "PEKPPP's own name of what it asks"),
    "evidence.indicator_8": ("indikator", "PEKPPP's own name of what it asks"),
    "evidence.indicator_9": ("indikator", "PEKPPP's own name of what it asks"),
    "papers.many_evidence_what": ("indikator", "PEKPPP's own name of what it asks"),
    "scores.stand_in_help": ("ditandai", "marked as not independent, no suspicion"),
    "refused.no_signature": ("tanda", "a signature"),
    "refused.other_signature": ("tanda", "a signature"),
    "trust-2025.yaml: .items[4].text": ("bila", "citizens are asked so; under a new name only"),
}
HYPHENS = {
    "refused.id_unfit.expected": "the letters and digits of a code",
    "refused.item_unfit.expected": "the letters and digits of a code",
}
SPACED_PERCENT = re.compile(r"\s%")
SPACED_RANGE = re.compile(r"[\d}] – [\d{]")
TIMES = re.compile(r"\d x\b|\bx \d")
# A day or a code such as 2026-2 is no range.
HYPHENED_RANGE = re.compile(
    r"(?<![\w-])(\d+(?:[.,]\d+)?|\{\w+\})-(\d+(?:[.,]\d+)?|\{\w+\})(?![\w-])"
)
CODES = re.compile(r"\b20\d\d-(\d|\d\d-\d\d)\b")


@cache
def rules_of(language: str) -> dict[str, str]:
    """What the texts of rules and lists say in the language, by file and place."""
    found: dict[str, str] = {}
    for folder in SHOWN:
        for file in sorted((ROOT / folder).glob("**/*.yaml")):
            content = yaml.safe_load(file.read_text(encoding="utf-8"))
            found |= {f"{file.name}: {at}": text for at, text in _said(content, language)}
    return found


def _said(content: Any, language: str, at: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(content, dict) and content.keys() >= NEVER.keys():
        yield at, content[language]
    elif isinstance(content, dict):
        for key, one in content.items():
            yield from _said(one, language, f"{at}.{key}")
    elif isinstance(content, list):
        for number, one in enumerate(content):
            yield from _said(one, language, f"{at}[{number}]")


def everything(language: str) -> dict[str, str]:
    """All that is said in the language, without its blanks and what stands as code."""
    said = dict(texts(language)) | (rules_of(language) if language in NEVER else {})
    return {key: CODE.sub("", BLANK.sub("", text)) for key, text in said.items()}


def never(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE)


@pytest.mark.parametrize(
    ("language", "instead"), [(one, word) for one in NEVER for word in NEVER[one]]
)
def test_one_word_for_one_thing(language: str, instead: str) -> None:
    pattern = never(NEVER[language][instead])
    found = {
        key: hit[0] for key, text in everything(language).items() if (hit := pattern.search(text))
    }
    allowed = {key for key, (word, _) in MAY.items() if word == found.get(key, "").lower()}
    assert {key: word for key, word in found.items() if key not in allowed} == {}


def test_what_may_be_said_is_said() -> None:
    """An exception that nothing needs any more is taken out."""
    said = everything("id")
    assert {key for key, (word, _) in MAY.items() if word not in said[key].lower()} == set()
    assert {key for key in HYPHENS if "0-9" not in said[key]} == set()


@pytest.mark.parametrize("text", ["Tanggapan diterima", "tanggapannya", "TANDA", "kios baru"])
def test_a_word_is_found_in_every_form(text: str) -> None:
    assert any(never(words).search(text) for words in NEVER["id"].values())


@pytest.mark.parametrize("text", ["menanggapi", "tanda tangan", "kiosk", "pengguna layanan"])
def test_another_word_is_left_alone(text: str) -> None:
    assert not any(never(words).search(text) for words in NEVER["id"].values())


@pytest.mark.parametrize("language", languages())
def test_percent_signs_ranges_and_signs_are_written_alike(language: str) -> None:
    said = dict(texts(language)) | (rules_of(language) if language in NEVER else {})
    for key, text in said.items():
        assert not SPACED_PERCENT.search(text), key
        assert not SPACED_RANGE.search(text), key
        assert not TIMES.search(text), key
        assert key in HYPHENS or not HYPHENED_RANGE.search(CODES.sub("", text)), key


@pytest.mark.parametrize("text", ["18-24 tahun", "{low}-{high}", "0-100", "77,79-83,77"])
def test_a_range_with_a_hyphen_is_found(text: str) -> None:
    assert HYPHENED_RANGE.search(CODES.sub("", text))


@pytest.mark.parametrize("key", [key for key in texts("id") if re.search(r"[._]share$", key)])
def test_a_share_is_a_percentage_and_no_part(key: str) -> None:
    assert not never("bagian").search(texts("id")[key])


@pytest.mark.parametrize(
    "section", ["rate", "receipt", "light", "device", "kiosk", "privacy", "complain"]
)
def test_citizens_are_told_what_they_can_do_in_their_words(section: str) -> None:
    """Officials "dapat", citizens "bisa"."""
    own = {key: text for key, text in texts("id").items() if key.startswith(f"{section}.")}
    assert own
    can = re.compile(r"\bdapat\b(?! setelah)")
    assert {key for key, text in own.items() if can.search(text)} == set()
