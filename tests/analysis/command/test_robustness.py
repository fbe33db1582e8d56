"""The command ``robustness``: what it prints of a file."""

from pathlib import Path

import pytest

from locales import show_chance
from tests.analysis.conftest import DATA, Run, Write
from tests.analysis.likert import r_says

SMALL = """\
institution,unit,standards,satisfaction,competence,satisfaction_se
A,a1,90,88,80,1.2
A,a2,85,84,75,1.4
B,b1,91,86,82,1.2
B,b2,80,80,75,1.4
C,c1,60,70,65,2
D,d1,95,98,97,
"""
ASKED = ("--scheme", "perception-2022", "--draws", 1000, "--seed", 7)


@pytest.fixture
def file(write: Write) -> Path:
    return write("nilai.csv", SMALL)


def test_the_document(run: Run, file: Path) -> None:
    found = run("robustness", file, *ASKED, "--json").document
    settings = found["settings"]
    assert (settings["draws"], settings["seed"], settings["level"]) == (1024, 7, 0.95)
    assert settings["errors"] == {
        "satisfaction": "citizens",
        "standards": "assessors",
        "competence": "assessors",
    }
    assert found["judgements"] == {"share_of_rung": 0.25, "by": "assumed"}
    first, second, *_ = found["institutions"]
    assert [one["institution"] for one in found["institutions"]] == ["D", "A", "B", "C"]
    assert (first["rank"], first["rank_set"], first["zone"]) == (1, None, "green")  # no error
    assert second["rank_set"] == [1, 3]
    assert set(second["zone_probability"]) == {"green", "yellow", "red"}
    assert sum(second["zone_probability"].values()) == pytest.approx(1)
    assert sum(second["band_probability"].values()) == pytest.approx(1)
    choices = found["choices"]["institutions"][0]
    assert choices["institution"] == "D"
    assert choices["rank_quantiles"] == {"0.025": 1, "0.25": 1, "0.5": 1, "0.75": 1, "0.975": 1}
    assert set(choices["by_concentration"]) == {"30", "100", "300"}
    for name in ("citizens", "assessors", "weights", "normalisation", "mean", "left_out"):
        one = found["sobol"][name]
        assert {"first", "total", "interval", "question", "score"} <= set(one)
    assert found["pairwise"]["above"][0][0] is None
    assert found["unranked"] == []


def test_the_document_tells_how_parts_hang_together(run: Run, file: Path) -> None:
    found = run("robustness", file, *ASKED, "--json").document["structure"]
    assert sum(one["effective"] for one in found["effects"]) == pytest.approx(1, abs=1e-5)
    assert found["correlations"]["indicators"] == ["standards", "satisfaction", "competence"]
    assert sum(found["principal_components"]["eigenvalues"]) == pytest.approx(3, abs=1e-5)
    assert found["cronbach_alpha"] == dict.fromkeys(["standards", "satisfaction", "competence"])
    assert found["hidden"] == []


def test_a_red_part_under_a_green_score_is_told(run: Run, write: Write) -> None:
    given = write("nilai.csv", SMALL.replace("A,a1,90,88,80", "A,a1,100,99,25"))
    outcome = run("robustness", given, *ASKED)
    assert "red parts under a green score" in outcome.out
    assert "competence" in outcome.out


def test_the_same_seed_gives_the_same_bytes_and_another_others(run: Run, file: Path) -> None:
    one = run("robustness", file, *ASKED, "--json").out
    assert run("robustness", file, *ASKED, "--json").out == one
    assert run("robustness", file, *ASKED[:-1], 8, "--json").out != one


def test_rank_sets_of_a_file_are_those_of_csranks_within_one(run: Run, write: Write) -> None:
    rows = r_says("unit")[["unit", "ikm", "se.ikm"]].to_numpy().tolist()
    lines = "".join(f"{unit},{unit},{score},{error}\n" for unit, score, error in rows)
    given = write("survei.csv", f"institution,unit,score,score_se\n{lines}")
    found = run("robustness", given, "--scheme", "perception-2022", "--json").document
    expected = r_says("csranks").set_index("unit")
    for one in found["institutions"]:
        own = expected.loc[one["institution"]]
        assert one["rank"] == own["rank"]
        for key, columns in (
            ("rank_set", ["marg_L", "marg_U"]),
            ("rank_set_simultaneous", ["sim_L", "sim_U"]),
        ):
            assert one[key] == pytest.approx(own[columns].tolist(), abs=1)
    assert found["choices"] is None
    assert "only finished scores are known" in found["no_choices"]


