"""The rating form, as a citizen fills it in."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, Row, func, select
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Radio

from analysis.rulebook.instrument import load_instrument
from models import (
    Comment,
    Experience,
    Period,
    Receipt,
    Response,
    Service,
    Unit,
    answers_table,
    now,
    open_engine,
    reading,
    writing,
)
from screens.plain import plain
from survey import instance
from survey.checks import SHORTEST, Submission
from survey.kiosks import add_interviewer
from survey.limits import Visitor
from survey.periods import open_period, open_units
from survey.receipts import find_receipt
from survey.tokens import issue_tokens
from tests.world import a_district, a_period

UNIT = "puskesmas-langgur"
JAYAPURA = ZoneInfo("Asia/Jayapura")
INSTRUMENTS = ["skm-2017", "skm-2026"]


@pytest.fixture
def engine(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An empty database, the one that the screens open."""
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("DATA", str(tmp_path))
    # As on this computer; AppTest has an address of its own at every run.
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.ip_address", None)
    engine = open_engine(sqlite_url)
    yield engine
    instance.close_writer()
    for kept in (instance.secret, instance.writer, instance.limits):
        kept.cache_clear()
    engine.dispose()


def visit(engine: Engine, instrument: str = "skm-2017", **address: str) -> AppTest:
    """The screen at an address, in a district where a survey is open."""
    with writing(engine) as session:
        a_district(session, instrument)
    return look(**address)


def look(**address: str) -> AppTest:
    """The screen at an address."""

    def script() -> None:
        from screens.citizen import rate

        rate.screen()

    app = AppTest.from_function(script, default_timeout=20)
    for name, value in address.items():
        app.query_params[name] = value
    return working(app.run())


def working(app: AppTest) -> AppTest:
    assert not app.exception
    return app


def answer_all(app: AppTest, value: int | str = 3) -> None:
    for question in questions(app):
        question.set_value(value)
    say_who(app)


def say_who(app: AppTest) -> None:
    who = next(radio for radio in app.radio if str(radio.key).endswith("_provenance"))
    who.set_value("self")


def questions(app: AppTest) -> list[Radio[Any]]:
    others = ("_provenance", "_readers")
    return [radio for radio in app.radio if not str(radio.key).endswith(others)]


def press(app: AppTest, name: str) -> AppTest:
    """Presses a button of a form that was read for a while."""
    if "rate_forms" in app.session_state:
        for form in app.session_state["rate_forms"].values():
            form.since -= SHORTEST
    return working(app.button(f"rate_{name}").click().run())


def tick(app: AppTest, form: str) -> None:
    app.checkbox(f"rate_1_experience_{form}").check()


def write(app: AppTest, comment: str) -> None:
    app.text_area("rate_1_comment").set_value(comment)


def said(app: AppTest) -> str:
    alerts = [*app.error, *app.warning, *app.info]
    return "\n".join(alert.value for alert in alerts)


def code_of(app: AppTest) -> str:
    return str(app.header[0].value)


def stored(engine: Engine, table: type) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def the_response(engine: Engine) -> Response:
    with reading(engine) as session:
        return session.scalars(select(Response)).one()


def the_answers(engine: Engine, instrument: str = "skm-2017") -> Row[Any]:
    table = answers_table(instrument, load_instrument(instrument).allowed)
    with reading(engine) as session:
        return session.execute(select(table)).one()


@pytest.mark.parametrize("instrument", INSTRUMENTS)
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_question_is_asked_with_its_own_words_and_nothing_chosen(
    engine: Engine, instrument: str, language: str
) -> None:
    app = visit(engine, instrument, unit=UNIT, lang=language)
    items = load_instrument(instrument).items
    missing = load_instrument(instrument).missing
    asked = questions(app)
    assert len(asked) == len(items)
    for number, (question, item) in enumerate(zip(asked, items, strict=True), 1):
        text = item.text[language]
        between = {"id": "dari", "en": "of"}[language]
        assert question.label == f"{number} {between} {len(items)}. {text}"
        words = [answer[language] for answer in item.answers.values()]
        assert question.options == [*words, missing[language]]
        assert question.value is None
    assert app.radio("rate_1_provenance").value is None
    assert not any(checkbox.value for checkbox in app.checkbox)
    assert all(select_box.value is None for select_box in app.selectbox)


