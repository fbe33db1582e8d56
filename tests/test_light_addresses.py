"""Addresses at the light door as people type them, and what is no form."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from light import light_app
from models import Unit, now, open_engine, writing
from survey import instance
from survey.kiosks import add_interviewer, add_kiosk
from survey.light import forms
from survey.light.addresses import OddAddresses, tell_odd
from survey.receipts import mint_key
from tests.asgi import Answered, ask
from tests.world import a_district

UNIT = "puskesmas-langgur"
FORM_TYPE = "application/x-www-form-urlencoded"


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ASGIApp]:
    """The light service of a district, in this process."""
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("DATA", str(tmp_path))
    for kept in (instance.secret, instance.writer, instance.limits):
        kept.cache_clear()
    engine = open_engine(sqlite_url)
    with writing(engine) as session:
        a_district(session)
    yield light_app()
    instance.close_writer()
    instance.writer.cache_clear()
    engine.dispose()


def post(app: ASGIApp, path: str = f"/s/{UNIT}", kind: str = FORM_TYPE, body: str = "") -> Answered:
    headers = {"Content-Type": kind} if kind else {}
    return ask(app, path, "POST", headers, body.encode())


def filled(**fields: str) -> str:
    form = {forms.KEY: mint_key(), forms.PERIOD: "semester-ini", forms.SEEN_AT: "0"}
    said = {forms.PROVENANCE: "self", "a-time": "2", forms.PARTLY: "1"}
    return urlencode(form | said | fields)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (f"/S/{UNIT.upper()}", f"/s/{UNIT.upper()}"),
        (f"/s//{UNIT}", f"/s/{UNIT}"),
        (f"/s/{UNIT}/", f"/s/{UNIT}"),
        (f"/S//{UNIT}//?lang=en&l=layanan-1", f"/s/{UNIT}?lang=en&l=layanan-1"),
        ("/S", "/s"),
        ("/s/", "/s"),
        ("/?lang=en", "/s?lang=en"),
        ("/R/7K3M-09QX-ZT4V", "/r/7K3M-09QX-ZT4V"),
        (f"/U//{UNIT}/", f"/u/{UNIT}"),
        ("/K/7K3M-09QX-ZT4V/", "/k/7K3M-09QX-ZT4V"),
    ],
)
def test_what_a_keyboard_did_is_forgiven(app: ASGIApp, typed: str, meant: str) -> None:
    answer = ask(app, typed)
    assert (answer.status // 100, answer.headers["location"]) == (3, meant)


@pytest.mark.parametrize("path", [f"/S/{UNIT}", f"/s/{UNIT}/"])
def test_a_form_that_was_sent_there_is_sent_again(app: ASGIApp, path: str) -> None:
    answer = post(app, path, body=filled())
    assert (answer.status, answer.headers["location"]) == (308, f"/s/{UNIT}")


@pytest.mark.parametrize("path", [f"/s/{UNIT}%20", f"/s/{UNIT}.", f"/s/({UNIT}),"])
def test_what_a_message_put_behind_the_code_is_left_out(app: ASGIApp, path: str) -> None:
    assert "Puskesmas Langgur" in ask(app, path).text


async def nothing(_scope: Scope, _receive: Receive, send: Send) -> None:
    """A server that refuses all."""
    await send({"type": "http.response.start", "status": 400, "headers": []})
    await send({"type": "http.response.body"})


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        *(("//s/contoh", 308), ("/s//contoh", 308), ("/s/%2e%2e/x", 404), ("/s/a%5Cb", 404)),
        *(("/s/%00", 404), ("/R/%00", 308), ("/u/%0d%0a", 404), ("/k/..", 404)),
        *(("/s/contoh", 400), ("/media/..", 400), ("//evil.example", 400), ("/s", 400)),
    ],
)
def test_odd_addresses_below_our_doors_are_answered_by_us(typed: str, status: int) -> None:
    answer = ask(OddAddresses(nothing, tell_odd), typed)
    assert answer.status == status
    assert answer.headers.get("location", "/s/").startswith(("/s/", "/r/"))


def test_capitals_find_the_unit(app: ASGIApp) -> None:
    assert "Puskesmas Langgur" in ask(app, f"/s/{UNIT.upper()}").text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/s/tiada", "Kantor pada tautan ini tidak ada."),
        (f"/s/{UNIT}/lain", "Kantor pada tautan ini tidak ada."),
        ("/s/a/b/c", "Kantor pada tautan ini tidak ada."),
        ("/s/%00", "Kantor pada tautan ini tidak ada."),
        ("/s/%ED%A0%80", "Kantor pada tautan ini tidak ada."),
        ("/k/%00", "Anjungan (tablet) ini tidak terdaftar"),
        ("/k/a/b/c", "Anjungan (tablet) ini tidak terdaftar"),
        ("/r/%00", "Kode ini tidak ada."),
        ("/r/a/b", "Kode ini tidak ada."),
        ("/u/a/b", "Kantor pada tautan ini tidak ada."),
        ("/tiada", "Halaman ini tidak ada."),
        ("/%00", "Halaman ini tidak ada."),
    ],
)
def test_the_others_are_told_in_plain_words(app: ASGIApp, typed: str, told: str) -> None:
    answer = ask(app, typed)
    assert answer.status == 404
    assert told in answer.text
    assert "<h1>" in answer.text


def test_no_address_leads_elsewhere(app: ASGIApp) -> None:
    for typed in ("/s//evil.example/", "/S//%2Fevil.example", "/s/..//evil.example"):
        location = ask(app, typed).headers.get("location", "/s/")
        assert location.startswith("/s/")


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "multipart/form-data; boundary=x", "application/json"]
)
def test_another_kind_of_content_is_no_form(app: ASGIApp, kind: str) -> None:
    answer = post(app, kind=kind, body=filled())
    assert answer.status == 415
    assert "bukan formulir kami" in answer.text


def test_a_field_twice_is_no_form(app: ASGIApp) -> None:
    answer = post(app, body=filled() + "&a-time=4")
    assert answer.status == 422
    assert "bukan formulir kami" in answer.text
    assert post(app, kind=f"{FORM_TYPE}; charset=utf-8", body=filled()).status == 303


def test_a_known_key_is_never_thanked_and_sends_what_was_typed_as_another(app: ASGIApp) -> None:
    key = mint_key()
    first = post(app, body=filled(k=key, c="Pertama"))
    code = first.headers["location"].partition("?")[0].removeprefix("/r/")
    again = post(app, body=filled(k=key, c="Kedua & lain"))
    assert again.status == 409
    assert "Formulir ini sudah kami terima" in again.text
    assert code not in again.text
    assert 'name="c" value="Kedua &amp; lain"' in again.text
    assert again.text.count(f'value="{key}"') == 1  # of the own form; the other has a new one
    own = post(app, body=urlencode({forms.KEY: key, forms.AGAIN: "1"}))
    assert own.headers["location"] == f"/r/{code}?lang=id"
    assert post(app, body=urlencode({forms.KEY: mint_key(), forms.AGAIN: "1"})).status == 404


def test_no_page_is_kept_by_the_browser(app: ASGIApp) -> None:
    key = mint_key()
    answers = [ask(app, f"/s/{UNIT}"), post(app, body=filled(c="x", **{"a-time": "9"}))]
    answers += [post(app, body=filled(k=key)) for _ in range(2)]
    answers.append(ask(app, answers[-2].headers["location"]))
    assert [one.status for one in answers] == [200, 422, 303, 409, 200]
    kept = [one.headers.get("cache-control") for one in answers if one.status != 303]
    assert kept == ["no-store"] * 4


def test_whoever_comes_after_a_form_was_sent_finds_nothing_filled_in(app: ASGIApp) -> None:
    """Browsers fill in again what stood in a page, unless it says that they shall not."""
    assert 'autocomplete="off" data-seal' not in ask(app, f"/s/{UNIT}").text
    sent = post(app, body=filled()).headers["set-cookie"].partition(";")[0]
    assert sent == "sent=1"
    after = ask(app, f"/s/{UNIT}", headers={"Cookie": sent})
    assert 'autocomplete="off" data-seal' in after.text
    assert 'sent=""' in after.headers["set-cookie"], "a reload keeps what the next one typed"


def test_an_interviewers_link_is_of_one_who_is_registered(app: ASGIApp) -> None:
    for wrong in ("1", "0000-0000-0000", "%00"):
        answer = ask(app, f"/s/{UNIT}?e={wrong}")
        assert answer.status == 404
        assert "Tautan pewawancara ini tidak terdaftar" in answer.text
    with writing(instance.engine()) as session:
        key = add_interviewer(session, instance.secret(), None, "Siti", now())
    page = ask(app, f"/s/{UNIT}?e={key}").text
    assert 'value="ombudsman_interviewer" checked' in page
    assert 'value="unit_interviewer"' not in page
    body = filled(w="ombudsman_interviewer", c="Tetap ada")
    forged = post(app, body=body)
    assert forged.status == 422
    assert "Hanya pewawancara yang terdaftar" in forged.text
    assert "Tetap ada</textarea>" in forged.text
    assert post(app, f"/s/{UNIT}?e={key}", body=body).status == 303


def test_a_kiosk_asks_for_no_interviewer(app: ASGIApp) -> None:
    with writing(instance.engine()) as session:
        unit = session.get_one(Unit, 1)
        kiosk = add_kiosk(session, instance.secret(), unit, "Loket", now())
        key = add_interviewer(session, instance.secret(), None, "Siti", now())
    answer = post(app, f"/k/{kiosk}?e={key}", body=filled(w="ombudsman_interviewer"))
    assert answer.status == 422
