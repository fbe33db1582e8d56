"""Personal data leave comments; what is nobody's stays."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.redaction import PersonalDataKind, redact
from analysis.redaction.forms import FORMS

DATA = Path(__file__).parents[2] / "data"
# Each line: a comment in which personal data stand in double brackets.
SETS = [
    "comments-marked.jsonl",
    "comments-marked-second.jsonl",
    "comments-marked-third.jsonl",
]


def marked(name: str) -> list[tuple[str, list[tuple[int, int]]]]:
    """The comments of a set, each with its marked spans."""
    comments = []
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        text, spans = "", []
        for at, part in enumerate(re.split(r"\[\[|\]\]", json.loads(line)["marked"])):
            if at % 2:
                spans.append((len(text), len(text) + len(part)))
            text += part
        comments.append((text, spans))
    return comments


def redacted_letters(text: str) -> set[int]:
    """Where the letters and digits stand that a mark replaces."""
    spans = redact(text).spans
    return {at for one in spans for at in range(one.start, one.end) if text[at].isalnum()}


@pytest.mark.parametrize("name", SETS)
def test_every_marked_letter_is_redacted(name: str) -> None:
    missed = [
        (text[start:end], redact(text).text)
        for text, spans in marked(name)
        for start, end in spans
        if {at for at in range(start, end) if text[at].isalnum()} - redacted_letters(text)
    ]
    assert missed == []


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("alamat Cempaka 4 no 14 a", ["Cempaka", "14 a"]),
        ("rumah saya di anggrek 3 no 12", ["anggrek", "12"]),
        ("Kampung Tengah Baru RT 01 RW 02", ["Tengah", "RT 01"]),
        ("lahir di Solo, 3 maret 1990", ["3 maret 1990"]),
        ("tgl lahir 12/05/79", ["12/05/79"]),
        ("hp 0812abc3456789", ["0812abc3456789"]),
        ("nik 32O1234567890123", ["32O1234567890123"]),
        ("Maslahatul Sa'adah dan Nur'aini", ["Sa'adah", "Nur'aini"]),
        ("bu indah dan pak untung", ["indah", "untung"]),
        ("surat a.n. bintang, atas nama mawar", ["bintang", "mawar"]),
        ("dokter gigi melati ramah", ["melati"]),
        ("Salam, Y. Wanggober", ["Wanggober"]),
        ("rumah di Jln. Palapa Gg. Buntu no. 9B", ["Palapa", "Buntu", "9B"]),
        ("Gang Bersama No. 5", ["Bersama", "5"]),
        ("hub +62 812\u20113456\u20117890", ["812", "7890"]),
        ("0812\u22123456\u22127890", ["0812", "7890"]),
        ("081234567890ya kak", ["0812", "7890"]),
        ("081\u200c234567890", ["081", "7890"]),
    ],
)
def test_what_is_written_carelessly_goes(text: str, personal: list[str]) -> None:
    left = redact(text).text
    assert not [piece for piece in personal if piece in left]


@pytest.mark.parametrize(
    "text",
    [
        "Pak Kepling bilang air Pamsimas mati",
        "Pakai hati nurani",
        "Jalan Sudirman Kelurahan Menteng rusak parah",
        "Ketua RT 06 menolak",
        "pelayanannya indah, bintang lima, untung ada satpam",
        "Do'a kami hari Jum'at",
        "Uni nan di loket, mbak kae, pak ntu, bu rodo galak",
        "gang buntu becek, jalan masuk banjir, jalan desa 3 tahun rusak",
    ],
)
def test_what_is_nobodys_is_kept(text: str) -> None:
    assert redact(text).text == text


@pytest.mark.parametrize(
    ("place", "home"),
    [
        ("lampu mati di {}", "rumah saya di {}, lampu mati"),
        ("{} berlubang", "alamat {}, berlubang"),
        ("got mampet di {}", "tinggal di {}, got mampet"),
        ("{} tergenang", "Rahmat, {} tergenang"),
    ],
)
def test_a_road_stays_readable_beside_its_number_where_it_is_no_home(place: str, home: str) -> None:
    road = "Jalan Cempaka No. 12 RT 03 Kelurahan Sukamaju"
    left = redact(place.format(road)).text
    assert left == place.format("Jalan Cempaka [ALAMAT] Kelurahan Sukamaju")
    assert "Cempaka" not in redact(home.format(road)).text


@pytest.mark.parametrize("name", SETS)
def test_at_most_one_per_cent_of_other_words_are_redacted(name: str) -> None:
    others, redacted = 0, []
    for text, spans in marked(name):
        found = redact(text).spans
        for word in re.finditer(r"\w+", text):
            if not any(start < word.end() and word.start() < end for start, end in spans):
                others += 1
                if any(span.start < word.end() and word.start() < span.end for span in found):
                    redacted.append(word[0])
    assert len(redacted) <= 0.01 * others, redacted


@pytest.mark.parametrize(
    "text",
    [
        "pak RT dan bu kepala dinas, pak camat, pak lurah, ibu bidan, bapak petugas, pak polisi",
        "jam 08.30-12.00, 12-03-2024 09.30, Rp 1.500.000, 50rb, 2 juta, Rp25.000,-",
        "antrian A012, formulir F-1.01, berkas no 20240315001, KTP, KK, SKCK, loket 3",
        "RSUD Dr. Soetomo, Kecamatan Parungpanjang, Kantor Imigrasi Kelas I Makassar",
        "jalan rusak, jl berlubang, di jalan raya, kartu keluarga, atas nama orang tua",
        "nilai 4 4 3 4 4 3 4 4 4, 137 dan 1500-400",
        "",
    ],
)
def test_what_is_nobodys_stays(text: str) -> None:
    assert redact(text).text == text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("3276.0112.0390.0004", PersonalDataKind.IDENTITY),
        ("+62 812 3456 7890", PersonalDataKind.PHONE),
        ("budi at gmail dot com", PersonalDataKind.MAIL),
        ("@rinamarlina", PersonalDataKind.HANDLE),
        ("b1234xyz", PersonalDataKind.PLATE),
        ("BCA 1234567890", PersonalDataKind.ACCOUNT),
        ("NIP 198001012005011001", PersonalDataKind.NUMBER),
        ("jl mawar no 5 rt 3 rw 2", PersonalDataKind.ADDRESS),
        ("Siti Rohmah", PersonalDataKind.NAME),
        ("www.evil.test/masuk", PersonalDataKind.LINK),
        ("HTTPS://evil.test/?a=b@c.test", PersonalDataKind.LINK),
        ("wa.me/6281234567890", PersonalDataKind.LINK),
    ],
)
def test_each_kind_has_its_mark(text: str, kind: PersonalDataKind) -> None:
    (span,) = redact(text).spans
    assert span.kind == kind
    assert redact(text).text.endswith(f"[{kind}]")


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("Sakit Sutrisno tidak dilayani di rumah", "Sakit [NAMA] tidak dilayani di rumah"),
        ("Rumah Sakit Sutrisno tidak melayani", "Rumah Sakit Sutrisno tidak melayani"),
    ],
)
def test_the_last_word_says_nothing_of_the_first(text: str, redacted: str) -> None:
    assert redact(text).text == redacted


ALL = [text for name in SETS for text, _ in marked(name)]
COMMENTS = st.sampled_from([text for text, _ in marked(SETS[0])])
WORDS = {
    word
    for text in ALL
    for word in text.split()
    if not set(re.findall(r"[^\W_]+", word.lower())) & FORMS.addresses.road_works
}
# Words as they come in comments, also where capitals say less, or more; but for those that tell
# a road as broken, by which it becomes readable.
APPENDED = st.builds(
    lambda words, case: case(" ".join(words)),
    st.lists(st.sampled_from(sorted(WORDS)), min_size=1),
    st.sampled_from([str, str.lower, str.upper, str.title]),
)


@st.composite
def beginnings(draw: st.DrawFn) -> str:
    """A comment up to any of its words."""
    words = draw(st.sampled_from(ALL)).split(" ")
    return " ".join(words[: draw(st.integers(1, len(words)))])


@given(beginnings(), st.sampled_from([" ", ". ", "! ", "?\n"]), APPENDED)
@example("temui saja Dewi", "! ", "ADI DG. DI BAGIAN LONG PAK TEGUH TINGGAL")
@example("ibu Tjhin Nyuk Moi", " ", "Sdr La Ode Hasan Melapor Ke Ombudsman Perwakilan")
@example("Apartemen Green Bay", ". ", "HARUS KERJA LIE ERNAWATI KETIK")
@example("Sakit Sutrisno", " ", "tidak dilayani di rumah")
def test_appended_words_never_uncover_what_was_redacted(text: str, end: str, more: str) -> None:
    assert redacted_letters(text) <= redacted_letters(text + end + more)


@given(st.one_of(st.text(), st.lists(COMMENTS, max_size=4).map(". ".join)))
def test_marks_stand_where_the_spans_are_and_the_rest_is_untouched(text: str) -> None:
    redacted = redact(text)
    built, behind = "", 0
    for span in redacted.spans:
        assert behind <= span.start < span.end <= len(text)
        built += text[behind : span.start] + f"[{span.kind}]"
        behind = span.end
    assert built + text[behind:] == redacted.text


@given(st.lists(COMMENTS, max_size=3).map("\n".join))
def test_what_was_redacted_is_not_redacted_again(text: str) -> None:
    once = redact(text).text
    assert redact(once).text == once
