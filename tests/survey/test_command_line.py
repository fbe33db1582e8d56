"""python -m survey: exit 0, or 2 with a sentence and never a traceback."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import models.migrations
from analysis.rulebook.instrument import INSTRUMENTS, load_instrument
from models import Period, Unit, answers_table, every_table, migrate, open_engine, writing
from models.responses import FORMS
from survey.__main__ import main
from survey.fitting import require_table
from survey.storage import CheckedResponse, store
from tests.survey.conftest import OTHER_UNIT, PERIOD, UNIT, Place
from tests.survey.test_files import HEADING, SEKADAU

ROOT = Path(__file__).parent.parent.parent
ONE_ROW = f"{HEADING}\n1,1,1,1,1,1,1,1,1\n"


@pytest.fixture
def here(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """The district, to which the environment points."""
    monkeypatch.setenv("DATABASE_URL", place.url)
    monkeypatch.setenv("DATA", str(tmp_path / "data"))
    yield place
    open_engine(place.url).dispose()


def _import(file: Path | str, *options: str, unit: str = UNIT, period: str = PERIOD) -> int:
    return main(["import", str(file), "--unit", unit, "--period", period, *options])


def test_a_file_is_imported(place: Place, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "survey", "import", str(SEKADAU)]
    done = subprocess.run(
        [*command, "--unit", UNIT, "--period", PERIOD],
        env=os.environ | {"DATABASE_URL": place.url, "DATA": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    _, unused, order = done.stderr.splitlines()
    assert unused == "sekadau-2019.csv: Columns not used: unit."
    assert order.startswith("sekadau-2019.csv: Read in the order of the regulation")
    assert "49 respondents" in done.stdout
    assert "78.74 B" in done.stdout
    assert place.stored()["answers_skm_2017"] == 49
    (event,) = place.rows("audit_events")
    assert (event["actor"], event["act"]) == ("command line", "import")
    assert event["details"]["rows"] == 49


def test_a_preview_stores_nothing(here: Place, capsys: pytest.CaptureFixture[str]) -> None:
    before = here.stored()
    assert _import(SEKADAU, "--preview") == 0
    assert here.stored() == before
    assert "78.74 B" in capsys.readouterr().out
    assert _import(SEKADAU) == 0
    assert here.stored() != before


def test_bad_input_is_named(
    here: Place,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    subtests: pytest.Subtests,
) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(ONE_ROW)
    bad.write_text(ONE_ROW + "1,1,1,1,1,1,1,1,9\n")
    cases: list[tuple[Path | str, dict[str, str], list[str]]] = [
        (bad, {}, ["bad.csv: row 3, column U9", '"9"', "1, 2, 3, 4 or blank"]),
        (tmp_path / "none.csv", {}, ["none.csv", "no such file"]),
        (tmp_path, {}, [tmp_path.name, "directory"]),
        (good, {"unit": "nowhere"}, ["--unit", "nowhere", UNIT, OTHER_UNIT]),
        (good, {"unit": "\udcff"}, ["--unit", UNIT]),
        (good, {"period": "2030"}, ["--period", "2030", PERIOD]),
        (good, {"period": "\udcff"}, ["--period", PERIOD]),
    ]
    before = here.stored()
    for file, options, expected in cases:
        with subtests.test(file=str(file), **options):
            assert _import(file, **options) == 2
            told = capsys.readouterr().err
            assert [word for word in expected if word not in told] == []
            assert "Traceback" not in told
    assert here.stored() == before


def test_the_same_file_again_is_refused(here: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert _import(SEKADAU) == 0
    before = here.stored()
    assert _import(SEKADAU) == 2
    assert "imported before" in capsys.readouterr().err
    assert here.stored() == before


def test_a_file_with_a_name_that_is_no_text(here: Place, tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"\xff-data.csv")
    file.write_text(ONE_ROW)
    assert _import(file) == 0
    assert here.rows("batches")[0]["file_name"] == "?-data.csv"


@pytest.mark.database
@pytest.mark.parametrize(
    "url",
    [
        "mysql://localhost/x",
        "postgresql:///x?host=/nowhere",
        "sqlite:////proc/nowhere/x.sqlite3",
        f"sqlite:///{SEKADAU}",
    ],
)
def test_a_database_that_cannot_be_used(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DATA", str(tmp_path))
    assert _import(SEKADAU) == 2
    named, line = capsys.readouterr().err.splitlines()
    assert named.startswith("Database: ")
    assert line.startswith("database or data folder: ")


@pytest.mark.database
def test_what_is_no_url_is_named_as_no_database(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "no url at all")
    assert _import(SEKADAU) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "DATABASE_URL" in line


SMALL = INSTRUMENTS / "skm-2017.yaml"


def _instrument(folder: Path, **changes: object) -> Path:
    """An instrument of two items, named like words of SQL, with these changes."""
    content = yaml.safe_load(SMALL.read_text(encoding="utf-8"))
    items = content["items"][:2]
    for item, key in zip(items, ("order", "select"), strict=True):
        item["key"] = key
    content |= {"id": "small-2026", "items": items} | changes
    file = folder / "small-2026.yaml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return file


@pytest.fixture
def own_migrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the migrations, in which new ones may be written."""
    folder = tmp_path / "migrations"
    shutil.copytree(models.migrations.FOLDER, folder)
    monkeypatch.setattr(models.migrations, "FOLDER", folder)
    return folder / "versions"