def test_a_full_form_is_stored_and_its_receipt_found(engine: Engine) -> None:
    app = visit(engine, unit=UNIT)
    answer_all(app)
    questions(app)[0].set_value("missing")
    app.selectbox("rate_1_service").set_value("layanan-2")
    tick(app, "undue_delay")
    tick(app, "partiality")
    app.radio("rate_1_provenance").set_value("companion")
    app.selectbox("rate_1_respondent_age").set_value("25_34")
    assert not [radio for radio in app.radio if radio.key == "rate_1_readers"]
    write(app, "  Antreannya lama, kata Pak Budi.  ")
    working(app.run())
    assert app.radio("rate_1_readers").value == "ombudsman"
    app.radio("rate_1_readers").set_value("unit")
    press(app, "send")

    assert "Terima kasih!" in app.title[0].value
    assert app.code[0].value.startswith("Saya ingin melaporkan pelayanan di Puskesmas Langgur.")
    row = the_answers(engine)
    assert row.requirements is None
    assert set(row[2:]) == {3}
    response = the_response(engine)
    assert (response.channel, response.provenance) == ("open_link", "companion")
    assert (response.language, response.age, response.sex) == ("id", "25_34", None)
    assert response.completion_time == "under_15_s"
    with reading(engine) as session:
        assert session.get_one(Service, response.service_id).code == "layanan-2"
        experience = session.scalars(select(Experience)).one()
        assert (experience.answer, experience.undue_delay, experience.partiality) == (
            "some",
            True,
            True,
        )
        comment = session.scalars(select(Comment)).one()
        assert comment.text == "Antreannya lama, kata Pak [NAMA]."
        assert comment.readers == "unit"
        from screens import shell

        found = find_receipt(session, shell.secret(), code_of(app))
    assert found is not None
    assert found.unit == "Puskesmas Langgur"


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_an_all_four_form_of_each_instrument(engine: Engine, instrument: str) -> None:
    app = visit(engine, instrument, unit=UNIT)
    answer_all(app, 4)
    press(app, "send")
    assert set(the_answers(engine, instrument)[1:]) == {4}


def test_a_form_sent_twice_is_stored_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    app = visit(engine, unit=UNIT)
    answer_all(app)
    form = app.session_state["rate_forms"][UNIT]
    press(app, "send")
    code = code_of(app)

    again = look(unit=UNIT)
    again.session_state["rate_forms"][UNIT].key = form.key
    answer_all(again, 1)
    press(again, "send")

    assert code_of(again) == code
    assert stored(engine, Response) == stored(engine, Receipt) == 1
    assert set(the_answers(engine)[1:]) == {3}


def test_a_reload_after_sending_shows_the_same_receipt(engine: Engine) -> None:
    app = visit(engine, unit=UNIT)
    answer_all(app)
    press(app, "send")
    code = code_of(app)
    assert code_of(working(app.run())) == code
    assert app.query_params["resi"] == code
    assert code_of(look(unit=UNIT, resi=code)) == code  # a browser's reload begins a new session
    assert stored(engine, Response) == 1
    assert "rate_1_time" not in app.session_state


def test_the_next_visit_is_another_form(engine: Engine) -> None:
    app = visit(engine, unit=UNIT)
    answer_all(app)
    press(app, "send")
    first = code_of(app)
    press(app, "another")
    assert [field.label for field in app.text_input] == ["Kantor mana yang melayani Anda?"]

    press(app, f"unit_{UNIT}")
    assert all(question.value is None for question in questions(app))
    answer_all(app)
    press(app, "send")
    assert code_of(app) != first
    assert stored(engine, Response) == stored(engine, Receipt) == 2


