"""The screens of a round: a coordinator proposes, an analyst chooses, findings are answered."""

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import Engine

from accounts.actors import Actor
from desk.assessment.assessments import assess
from desk.assessment.fieldwork import Judging
from desk.assessment.findings import NewFinding, answer_finding, write_finding
from desk.assessment.rounds import (
    SubjectChoice,
    UnitProposal,
    UnproposedUnit,
    choose_beyond,
    choose_subjects,
    open_round,
    propose_units,
)
from desk.index.progress import unit_progress
from models import Role, Session, User, reading, writing
from tests.desk.conftest import another_district
from tests.fieldwork import a_supervisor, assign, judged_alike
from tests.lasting import lasting
from tests.screens.seen import Office, an_office, look, press, said, working

SCHEME = lasting("compliance-2021")
WHY = "paling banyak dipakai warga"


@dataclass(frozen=True)
class Ombudsman:
    """An office, and the analyst who assesses it."""

    office: Office
    analyst: Actor

    def open(self) -> int:
        with writing(self.office.engine) as session:
            return open_round(session, self.analyst, 2025, SCHEME).id

    def propose(self, round_id: int) -> None:
        with writing(self.office.engine) as session:
            clinic = self.office.world.clinic.id
            proposal = UnitProposal([clinic], "puskesmas", ["spm"], WHY)
            propose_units(session, self.office.coordinator, round_id, proposal)

    def choose(self, round_id: int) -> None:
        """The clinic, fully judged, and the registry, which is not."""
        world = self.office.world
        with writing(self.office.engine) as session:
            choose_beyond(
                session, self.analyst, round_id, UnproposedUnit(world.clinic.id, "puskesmas", WHY)
            )
            choose_beyond(
                session, self.analyst, round_id, UnproposedUnit(world.registry.id, "office", WHY)
            )
            self.judge(session, world.clinic.id, 3)

    def judge(self, session: Session, unit: int, rung: int) -> None:
        """Every item of every product."""
        assign(session, self.analyst, unit, [self.analyst.user_id], 2025)
        judgements = judged_alike(session, unit, 2025, rung, SCHEME)
        assess(session, self.analyst, Judging(SCHEME, 2025), judgements)


@pytest.fixture
def ombudsman(engine: Engine) -> Ombudsman:
    office = an_office(engine)
    with writing(engine) as session:
        analyst = User(id=4, username="dewi", name="Dewi", password_hash="-", active=True)
        analyst.roles = [Role(role="analyst")]
        session.add(analyst)
    return Ombudsman(office, Actor(4, "Dewi", analyst=True))


def test_without_a_round_the_screens_say_so(
    ombudsman: Ombudsman, monkeypatch: pytest.MonkeyPatch
) -> None:
    for screen in ("proposals", "findings"):
        told = said(look(monkeypatch, screen, ombudsman.office.coordinator))
        assert "Belum ada penilaian tahun ini" in told
    app = look(monkeypatch, "sampling", ombudsman.analyst)
    app.number_input("open_round_0_year").set_value(2025)
    press(app, "Buka penilaian")
    assert "Penilaian tahun 2025 dibuka." in said(app)
    assert "Belum ada unit yang dipilih" in said(app)
    assert "Belum ada usulan dan pilihan" in said(app)


def test_a_coordinator_proposes_and_withdraws(
    ombudsman: Ombudsman, monkeypatch: pytest.MonkeyPatch
) -> None:
    ombudsman.open()
    app = look(monkeypatch, "proposals", ombudsman.office.coordinator)
    assert "Dinas atau kantor: 0 dari 5" in said(app)
    assert "Belum ada usulan" in said(app)
    app.multiselect("propose_0_units").set_value([ombudsman.office.world.clinic.id])
    app.selectbox("propose_0_kind").set_value("puskesmas")
    app.multiselect("propose_0_marks").set_value(["spm"])
    press(app, "Kirim usulan")
    assert r"10 sampai 2\.000 huruf" in app.table[0].value.to_string()
    app.text_area("propose_0_reason").set_value(f"{WHY} [x](http://x)")
    press(app, "Kirim usulan")
    told = said(app)
    assert "Puskesmas: 1 dari 2" in told
    assert "**Puskesmas Langgur** · Puskesmas · Pelaksana standar pelayanan minimal" in told
    assert "[x](" not in told
    app.text_area("withdraw_proposal_1_reason").set_value("pindah gedung bulan depan")
    press(app, "Tarik")
    assert "Usulan ditarik" in said(app)
    assert "Belum ada usulan" in said(app)


