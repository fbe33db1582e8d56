import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.analysis.conftest import Outcome, Run, Write

PERCEPTION = "institution,unit,standards,satisfaction,competence\n"


def index(run: Run, file: Path, scheme: str = "perception-2022", *more: str) -> Outcome:
    return run("index", file, "--scheme", scheme, "--json", *more)


def column(rows: Sequence[dict[str, object]], key: str) -> list[object]:
    return [row[key] for row in rows]


def test_an_institution_is_the_mean_of_unrounded_scores(run: Run, write: Write) -> None:
    file = write("a.csv", "institution,unit,score\nI,a,50.004\nI,b,50.004\nI,c,50.007\n")
    document = index(run, file, "ombudsman-2022").document
    assert column(document["units"], "score") == ["50.00", "50.00", "50.01"]
    assert document["institutions"][0]["score"] == "50.01"
    assert document["institutions"][0]["score_exact"] == pytest.approx(50.005)


def test_weight_points_of_the_command_line(run: Run, write: Write) -> None:
    heading = "institution,unit,input,process,output,complaints\n"
    file = write("points.csv", f"{heading}Maluku Tenggara,Puskesmas Watdek,8.72,10.76,20.76,9.61\n")
    unit = index(run, file, "ombudsman-2022", "--unit-of-input", "points").document["units"][0]
    assert unit == {
        "institution": "Maluku Tenggara",
        "unit": "Puskesmas Watdek",
        "score_exact": 49.85,
        "score": "49.85",
        "grade": "D",
        "zone": "red",
        "label": "Kualitas Rendah",
        "rank": 1,
    }


def test_weight_points_are_refused_for_perception(run: Run, write: Write) -> None:
    file = write("points.csv", f"{PERCEPTION}I,u,30,20,10\n")
    outcome = index(run, file, "perception-2022", "--unit-of-input", "points")
    assert (outcome.code, outcome.out) == (2, "")
    assert "unit of input: found points, expected percent" in outcome.err


def test_a_missing_dimension_leaves_its_institution_provisional(run: Run, write: Write) -> None:
    file = write("p.csv", f"{PERCEPTION}I,a,90,80,70\nI,b,90,,70\nJ,c,0,25,0\n")
    document = index(run, file).document
    missing = document["units"][1]
    values = ("score", "score_exact", "grade", "zone", "label", "rank")
    assert [missing[key] for key in values] == [None] * 6
    assert missing["reason"] == "no value for satisfaction"
    assert column(document["units"], "rank") == [1, None, 2]
    provisional, other = document["institutions"]
    assert [provisional[key] for key in values] == [None] * 6
    assert provisional["reason"] == "provisional: 1 of 2 units have a score"
    assert (other["rank"], other["score"], other["provisional"]) == (1, "0.00", False)


def test_a_blank_finished_score_has_a_reason(run: Run, write: Write) -> None:
    unit = index(run, write("s.csv", "institution,unit,score\nI,a,\n")).document["units"][0]
    assert (unit["score"], unit["reason"]) == (None, "no value for score")


def test_ranks_in_the_nation_and_in_the_province(run: Run, write: Write) -> None:
    rows = ["X,P,a,90", "Y,P,b,80", "Z,Q,c,80", "W,Q,d,70", "V,,e,60", "X,,f,90"]
    file = write("ranks.csv", "\n".join(["institution,Province,unit,score", *rows]))
    document = index(run, file, "compliance-2021").document
    assert column(document["units"], "rank") == [1, 3, 3, 5, 6, 1]
    ranked = {
        row["institution"]: (row["rank"], row.get("rank_in_province"))
        for row in document["institutions"]
    }
    assert ranked == {"X": (1, 1), "Y": (2, 2), "Z": (2, 1), "W": (4, 2), "V": (5, None)}


def test_order_of_rows_and_columns_never_changes_a_score(run: Run, write: Write) -> None:
    rows = ["I,a,90,80,70", "J,b,60,50,40", "I,c,10,30,20"]
    file = write("p.csv", PERCEPTION + "\n".join(rows))
    turned = [",".join(reversed(line.split(","))) for line in (PERCEPTION.strip(), *rows[::-1])]
    there = index(run, file).document
    back = index(run, write("q.csv", "\n".join(turned))).document
    for part in ("units", "institutions"):
        assert sorted(map(json.dumps, there[part])) == sorted(map(json.dumps, back[part]))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"{PERCEPTION}I,a,101,80,70\n", "row 2, column standards: found 101, expected 0 to 100"),
        (f"{PERCEPTION}I,a,1e99,80,70\n", "row 2, column standards: found 1e+99, expected 0 to"),
        (f"{PERCEPTION}I,a,90,24.9,70\n", "column satisfaction: found 24.9, expected 25 to 100"),
        (f"{PERCEPTION}I,a,90,80,baik\n", 'competence: found "baik", expected a number or blank'),
        (f"{PERCEPTION}I,a,90,80,70\nI,a,1,80,70\n", 'row 3, column unit: found "a" of I again'),
        (f"{PERCEPTION},a,90,80,70\n", "row 2, column institution: found a blank cell"),
        (
            "institution,unit,standards\nI,a,9\n",
            "heading: found no column satisfaction, comp",
        ),
        ("unit,standards\na,9\n", "heading: found no column institution"),
        ("institution,unit\nI,a\n", "heading: found no column of the scheme, expected 'score', or"),
        (
            "institution,unit,province,score\nI,a,P,9\nI,b,Q,9\n",
            'row 3, column province: found "Q", expected "P", as above for I',
        ),
    ],
)
def test_rows_that_cannot_be_scored(run: Run, write: Write, text: str, told: str) -> None:
    outcome = index(run, write("bad.csv", text))
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith("bad.csv: ")
    assert told in outcome.err


def test_a_heading_only_is_an_empty_file(run: Run, write: Write) -> None:
    found = index(run, write("none.csv", PERCEPTION))
    assert found.code == 2
    assert found.err.startswith("none.csv: found an empty file")


def test_the_first_twenty_problems_and_a_count(run: Run, write: Write) -> None:
    rows = "".join(f"I,{at},x,80,70\n" for at in range(50))
    lines = index(run, write("many.csv", PERCEPTION + rows)).err.splitlines()
    assert (len(lines), lines[-1]) == (21, "... and 30 more")
