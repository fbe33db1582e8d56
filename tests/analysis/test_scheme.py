from datetime import date
from fractions import Fraction

import pytest

from analysis.scheme import load_scheme, parse_scheme, scheme_ids
from tests.analysis.conftest import DATA, Run, Write

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


@pytest.mark.parametrize(
    ("name", "score", "zone", "grade"),
    [
        ("compliance-2021", "97.65", "green", None),  # Lebong 2021
        ("ombudsman-2022", "94.39", "green", "A"),  # OKU Timur 2023
        ("ombudsman-2022", "60.35", "yellow", "C"),  # Mukomuko 2022
        ("ombudsman-2022", "90.02", "green", "A"),  # Mukomuko 2023
        ("ombudsman-2022", "78.45", "green", "B"),  # OKI 2022
        ("compliance-2021", "78.45", "yellow", None),  # the same under the bands of 2021
        ("ombudsman-2022", "85.81", "green", "B"),  # OKI 2023, "tinggi"
        ("ombudsman-2022", "31.98", "red", "E"),
        ("ombudsman-2022", "32.23", "red", "D"),
        ("ombudsman-2022", "54.03", "yellow", "C"),
        ("ombudsman-2022", "78.07", "green", "B"),
        ("ombudsman-2022", "88.42", "green", "A"),
        ("ombudsman-2022", "87.995", "green", "A"),
        ("ombudsman-2022", "87.9949", "green", "B"),
        ("compliance-2021", "50.99", "red", None),
        ("compliance-2021", "50.995", "yellow", None),
        ("compliance-2021", "80.99", "yellow", None),
        ("compliance-2021", "81", "green", None),
    ],
)
def test_published_scores_get_their_zone_and_grade(
    name: str, score: str, zone: str, grade: str | None
) -> None:
    band = load_scheme(name).band(Fraction(score))
    assert band
    assert (band.zone, band.grade) == (zone, grade)


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
    scheme = parse_scheme((DATA / "coinr" / "scheme.yaml").read_text(encoding="utf-8"), "coinr")
    assert {node.normalise.value.kind for node in scheme.indicators()} == {"min_max"}


def test_a_file_is_known_by_its_hash() -> None:
    changed = SMALL.replace("A small", "Another small")
    assert parse_scheme(SMALL, "x").hash != parse_scheme(changed, "x").hash


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("owner:", "colour: red\nowner:", 'colour: found "red", expected no such key'),
        ("owner:", "id: twice\nowner:", "duplicate key 'id'"),
        ("source: book\n", "", "source: found nothing, expected the file's own source"),
        ("source: book", "source: shop", "found source shop, expected sources among book"),
        (
            "weight: 60",
            "weight: 59",
            "found weights that add up to 99, expected the declared total",
        ),
        ("from: 50.00", "from: 49.99", "found a band from 49.99 after one to 49.99, expected one"),
        (
            "to: 49.99",
            "to: 49.98",
            "found a band from 50 after one to 49.98, expected one from 49.99",
        ),
        ("to: 100.00", "to: 99.99", "found bands that miss a score, expected bands from 0 to 100"),
        ("from: 0.00", "from: 0.01", "found bands that miss a score, expected bands from 0 to 100"),
        ("to: 100.00", "to: 49.00", "found a band from 50 to 49, expected its 'from' not above"),
        ("to: 2024-12-31", "to: 2023-12-31", "valid: found 2023-12-31, expected a last day (to)"),
        ("to: 2024-12-31", "to: 2024-02-30", "expected well-formed YAML"),
        ("weight: 60", "weight: -60", "children.0: found weight -60, expected a weight above 0"),
        ("weight: 60", "weight: many", 'children.0.weight.value: found "many", expected a number'),
        ("weight: 60", "weight: {value: 60, standing: sure}", 'standing: found "sure", expected'),
        ("key: b", "key: a", "found key a, expected each key once"),
        ("key: b", "key: score", "found key score, expected each key once"),
        ("key: b,", "", "children.1.key: found nothing"),
        ("total: 100", "decimals: -1", "decimals.value: found"),
        ("total: 100", "mean: modal", 'mean.value: found "modal"'),
        (
            "total: 100",
            "normalise: {kind: goalposts, between: [4, 1]}",
            "found 4 to 1, expected a low",
        ),
        ("owner: custom", "owner: me", 'owner: found "me", expected'),
        ("year: 2024", "year: soon", 'sources.book.year: found "soon", expected'),
        ("children:\n", "children: []\nothers:\n", "children: found list, expected"),
        (SMALL, "[1, 2]", "found list, expected a mapping of keys"),
        (SMALL, "a: [", "expected well-formed YAML"),
        (
            "children:\n",
            "children: &c\n- {key: c, children: *c}\n",
            "an anchor that contains itself",
        ),
        (SMALL, "", "found NoneType, expected a mapping of keys"),
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
        ("skm-1999", 'scheme: found "skm-1999", expected one of compliance-2021, '),
        ("../schemes/skm-2017", "scheme: found"),
        ("none.yaml", "none.yaml: found No such file or directory, expected a readable YAML file"),
    ],
)
def test_an_unknown_scheme_is_refused(run: Run, write: Write, name: str, told: str) -> None:
    outcome = run("index", write("data.csv", "institution,unit\n"), "--scheme", name)
    assert outcome.code == 2
    assert told in outcome.err
