"""Every refusal that the program can utter has its sentences, in both languages, and no other."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from string import Formatter

import pytest

from analysis.errors import Place, Problem, Written
from analysis.rulebook.instrument import load_instrument
from analysis.rulebook.scheme import load_scheme
from analysis.rules import BY_TYPE, OF_OTHER_TYPE
from locales import LANGUAGES, Language, texts
from locales.refusals import has_parts, parts, sentence, show_value

ROOT = Path(__file__).parent.parent
LAYERS = (
    *("analysis", "models", "accounts", "survey", "reports", "desk", "demonstration"),
    *("interface", "screens"),
)
SPOKEN = ("place", "found", "expected")
MAKERS = ("Problem", "bad", "broken")
WORD = re.compile("[A-Za-z][a-z]+")
# Words that stand in the Indonesian and the English sentence alike: keys and options of files and
# commands, names, and what both languages call the same.
ALIKE = {
    *("drop", "experience", "false", "format", "from", "id", "items", "max", "merge", "min"),
    *("group", "index", "log", "mean"),
    *("percent", "points", "text", "true", "unit", "period", "ombudsman"),
    *("python", "survey", "answers", "table", "https", "parquet", "lines", "ed"),
    *("administrator", "byte", "label", "program", "status"),
    *("api", "data", "json", "openapi", "parameter", "web"),
    *("duckdb", "engine", "headless", "java", "jre", "openjdk", "pyspark"),
    *("requirements", "spark", "txt"),
}


@dataclass(frozen=True)
class Uttered:
    """A call that makes a problem: its code, the names of its values, where it stands."""

    code: str
    values: frozenset[str]
    where: str


def refusing_calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call that makes a problem, with the place where it stands.

    Only files that name one are parsed: the tests of each code are collected from here.
    """
    for file in (file for layer in LAYERS for file in (ROOT / layer).rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if any(f"{name}(" in text for name in MAKERS):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Call) and name_of(node) in MAKERS:
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", node


def uttered() -> Iterator[Uttered]:
    for where, call in CALLS:
        values = frozenset(str(keyword.arg) for keyword in call.keywords)
        for code in codes_of(call.args[0]):
            yield Uttered(code, values, where)
    for code in (*BY_TYPE.values(), OF_OTHER_TYPE):
        yield Uttered(code, frozenset({"found", "limit"}), "analysis/rules.py")


def name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def codes_of(written: ast.expr) -> list[str]:
    """The code, or the two between which a condition chooses."""
    if isinstance(written, ast.IfExp):
        return codes_of(written.body) + codes_of(written.orelse)
    return [str(written.value)] if isinstance(written, ast.Constant) else []


CALLS = list(refusing_calls())
UTTERED = sorted(uttered(), key=lambda one: one.where)


def sentences_of(language: str, code: str) -> list[str]:
    keys = [f"refused.{code}", *(f"refused.{code}.{part}" for part in SPOKEN)]
    return [texts(language)[key] for key in keys if key in texts(language)]


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_code_is_written_out_where_it_is_uttered() -> None:
    """But in the two functions through which all go, and in the table of pydantic's."""
    loose = [where for where, call in CALLS if not codes_of(call.args[0])]
    assert {place.partition(":")[0] for place in loose} == {
        "analysis/errors.py",
        "analysis/rules.py",
    }
    assert len(loose) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_sentences_and_no_sentence_is_left_over(language: Language) -> None:
    said = {key.split(".")[1] for key in texts(language) if key.startswith("refused.")}
    assert said == {one.code for one in UTTERED}
    for code in said:
        told = {part for part in SPOKEN if f"refused.{code}.{part}" in texts(language)}
        assert told in (set(), {"found", "expected"}, set(SPOKEN)), code
        assert bool(told) != (f"refused.{code}" in texts(language)), code


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_blank_is_filled_where_the_code_is_uttered(language: Language) -> None:
    lacking = {
        f"{one.where}: {one.code} lacks {missing}"
        for one in UTTERED
        for text in sentences_of(language, one.code)
        if (missing := blanks(text) - one.values)
    }
    assert lacking == set()


def test_no_value_is_given_for_nothing() -> None:
    for code, values in {(one.code, one.values) for one in UTTERED if "rules.py" not in one.where}:
        told = set().union(*(blanks(text) for text in sentences_of("id", code)))
        assert values <= told, code


def test_a_refusal_in_parts_says_where() -> None:
    """By the place that it is given, or by its own words."""
    for where, call in CALLS:
        if name_of(call) != "broken":
            for code in codes_of(call.args[0]):
                placed = len(call.args) > 1 or f"refused.{code}.place" in texts("id")
                assert placed or not has_parts(Problem(code)), where


@pytest.mark.parametrize("code", sorted({one.code for one in UTTERED}))
def test_every_code_is_told_in_every_language(code: str) -> None:
    named = set().union(*(blanks(text) for text in sentences_of("id", code)))
    problem = Problem(code, Place("a.csv", row=3), **dict.fromkeys(named, "X-1"))
    told = {language: sentence(language, problem) for language in LANGUAGES}
    assert told["id"] != told["en"]
    assert all("{" not in text for text in told.values())
    if has_parts(problem):
        assert all(parts(language, problem)[0].startswith("a.csv: ") for language in LANGUAGES)


def test_every_part_of_a_place_has_its_words() -> None:
    words = {key.partition(".")[2] for key in texts("id") if key.startswith("places.")}
    assert words == {field.name for field in fields(Place)}


def test_indonesian_sentences_hold_no_english_words() -> None:
    alike: set[str] = set()
    for key, text in texts("id").items():
        if key.startswith(("refused.", "places.", "written.", "problems.")):
            alike |= words_of(text) & words_of(texts("en")[key])
    assert alike == ALIKE


def words_of(text: str) -> set[str]:
    return set(map(str.lower, WORD.findall(re.sub(r"\{\w+\}", "", text))))


def test_elements_are_named_with_their_number_in_the_readers_language() -> None:
    absent = [node.called() for node in load_scheme("skm-2017").children[:2]]
    problem = Problem("absent_items", Place("time product.csv"), items=absent)
    assert parts("id", problem)[:2] == (
        "time product.csv: judul kolom",
        "tidak ada kolom untuk U1 Persyaratan, U2 Sistem, mekanisme, dan prosedur",
    )
    assert parts("en", problem)[0] == "time product.csv: heading"
    assert parts("en", problem)[1].startswith("no column for U1 Requirements, U2 ")


def test_values_are_shown_as_the_reader_expects_them() -> None:
    problem = Problem("outside_range", Place("a.csv", row=12345), found=0.5, low=0, high=2000)
    assert sentence("id", problem) == "a.csv: baris 12345: ditemukan 0,5, seharusnya 0 sampai 2.000"
    assert sentence("en", problem) == "a.csv: row 12345: found 0.5, expected 0 to 2,000"


def test_what_was_written_stays_as_it_was_written() -> None:
    assert show_value("id", Written("row of column\n")) == '"row of column\\n"'
    assert show_value("id", Written("a" * 41)) == f'"{"a" * 40}..."'
    assert show_value("id", Written("half \ud800")) == '"half ?"'
    assert show_value("id", []) == "–"


def test_a_value_may_be_a_refusal_or_a_text_of_a_rule() -> None:
    question = load_instrument("skm-2017").questions[0]
    assert show_value("en", [question.text, Problem("no_index")]).endswith("there is no index")
