"""The second factor: who needs it, how it is set up, that each code works once."""

import re
from collections import Counter
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import Engine, select

from accounts.__main__ import main
from accounts.failures import TooManyTries
from accounts.keyed import decrypt
from accounts.log_in import CLICKED_TWICE, COOKIE, find_entry, give_code, renewed_just_now
from accounts.rules import log_in_rules
from accounts.users import add_user
from models import AuditEvent, LogIn, RecoveryCode, Role, SecondFactor, User, now, reading, writing
from tests.door import SECRET, DoorVisitor, a_door, id_of
from tests.world import a_district

RULES = log_in_rules()


def an_account(engine: Engine, role: str | None, demonstration: bool = False) -> DoorVisitor:
    """Somebody of that role who has just given the right password."""
    with writing(engine) as session:
        world = a_district(session)
        user, password = add_user(session, "budi", "Budi Santoso")
        user.demonstration = demonstration
        if role:
            unit = world.clinic.id if role == "official" else None
            place = world.district.id if role == "coordinator" else None
            user.roles.append(Role(role=role, unit_id=unit, institution_id=place))
    visitor = DoorVisitor(a_door(engine))
    visitor.knock("budi", password)
    visitor.password = password  # type: ignore[attr-defined]
    return visitor


def again(visitor: DoorVisitor) -> DoorVisitor:
    """The same person at another browser, after the password."""
    other = DoorVisitor(visitor.app, "198.51.100.9", key=visitor.key, recovery=visitor.recovery)
    other.knock("budi", visitor.password)  # type: ignore[attr-defined]
    return other


@pytest.mark.parametrize(
    ("role", "leads_to"),
    [
        ("analyst", "/faktor"),
        ("administrator", "/faktor"),
        ("coordinator", "/faktor"),
        ("official", "/beranda"),
        (None, "/beranda"),
    ],
)
def test_whose_role_decides_sets_it_up_before_anything_else(
    engine: Engine, role: str | None, leads_to: str
) -> None:
    budi = an_account(engine, role)
    assert budi.leads_to() == leads_to
    assert (budi.actor(engine) is None) == (leads_to == "/faktor")
    assert budi.enrol().status == 200  # offered to all
    assert len(budi.recovery) == RULES.second_factor.recovery_codes
    assert budi.leads_to() == "/beranda"
    assert budi.actor(engine) is not None


def test_invented_people_of_the_demonstration_need_none(engine: Engine) -> None:
    assert an_account(engine, "analyst", demonstration=True).leads_to() == "/beranda"


def test_a_role_given_later_asks_for_it_at_the_next_step(engine: Engine) -> None:
    budi = an_account(engine, None)
    assert budi.actor(engine) is not None
    with writing(engine) as session:
        session.add(Role(role="analyst", user=session.scalars(select(User)).one()))
    assert budi.actor(engine) is None
    assert budi.leads_to() == "/faktor"


def test_the_code_is_asked_after_the_password_and_works_once(engine: Engine) -> None:
    budi = an_account(engine, "analyst")
    budi.enrol()
    first, second = again(budi), again(budi)
    for path in ("/sandi", "/faktor", "/masuk"):
        assert first.get(path).headers["location"] == "/kode"
    assert first.actor(engine) is None
    assert first.post("/kode", code=budi.code()).status == 401  # used when it was set up
    code = budi.code(after=1)
    assert first.post("/kode", code=f" {code[:3]} {code[3:]} ").headers["location"] == "/beranda"
    assert second.post("/kode", code=code).status == 401
    assert second.actor(engine) is None
    assert first.actor(engine) is not None


def test_who_knows_the_cookie_from_before_the_code_has_nothing(engine: Engine) -> None:
    budi = an_account(engine, "analyst")
    budi.enrol()
    owner = again(budi)
    knowing = DoorVisitor(budi.app, cookies=dict(owner.cookies))
    assert owner.post("/kode", code=budi.code(after=1)).headers["location"] == "/beranda"
    assert owner.actor(engine) is not None
    assert knowing.actor(engine) is None
    assert knowing.leads_to() == "/masuk"
    assert knowing.post("/kode", code="000000").headers["location"] == "/masuk"


def test_who_clicks_twice_is_let_in_all_the_same(engine: Engine) -> None:
    budi = an_account(engine, "analyst")
    budi.enrol()
    first = again(budi)
    second = DoorVisitor(budi.app, cookies=dict(first.cookies))
    code = budi.code(after=1)
    first.post("/kode", code=code)
    assert second.post("/kode", code=code).headers["location"] == "/beranda"
    assert first.cookies[COOKIE] == second.cookies[COOKIE]
    with reading(engine) as session:
        later = now() + CLICKED_TWICE
        assert not renewed_just_now(session, first.cookies[COOKIE], later)


def test_a_recovery_code_works_once_and_is_noted(engine: Engine) -> None:
    budi = an_account(engine, "analyst")
    budi.enrol()
    code = budi.recovery[0].upper().replace("-", " ")
    assert again(budi).post("/kode", code=code).headers["location"] == "/beranda"
    assert again(budi).post("/kode", code=code).status == 401
    with reading(engine) as session:
        acts = session.scalars(select(AuditEvent.act)).all()
        left = session.scalars(select(RecoveryCode.code_hash)).all()
    assert acts.count("use_recovery_code") == 1
    assert len(left) == RULES.second_factor.recovery_codes - 1
    assert not set(left) & set(budi.recovery)


