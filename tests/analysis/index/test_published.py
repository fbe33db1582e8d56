"""What was published comes out as published, or a test says why it does not."""

from fractions import Fraction

import pytest

from analysis.exact import exact
from analysis.index.composite import score
from analysis.index.institutions import Assessed, score_institutions
from analysis.rulebook.scheme import load_scheme
from tests.analysis.conftest import DATA, Run, Write, read_csv

PUBLISHED = DATA / "ombudsman-published.csv"
SECTORS = ("civil_registration", "health", "education", "licensing")


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


@pytest.mark.parametrize(
    ("name", "score", "label"),
    [
        ("compliance-2016", "50.12", "Zona kuning"),  # published as yellow
        ("compliance-2016", "0", "Zona merah"),
        ("compliance-2016", "50", "Zona merah"),
        ("compliance-2016", "50.004", "Zona kuning"),  # 50.00 as it is shown
        ("compliance-2016", "80", "Zona kuning"),
        ("compliance-2016", "80.001", "Zona hijau"),
        ("compliance-2016", "100", "Zona hijau"),
        ("compliance-kl-2017", "0", "Zona merah"),
        ("compliance-kl-2017", "55", "Zona merah"),
        ("compliance-kl-2017", "56", "Zona kuning"),
        ("compliance-kl-2017", "88", "Zona kuning"),
        ("compliance-kl-2017", "89", "Zona hijau"),
        ("compliance-kl-2017", "110", "Zona hijau"),
        ("opini-2025", "87.995", "Kualitas Tertinggi"),
        ("opini-2025", "78", "Kualitas Tinggi"),
        ("opini-2025", "54", "Kualitas Sedang"),
        ("opini-2025", "53.99", "Kualitas Rendah"),
        ("inperma-2017", "-0.539", "Rendah"),  # Bali
        ("inperma-2017", "0.37902", "Sedang"),  # Riau
        ("inperma-2017", "-1.000001", "Tidak ada"),
        ("inperma-2017", "-1", "Rendah"),
        ("inperma-2017", "0", "Rendah"),
        ("inperma-2017", "1", "Sedang"),
        ("inperma-2017", "1.000001", "Tinggi"),
        ("inperma-2018", "4.374", "Tidak ada"),
        ("inperma-2018", "4.375", "Rendah"),
        ("inperma-2018", "6.25", "Rendah"),
        ("inperma-2018", "6.255", "Sedang"),
        ("inperma-2018", "8.125", "Tinggi"),
        ("inperma-2019", "3.50", "Rendah"),  # DIY
        ("inperma-2019", "5.02", "Menuju rendah"),  # Maluku
        ("inperma-2019", "4.504", "Rendah"),
        ("inperma-2019", "5.51", "Menuju tinggi"),
        ("inperma-2019", "6.51", "Tinggi"),
        ("skm-2004", "43.75", "Tidak baik"),
        ("skm-2004", "43.76", "Kurang baik"),
        ("skm-2004", "62.505", "Baik"),
        ("skm-2004", "81.26", "Sangat baik"),
    ],
)
def test_a_score_is_placed_as_published(name: str, score: str, label: str) -> None:
    band = load_scheme(name).band(exact(score))
    assert band
    assert band.label.id == label


@pytest.mark.parametrize(
    ("score", "label"),
    [
        ("90.61", "Sangat Baik"),  # published, as are the next two
        ("88.52", "Sangat Baik"),
        ("76.82", "Cukup"),
        ("87.995", "Sangat Baik"),
        ("87.994", "Baik"),
        ("78", "Baik"),
        ("77.994", "Cukup"),
        ("54", "Cukup"),
        ("53.994", "Kurang"),
        ("0", "Kurang"),
    ],
)
def test_a_unit_of_2025_has_words_of_its_own(score: str, label: str) -> None:
    scheme = load_scheme("opini-2025")
    found = score_institutions(scheme, Assessed(["I"], ["a"], {"score": [exact(score)]}))
    (unit,), (institution,) = found.units, found.institutions
    assert unit.band is not None
    assert institution.band is not None
    assert (unit.band.label.id, unit.band.zone) == (label, None)
    assert institution.band.label.id.startswith("Kualitas ")