def test_unanswered_questions_are_named_before_sending(engine: Engine) -> None:
    app = visit(engine, unit=UNIT)
    answer_all(app)
    for number in (2, 7):
        questions(app)[number - 1].set_value(None)
    press(app, "send")
    assert "Nomor 2, 7 belum Anda jawab." in said(app)
    press(app, "send")
    assert stored(engine, Response) == 0
    tick(app, "none")
    tick(app, "partiality")
    press(app, "send")
    assert "Nomor 2, 7 belum Anda jawab." in said(app)
    assert "dan juga yang lain. Pilih salah satu" in said(app)  # all at once
    app.checkbox("rate_1_experience_partiality").uncheck()

    press(app, "send_anyway")
    row = the_answers(engine)
    assert (row.procedure, row.conduct, row.time) == (None, None, 3)


def test_a_refused_form_keeps_all_answers(engine: Engine) -> None:
    app = visit(engine, unit=UNIT)
    answer_all(app, 2)
    tick(app, "none")
    tick(app, "request_for_payment")
    write(app, "Terima kasih")
    app.selectbox("rate_1_service").set_value("layanan-1")
    press(app, "send")
    assert "dan juga yang lain. Pilih salah satu" in said(app)
    assert stored(engine, Response) == stored(engine, Receipt) == 0
    assert {question.value for question in questions(app)} == {2}
    assert app.text_area[0].value == "Terima kasih"
    assert app.selectbox("rate_1_service").value == "layanan-1"

    app.checkbox("rate_1_experience_none").uncheck()
    press(app, "send")
    assert stored(engine, Response) == 1


def test_an_empty_form_is_refused(engine: Engine) -> None:
    app = press(visit(engine, unit=UNIT), "send")
    assert "Jawab paling sedikit satu pertanyaan." in said(app)
    answer_all(app, "missing")
    press(app, "send")
    assert "Jawab paling sedikit satu pertanyaan." in said(app)
    assert stored(engine, Response) == 0


def test_a_comment_alone_may_be_sent(engine: Engine) -> None:
    app = visit(engine, unit=UNIT)
    write(app, "Kursinya kurang.")
    say_who(app)
    press(app, "send")
    press(app, "send_anyway")
    assert set(the_answers(engine)[1:]) == {None}


def test_a_comment_of_10000_characters_is_refused(engine: Engine) -> None:
    app = visit(engine, unit=UNIT)
    answer_all(app)
    write(app, "x" * 10_000)
    press(app, "send")
    assert r"Komentar terlalu panjang: 10\.000 huruf. Paling banyak 2\.000 huruf." in said(app)
    assert stored(engine, Response) == 0
    assert len(app.text_area[0].value or "") == 10_000
    assert "10.000 dari 2.000 huruf" in [caption.value for caption in app.caption]


def close_period(engine: Engine, then_ask: str = "") -> None:
    """Closes the open period; opens one that asks ``then_ask`` after it, if anything."""
    with writing(engine) as session:
        period = session.scalars(select(Period)).one()
        period.closed_at = now()
        if then_ask:
            following = a_period(session, period.institution, then_ask)
            following.code, following.name = "baru", "Periode baru"


def test_where_nothing_follows_a_closed_period_no_button_promises_to_send(engine: Engine) -> None:
    app = visit(engine, unit=UNIT)
    answer_all(app)
    write(app, "Antrean lama sekali")
    close_period(engine)
    press(app, "send")
    assert "Penilaian Anda belum tersimpan. Periode survei “Semester ini” sudah ditutup" in said(
        app
    )
    assert "rate_send" not in {button.key for button in app.button}
    assert {question.value for question in questions(app)} == {3}
    assert app.text_area[0].value == "Antrean lama sekali"
    assert stored(engine, Response) == 0