def test_wrong_codes_wait_wherever_they_come_from(engine: Engine) -> None:
    budi = an_account(engine, "analyst")
    budi.enrol()
    for _ in range(RULES.tries.code.most):
        assert again(budi).post("/kode", code="000000").status == 401
    answer = again(budi).post("/kode", code=budi.code(after=1))
    assert answer.status == 429
    assert int(answer.headers["retry-after"]) <= RULES.tries.code.minutes * 60 + 1


def test_wrong_codes_that_come_at_once_are_counted_one_by_one(engine: Engine) -> None:
    budi = an_account(engine, "analyst")
    budi.enrol()
    with reading(engine) as session:
        entry = find_entry(session, again(budi).cookies[COOKIE], now())
    assert entry is not None
    start, outcomes = Barrier(3 * RULES.tries.code.most), Counter[str]()

    def guess() -> None:
        start.wait()
        try:
            with writing(engine) as session:
                give_code(session, SECRET, entry, "000000", now())
            outcomes["tried"] += 1
        except TooManyTries:
            outcomes["waits"] += 1

    guesses = [Thread(target=guess) for _ in range(start.parties)]
    for one in guesses:
        one.start()
    for one in guesses:
        one.join()
    assert outcomes == {"tried": RULES.tries.code.most, "waits": 2 * RULES.tries.code.most}


def test_only_so_many_wrong_codes_a_day(engine: Engine) -> None:
    budi = an_account(engine, "analyst")
    budi.enrol()
    moment, tries = now(), RULES.tries
    pause = tries.code.within / (tries.code.most - 1)
    cookie = again(budi).cookies[COOKIE]
    with writing(engine) as session:
        entry = find_entry(session, cookie, now())
        assert entry is not None
        for one in range(tries.codes_a_day.most):
            at = moment - (tries.codes_a_day.most - one) * pause
            assert not give_code(session, SECRET, entry, "000000", at)
    answer = again(budi).post("/kode", code=budi.code(after=1))
    assert answer.status == 429
    assert int(answer.headers["retry-after"]) > tries.code.minutes * 60


def test_nobody_waits_for_a_code_for_long(engine: Engine) -> None:
    budi = an_account(engine, "analyst")
    budi.enrol()
    cookie = again(budi).cookies[COOKIE]
    late = now() + RULES.log_ins.for_the_code
    with reading(engine) as session:
        assert find_entry(session, cookie, late - timedelta(minutes=1)) is not None
        assert find_entry(session, cookie, late) is None


def test_what_is_kept_tells_no_code(engine: Engine) -> None:
    budi = an_account(engine, "analyst")
    budi.enrol()
    user = str(id_of(engine, "budi"))
    with reading(engine) as session:
        kept = session.scalars(select(SecondFactor)).one().encrypted
    assert budi.key not in kept
    assert decrypt(SECRET, kept, user) == budi.key
    for secret, whose in ((bytes(32), user), (SECRET, "99")):
        with pytest.raises(InvalidTag):
            decrypt(secret, kept, whose)


def test_a_wrong_first_code_keeps_nothing(engine: Engine) -> None:
    budi = an_account(engine, "analyst")
    shown = budi.get("/faktor").text
    assert "data:image/svg+xml" in shown
    key = re.search(r"<code>([A-Z2-7 ]+)</code>", shown)
    assert key
    refused = budi.post("/faktor", code="123")
    assert refused.status == 401
    assert key[1] in refused.text  # the telephone need not read it in again
    with reading(engine) as session:
        assert session.scalars(select(SecondFactor)).all() == []


def test_its_owner_lets_go_of_it_against_a_code_and_sets_up_another(engine: Engine) -> None:
    budi = an_account(engine, "analyst")
    budi.enrol()
    old = budi.key
    assert budi.post("/faktor", code="000000").status == 401
    assert budi.actor(engine) is not None
    assert "Pasang" in budi.post("/faktor", code=budi.recovery[0]).text
    assert budi.actor(engine) is None  # the role asks for one
    budi.enrol()
    assert budi.key != old
    assert budi.actor(engine) is not None


def test_other_browsers_are_asked_for_the_code_once_there_is_one(engine: Engine) -> None:
    budi = an_account(engine, "official")
    other = again(budi)
    assert other.actor(engine) is not None
    budi.enrol()
    assert other.actor(engine) is None
    assert other.leads_to() == "/kode"


def test_who_has_the_server_takes_a_lost_one(
    engine: Engine,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    budi = an_account(engine, "administrator")
    assert main(["second-factor", "budi"]) == 2
    assert "no two-step verification" in capsys.readouterr().err
    budi.enrol()
    assert main(["second-factor", "tiada"]) == 2
    assert main(["second-factor", "budi"]) == 0
    assert "at the next log-in" in capsys.readouterr().out
    assert budi.actor(engine) is None
    with reading(engine) as session:
        assert all(one.ended_at for one in session.scalars(select(LogIn)))
    assert again(budi).leads_to() == "/faktor"
    told = again(budi).get("/faktor").text
    assert "dihapus oleh baris perintah" in told