def test_the_change_of_oki_is_as_published() -> None:
    assert exact("85.81") - exact("78.45") == exact("7.36")


@pytest.mark.parametrize(
    ("institution", "score", "rank", "published", "grades"),
    [
        ("Kabupaten Maluku Tenggara", "60.80", 2, "60.80", "DDCCCCC"),
        # Its six published units have this mean; the source does not say whence the 93.74.
        ("Kabupaten Batang", "93.70", 1, "93.74", "AAAAAA"),
    ],
)
def test_institutions_and_their_units_as_published(
    run: Run, institution: str, score: str, rank: int, published: str, grades: str
) -> None:
    document = run("index", PUBLISHED, "--scheme", "ombudsman-2022", "--json").document
    rows = [row for row in read_csv(PUBLISHED) if row["institution"] == institution]
    units = [unit for unit in document["units"] if unit["institution"] == institution]
    assert [unit["score"] for unit in units] == [row["score"] for row in rows]
    assert "".join(unit["grade"] for unit in units) == grades
    (whole,) = (one for one in document["institutions"] if one["institution"] == institution)
    assert (whole["score"], whole["grade"], whole["rank"]) == (score, grades[-1], rank)
    assert (whole["units"], whole["provisional"]) == (len(rows), False)
    assert {row["published_institution_score"] for row in rows} == {published}


def test_a_province_is_the_mean_of_its_sectors() -> None:
    scheme = load_scheme("inperma-2018")
    values = map(exact, ("5.19", "5.67", "5.45", "5.47"))
    (total,) = score(
        scheme, {key: [value] for key, value in zip(SECTORS, values, strict=True)}
    ).total
    assert total
    assert str(scheme.round(total)) == "5.45"
    band = scheme.band(total)
    assert band
    assert band.label.id == "Rendah"


def test_sectors_as_units_say_the_same(run: Run, write: Write) -> None:
    rows = [f"P,{key},{v}" for key, v in zip(SECTORS, (5.19, 5.67, 5.45, 5.47), strict=True)]
    file = write("sectors.csv", "\n".join(["institution,unit,score", *rows]))
    (province,) = run("index", file, "--scheme", "inperma-2018", "--json").document["institutions"]
    assert (province["score"], province["label"]) == ("5.45", "Rendah")


def test_answers_of_a_sector_become_its_score() -> None:
    scheme = load_scheme("inperma-2018")
    given = {node.key: [Fraction(2)] for node in scheme.indicators()}
    assert score(scheme, given).total == [Fraction(5)]


def test_the_lowest_ranks_first_where_higher_is_worse() -> None:
    scheme = load_scheme("inperma-2019")
    assessed = Assessed(
        institutions=["Maluku", "DIY", "Riau", "DIY"],
        units=["health", "health", "health", "education"],
        columns={"score": [exact("5.02"), exact("3.50"), None, exact("3.60")]},
        provinces=["M", "D", "R", "D"],
    )
    result = score_institutions(scheme, assessed)
    assert [one.rank for one in result.units] == [3, 1, None, 2]
    ranked = {one.institution: (one.rank, one.rank_in_province) for one in result.institutions}
    assert ranked == {"Maluku": (2, 1), "DIY": (1, 1), "Riau": (None, None)}


def test_110_points_of_judgements_and_of_weight_points() -> None:
    scheme = load_scheme("compliance-kl-2017")
    best = {node.key: [Fraction(4)] for node in scheme.indicators()}
    assert score(scheme, best).total == [Fraction(110)]
    assert score(scheme, {"standards": [Fraction(110)]}, "points").total == [Fraction(110)]


def test_the_opinion_blends_70_and_30() -> None:
    scheme = load_scheme("opini-2025")
    dimensions = {node.key: node.weight.value for node in load_scheme("ombudsman-2022").children}
    assert {node.key: node.weight.value for node in scheme.children[0].children} == dimensions
    given = {"assessment": [Fraction(90)], "trust": [Fraction(60)]}
    assert score(scheme, given).total == [Fraction(81)]