def test_a_new_instrument_gets_its_table(
    place: Place, own_migrations: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = _instrument(tmp_path)
    assert main(["answers-table", str(file)]) == 0
    (written,) = own_migrations.glob("*_answers_small_2026.py")
    assert str(written) in capsys.readouterr().out
    migrate(place.url)
    instrument = load_instrument(str(file))
    table = answers_table(instrument.id, instrument.allowed)
    try:
        with writing(place.engine) as session:
            unit = session.get_one(Unit, place.unit)
            period = session.get_one(Period, place.period)
            require_table(session, instrument)
            row = CheckedResponse(answers={"order": 4}, channel="open_link", provenance="self")
            store(session, unit, period, instrument, [row])
        (answers,) = place.rows(table.name)
        assert (answers["order"], answers["select"]) == (4, None)
    finally:
        every_table().remove(table)
    assert main(["answers-table", str(file)]) == 2
    assert written.name in capsys.readouterr().err


FIELD = {"key": "sex", "text": "Jenis kelamin", "options": {"x" * 31: "Lainnya"}}


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"id": "small; drop"}, "small; drop"),
        ({"id": "x" * 31}, "x" * 31),
        ({"items": "a) ; drop"}, "a) ; drop"),
        ({"items": "response_id"}, "response_id"),
        ({"items": "channel"}, "channel"),
        ({"items": "x" * 21}, "x" * 21),
        ({"respondent": FIELD}, "x" * 31),
        ({"respondent": FIELD | {"key": "channel"}}, "channel"),
        ({"experience": "boredom"}, "boredom"),
    ],
)
def test_an_instrument_without_room_is_refused(
    changes: dict[str, object],
    found: str,
    own_migrations: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    content = yaml.safe_load(SMALL.read_text(encoding="utf-8"))
    if "items" in changes:
        changes = {"items": [content["items"][0] | {"key": changes["items"]}]}
    if "respondent" in changes:
        changes = {"respondent": content["respondent"] | {"fields": [changes["respondent"]]}}
    if "experience" in changes:
        forms = {**dict.fromkeys(FORMS, "x"), "boredom": "Bosan"}
        changes = {"experience": content["experience"] | {"forms": forms}}
    before = sorted(own_migrations.iterdir())
    assert main(["answers-table", str(_instrument(tmp_path, **changes))]) == 2
    assert found in capsys.readouterr().err
    assert sorted(own_migrations.iterdir()) == before


def test_order_is_forgotten_and_nothing_else(here: Place) -> None:
    for _ in range(3):
        here.send()
    stored = here.stored()
    assert main(["forget-order"]) == 0
    assert here.stored() == stored


UGLY = ROOT / "tests" / "data" / "intake"


def test_what_is_understood_of_a_file_is_shown_and_nothing_is_stored(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "no url at all")  # none is opened
    assert main(["read", str(UGLY / "hidden-first-sheet.xlsx"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    keys = ["sheet", "heading_row", "n", "index", "grade", "columns", "left_out", "warnings"]
    assert list(told) == keys
    assert (told["sheet"], told["heading_row"], told["n"]) == ("Data", 1, 15)
    assert "Contoh lama" in told["warnings"][0]
    assert main(["read", str(UGLY / "hidden-first-sheet.xlsx"), "--sheet", "Contoh lama"]) == 0
    assert "5 respondents" in capsys.readouterr().out


def test_what_cannot_be_read_names_file_row_column_found_and_expected(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["read", str(UGLY / "zeros.csv")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith('zeros.csv: row 3, column U2: found "0", expected 1, 2, 3, 4 or blank')
    assert main(["read", str(UGLY / "zeros.csv"), "--zero-is-empty"]) == 0
