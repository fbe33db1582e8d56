"""The package of open data: nobody is found in it, everybody can recompute it."""

import csv
import json
import subprocess
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.index.counting import count_frame
from analysis.index.experience import form_column
from analysis.index.satisfaction import Satisfaction, satisfaction
from analysis.rulebook.instrument import instrument_ids, load_instrument
from analysis.rulebook.scheme import load_scheme
from reports.open_data.codebook import DDI
from reports.open_data.open_data import open_data
from reports.open_data.release import Study, make_release, release_rules
from survey.counts import holder_of

pytestmark = pytest.mark.long

SKM = load_instrument("skm-2017")
ITEMS = list(SKM.allowed)
FORMS = list(SKM.experience.forms)
QUASI = ["service", "month", "channel", "provenance"]
QUASI += [field.key for field in SKM.respondent.fields]
STUDY = Study(
    "Kabupaten Contoh",
    "Semester I 2026",
    date(2026, 1, 1),
    date(2026, 6, 30),
    SKM,
    load_scheme("skm-2017"),
)
ONE_SOURCE = {"channel": "token", "provenance": "self", "source": "visit", "holder": "visit"}
ALL_ANSWER = dict.fromkeys(ITEMS, 3.0)
SOURCES = {"open_link": "open_link", "token": "visit", "paper": "visit", "import": "7"}


def responses(n: int, seed: int = 0, unit: str = "Puskesmas Langgur") -> pd.DataFrame:
    """Ratings of a unit, from all its sources, by people of all kinds."""
    random = np.random.default_rng(seed)

    def some(values: list[Any]) -> Any:
        shares = random.dirichlet([3] * len(values))
        return random.choice(np.array(values, dtype=object), n, p=shares)

    told = some(["some", "none", "declined", None])
    channel = random.choice(list(SOURCES), n, p=[0.3, 0.3, 0.2, 0.2])
    frame = pd.DataFrame(
        {
            "unit": unit,
            "service": some(["Akta", "KTP", "Kartu keluarga", None]),
            "month": some(["2026-01", "2026-02", "2026-03", None]),
            "channel": channel,
            "provenance": np.where(channel == "import", "import", "self"),
            "source": pd.Series(channel).map(SOURCES),
            "holder": pd.Series(channel).map(SOURCES).map(holder_of),
            "experience": told,
            "known": False,
            **{form_column(form): (told == "some") & (random.random(n) < 0.2) for form in FORMS},
            **{field.key: some([*field.options, None]) for field in SKM.respondent.fields},
            **{item: some([1, 2, 3, 4, None]) for item in ITEMS},
        }
    )
    return frame.astype(dict.fromkeys(ITEMS, "float64"))


def unpacked(package: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline=""), strict=True))


def index_of(answers: pd.DataFrame) -> Satisfaction:
    return satisfaction(count_frame(answers, SKM), STUDY.scheme)[0]


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """A package of three units: of many respondents, of few, and of too few."""
    units = [responses(400), responses(12, 1, '=HYPERLINK("x")'), responses(4, 2, "Kecil")]
    return unpacked(open_data(pd.concat(units), STUDY))


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.integers(20, 600))
def test_whoever_recomputes_finds_the_published_index_and_nobody(seed: int, n: int) -> None:
    answered = responses(n, seed)
    release = make_release(answered, STUDY)
    (unit,) = release.units
    published = index_of(answered)
    if unit.given != "rows":
        assert release.rows.empty
        return
    again = index_of(release.rows[ITEMS].where(release.rows[ITEMS] > 0))
    assert (again.index, again.means, again.n) == (published.index, published.means, published.n)
    assert release.rows.value_counts(QUASI).min() >= 5
    assert set(unit.hidden) == set(QUASI)
    assert (release.rows[QUASI] == -2).sum().to_dict() == unit.hidden


@pytest.mark.parametrize("seed", range(10))
def test_something_is_told_of_the_respondents_of_a_unit_of_a_hundred(seed: int) -> None:
    release = make_release(responses(100, seed).assign(**ALL_ANSWER), STUDY)
    assert release.units[0].given == "rows"
    assert (release.rows[QUASI] > 0).any(axis=None)


