"""Sealed publications: recomputed from the file alone, and no byte changes unseen."""

import json
from collections.abc import Iterator
from copy import deepcopy
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.__main__ import main
from analysis.errors import BadInput, Problem
from analysis.publication.evidence import (
    FORMAT,
    Content,
    Experiences,
    Range,
    RuleFile,
    ScoreEvidence,
    StatedInstitution,
    StatedInstrument,
    StatedPeriod,
    StatedUnit,
    Survey,
)
from analysis.publication.keys import fingerprint, pem
from analysis.publication.publication import derive, subtraction_tells
from analysis.publication.published_scores import PublishedScores
from analysis.publication.sealed import (
    FIRST,
    Fault,
    SealVerdict,
    bundle_bytes,
    check_numbers,
    examine,
    sealed_bytes,
)
from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from locales.refusals import parts, sentence
from tests.refusing import refusing

pytestmark = pytest.mark.long

KEY, OTHER_KEY = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))
PEM, OTHER_PEM = pem(KEY.public_key()), pem(OTHER_KEY.public_key())
# Standards on the ladder, the index of the survey, and staff that depends on who is present.
SCHEME = """
id: small
title: Kecil
owner: custom
valid: {from: 2025-01-01}
sources: {here: {title: Test, year: 2025}}
standing: assumed
source: here
children:
- {key: standards, weight: 2, normalise: ladder}
- key: satisfaction
  evidence: satisfaction_index
  normalise: {value: {kind: goalposts, between: [25, 100]}}
- {key: staff, normalise: min_max}
bands:
- {from: 50, to: 100, label: Tinggi, grade: A, zone: green}
- {from: 0, to: 49.99, label: Rendah, grade: B, zone: red}
"""
DERIVED = {
    *("sha256", "score", "score_exact", "grade", "zone", "label", "rank", "rank_in_province"),
    *("units", "nodes", "received", "standard_error"),
}
# Changing one of these changes nothing else: only the seal tells.
FREE = {
    *("format", "id", "text", "year", "software", "not_independent", "without", "corrects"),
    *("provisional_institutions", "code", "name", "kind", "demonstration", "period", "province"),
    *("institution", "rules", "experienced", "inputs"),
}


def a_survey(answers: list[int], respondents: int) -> Survey:
    """Every item answered alike."""
    items = load_instrument("skm-2017").items_of.values()
    return Survey(
        rules=0,
        respondents=respondents,
        answers={item: answers for group in items for item in group},
        squares=Decimal("1.500000000"),
        experienced=Experiences(answered=9, none=7),
    )


def a_unit(code: str, institution: str, standards: str, staff: int, survey: Survey) -> StatedUnit:
    return StatedUnit(
        institution=institution,
        code=code,
        name=f"Unit {code}",
        # What stands as the index is put right by the counts.
        inputs={
            "standards": Fraction(standards),
            "satisfaction": Fraction(70),
            "staff": Fraction(staff),
        },
        responses=[StatedPeriod(period="2025-1", counted=12, withdrawn=2, excluded=1, left_out=3)],
        survey=survey,
    )


@cache
def evidence() -> ScoreEvidence:
    """Two institutions of one province; the smallest staff is of a unit not published."""
    instrument, index = load_instrument("skm-2017"), load_scheme("skm-2017")
    hidden = a_survey([0, 0, 0, 0], 3).model_copy(update={"answers": None, "squares": None})
    return ScoreEvidence(
        format=FORMAT,
        year=2025,
        scheme=RuleFile(id="small", text=SCHEME),
        instruments=[
            StatedInstrument(
                id="skm-2017",
                text=instrument.yaml,
                scheme=RuleFile(id="skm-2017", text=index.yaml),
            )
        ],
        not_independent=False,
        without=[],
        corrects=None,
        provisional_institutions=1,
        ranges={"staff": Range(min=Fraction(2), max=Fraction(10))},
        institutions=[
            StatedInstitution(
                code=code, name=code, kind="district", province="maluku", demonstration=True
            )
            for code in ("malra", "aru")
        ],
        units=[
            a_unit("langgur", "malra", "7/2", 10, a_survey([1, 2, 3, 6], 12)),
            a_unit("dukcapil", "malra", "3", 4, a_survey([0, 0, 6, 6], 12)),
            a_unit("dobo", "aru", "1/3", 6, hidden),
        ],
        software="suara-layanan 0",
    )


@cache
def published() -> PublishedScores:
    return derive(evidence())


def document() -> Content:
    return published().content()