@pytest.mark.parametrize("instrument", INSTRUMENTS)
def test_a_form_moves_into_the_period_that_follows(engine: Engine, instrument: str) -> None:
    app = visit(engine, unit=UNIT)
    answer_all(app)
    close_period(engine, instrument)
    press(app, "send")
    told = " ".join(warning.value for warning in app.warning)
    assert "Kirim untuk menilai dalam periode “Periode baru”" in told
    asked = load_instrument(instrument)
    assert ("Pertanyaannya sudah berganti" in told) == (instrument != "skm-2017")
    assert stored(engine, Response) == 0
    assert {question.value for question in questions(app)} <= {3, None}
    answer_all(app, 4)
    press(app, "send")
    assert "Terima kasih!" in app.title[0].value
    with reading(engine) as session:
        assert session.scalars(select(Period.code).join(Response)).all() == ["baru"]
    assert set(the_answers(engine, instrument)[1:]) == {asked.scale[1]}


def test_answers_stay_in_the_other_language(engine: Engine) -> None:
    app = visit(engine, unit=UNIT)
    answer_all(app)
    app.query_params["lang"] = "en"
    working(app.run())
    assert app.title[0].value == "How was your visit to Puskesmas Langgur?"
    assert {question.value for question in questions(app)} == {3}
    press(app, "send")
    assert "Thank you!" in app.title[0].value
    assert the_response(engine).language == "en"


def test_a_failing_database_loses_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    app = visit(engine, unit=UNIT)
    answer_all(app)
    with monkeypatch.context() as patch:
        patch.setenv("DATABASE_URL", "sqlite:////nowhere/at/all.sqlite3")
        patch.setattr("models.engine.Path.mkdir", lambda *_, **__: None)
        press(app, "send")
        assert "Penilaian belum tersimpan" in said(app)
        assert "belum bisa dibuka" in said(look(unit=UNIT))
    instance.writer.cache_clear()  # it had the database that failed
    assert {question.value for question in questions(app)} == {3}
    press(app, "send")
    assert stored(engine, Response) == 1


def test_a_slips_link_fills_in_its_token(engine: Engine) -> None:
    with writing(engine) as session:
        world = a_district(session)
        (token,) = issue_tokens(session, instance.secret(), world.clinic, world.period, 1)
    app = look(unit=UNIT, v=token)
    assert app.text_input("rate_1_token").value == token
    answer_all(app)
    press(app, "send")
    assert the_response(engine).channel == "token"


def test_a_closed_link_needs_a_token(engine: Engine) -> None:
    with writing(engine) as session:
        a_district(session).clinic.open_link = False
    app = look(unit=UNIT)
    assert "harus diisi" in app.text_input("rate_1_token").label
    answer_all(app)
    press(app, "send")
    assert "Kantor ini dinilai dengan kode kunjungan" in said(app)
    app.text_input("rate_1_token").set_value("0000-0000-0000")
    press(app, "send")
    assert "tidak cocok dengan kantor ini" in said(app)
    assert {question.value for question in questions(app)} == {3}
    assert stored(engine, Response) == 0


def test_a_hasty_form_keeps_its_answers_and_goes_through_later(engine: Engine) -> None:
    app = visit(engine, unit=UNIT)
    answer_all(app)
    app.session_state["rate_forms"][UNIT].since += 1000  # seen in the future, and read for 3 s
    press(app, "send")
    assert "Periksa sebentar jawaban Anda" in said(app)
    assert stored(engine, Response) == 0
    app.session_state["rate_forms"][UNIT].since -= 1000
    press(app, "send")
    assert stored(engine, Response) == 1


def test_too_many_from_one_network_have_to_wait_but_for_tokens(engine: Engine) -> None:
    with writing(engine) as session:
        world = a_district(session)
        (token,) = issue_tokens(session, instance.secret(), world.clinic, world.period, 1)
    other = Submission("", UNIT, "", {})
    while not instance.limits().turn(other, Visitor(), now()).wait:
        pass  # others at the light door of this process
    app = look(unit=UNIT)
    answer_all(app)
    press(app, "send")
    assert "Banyak orang menilai dari jaringan ini" in said(app)
    assert stored(engine, Response) == 0
    app.text_input("rate_1_token").set_value(token)
    press(app, "send")
    assert stored(engine, Response) == 1