def test_an_analyst_chooses_among_proposals_and_beyond(
    ombudsman: Ombudsman, monkeypatch: pytest.MonkeyPatch
) -> None:
    ombudsman.propose(ombudsman.open())
    world = ombudsman.office.world
    app = look(monkeypatch, "sampling", ombudsman.analyst)
    app.multiselect("choose_proposed_0_units").set_value([world.clinic.id])
    press(app, "Pilih unit ini")
    assert "Sementara: 0 dari 1 unit sampel bernilai" in said(app)
    app.text_area("choose_beyond_1_reason").set_value("banyak keluhan warga")
    press(app, "Pilih unit")
    assert "Sementara: 0 dari 2 unit sampel bernilai" in said(app)
    assert "Tidak ada usulan instansi yang belum dipilih" in said(app)
    app.selectbox(f"sampling_unit_{world.district.id}").set_value(world.registry.id)
    app.run()
    assert "Dipilih di luar usulan: banyak keluhan warga" in said(app)


def test_subjects_and_assessors_are_chosen_and_progress_told(
    ombudsman: Ombudsman, monkeypatch: pytest.MonkeyPatch
) -> None:
    ombudsman.choose(ombudsman.open())
    world = ombudsman.office.world
    app = look(monkeypatch, "sampling", ombudsman.analyst)
    assert "Sementara: 1 dari 2 unit sampel bernilai" in said(app)
    app.selectbox(f"sampling_unit_{world.district.id}").set_value(world.clinic.id)
    app.run()
    assert "Semua nilainya ada" in said(app)
    subjects = f"choose_subjects_{world.clinic.id}_0"
    app.multiselect(f"{subjects}_products").set_value(["layanan-1"])
    app.number_input(f"{subjects}_petugas").set_value(3)
    app.text_input(f"{subjects}_reason").set_value("satu layanan dihentikan")
    save = [one for one in app.button if one.proto.form_id == subjects]
    save[0].click().run()
    assert "Produk layanan: 1 dari 2 · Petugas pelayanan: 3 dari 4" in said(app)
    assert "Standar pelayanan: dipilih 1, seharusnya 2" in said(app)
    assert "Dewi: 14, nilai untuk produk atau narasumber yang tidak dipilih" in said(app)
    assessors = f"choose_assessors_{world.clinic.id}_1"
    app.multiselect(f"{assessors}_who").set_value([ombudsman.analyst.user_id])
    save = [one for one in app.button if one.proto.form_id == assessors]
    save[0].click().run()
    assert not app.exception
    assert "Dewi: 14 dari 14 (100" in said(app)