def sealed(
    of: Content, previous: str = FIRST, key: Ed25519PrivateKey = KEY, shown: str = ""
) -> bytes:
    """The bundle of a document, signed with ``key``, which says so or shows another."""
    signature = key.sign(sealed_bytes(of, previous)).hex()
    return bundle_bytes(of, previous, shown or pem(key.public_key()), signature)


def leaves(content: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The paths of everything that is not a mapping or a list."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield from leaves(value, (*path, key))
    elif isinstance(content, list):
        for at, value in enumerate(content):
            yield from leaves(value, (*path, at))
    else:
        yield path


def changed(content: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(content, bool) or content is None:
        return not content
    if isinstance(content, int):
        return content + 1
    text: str = content
    return text[:-1] + ("1" if text[-1] != "1" else "2")


def test_every_number_by_hand() -> None:
    clinic, registry, other = published().units
    # (1 + 2 x 2 + 3 x 3 + 6 x 4) / 12 = 38 / 12
    assert clinic.inputs["satisfaction"] == Fraction(25 * 38, 12)
    index = (Fraction(25 * 38, 12) - 25) * 100 / 75
    total = (2 * Fraction(350, 4) + index + 100) / 4
    assert clinic.score_exact == total
    assert (clinic.score, clinic.grade, clinic.rank) == (Decimal("86.81"), "A", 1)
    # The smallest staff is 2, of nobody published.
    assert registry.nodes["staff"] == Fraction(100 * (4 - 2), 8)
    assert other.inputs["satisfaction"] == 70
    assert clinic.survey
    assert str(clinic.survey.standard_error) == "1.279204298134"  # sqrt(1.5 x 12 / 11)
    assert other.survey
    assert other.survey.standard_error is None
    assert clinic.responses[0].received == 18
    malra, aru = published().institutions
    assert clinic.score_exact
    assert registry.score_exact
    assert malra.score_exact == (clinic.score_exact + registry.score_exact) / 2
    assert [malra.units, malra.rank, aru.rank_in_province] == [2, 1, 2]


def test_how_numbers_are_written() -> None:
    clinic, *_ = document()["units"]
    assert (clinic["score"], clinic["score_exact"]) == ("86.81", "3125/36")
    assert clinic["inputs"]["satisfaction"] == "475/6"
    assert clinic["survey"]["squares"] == "1.500000000"
    assert clinic["survey"]["standard_error"] == "1.279204298134"


def test_an_untouched_publication_holds() -> None:
    verdict = examine(sealed(document()))
    assert verdict.holds
    assert (verdict.broken, verdict.faults, verdict.chained) == (None, [], None)
    assert verdict.key == fingerprint(PEM)
    assert not verdict.own_key
    assert verdict.withheld == ["dobo"]
    assert examine(sealed(document()), PEM.encode()).own_key


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_no_byte_changes_unseen(data: st.DataObject) -> None:
    content = bytearray(sealed(document()))
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[at]))
    try:
        verdict = examine(bytes(content))
    except BadInput:
        return
    assert not verdict.holds
    assert verdict.broken


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_no_byte_of_key_and_signature_changes_unseen(data: st.DataObject) -> None:
    content = bytearray(sealed(document()))
    start = content.index(b'"key"')
    end = content.index(b'"previous"')
    signature = content.index(b'"signature"')
    at = data.draw(st.one_of(st.integers(start, end), st.integers(signature, len(content) - 1)))
    content[at] = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[at]))
    try:
        assert not examine(bytes(content)).holds
    except BadInput:
        return


def test_every_changed_number_is_named(subtests: pytest.Subtests) -> None:
    """Also where who changed it sealed it anew."""
    withheld = ("units", 2, "survey", "respondents")
    for path in set(leaves(document())) - {withheld}:
        keys = [step for step in path if isinstance(step, str)]
        if not DERIVED & set(keys[1:]) and FREE & set(keys):
            continue
        with subtests.test(str(path)):
            other = deepcopy(document())
            place: Any = other
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = changed(place[path[-1]])
            faults, _ = check_numbers(other)
            assert faults
            if DERIVED & set(keys[1:]):
                assert any(path_of(one).endswith(str(keys[-1])) for one in faults)


def path_of(fault: Fault | Problem) -> str:
    return fault.path if isinstance(fault, Fault) else parts("en", fault)[0]


def broken(verdict: SealVerdict) -> str:
    assert verdict.broken
    return sentence("en", verdict.broken)


