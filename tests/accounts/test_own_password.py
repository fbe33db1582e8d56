"""A password set by another is changed before anything else, and its owner is told who set it."""

import pytest
from sqlalchemy import Engine, select

from accounts.actors import Actor, actor_of
from accounts.devices import DEVICES
from accounts.log_in import COOKIE
from accounts.users import add_user
from desk.admin.users import create_user, grant_role, reset_password
from models import CredentialChange, Role, reading, writing
from tests.door import OWN, DoorVisitor, a_door, id_of
from tests.refusing import refusing
from tests.world import a_district


def an_administrator(engine: Engine) -> Actor:
    """Dewi, who administers."""
    with writing(engine) as session:
        dewi, _ = add_user(session, "dewi", "Dewi Lestari")
        dewi.roles.append(Role(role="administrator"))
        session.flush()
        return actor_of(session, dewi)


def made_by(engine: Engine, administrator: Actor) -> str:
    """The first password of Budi, whose account the administrator makes."""
    with writing(engine) as session:
        return create_user(session, administrator, "budi", "Budi Santoso")[1]


def test_until_it_is_changed_nothing_else_opens(engine: Engine) -> None:
    password = made_by(engine, an_administrator(engine))
    budi = DoorVisitor(a_door(engine))
    assert budi.knock("budi", password).headers["location"] == "/sandi"
    assert budi.actor(engine) is None
    for path in ("/masuk", "/faktor", "/kode"):
        assert budi.get(path).headers["location"] == "/sandi"
    page = budi.get("/sandi").text
    assert "Akun ini dibuat oleh Dewi Lestari pada " in page
    assert "Halaman lain terbuka setelah itu." in page
    assert "Kembali bekerja" not in page
    assert budi.change(password).headers["location"] == "/beranda"
    assert budi.actor(engine) is not None
    assert "oleh Anda sendiri" in budi.get("/sandi").text


def test_who_is_reset_is_out_everywhere_and_told_by_whom(engine: Engine) -> None:
    dewi = an_administrator(engine)
    budi, old = DoorVisitor(a_door(engine)), made_by(engine, dewi)
    budi.knock("budi", old)
    budi.change(old)
    assert budi.actor(engine) is not None
    with writing(engine) as session:
        new = reset_password(session, dewi, id_of(engine, "budi"))
    assert budi.actor(engine) is None
    assert budi.knock("budi", OWN).status == 401
    assert budi.knock("budi", new).headers["location"] == "/sandi"
    told = budi.get("/sandi?lang=en").text
    assert "Your password was set by Dewi Lestari on " in told
    with reading(engine) as session:
        kept = session.execute(
            select(CredentialChange.what, CredentialChange.by_id).order_by(CredentialChange.id)
        )
        own = id_of(engine, "budi")
        assert [tuple(row) for row in kept] == [
            ("made", dewi.user_id),
            ("password", own),
            ("password", dewi.user_id),
        ]


@pytest.mark.parametrize(
    ("new", "again", "status", "told"),
    [
        ("pendek", "pendek", 422, "sedikitnya 12"),
        ("x" * 200, "x" * 200, 422, "paling banyak 128"),
        ("rahasia12345", "rahasia12345", 422, "mudah ditebak"),
        ("password1234", "password1234", 422, "sudah bocor"),
        ("santoso di atas atap", "santoso di atas atap", 422, "memuat nama Anda"),
        (OWN, OWN + " ", 422, "tidak sama"),
        ("", "", 422, "sedikitnya 12"),
    ],
)
def test_a_password_that_will_not_do_is_refused_with_the_reason(
    engine: Engine, new: str, again: str, status: int, told: str
) -> None:
    password = made_by(engine, an_administrator(engine))
    budi = DoorVisitor(a_door(engine))
    budi.knock("budi", password)
    answer = budi.post("/sandi", password=password, new=new, again=again)
    assert answer.status == status
    assert told in answer.text
    assert budi.post("/sandi", password=password, new=password, again=password).status == 422
    wrong = budi.post("/sandi", password="salah", new=OWN, again=OWN)
    assert (wrong.status, "Kata sandi sekarang salah" in wrong.text) == (401, True)
    assert budi.leads_to() == "/sandi"


def test_a_new_password_keeps_this_browser_known_and_no_other(engine: Engine) -> None:
    password = made_by(engine, an_administrator(engine))
    here, there = (DoorVisitor(a_door(engine)) for _ in range(2))
    for one in (here, there):
        one.knock("budi", password)
    here.change(password)
    stranger = DoorVisitor(here.app, here.address)
    for _ in range(5):
        stranger.knock("budi", "salah")
    for one, status in ((here, 303), (there, 429), (stranger, 429)):
        one.cookies.pop(COOKIE, None)
        assert (one.knock("budi", OWN).status) == status
    assert {DEVICES} <= here.cookies.keys()


COORDINATOR, ANALYST = ("coordinator", "malra"), ("analyst", None)
OFFICIAL = ("official", "puskesmas-langgur")


@pytest.mark.parametrize(
    ("first", "second"),
    [(OFFICIAL, ANALYST), (ANALYST, OFFICIAL), (COORDINATOR, ANALYST), (ANALYST, COORDINATOR)],
)
def test_roles_that_do_not_go_together_are_refused_with_the_reason(
    engine: Engine, first: tuple[str, str | None], second: tuple[str, str | None]
) -> None:
    dewi = an_administrator(engine)
    with writing(engine) as session:
        a_district(session)
        user, _ = create_user(session, dewi, "budi", "Budi")
        grant_role(session, dewi, user.id, *first)
        with refusing("cannot be an official or coordinator of a rated unit too"):
            grant_role(session, dewi, user.id, *second)
        held = session.scalars(select(Role.role).where(Role.user_id == user.id)).all()
        assert held == [first[0]]