def test_assessors_who_judged_twice_replace_the_assumed_share(
    run: Run, file: Path, write: Write
) -> None:
    file.write_text(SMALL.replace("95,98,97,", "95,98,97,0"), encoding="utf-8")
    double = write("ganda.csv", "first,second\n4,3\n2,2\n1,2\n3,3\n")
    found = run("robustness", file, *ASKED, "--double", double, "--json").document
    assert found["judgements"] == {"share_of_rung": 0.5, "by": "ganda.csv"}
    assumed = run("robustness", file, *ASKED, "--json").document
    errors = [each["institutions"][0]["standard_error"] for each in (found, assumed)]
    assert errors[0] == pytest.approx(2 * errors[1])  # D has no other


def test_errors_in_weight_points_are_those_of_their_percent(run: Run, write: Write) -> None:
    points = write(
        "poin.csv",
        "institution,unit,input,process,output,complaints,output_se\n"
        "A,a,20,30,12.12,20,1.212\nB,b,18,25,20,15,1.212\n",
    )
    percent = write(
        "persen.csv",
        "institution,unit,input,process,output,complaints,output_se\n"
        f"A,a,{20 / 0.2185},{30 / 0.3237},50,{20 / 0.2154},5\n"
        f"B,b,{18 / 0.2185},{25 / 0.3237},{20 / 0.2424},{15 / 0.2154},5\n",
    )
    asked = ("--scheme", "ombudsman-2022", "--draws", 256, "--json")
    one = run("robustness", points, *asked, "--unit-of-input", "points").document
    other = run("robustness", percent, *asked).document
    errors = [[each["standard_error"] for each in found["institutions"]] for found in (one, other)]
    assert errors[0] == pytest.approx(errors[1], rel=1e-4)


def test_as_text(run: Run, file: Path) -> None:
    outcome = run("robustness", file, *ASKED)
    assert outcome.code == 0
    assert "institutions, under the errors of the data" in outcome.out
    assert "ranks under other choices" in outcome.out
    assert "1-3" in outcome.out
    assert outcome.err == ""


def test_a_name_in_a_file_cannot_steer_the_terminal(run: Run, write: Write) -> None:
    given = write("nilai.csv", SMALL.replace("C,c1", "C\x1b[2J,c\x9b1"))
    outcome = run("robustness", given, *ASKED)
    assert "C\ufffd[2J" in outcome.out
    refused = run("robustness", given, *ASKED, "--double", write("c\x1b.csv", "first,second\n"))
    assert refused.code == 2
    for text in (outcome.out, refused.err, refused.out):
        assert "\x1b" not in text


def test_what_is_too_sure_is_told(run: Run) -> None:
    published = DATA / "ombudsman-published.csv"
    outcome = run("robustness", published, "--scheme", "ombudsman-2022")
    assert "too sure: no error is known of output" in outcome.out
    assert "choices: none, only finished scores are known" in outcome.out


def test_an_error_left_blank_is_told_with_its_unit(run: Run, file: Path) -> None:
    blank = [{"node": "satisfaction", "institution": "D", "unit": "d1"}]
    assert run("robustness", file, *ASKED, "--json").document["without_given_error"] == blank
    told = "not told how sure: no error is given of satisfaction of D, d1\n"
    assert told in run("robustness", file, *ASKED).out


def test_a_blank_error_narrows_nobodys_set_and_one_of_0_does(run: Run, write: Write) -> None:
    def sets(error: str) -> dict[str, list[int] | None]:
        given = write("nilai.csv", SMALL.replace("95,98,97,", f"95,98,97,{error}"))
        found = run("robustness", given, *ASKED, "--json").document["institutions"]
        return {one["institution"]: one["rank_set"] for one in found}

    assert sets("0") == {"D": [1, 1], "A": [2, 3], "B": [2, 3], "C": [4, 4]}
    assert sets("") == {"D": None, "A": [1, 3], "B": [1, 3], "C": [3, 4]}


OF_YEARS = """\
id: years
title: Of years
owner: custom
valid: {from: 2024-01-01}
sources: {book: {title: A book, year: 2024}}
standing: assumed
source: book
children:
- {key: a, normalise: {kind: min_max, base: 2024}}
- {key: b, normalise: {kind: goalposts, between: [0, 100]}}
"""


def test_each_year_is_told_apart_by_the_scores_of_all(run: Run, write: Write) -> None:
    rows = [("P", 2024, 10, 20), ("Q", 2024, 30, 15), ("R", 2024, 20, 50)]
    rows += [("P", 2025, 30, 80), ("Q", 2025, 20, 15), ("R", 2025, 10, 40)]
    lines = "".join(f"{name},x,{year},{a},{b},6\n" for name, year, a, b in rows)
    given = write("tahun.csv", f"institution,unit,year,a,b,b_se\n{lines}")
    scheme = write("years.yaml", OF_YEARS)
    found = run("robustness", given, "--scheme", scheme, "--draws", 256, "--json").document
    assert [one["year"] for one in found["years"]] == [2024, 2025]
    scored = run("index", given, "--scheme", scheme, "--json").document["institutions"]
    for one in found["years"]:
        own = {each["institution"]: each for each in scored if each["year"] == one["year"]}
        assert len(one["institutions"]) == 3
        for each in one["institutions"]:
            expected = own[each["institution"]]
            assert (each["score"], each["rank"]) == (expected["score"], expected["rank"])
            assert each["rank_set"][0] <= each["rank"] <= each["rank_set"][1]
    text = run("robustness", given, "--scheme", scheme, "--draws", 256).out
    assert text.startswith("year 2024\n\nscheme years, 256 draws")
    assert "\nyear 2025\n" in text


