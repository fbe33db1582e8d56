"""The screen of screening, as an analyst and as the unit's own people see it."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from accounts.actors import Actor
from models import Exclusion, Role, User, reading, writing
from survey.periods import asked_instrument
from survey.storage import CheckedResponse, store
from tests.screens.seen import Office, an_office, look, said, working

HONEST, STUFFED = 60, 20
ANALYST = Actor(4, "Dewi", analyst=True)


@pytest.fixture
def office(engine: Engine) -> Office:
    made = an_office(engine)
    with writing(engine) as session:
        user = User(id=ANALYST.user_id, username="dewi", name="Dewi", password_hash="-")
        user.active = True
        user.roles.append(Role(role="analyst"))
        session.add(user)
    return made


def own_official(office: Office) -> Actor:
    """Who works at the unit that an analyst sees first."""
    return Actor(1, "Ani", units=frozenset({office.world.registry.id}))


def rate(office: Office, number: int, stuffed: bool = False) -> None:
    """Ratings spread over days and hours, or all 4 from one device in one quarter-hour."""
    period, unit = office.world.period, office.world.registry
    instrument = asked_instrument(period)
    items = list(instrument.allowed)
    rows = [
        CheckedResponse(
            answers={
                item: 4 if stuffed else 2 + (at * 5 + place * place) % 7 // 3
                for place, item in enumerate(items)
            },
            channel="open_link",
            provenance="self",
            local_date=period.starts + timedelta(days=7 if stuffed else at % 30),
            quarter_hour=67 if stuffed else 32 + at * 7 % 30,
            client_group=("f" if stuffed else f"{at:x}").zfill(64),
        )
        for at in range(number)
    ]
    with writing(office.engine) as session:
        store(session, unit, period, instrument, rows)


def test_an_empty_unit_says_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for actor, told in (
        (ANALYST, "Belum ada yang dapat diperiksa"),
        (own_official(office), "Tidak ada yang perlu diperiksa pada periode ini"),
    ):
        assert told in said(look(monkeypatch, "screening", actor))


def test_an_honest_unit_is_told_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    rate(office, HONEST)
    app = look(monkeypatch, "screening", ANALYST)
    text = said(app)
    assert "Tidak ada kelompok yang masuk dengan cara tidak biasa" in text
    assert "Keluarkan kelompok ini" not in [one.label for one in app.expander]
    assert "Tidak ada seperempat jam dengan 5 isian" in text


@pytest.mark.parametrize("language", ["id", "en"])
def test_an_analyst_sees_why_and_how_much(
    office: Office, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    rate(office, HONEST)
    rate(office, STUFFED, stuffed=True)
    app = look(monkeypatch, "screening", ANALYST, lang=language)
    told = {
        "id": ("Satu perangkat", "Tanpa isian yang perlu diperiksa, indeks berubah", "16.45"),
        "en": ("One device", "Without the responses to be checked the index moves", "16:45"),
    }
    text = said(app)
    assert all(one in text for one in told[language])
    values = [metric.value for metric in app.metric]
    assert str(HONEST + STUFFED) in values
    with_all, without = (float(value.split()[0].replace(",", ".")) for value in values[-2:])
    assert without < with_all


def test_an_analyst_excludes_a_group_with_a_reason(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate(office, HONEST)
    rate(office, STUFFED, stuffed=True)
    app = look(monkeypatch, "screening", ANALYST)
    (key,) = [str(one.key) for one in app.text_area if "devices" in str(one.key)]
    form = key.removesuffix("_reason")

    def submit(reason: str) -> None:
        app.text_area(key).set_value(reason)
        (button,) = [one for one in app.button if form in str(one.key)]
        working(button.click().run())

    submit("curang")
    assert "alasan" in said(app)
    assert not app.success
    submit("Satu perangkat mengirim dua puluh isian dalam seperempat jam")
    assert "Kelompok itu tidak dihitung lagi" in app.success[0].value
    assert "Tidak ada kelompok yang masuk" in said(app)
    with reading(office.engine) as session:
        assert session.scalar(select(func.count()).select_from(Exclusion)) == STUFFED


def test_the_units_own_people_get_a_hint_without_times_or_figures(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate(office, HONEST)
    rate(office, STUFFED + 2, stuffed=True)
    for actor in (own_official(office), office.coordinator):
        app = look(monkeypatch, "screening", actor)
        text = said(app)
        assert f"Sedikitnya {STUFFED} isian" in text
        assert str(STUFFED + 2) not in text
        assert "16.45" not in text
        assert not app.metric
        assert not app.button


def test_a_closed_period_keeps_its_alarms_and_not_its_rhythm(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate(office, HONEST)
    rate(office, STUFFED, stuffed=True)
    office.close()
    text = said(look(monkeypatch, "screening", ANALYST))
    assert "Diperiksa terakhir kali saat periode ditutup" in text
    assert "Satu perangkat" in text
    assert "16.45" not in text


def test_a_period_that_closed_before_it_could_be_screened(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    rate(office, 3)
    office.close()
    assert "tidak dapat diperiksa lagi" in said(look(monkeypatch, "screening", ANALYST))
