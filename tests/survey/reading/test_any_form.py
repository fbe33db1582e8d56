"""The same table in any form that an office may give it reads the same."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from analysis.rulebook.instrument import load_instrument
from tests.survey.reading.conftest import read

pytestmark = pytest.mark.long

ITEMS = list(load_instrument("skm-2017").items)
BY_LIST = [
    *("requirements", "procedure", "time", "cost", "product", "competence", "conduct"),
    *("complaints", "facilities"),
]
NAMES = {
    "key": BY_LIST,
    "number": [f"U{at}" for at in range(1, 10)],
    "spaced": [f"U {at}" for at in range(1, 10)],
    "group": [f"unsur/U{at}" for at in range(1, 10)],
    "word": [f"Unsur {at}" for at in range(1, 10)],
    "usual": [
        *("Persyaratan", "Prosedur", "Waktu pelayanan", "Biaya/Tarif", "Produk layanan"),
        *("Kompetensi petugas", "Perilaku petugas", "Penanganan pengaduan", "Sarana prasarana"),
    ],
    "both": [f"U{at + 1} - {key}" for at, key in enumerate(BY_LIST)],
    "question": [next(one.text.id for one in ITEMS if one.key == key) for key in BY_LIST],
    "english": [next(one.text.en for one in ITEMS if one.key == key) for key in BY_LIST],
}
ANSWERS: dict[str, Callable[[int, Any], str]] = {
    "digit": lambda value, words: str(value),
    "decimal": lambda value, words: f"{value},0",
    "point": lambda value, words: f"{value}.0",
    "letter": lambda value, words: "abcd"[value - 1],
    "words": lambda value, words: words[value].id,
    "capitals": lambda value, words: words[value].en.upper(),
    "both": lambda value, words: f"{value} - {words[value].id}",
    "last": lambda value, words: f"{words[value].id} ({value})",
}
DECOYS: dict[str, Callable[[Sequence[Sequence[int]]], list[list[str]]]] = {
    "none": lambda rows: [],
    "totals": lambda rows: [
        ["Jumlah", *(str(sum(column)) for column in zip(*rows, strict=True))],
        ["NRR", *["3,00"] * 9],
    ],
    "signature": lambda rows: [["Mengetahui,", *[""] * 9], ["", *[""] * 6, "Kepala", "", ""]],
    "numbered": lambda rows: [[str(at), *[""] * 9] for at in range(90, 93)],
    "heading": lambda rows: [["No", *NAMES["number"]]],
}
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]


def written(rows: list[list[str]], delimiter: str, encoding: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


@pytest.fixture(scope="module", autouse=True)
def _rules_are_loaded() -> None:
    read("U1,U2,U3,U4,U5,U6,U7,U8,U9\n1,2,3,4,1,2,3,4,1\n")


@settings(max_examples=60, deadline=None)
@given(
    rows=some.lists(
        some.lists(some.integers(1, 4), min_size=9, max_size=9), min_size=2, max_size=8
    ),
    names=some.sampled_from(sorted(NAMES)),
    answers=some.sampled_from(sorted(ANSWERS)),
    decoy=some.sampled_from(sorted(DECOYS)),
    delimiter=some.sampled_from(";,\t|"),
    encoding=some.sampled_from(ENCODINGS),
    titles=some.integers(0, 3),
)
def test_every_form_reads_the_same(
    rows: list[list[int]],
    names: str,
    answers: str,
    decoy: str,
    delimiter: str,
    encoding: str,
    titles: int,
) -> None:
    plain = [BY_LIST, *(list(map(str, row)) for row in rows)]
    right = read(written(plain, ",", "utf-8"))
    words = {one.key: one.answers for one in ITEMS}
    table = [
        *[["Survei Kepuasan Masyarakat", *[""] * 9]] * titles,
        ["No", *NAMES[names]],
        *(
            [str(at), *(ANSWERS[answers](v, words[k]) for v, k in zip(row, BY_LIST, strict=True))]
            for at, row in enumerate(rows, 1)
        ),
        *DECOYS[decoy](rows),
    ]
    found = read(written(table, delimiter, encoding), order="list")
    assert found.heading_row == titles + 1
    assert found.answers[BY_LIST].to_numpy().tolist() == [list(row) for row in rows]
    assert found.index.shown == right.index.shown
    assert found.content_hash == right.content_hash
    assert len(found.left_out) == len(DECOYS[decoy](rows))
