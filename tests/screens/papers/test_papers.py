"""The screen of papers: made when asked for, and taken away."""

import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest

from accounts.actors import Actor
from analysis.rulebook.instrument import load_instrument
from desk.jobs import run
from desk.office.periods import close_period
from desk.papers.bundles import RequestedBundle, begin_bundle
from models import AuditEvent, CollectionNote, Job, User, answers_table, reading, writing
from survey.periods import asked_instrument
from survey.storage import CheckedResponse, store
from tests.screens.office.test_posters import coordinator, official, working, world
from tests.screens.seen import offers
from tests.world import District

__all__ = ["world"]
ITEMS = load_instrument("skm-2017").allowed
answers_table("skm-2017", ITEMS)


@pytest.fixture
def surveyed(engine: Engine, world: District) -> District:
    """The clinic's 12 respondents, and people who exist in the database."""
    with writing(engine) as session:
        for key, name in ((1, "Ani"), (2, "Budi")):
            session.add(
                User(id=key, username=name.lower(), name=name, password_hash="-", active=True)
            )
        row = CheckedResponse(
            answers=dict.fromkeys(ITEMS, 3),
            channel="open_link",
            provenance="self",
            local_date=world.period.starts,
        )
        instrument = asked_instrument(world.period)
        store(session, world.clinic, world.period, instrument, [row] * 12)
    return world


@pytest.fixture
def closed(engine: Engine, surveyed: District) -> District:
    with writing(engine) as session:
        close_period(session, coordinator(surveyed), surveyed.period.id)
    return surveyed


def look(monkeypatch: pytest.MonkeyPatch, actor: Actor, **query: str) -> AppTest:
    def script() -> None:
        from screens.papers import papers

        papers.screen()

    monkeypatch.setattr("screens.shell.actor", lambda: actor)
    app = AppTest.from_function(script, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return working(app.run())


def makes(app: AppTest) -> set[str]:
    keys = (str(button.key) for button in app.button)
    return {key.removeprefix("papers_make_") for key in keys if key.startswith("papers_make_")}


def downloads(app: AppTest) -> list[str]:
    return list(offers(app))


def test_a_running_period_has_questionnaires_only(
    surveyed: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = look(monkeypatch, official(surveyed))
    assert makes(app) == {"questionnaire"}
    assert "Periode ini masih berjalan" in app.info[0].value
    app.number_input("papers_sheets").set_value(3)
    working(app.button("papers_make_questionnaire").click().run())
    assert downloads(app) == ["Unduh"]


def test_an_official_makes_a_worksheet_once(
    engine: Engine, closed: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = look(monkeypatch, official(closed))
    assert {"report_pdf", "worksheet", "open_data"} <= makes(app)
    assert "recapitulation" not in makes(app)
    assert not downloads(app)
    working(app.button("papers_make_worksheet").click().run())
    working(app.run())
    assert downloads(app) == ["Unduh"]
    with reading(engine) as session:
        acts = session.scalars(select(AuditEvent.act)).all()
    assert acts.count("hand_out_paper") == 1
    assert any("Semua responden bersama" in str(table.value) for table in app.table)


def test_a_report_is_made_anew_for_whoever_signs(
    closed: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = look(monkeypatch, official(closed))
    working(app.button("papers_make_report_docx").click().run())
    app.text_input("papers_name").set_value("dr. Ani")
    working(app.run())
    assert "Lengkapi" in app.warning[0].value
    for key, text in {"office": "Kepala", "place": "Langgur"}.items():
        app.text_input(f"papers_{key}").set_value(text)
    working(app.run())
    assert not app.warning
    assert "report_docx" in makes(app)


def test_too_few_are_told_in_a_sentence(
    engine: Engine, closed: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = Actor(1, "Ani", units=frozenset({closed.registry.id}))
    app = look(monkeypatch, actor)
    working(app.button("papers_make_worksheet").click().run())
    assert app.error
    assert not downloads(app)


def test_a_coordinator_watches_own_work(
    engine: Engine, closed: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    monkeypatch.setattr("screens.papers.bundles.start", begun.append)
    app = look(monkeypatch, coordinator(closed))
    app.segmented_control("papers_of").set_value("institution")
    working(app.run())
    assert "recapitulation" in makes(app)
    assert "worksheet" not in makes(app)
    working(app.button("papers_begin").click().run())
    assert len(begun) == 1
    assert app.button(f"papers_cancel_{begun[0]}")
    working(app.button("papers_begin").click().run())
    assert app.error
    working(app.button(f"papers_cancel_{begun[0]}").click().run())
    with reading(engine) as session:
        assert session.get_one(Job, begun[0]).stop
    run(engine, begun[0], lambda *given: given[3](0, 2) or ("none.zip", b""))
    working(app.run())
    assert "Dibatalkan." in [caption.value for caption in app.caption]


def test_home_leads_to_the_papers_of_the_institution(
    closed: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = {"instansi": closed.district.code, "period": closed.period.code}
    app = look(monkeypatch, coordinator(closed), **named)
    assert "recapitulation" in makes(app)
    app.segmented_control("papers_of").set_value("unit")
    assert "worksheet" in makes(working(app.run()))


def test_finished_work_is_offered(
    engine: Engine, closed: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(engine) as session:
        actor = coordinator(closed)
        job = begin_bundle(
            session, actor, RequestedBundle("evidence", closed.period.id, [closed.clinic.id], "id")
        )
    run(engine, job.id, lambda *given: ("bukti.zip", b"zip"))
    assert downloads(look(monkeypatch, actor)) == ["Unduh bukti.zip"]
    assert downloads(look(monkeypatch, official(closed))) == []


def test_the_office_tells_how_the_answers_were_collected(
    engine: Engine, closed: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = look(monkeypatch, official(closed))
    key = f"collecting_0_{closed.clinic.id}_{closed.period.id}"
    app.text_area(f"{key}_team").set_value("Ketua:\vAni *dan* \uf0b7 Budi")
    saves = [button for button in app.button if str(button.key).startswith(f"FormSubmitter:{key}-")]
    working(saves[0].click().run())
    assert "Keterangan pelaksanaan tersimpan." in [one.value for one in app.success]
    with reading(engine) as session:
        (kept,) = session.scalars(select(CollectionNote))
    assert kept.team == "Ketua:\nAni *dan* • Budi"
    assert any("terisi, 0 foto" in one.label for one in app.expander)


def test_who_only_reads_is_not_asked_how_it_was_collected(
    closed: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = look(monkeypatch, Actor(1, "Ani", analyst=True))
    assert not app.text_area