@pytest.mark.parametrize("mean", ["geometric", "harmonic", "penalised", "{value: generalised}"])
def test_draws_at_0_and_below_leave_every_figure_a_number(
    run: Run, write: Write, mean: str
) -> None:
    scheme = (
        "id: low\ntitle: Low\nowner: custom\nvalid: {from: 2024-01-01}\n"
        "sources: {book: {title: A book, year: 2024}}\nstanding: assumed\nsource: book\n"
        f"mean: {mean}\npower: 0.5\n"
        "normalise: {kind: goalposts, between: [-100, 100], onto: [-100, 100]}\n"
        "children: [{key: a}, {key: b}]\n"
    )
    rows = "institution,unit,a,b,a_se\nP,one,10,20,9\nQ,one,30,15,9\nR,one,0.01,50,9\n"
    outcome = run(
        "robustness", write("low.csv", rows), "--scheme", write("low.yaml", scheme), "--json"
    )
    assert outcome.err == ""
    assert "NaN" not in outcome.out
    lowest = [one["score_quantiles"]["0.025"] for one in outcome.document["institutions"]]
    assert min(lowest) >= 0


def test_without_a_known_error_there_are_no_sets(run: Run, write: Write) -> None:
    given = write(
        "survei.csv", "institution,unit,satisfaction,standards,competence\nA,a,80,80,80\n"
    )
    scheme = (DATA.parent.parent / "analysis/schemes/perception-2022.yaml").read_text()
    own = write("own.yaml", scheme.replace("value: ladder", "value: identity"))
    found = run("robustness", given, "--scheme", own, "--json").document
    assert found["institutions"][0]["rank_set"] is None
    assert found["institutions"][0]["zone_probability"] is None
    assert found["no_errors"] == "no error is known of any part of the score"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("88,80,1.2", "88,80,-1", "row 2, column satisfaction_se: found -1, expected a standard"),
        ("88,80,1.2", "88,80,1e40", "standard error of satisfaction: found 1e+40, expected a"),
        ("88,80,1.2", "88,80,38", "at most 37.5, half of what the scale spans"),
        ("88,80,1.2", "88,80,x", 'row 2, column satisfaction_se: found "x", expected a number'),
        ("satisfaction_se", "score_se", "column score_se: found a standard error without a column"),
    ],
)
def test_errors_that_are_none_are_refused(
    run: Run, write: Write, old: str, new: str, told: str
) -> None:
    outcome = run("robustness", write("nilai.csv", SMALL.replace(old, new)), *ASKED)
    assert outcome.code == 2
    assert told in outcome.err
    assert outcome.out == ""


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("--draws", 0), "draws: found 0, expected 1 to 65,536"),
        (("--draws", 70000), "draws: found 70,000, expected 1 to 65,536"),
        (("--seed", -1), "seed: found -1, expected 0 or more"),
    ],
)
def test_draws_and_seeds_have_bounds(
    run: Run, file: Path, asked: tuple[object, ...], told: str
) -> None:
    outcome = run("robustness", file, "--scheme", "perception-2022", *asked)
    assert outcome.code == 2
    assert told in outcome.err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("first,second\n5,3\n2,2\n", 'row 2, column first: found "5", expected 0, 1, 2, 3 or 4'),
        ("first,second\n2,3\n", "found 1 things that two assessors judged, expected at least 2"),
        ("one,second\n2,3\n", "found no column first"),
    ],
)
def test_double_judgements_that_are_none_are_refused(
    run: Run, file: Path, write: Write, content: str, told: str
) -> None:
    outcome = run("robustness", file, *ASKED, "--double", write("ganda.csv", content))
    assert outcome.code == 2
    assert told in outcome.err


def test_the_seed_districts_are_what_the_document_says(run: Run) -> None:
    """docs/robustness.md: the zone is sure, the rank among three as well."""
    found = run("robustness", DATA / "seed-2023.csv", "--scheme", "ombudsman-2022", "--json")
    table = (DATA.parent.parent / "docs" / "robustness.md").read_text(encoding="utf-8")
    for one in found.document["institutions"]:
        assert one["standard_error"] == pytest.approx(1.52 / 7**0.5, abs=1e-6)
        green, best = one["zone_probability"]["green"], one["band_probability"]["A"]
        low, high = one["rank_set"]
        shares = " | ".join(show_chance("en", share) for share in (green, best))
        line = f"| {one['institution']} | {one['score']} | {shares} | {low}-{high} |"
        assert line in table