def test_a_changed_input_is_named_with_what_follows_from_it() -> None:
    other = deepcopy(document())
    other["units"][0]["inputs"]["standards"] = "3"
    faults, _ = check_numbers(other)
    named = {one.path: (one.stated, one.recomputed) for one in faults if isinstance(one, Fault)}
    assert len(named) == len(faults)
    assert named["units[langgur].nodes.standards"] == ('"175/2"', '"75"')
    assert "institutions[malra].score" in named
    assert "units[dobo].score" not in named


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"scheme": {"id": "small", "text": "id: ["}}, "small: line 2"),
        ({"ranges": {}}, "ranges"),
        ({"ranges": {"staff": {"min": "4", "max": "4"}}}, "ranges.staff"),
        ({"ranges": {"staff": {"min": "4", "max": "1/0"}}}, "ranges.staff.max"),
        ({"institutions": []}, "institutions"),
        ({"units": None}, "units"),
        ({"year": "2025"}, "year"),
        ({"instruments": []}, "units[langgur].survey.rules"),
    ],
)
def test_where_nothing_follows_the_place_is_named(change: Content, path: str) -> None:
    faults, _ = check_numbers({**document(), **change})
    assert path_of(faults[0]) == path


def test_counts_that_are_not_of_the_instrument_are_named() -> None:
    for answers in ({"time": [1, 2, 3, 4]}, {"time": [1]}):
        other = deepcopy(document())
        other["units"][0]["survey"]["answers"] = answers
        faults, _ = check_numbers(other)
        assert path_of(faults[0]) == "units[langgur].survey.answers"


def test_another_key_is_told() -> None:
    forged = sealed(document(), key=OTHER_KEY)
    assert examine(forged).holds  # by its own key it is in order: hence --key
    assert broken(examine(forged, PEM.encode())) == "it was sealed with another key"
    assert examine(sealed(document(), key=OTHER_KEY, shown=PEM)).broken
    with refusing("an Ed25519 public key"):
        examine(forged, b"no key")


def test_the_chain() -> None:
    first = sealed(document())
    second = sealed(document(), examine(first).sha256)
    assert examine(second, previous=first).chained is True
    assert examine(second, previous=first).holds
    assert examine(second, previous=second).chained is False
    assert not examine(second, previous=second).holds
    assert examine(sealed(document(), "none")).broken


def test_a_rewritten_file_is_told() -> None:
    spaced = json.dumps(json.loads(sealed(document()))).encode()
    assert "canonical" in broken(examine(spaced))


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b"9" * 5000, b'{"document": {"format": 1}}'],
)
def test_another_file_is_refused(content: bytes) -> None:
    with refusing("publication"):
        examine(content)


def test_a_document_of_another_format_is_refused() -> None:
    with refusing("format: found"):
        examine(bundle_bytes({"format": 1}, FIRST, PEM, ""))


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = {
        "good.json": sealed(document()),
        "bad.json": sealed(document()).replace(b'"86.81"', b'"96.81"'),
        "none.json": b"{}",
        "key.pem": PEM.encode(),
        "other.pem": OTHER_PEM.encode(),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    def verify(name: str, *more: str) -> tuple[int, str]:
        code = main(["verify", str(tmp_path / name), *more])
        told = capsys.readouterr()
        return code, told.out + told.err

    good = verify("good.json", "--key", str(tmp_path / "key.pem"))
    assert good[0] == 0
    assert "seal         holds" in good[1]
    assert "all follow" in good[1]
    code, told = verify("good.json")
    assert code == 3
    assert "SEALED BY AN UNKNOWN KEY" in told
    code, told = verify("bad.json")
    assert code == 1
    assert "BROKEN" in told
    assert 'units[langgur].score: stated "96.81", recomputed "86.81"' in told
    assert verify("good.json", "--key", str(tmp_path / "other.pem"))[0] == 1
    assert verify("good.json", "--previous", str(tmp_path / "good.json"))[0] == 1
    assert verify("none.json")[0] == 2
    assert verify("absent.json")[0] == 2
    code, told = verify("bad.json", "--json")
    assert (code, json.loads(told)["holds"]) == (1, False)


@pytest.mark.parametrize(
    ("counts", "respondents", "tells"),
    [([1, 2, 3, 6], 12, False), ([1, 2, 3, 5], 12, True), ([1, 2, 3, 1], 7, False)],
)
def test_what_subtraction_tells(counts: list[int], respondents: int, tells: bool) -> None:
    one, other = a_survey([1, 2, 3, 6], 12), a_survey(counts, respondents)
    assert subtraction_tells(one, other) is tells
    assert subtraction_tells(other, one) is tells
    assert not subtraction_tells(one, None)
