"""Errors that lead: whatever is refused, each link of the summary has its field on the page."""

import http.client
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest

from models import open_engine, writing
from survey.receipts import mint_key
from tests.citizens import filled
from tests.conftest import App
from tests.light_service import running_light
from tests.world import a_district

FORM = "/s/puskesmas-langgur"
# What is sent in place of a good form, by the code of its refusal.
REFUSED: Mapping[str, Mapping[str, str | list[str] | None]] = {
    "bad_key": {"k": "pendek"},
    "unknown_period": {"p": "1999-1"},
    "unknown_token": {"v": "0000-0000-0000"},
    "trapped": {"website": "x"},
    "too_fast": {"t": "999999999999"},
    "unknown_service": {"s": "lain"},
    "nothing_answered": {"a-": None, "e": None, "c": ""},
    "unknown_item": {"a-cuaca": "4"},
    "answer_not_allowed": {"a-time": "9"},
    "incomplete": {"a-cost": None, "a-time": None},
    "unknown_form": {"e": "bosan"},
    "contradiction": {"e": ["none", "partiality"]},
    "unknown_option": {"d-sex": "x"},
    "who_needed": {"w": None},
    "comment_too_long": {"c": "x" * 3000},
}
# Of the form as a whole: no field would mend them.
OF_THE_WHOLE = {"bad_key", "unknown_period", "trapped", "too_fast"}


@pytest.fixture(scope="module")
def light(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("errors")
    file = folder / "app.sqlite3"
    file.write_bytes(migrated_file.read_bytes())
    engine = open_engine(f"sqlite:///{file}")
    with writing(engine) as session:
        district = a_district(session)
        district.registry.open_link = False
    engine.dispose()
    with running_light(f"sqlite:///{file}", folder) as service:
        yield service


def post(light: App, changes: Mapping[str, str | list[str] | None], path: str = FORM) -> str:
    """The page that answers a good form with these changes; None leaves a field out."""
    form: dict[str, str | list[str]] = {**filled(mint_key()), "n": ""}
    for name, value in changes.items():
        for one in [key for key in form if key == name or name == "a-" == key[:2]]:
            del form[one]
        if value is not None:
            form[name] = value
    with closing(http.client.HTTPConnection("127.0.0.1", light.port, timeout=30)) as connection:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", path, urlencode(form, doseq=True), kind)
        answer = connection.getresponse()
        assert answer.status == 422
        return answer.read().decode()


def leads(page: str) -> list[str]:
    """The ids to which the summary leads; each is there once, on something that takes the focus."""
    summary = re.search(r'<div[^>]+id="problems".*?</ul>', page, re.DOTALL)
    assert summary
    targets = re.findall(r'href="#([^"]+)"', summary[0])
    for target in targets:
        (element,) = re.findall(rf'<(\w+)[^>]* id="{target}"', page)
        assert element in {"input", "select", "textarea"}
    return targets


@pytest.mark.parametrize("code", REFUSED)
def test_every_link_of_the_summary_leads_to_a_field(light: App, code: str) -> None:
    page = post(light, REFUSED[code])
    targets = leads(page)
    assert re.search(r"<title>Perbaiki · ", page)
    assert re.search(r'<div[^>]+id="problems"[^>]+autofocus', page)
    assert (
        bool(targets)
        == (code not in {"bad_key", "unknown_period", "trapped", "too_fast", "unknown_item"})
        or code == "unknown_item"
    )
    for target in targets:
        key = target.removeprefix("f-")
        assert f'id="e-{key}"' in page
        assert re.search(rf'aria-describedby="[^"]*e-{key}"', page)
        assert 'aria-invalid="true"' in page


def test_all_that_is_wrong_is_told_at_once_in_the_order_of_the_page(light: App) -> None:
    page = post(light, {"a-time": "9", "a-cost": None, "s": "x", "w": None, "v": "0000-0000-0000"})
    assert leads(page) == ["f-token", "f-time", "f-cost", "f-provenance", "f-service"]


@pytest.mark.parametrize(("field", "value"), [("k", "pendek"), ("p", "1999-1")])
def test_what_no_person_could_mend_is_mended(light: App, field: str, value: str) -> None:
    page = post(light, {field: value})
    assert f'value="{value}"' not in page
    assert re.search(rf'name="{field}" value="[\w-]+"', page)


def test_choices_are_named_by_their_words(light: App) -> None:
    page = post(light, {"a-time": "9"})
    assert "Pilihannya: Tidak cepat, Kurang cepat, Cepat, Sangat cepat." in page
    assert "?." not in page


def test_a_link_that_needs_a_code_leads_to_it(light: App) -> None:
    page = post(light, {"v": "", "s": ""}, "/s/dukcapil-malra")
    assert leads(page) == ["f-token"]