def test_a_shortfall_is_waived_by_two_and_the_unit_signed_off(
    ombudsman: Ombudsman, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, world = ombudsman.open(), ombudsman.office.world
    ombudsman.choose(one)
    with writing(ombudsman.office.engine) as session:
        short = SubjectChoice(["layanan-1"], {}, "satu layanan dihentikan")
        choose_subjects(session, ombudsman.analyst, one, world.clinic.id, short)
        supervisor = a_supervisor(session)
    unit, key = f"sampling_unit_{world.district.id}", f"propose_waiver_{world.clinic.id}_0"
    app = look(monkeypatch, "sampling", ombudsman.analyst)
    app.selectbox(unit).set_value(world.clinic.id)
    app.run()
    app.text_area(f"{key}_reason").set_value("layanan lain sedang <b>dihentikan</b>")
    press(app, "Usulkan")
    assert "Usulan ini dari Anda" in said(app)
    assert "<b>" not in said(app)
    app = look(monkeypatch, "sampling", supervisor)
    app.selectbox(unit).set_value(world.clinic.id)
    app.run()
    press(app, "Setujui dispensasi")
    assert "Sementara: 1 dari 2 unit sampel bernilai" in said(app)
    assert "Nilai ini berdiri dengan dispensasi" in said(app)
    press(app, "Sahkan unit ini")
    assert "Disahkan Pengawas" in said(app)
    with reading(ombudsman.office.engine) as session:
        (done, _) = sorted(
            unit_progress(session, ombudsman.analyst, one, world.district.id),
            key=lambda each: each.unit.id != world.clinic.id,
        )
    assert done.signed is not None
    assert done.signed.holds


def test_a_finding_is_told_answered_and_accepted(
    ombudsman: Ombudsman, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = ombudsman.open()
    official = ombudsman.office.official
    assert "Belum ada temuan untuk unit Anda" in said(look(monkeypatch, "findings", official))
    assert "Belum ada unit sampel yang dinilai" in said(
        look(monkeypatch, "findings", ombudsman.analyst)
    )
    ombudsman.choose(one)
    app = look(monkeypatch, "findings", ombudsman.analyst)
    app.selectbox("write_finding_0_kind").set_value("procedure")
    app.text_area("write_finding_0_text").set_value("Alur perlu ditinjau <b>ulang</b>")
    press(app, "Sampaikan")
    assert "**1 temuan masih terbuka**" in said(app)
    app = look(monkeypatch, "findings", official)
    assert "Alur perlu ditinjau <b>ulang</b>" in said(app)
    app.text_area("answer_1_0_text").set_value("Alur sudah dipangkas")
    press(app, "Kirim jawaban")
    assert "Jawaban dikirim." in said(app)
    assert not app.text_area
    app = look(monkeypatch, "findings", ombudsman.analyst)
    app.text_area("decide_finding_1_0_text").set_value("Sudah terlihat di loket")
    press(app, "Terima jawaban")
    assert "Semua temuan sudah dijawab dan diterima." in said(app)


def test_the_address_says_which_round(
    ombudsman: Ombudsman, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Home's way to a finding of a round that is not the newest."""
    ombudsman.open()
    with writing(ombudsman.office.engine) as session:
        open_round(session, ombudsman.analyst, 2026, SCHEME)
    newest = look(monkeypatch, "findings", ombudsman.analyst)
    older = look(monkeypatch, "findings", ombudsman.analyst, tahun="2025")
    assert newest.query_params["tahun"] == "2026"
    assert older.query_params["tahun"] == "2025"


def test_others_see_no_finding(ombudsman: Ombudsman, monkeypatch: pytest.MonkeyPatch) -> None:
    one = ombudsman.open()
    ombudsman.choose(one)
    world = ombudsman.office.world
    with writing(ombudsman.office.engine) as session:
        finding = write_finding(
            session, ombudsman.analyst, one, NewFinding(world.clinic.id, "finding", WHY)
        )
        answer_finding(session, ombudsman.office.official, finding.id, WHY)
    other = replace(ombudsman.office.official, units=frozenset({world.registry.id}))
    assert WHY not in said(look(monkeypatch, "findings", other))


def test_the_league_shows_who_is_provisional_beside_who_is_not(
    ombudsman: Ombudsman, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = ombudsman.open()
    ombudsman.choose(one)
    with writing(ombudsman.office.engine) as session:
        other = another_district(session, "lain")
        choose_beyond(session, ombudsman.analyst, one, UnproposedUnit(other.id, "office", WHY))
        ombudsman.judge(session, other.id, 4)
    app = look(monkeypatch, "scores", ombudsman.analyst)
    app.selectbox("scores_scheme").set_value("compliance-2021")
    shown = working(app.run()).dataframe[0].value
    assert shown["Keterangan"].to_list()[-1] == "Sementara: 1 dari 2 unit bernilai"
    assert shown["Zona"].notna().to_list() == [True, False]
    assert shown["Peringkat"].notna().to_list() == [True, False]
