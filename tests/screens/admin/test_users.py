"""What an administrator is offered of another's account: the telephone that is lost, the owner."""

import pytest
from sqlalchemy import Engine

from accounts.actors import Actor
from accounts.credentials import hands_of
from accounts.second_factor import has_factor
from desk.admin.users import create_user, grant_role
from models import User, now, reading, writing
from screens.admin.users import CHOSEN
from tests.door import DoorVisitor, a_door
from tests.screens.seen import look, press, said, working

LOST, CONFIRM = "Hapus verifikasi dua langkah", "Ya, saya sudah berbicara dengannya"


def people(engine: Engine) -> tuple[Actor, Actor, int]:
    """Two administrators, and an analyst whom the first one made and who has come in."""
    with writing(engine) as session:
        both = [
            User(username=name, name=name.title(), password_hash="-", active=True)
            for name in ("dewi", "wakil")
        ]
        session.add_all(both)
        session.flush()
        first, second = (Actor(one.id, one.name, administrator=True) for one in both)
        budi, password = create_user(session, first, "budi", "Budi Santoso")
        grant_role(session, first, budi.id, "analyst")
    visitor = DoorVisitor(a_door(engine))
    visitor.knock("budi", password)
    visitor.change(password)
    visitor.enrol()
    return first, second, budi.id


def test_another_administrator_confirms_the_owner(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, budi = people(engine)
    for actor, told in ((first, "Anda belum dapat memastikan pemiliknya"), (second, "dipastikan")):
        app = look(monkeypatch, "users", actor)
        app.session_state[CHOSEN] = budi
        app = press(working(app.run()), CONFIRM)
        assert told in said(app)
    assert not [button for button in app.button if button.label == CONFIRM]
    with reading(engine) as session:
        assert not hands_of(session, budi, now())


def test_a_lost_telephone_is_taken_by_who_did_not_set_the_password(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _, budi = people(engine)
    app = look(monkeypatch, "users", first)
    app.session_state[CHOSEN] = budi
    app = press(working(app.run()), LOST)
    assert "Verifikasi dua langkah dihapus." in said(app)
    with reading(engine) as session:
        assert not has_factor(session, budi)
    app = press(app, "Atur ulang kata sandi")
    assert "tidak boleh diatur oleh administrator yang sama" in said(app)


def test_ones_own_account_offers_neither(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _, _ = people(engine)
    app = look(monkeypatch, "users", first)
    app.session_state[CHOSEN] = first.user_id
    app = working(app.run())
    labels = {button.label for button in app.button}
    assert not labels & {LOST, CONFIRM, "Atur ulang kata sandi"}
    assert "akun Anda sendiri" in said(app)