def test_the_same_responses_in_any_order_give_the_same_bytes() -> None:
    both = pd.concat([responses(90), responses(60, 1, "Disdukcapil")])
    assert open_data(both.sample(frac=1, random_state=5), STUDY) == open_data(both, STUDY)


def test_a_units_rows_are_the_same_beside_other_units() -> None:
    """Else two packages could be laid over each other, row by row."""
    alone = rows_of(unpacked(open_data(responses(90), STUDY))["data.csv"])
    other = responses(300, 1, "Disdukcapil")
    beside = rows_of(unpacked(open_data(pd.concat([other, responses(90)]), STUDY))["data.csv"])
    assert [row for row in beside if row["unit"] == "Puskesmas Langgur"] == alone


def test_rows_that_answer_no_question_are_left_out() -> None:
    silent = responses(10, 1).assign(**dict.fromkeys(ITEMS, np.nan))
    release = make_release(pd.concat([responses(90), silent]), STUDY)
    assert len(release.rows) == 90


@pytest.mark.parametrize(
    ("n", "given", "figures"),
    [
        (4, "too_few", False),
        (5, "too_few_rows", True),
        (19, "too_few_rows", True),
        (20, "rows", True),
    ],
)
def test_small_units_give_figures_only_and_the_smallest_nothing(
    n: int, given: str, figures: bool
) -> None:
    release = make_release(responses(n).assign(**ONE_SOURCE, **ALL_ANSWER), STUDY)
    assert release.units[0].given == given
    assert (release.units[0].index is not None) == figures
    assert len(release.rows) == (n if given == "rows" else 0)


def test_an_element_that_one_to_four_answered_keeps_the_rows_back() -> None:
    answered = responses(50).assign(**ONE_SOURCE, **ALL_ANSWER)
    answered.loc[4:, "cost"] = np.nan
    assert make_release(answered, STUDY).units[0].given == "small_element"
    answered.loc[4, "cost"] = 1
    assert make_release(answered, STUDY).units[0].given == "rows"


@pytest.mark.parametrize(
    ("source", "given"),
    [
        ("7", "small_source"),
        ("open_link:unit_staff", "small_source"),
        ("open_link", "rows"),
        ("visit", "rows"),
    ],
)
def test_a_file_of_one_to_four_keeps_the_rows_back_the_citizens_two_ways_become_one(
    source: str, given: str
) -> None:
    answered = responses(50).assign(**ONE_SOURCE, **ALL_ANSWER)
    answered.loc[:3, ["source", "holder"]] = source, holder_of(source)
    assert make_release(answered, STUDY).units[0].given == given


def test_experiences_of_one_to_four_are_not_told() -> None:
    answered = responses(60).assign(
        experience="none", **ONE_SOURCE, **dict.fromkeys(map(form_column, FORMS), False)
    )
    answered.loc[:3, "experience"], answered.loc[:3, form_column("undue_delay")] = "some", True
    told = rows_of(unpacked(open_data(answered, STUDY))["experience.csv"])
    numbers = {row["experience"]: row["responses"] for row in told}
    assert numbers["answered"] == "60"
    assert numbers["none"] == numbers["undue_delay"] == "*"
    assert numbers["partiality"] == "0"
    answered.loc[4, "experience"], answered.loc[4, form_column("undue_delay")] = "some", True
    told = rows_of(unpacked(open_data(answered, STUDY))["experience.csv"])
    assert [row["responses"] for row in told][:3] == ["60", "55", "5"]


def test_a_value_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="age: no such value as 'old'"):
        make_release(responses(30).assign(age="old"), STUDY)


@pytest.mark.parametrize("name", instrument_ids())
def test_the_rules_know_the_columns_and_values_of_every_questionnaire(name: str) -> None:
    rules, fields = release_rules(), load_instrument(name).respondent.fields
    options = {column.key: column.options for column in rules.columns}
    options |= {field.key: field.options for field in fields}
    assert sorted(step.drop for step in rules.steps if step.drop) == sorted(options)
    for column, merges in rules.merges.items():
        merged = [value for merge in merges.values() for value in merge.of]
        assert set(merged) <= set(options[column])
        assert len(set(merged)) == len(merged)
        assert not set(merges) & set(options[column])


