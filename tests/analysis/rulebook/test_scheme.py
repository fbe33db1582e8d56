from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.rulebook.scheme import load_scheme, parse_scheme, scheme_ids
from analysis.rules import read_rules
from tests.analysis.conftest import COINR, DATA, GUIDE, Run, Write
from tests.refusing import refusing

SMALL = """\
id: small
title: A small scheme
owner: custom
valid: {from: 2024-01-01, to: 2024-12-31}
sources: {book: {title: A book, year: 2024}}
standing: stated
source: book
total: 100
children:
- {key: a, weight: 60}
- {key: b, weight: 40, standing: assumed}
bands:
- {grade: A, from: 50.00, to: 100.00, label: Good}
- {grade: B, from: 0.00, to: 49.99, label: Bad}
"""


@pytest.mark.parametrize("name", scheme_ids())
def test_schemes_that_come_with_the_program_load(name: str) -> None:
    assert load_scheme(name).id == name


@pytest.mark.parametrize("name", [name for name in scheme_ids() if load_scheme(name).bands])
@given(st.fractions(0, 1))
def test_each_score_is_in_one_band(name: str, share: Fraction) -> None:
    scheme = load_scheme(name)
    low, high = scheme.span
    score = low + share * (high - low)
    graded = score if scheme.unrounded else Fraction(scheme.round(score))
    bands = scheme.bands.value if scheme.bands else []
    assert [band for band in bands if band.holds(graded)] == [scheme.band(score)]


def test_the_official_dimensions_are_stated_and_add_up_to_100() -> None:
    weights = [node.weight for node in load_scheme("ombudsman-2022").children]
    expected = [Fraction(text) for text in ("21.85", "32.37", "24.24", "21.54")]
    assert [weight.value for weight in weights] == expected
    assert {weight.standing for weight in weights} == {"stated"}


def test_the_three_terms_of_perception_weigh_as_in_the_official_scheme() -> None:
    weights = {node.key: node.weight for node in load_scheme("perception-2022").children}
    assert {key: weight.value for key, weight in weights.items()} == {
        "standards": Fraction("32.37"),
        "satisfaction": Fraction("24.24"),
        "competence": Fraction("21.85"),
    }
    assert {weight.standing for weight in weights.values()} == {"assumed"}


def test_small_scheme_with_what_it_hands_down() -> None:
    scheme = parse_scheme(SMALL, "small.yaml")
    a, b = scheme.children
    assert (a.weight.standing, b.weight.standing) == ("stated", "assumed")
    assert a.mean.value == "arithmetic"
    assert (a.weight.source, a.name.id, a.name.en) == ("book", "a", "a")
    assert (scheme.valid.start, scheme.valid.end) == (date(2024, 1, 1), date(2024, 12, 31))
    assert scheme.standings == ["assumed", "stated"]


def test_mean_and_normalisation_are_handed_down() -> None:
    scheme = parse_scheme(COINR, "coinr.yaml")
    assert {node.normalise.value.kind for node in scheme.indicators()} == {"min_max"}


def test_a_file_is_known_by_its_hash() -> None:
    changed = SMALL.replace("A small", "Another small")
    assert parse_scheme(SMALL, "x").hash != parse_scheme(changed, "x").hash