def test_who_helped_is_kept(engine: Engine) -> None:
    app = visit(engine, unit=UNIT)
    answer_all(app)
    app.radio("rate_1_provenance").set_value("unit_staff")
    press(app, "send")
    assert the_response(engine).provenance == "unit_staff"


def test_an_interviewer_is_who_is_registered(engine: Engine) -> None:
    with writing(engine) as session:
        unit = a_district(session).clinic
        key = add_interviewer(session, instance.secret(), unit, "Siti", now())
    app = look(unit=UNIT, e=key)
    assert app.radio("rate_1_provenance").value == "unit_interviewer"
    for question in questions(app):
        question.set_value(3)
    assert "Pewawancara dari Ombudsman" not in app.radio("rate_1_provenance").options
    press(app, "send")
    assert the_response(engine).provenance == "unit_interviewer"


def test_a_link_of_nobody_offers_no_interviewer_and_says_so(engine: Engine) -> None:
    app = visit(engine, unit=UNIT, e="1")
    assert "Tautan pewawancara ini tidak terdaftar" in said(app)
    assert app.radio("rate_1_provenance").value is None
    assert not any("Pewawancara" in who for who in app.radio("rate_1_provenance").options)
    assert "Pewawancara dari kantor ini" not in app.radio("rate_1_provenance").options


def test_clients_are_told_apart_for_a_day(engine: Engine) -> None:
    app = visit(engine, unit=UNIT)
    answer_all(app)
    press(app, "send")
    assert the_response(engine).client_group == instance.limits().client(Visitor(), now())


def test_an_unknown_code_offers_the_search(engine: Engine) -> None:
    app = visit(engine, unit="[menang](http://x)")
    assert rf"“{plain('[menang](http://x)')}” tidak ada" in said(app)
    assert [button.label for button in app.button] == [
        "**Dukcapil** · Kabupaten Maluku Tenggara",
        "**Puskesmas Langgur** · Kabupaten Maluku Tenggara",
    ]
    working(app.text_input[0].set_value("puskemas").run())
    assert [button.key for button in app.button] == [f"rate_unit_{UNIT}"]
    working(app.text_input[0].set_value("kecamatan antah").run())
    assert "Tidak ada kantor yang cocok dengan “kecamatan antah”" in said(app)
    assert app.selectbox[0].options == ["Kabupaten Maluku Tenggara · 2 kantor"]
    working(app.selectbox[0].set_value("malra").run())
    assert len(app.button) == 2


def test_a_code_in_capitals_is_known(engine: Engine) -> None:
    assert "Puskesmas Langgur" in visit(engine, unit=UNIT.upper()).title[0].value


def test_a_unit_without_an_open_period_is_not_asked_about(engine: Engine) -> None:
    with writing(engine) as session:
        a_district(session, days=(10, 20))
    assert "Sekarang belum ada kantor yang bisa dinilai" in said(look())
    app = look(unit=UNIT)
    assert "Puskesmas Langgur sedang tidak menerima penilaian" in said(app)
    assert not app.radio


def test_a_survey_opens_and_ends_with_its_own_midnight(engine: Engine) -> None:
    with writing(engine) as session:
        world = a_district(session, days=(0, 0))
        clinic, midnight = world.clinic.id, datetime.combine(world.period.starts, time(), JAYAPURA)
    second, day = timedelta(seconds=1), timedelta(days=1)
    moments = {midnight - second: 0, midnight: 2, midnight + day - second: 2, midnight + day: 0}
    with reading(engine) as session:
        for moment, units in moments.items():
            assert len(open_units(session, moment)) == units
            period = open_period(session, session.get_one(Unit, clinic), moment)
            assert (period is not None) == bool(units)


def test_a_demonstration_is_marked(engine: Engine) -> None:
    with writing(engine) as session:
        a_district(session, demonstration=True)
    assert "DATA CONTOH" in said(look(unit=UNIT))
    assert all("DATA CONTOH" in button.label for button in look().button)