@pytest.mark.parametrize(
    ("declared", "label"),
    [
        (("ya", ""), "Kualitas Tertinggi Tanpa Maladministrasi"),
        (("Yes", "Yes"), "Kualitas Tertinggi Tanpa Maladministrasi"),
        (("tidak", ""), "Kualitas Tertinggi"),
        (("", ""), "Kualitas Tertinggi"),
    ],
)
def test_the_suffix_depends_on_a_declared_fact(
    run: Run, write: Write, declared: tuple[str, str], label: str
) -> None:
    rows = [f"I,{unit},90,{fact}" for unit, fact in zip("ab", declared, strict=True)]
    head = "institution,unit,score,Corrective_products_followed_up"
    outcome = run("index", write("o.csv", "\n".join([head, *rows])), "--scheme", "opini-2025")
    assert outcome.err == ""
    assert f"  {label}  1 " in outcome.out.partition("institutions\n")[2]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("I,a,90,mungkin", 'row 2, column corrective_products_followed_up: found "mungkin"'),
        ("I,a,90,ya\nI,b,90,tidak", 'row 3, column corrective_products_followed_up: found "tidak"'),
    ],
)
def test_a_fact_that_cannot_be_read_is_refused(
    run: Run, write: Write, rows: str, told: str
) -> None:
    head = "institution,unit,score,corrective_products_followed_up\n"
    outcome = run("index", write("o.csv", head + rows), "--scheme", "opini-2025")
    assert (outcome.code, outcome.out) == (2, "")
    assert told in outcome.err


@pytest.mark.parametrize(
    ("name", "certificate", "eligible"),
    [
        ("compliance-2016", "Piagam", ["Zona hijau"]),
        ("compliance-kl-2017", "Piagam", ["Zona hijau"]),
        ("compliance-2021", "Piagam", ["Zona hijau"]),
        ("ombudsman-2022", "Piagam", ["Kualitas Tertinggi", "Kualitas Tinggi"]),
        ("opini-2025", "Opini", ["Kualitas Tertinggi"]),
        ("inperma-2018", None, []),
        ("perception-2022", None, []),
        ("skm-2017", None, []),
    ],
)
def test_certificates_are_of_the_scheme(
    name: str, certificate: str | None, eligible: list[str]
) -> None:
    scheme = load_scheme(name)
    assert (scheme.certificate and scheme.certificate.value.name.id) == certificate
    bands = scheme.bands.value if scheme.bands else []
    assert [band.label.id for band in bands if scheme.certifies(band)] == eligible


def test_two_schemes_side_by_side(run: Run, write: Write) -> None:
    file = write("oki.csv", "institution,unit,score,remark\nOKI,OKI,78.45,x\n")
    schemes = ("--scheme", "ombudsman-2022", "--scheme", "compliance-2021")
    outcome = run("compare", file, *schemes, "--json")
    assert outcome.err == "oki.csv: columns not used: remark\n"
    for table in ("units", "institutions"):
        told = [(row["scheme"], row["score"], row["zone"]) for row in outcome.document[table]]
        assert told == [
            ("ombudsman-2022", "78.45", "green"),
            ("compliance-2021", "78.45", "yellow"),
        ]
    out = run("compare", file, *schemes).out
    assert out.startswith(
        "scheme ombudsman-2022 (its values are assumed ‡, inferred †, stated)\nscheme"
    )
    assert "OKI          OKI   ombudsman-2022   78.45 †‡  B      green   Kualitas Tinggi" in out
    assert "OKI          OKI   compliance-2021  78.45 †‡  -      yellow  Zona kuning" in out


def test_each_scheme_reads_its_own_columns(run: Run, write: Write) -> None:
    text = "institution,unit,input,standards,output,complaints\nI,u,50,90,60,70\n"
    schemes = ("--scheme", "ombudsman-2022", "--scheme", "compliance-2021")
    outcome = run("compare", write("d.csv", text), *schemes, "--json")
    assert outcome.err == ""
    # 0.2185 x 50 + 0.3237 x 90 + 0.2424 x 60 + 0.2154 x 70 = 69.68
    assert [row["score"] for row in outcome.document["units"]] == ["69.68", "90.00"]