def test_a_total_that_the_weights_miss_is_refused_as_the_guide_says(run: Run, write: Write) -> None:
    scheme = write("coinr.yaml", f"total: 100\n{COINR}")
    outcome = run("index", DATA / "coinr" / "tree_public_data.csv", "--scheme", scheme)
    assert outcome.code == 2
    assert outcome.err.strip() in GUIDE


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("owner:", "colour: red\nowner:", 'colour: found "red", expected no such key'),
        ("owner:", "id: twice\nowner:", "duplicate key id"),
        ("source: book\n", "", "source: found nothing, expected the file's own source"),
        ("source: book", "source: shop", "source: found shop, expected one of book"),
        (
            "weight: 60",
            "weight: 59",
            "total: found weights that add up to 99, expected the declared total 100",
        ),
        (
            "from: 50.00",
            "from: 49.99",
            "bands: found a band from 0 to 49.99, then one from 49.99 to 100, expected one from 50",
        ),
        (
            "to: 49.99",
            "to: 49.98",
            "bands: found a band from 0 to 49.98, then one from 50 to 100, expected one from 49.99",
        ),
        (
            "to: 100.00",
            "to: 99.99",
            "bands: found first and last band: from 0 to 49.99, from 50 to 99.99, expected bands",
        ),
        ("from: 0.00", "from: 0.01", "from 50 to 100, expected bands from 0 to 100"),
        (
            "to: 100.00",
            "to: 49.00",
            "bands: found a band from 50 to 49, expected its start not above its end",
        ),
        (
            "from: 50.00",
            "above: 50.00",
            "expected one that starts at 49.99, the edge in one of the two",
        ),
        ("from: 50.00", "above: 49.99, from: 50", "bands.0.above: found both from and above"),
        (
            "to: 2024-12-31",
            "to: 2023-12-31",
            "valid.to: found 31 December 2023, expected a last day",
        ),
        ("to: 2024-12-31", "to: 2024-02-30", "expected well-formed YAML"),
        ("weight: 60", "weight: -60", "children.0.weight: found -60, expected a weight above 0"),
        ("weight: 60", "weight: many", 'children.0.weight: found "many", expected a number'),
        ("weight: 60", "weight: {value: 60, standing: sure}", 'standing: found "sure", expected'),
        ("key: b", "key: a", "key: found a, expected each key once"),
        ("key: b", "key: score", "key: found score, expected each key once"),
        ("key: b,", "", "children.1.key: found nothing"),
        ("total: 100", "decimals: -1", "decimals: found"),
        ("total: 100", "mean: modal", 'mean: found "modal"'),
        (
            "total: 100",
            "normalise: {kind: goalposts, between: [4, 1]}",
            "children.0.normalise.between: found 4 to 1, expected a low",
        ),
        ("owner: custom", "owner: me", 'owner: found "me", expected'),
        ("year: 2024", "year: soon", 'sources.book.year: found "soon", expected'),
        ("total: 100", "direction: sideways", 'direction: found "sideways", expected'),
        (
            "total: 100",
            "certificate: {name: Prize, from: 50}",
            "certificate: found one of custom, expected none but of ombudsman",
        ),
        (
            "owner: custom",
            "owner: ombudsman\ncertificate: {name: Prize, from: 51}",
            "certificate: found from 51, expected the edge at which a band starts",
        ),
        (
            "total: 100",
            "suffix: {fact: a, means: A fact, label: indeed}",
            "key: found a, expected each key once",
        ),
        ("children:\n", "children: []\nothers:\n", 'children: found "[]", expected'),
        (SMALL, "[1, 2]", "found content without keys, expected a mapping of keys"),
        (SMALL, "a: [", "expected well-formed YAML"),
        (
            "children:\n",
            "children: &c\n- {key: c, children: *c}\n",
            "an anchor that contains itself",
        ),
        (SMALL, "", "found content without keys, expected a mapping of keys"),
    ],
)
def test_a_file_that_breaks_a_rule_is_refused(
    run: Run, write: Write, old: str, new: str, told: str
) -> None:
    assert SMALL.count(old) == 1 or old == "source: book"
    scheme = write("broken.yaml", SMALL.replace(old, new))
    data = write("data.csv", "institution,unit,a,b\nI,u,50,50\n")
    outcome = run("index", data, "--scheme", scheme)
    assert (outcome.code, outcome.out) == (2, "")
    assert all(line.startswith("broken.yaml") for line in outcome.err.splitlines())
    assert told in outcome.err


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("skm-1999", 'scheme: found "skm-1999", expected one of compliance-2016, '),
        ("../schemes/skm-2017", "scheme: found"),
        ("none.yaml", "none.yaml: found no such file, expected a readable file"),
    ],
)
def test_an_unknown_scheme_is_refused(run: Run, write: Write, name: str, told: str) -> None:
    outcome = run("index", write("data.csv", "institution,unit\nA,B\n"), "--scheme", name)
    assert outcome.code == 2
    assert told in outcome.err


def test_schemes_compare_only_where_a_file_says_so() -> None:
    new, old = load_scheme("compliance-2021"), load_scheme("compliance-2016")
    assert new.comparable(old)
    assert old.comparable(new)
    assert new.comparable(new)
    for one in ("ombudsman-2022", "opini-2025", "perception-2022", "compliance-kl-2017"):
        assert not load_scheme(one).comparable(new)
    said = next(value for value in new.values() if value is new.comparable_with)
    assert said.standing == "assumed"


def test_a_scheme_does_not_name_itself() -> None:
    text = load_scheme("compliance-2021").yaml.replace("[compliance-2016]", "[compliance-2021]")
    with refusing("comparable_with: found compliance-2021"):
        parse_scheme(text, "x.yaml")


@pytest.mark.parametrize(
    ("scheme", "marks"), [("skm-2004", ""), ("ombudsman-2022", "†‡"), ("inperma-2019", "‡")]
)
def test_doubtful_values_mark_the_score(scheme: str, marks: str) -> None:
    assert load_scheme(scheme).marks == marks


def test_ends_of_lines_make_no_other_rules(tmp_path: Path) -> None:
    """A file from another system has the same text, and so the same hash."""
    file = tmp_path / "rules.yaml"
    for end in ("\n", "\r\n", "\r"):
        file.write_bytes(load_scheme("skm-2017").yaml.replace("\n", end).encode())
        assert read_rules(file) == load_scheme("skm-2017").yaml