def test_the_tables_are_csv_by_the_book(files: Mapping[str, bytes]) -> None:
    for name in ("data.csv", "units.csv", "experience.csv", "codebook.csv"):
        text = files[name].decode()
        assert text.count("\n") == text.count("\r\n")
        assert len({len(row) for row in csv.reader(StringIO(text, newline=""))}) == 1
    assert len(rows_of(files["data.csv"])) == 400


def test_no_id_no_day_and_no_source_stands_in_the_rows(files: Mapping[str, bytes]) -> None:
    assert list(rows_of(files["data.csv"])[0]) == ["unit", *QUASI, *ITEMS]


def test_units_tell_their_published_figures(files: Mapping[str, bytes]) -> None:
    few, too_few, many = rows_of(files["units.csv"])
    published = index_of(responses(400))
    assert (many["index"], many["respondents"]) == (published.shown, "400")
    assert published.band
    assert many["grade"] == published.band.grade
    assert few["given"] == "too_few_rows"
    assert few["index"] == index_of(responses(12, 1)).shown
    assert set(list(too_few.values())[2:]) == {""}


def test_the_checksums_fit(files: Mapping[str, bytes], tmp_path: Path) -> None:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    subprocess.run(
        ["sha256sum", "--check", "--strict", "checksums.txt"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    listed = {line.split("  ")[1] for line in files["checksums.txt"].decode().splitlines()}
    assert listed == set(files) - {"checksums.txt"}


def test_the_spss_file_says_the_same_in_numbers_with_labels(
    files: Mapping[str, bytes], tmp_path: Path
) -> None:
    path = tmp_path / "data.sav"
    path.write_bytes(files["data.sav"])
    numbers, about = pyreadstat.read_sav(path, user_missing=True)
    codes = {
        (row["variable"], float(row["code"])): row["value"]
        for row in rows_of(files["codebook.csv"])
    }
    words = [
        {key: codes[str(key), code] for key, code in row.items()}
        for row in numbers.to_dict("records")
    ]
    assert words == rows_of(files["data.csv"])
    assert about.column_names_to_labels["sex"] == "Jenis kelamin"
    assert about.variable_value_labels["conduct"][4] == "Sangat sopan dan ramah"
    assert about.missing_ranges["age"] == [{"lo": -2, "hi": -1}]
    missing, _ = pyreadstat.read_sav(path)
    assert missing["time"].isna().sum() == sum(not row["time"] for row in words)


def test_units_that_are_called_alike_for_long_are_told_apart_in_spss(tmp_path: Path) -> None:
    """SPSS keeps 120 bytes of a value's label."""
    long = "Unit Pelaksana Teknis Dinas Pendidikan, Pemuda, dan Olahraga Kecamatan Kei Kecil Timur "
    names = [f"{long * 2}Séram {which}" for which in ("Utara", "Selatan", "Barat")]
    units = [responses(4, seed, name) for seed, name in enumerate([*names, "Dukcapil"])]
    path = tmp_path / "data.sav"
    path.write_bytes(unpacked(open_data(pd.concat(units), STUDY))["data.sav"])
    labels = pyreadstat.read_sav(path)[1].variable_value_labels["unit"]
    assert len(set(labels.values())) == 4
    assert labels[1] == "Dukcapil"
    assert [label.rpartition("… ")[2] for label in labels.values()][1:] == ["(2)", "(3)", "(4)"]
    assert all(len(label.encode()) <= 120 for label in labels.values())


def test_the_frequencies_of_the_codebook_are_those_of_the_rows(files: Mapping[str, bytes]) -> None:
    rows = rows_of(files["data.csv"])
    for entry in rows_of(files["codebook.csv"]):
        found = Counter(row[entry["variable"]] for row in rows)
        assert int(entry["rows"]) == found[entry["value"]]


# The children of each element in the order of the schema, as far as we write them.
ORDER = {
    "codeBook": ["stdyDscr", "fileDscr", "dataDscr"],
    "stdyDscr": ["citation", "stdyInfo", "dataAccs"],
    "citation": ["titlStmt", "rspStmt", "prodStmt"],
    "titlStmt": ["titl", "parTitl"],
    "rspStmt": ["AuthEnty"],
    "prodStmt": ["producer"],
    "stdyInfo": ["abstract", "sumDscr"],
    "sumDscr": ["collDate", "nation"],
    "dataAccs": ["useStmt"],
    "useStmt": ["confDec", "conditions"],
    "fileDscr": ["fileTxt"],
    "fileTxt": ["fileName", "dimensns"],
    "dimensns": ["caseQnty", "varQnty"],
    "dataDscr": ["var"],
    "var": ["labl", "qstn", "catgry", "varFormat"],
    "qstn": ["qstnLit"],
    "catgry": ["catValu", "labl", "catStat"],
}


def test_the_ddi_codebook_has_the_elements_of_the_schema_in_their_order(
    files: Mapping[str, bytes],
) -> None:
    root = ElementTree.fromstring(files["ddi-codebook.xml"])
    space = f"{{{DDI}}}"
    assert root.tag == f"{space}codeBook"
    for element in root.iter():
        allowed = ORDER.get(element.tag.removeprefix(space), [])
        children = [child.tag.removeprefix(space) for child in element]
        assert children == sorted(children, key=allowed.index)
    assert root.find(f"{space}stdyDscr/{space}citation/{space}titlStmt/{space}titl") is not None
    ids = [element.get("ID") for element in root.iter() if element.get("ID")]
    assert len(set(ids)) == len(ids)
    variables = root.findall(f"{space}dataDscr/{space}var")
    assert [variable.get("name") for variable in variables] == ["unit", *QUASI, *ITEMS]
    for variable in variables:
        assert variable.get("files") in ids
        numbers = [stat.text or "" for stat in variable.iter(f"{space}catStat")]
        assert sum(map(int, numbers)) == 400


def test_the_descriptor_fits_its_tables(files: Mapping[str, bytes]) -> None:
    package = json.loads(files["datapackage.json"])
    tables = {table["name"]: table for table in package["resources"]}
    rows = {name: rows_of(files[table["path"]]) for name, table in tables.items()}
    for name, table in tables.items():
        content = files[table["path"]]
        assert table["bytes"] == len(content)
        assert table["hash"] == f"sha256:{sha256(content).hexdigest()}"
        schema = table["schema"]
        assert [field["name"] for field in schema["fields"]] == list(rows[name][0])
        for field in schema["fields"]:
            told = {row[field["name"]] for row in rows[name]} - set(schema["missingValues"])
            if field["type"] == "integer":
                assert all(map(str.isdecimal, told))
            if enum := field.get("constraints", {}).get("enum"):
                assert told <= set(map(str, enum))
        for key in schema.get("foreignKeys", []):
            there = key["reference"]
            known = {row[there["fields"]] for row in rows[there["resource"]]}
            assert {row[key["fields"]] for row in rows[name]} <= known
        if key := schema.get("primaryKey"):
            keys = [key] if isinstance(key, str) else key
            found = [tuple(row[one] for one in keys) for row in rows[name]]
            assert len(set(found)) == len(found)


def test_the_readme_tells_what_was_done_to_each_unit(files: Mapping[str, bytes]) -> None:
    readme = files["README.md"].decode()
    assert "| Kecil | tidak ada: kurang dari lima responden | - | - | - |" in readme
    assert "| Kecil | nothing: fewer than five respondents | - | - | - |" in readme
    unit = make_release(responses(400), STUDY).units[0]
    dropped = ", ".join(step.drop for step in unit.steps if step.drop)
    assert dropped
    assert dropped in readme
    assert SKM.hash in readme


def test_a_demonstration_is_marked() -> None:
    marked = unpacked(open_data(responses(30), replace(STUDY, demonstration=True)))
    for name in ("README.md", "codebook.html", "ddi-codebook.xml", "datapackage.json"):
        assert "DATA CONTOH" in marked[name].decode()


def test_names_that_would_compute_are_harmless_in_every_table(files: Mapping[str, bytes]) -> None:
    for name in ("data.csv", "units.csv", "experience.csv", "codebook.csv"):
        for row in rows_of(files[name]):
            assert not any(cell.startswith("=") for cell in row.values())
    assert rows_of(files["units.csv"])[0]["unit"] == '\'=HYPERLINK("x")'
