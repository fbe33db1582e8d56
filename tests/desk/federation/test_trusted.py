"""Whose key is believed: two people say so, one is enough to end it."""

import pytest
from sqlalchemy import select

from accounts.actors import Forbidden
from analysis.publication.keys import fingerprint
from desk.admin.users import reset_password
from desk.federation.trusted import (
    decide_key,
    end_key,
    institutions_to_trust,
    key_in_force,
    propose_key,
    trusted_keys,
)
from models import AuditEvent, TrustedKey, reading, writing
from survey.signing import public_pem
from tests.desk.federation.instances import WHY_KEY, Instance
from tests.refusing import refusing

OLD, NEW = public_pem(bytes(32)), public_pem(bytes(range(32)))


def propose(nation: Instance, key: str = OLD, username: str = "siti", code: str = "buru") -> int:
    with writing(nation.engine) as session:
        person = nation.person(username)
        return propose_key(session, person, nation.place(code), key.encode(), WHY_KEY).id


def decide(nation: Instance, key: int, confirmed: bool = True, username: str = "ani") -> None:
    with writing(nation.engine) as session:
        decide_key(session, nation.person(username), key, confirmed)


def believed(nation: Instance, code: str = "buru") -> str | None:
    with reading(nation.engine) as session:
        key = key_in_force(session, nation.place(code))
        return key.public_key if key else None


def test_a_key_is_believed_once_a_second_person_confirmed_it(nation: Instance) -> None:
    key = propose(nation)
    assert believed(nation) is None
    decide(nation, key)
    assert believed(nation) == OLD
    with reading(nation.engine) as session:
        acts = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()[-2:]
        assert [one.act for one in acts] == ["propose_key", "confirm_key"]
        assert {one.details["sha256"] for one in acts} == {fingerprint(OLD)}
    with refusing("was decided on already"):
        decide(nation, key, False, "budi")


def test_one_turned_down_is_not(nation: Instance) -> None:
    decide(nation, propose(nation), confirmed=False)
    assert believed(nation) is None


def test_the_last_confirmed_takes_the_place_of_the_one_before(nation: Instance) -> None:
    first, second = propose(nation), propose(nation, NEW)
    decide(nation, second)
    decide(nation, first)
    assert believed(nation) == OLD
    with refusing("is believed for this institution already"):
        propose(nation, OLD)


def test_an_end_is_the_end_and_brings_no_older_key_back(nation: Instance) -> None:
    decide(nation, propose(nation))
    newest = propose(nation, NEW)
    decide(nation, newest)
    with writing(nation.engine) as session:
        end_key(session, nation.person("ani"), newest, "server daerah dicuri")
    assert believed(nation) is None
    with writing(nation.engine) as session, refusing("not believed anyway"):
        end_key(session, nation.person("siti"), newest, "server daerah dicuri")


def test_who_may(nation: Instance) -> None:
    key = propose(nation)
    for username in ("ani", "koor-buru"):
        with pytest.raises(Forbidden):
            propose(nation, username=username)
    for username in ("siti", "koor-buru"):
        with pytest.raises(Forbidden):
            decide(nation, key, username=username)
    with writing(nation.engine) as session:
        coordinator = nation.person("koor-buru")
        with pytest.raises(Forbidden):
            end_key(session, coordinator, key, "server daerah dicuri")
        with pytest.raises(Forbidden):
            trusted_keys(session, coordinator)
        with pytest.raises(Forbidden):
            institutions_to_trust(session, coordinator)


def test_one_hand_confirms_nothing_of_its_own(nation: Instance) -> None:
    """Whoever set the analyst's password is behind both halves."""
    key = propose(nation)
    with writing(nation.engine) as session:
        reset_password(session, nation.person("siti"), nation.person("ani").user_id)
    with refusing("This takes two people"):
        decide(nation, key)
    decide(nation, key, username="budi")
    assert believed(nation) == OLD


@pytest.mark.parametrize("key", ["", "kunci", OLD.replace("MCow", "AAAA"), OLD * 20])
def test_what_is_no_key_is_refused(nation: Instance, key: str) -> None:
    with refusing("an Ed25519 public key in PEM"):
        propose(nation, key)
    with reading(nation.engine) as session:
        assert len(session.scalars(select(TrustedKey)).all()) == 1
