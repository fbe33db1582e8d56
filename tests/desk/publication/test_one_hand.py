"""An administrator resets two analysts, and comes in as both: the scores are not sealed."""

from datetime import timedelta
from uuid import UUID

from accounts.actors import Actor
from accounts.rules import log_in_rules
from desk.admin.users import confirm_owner, reset_password
from desk.index.perception import Scoring
from desk.publication.publishing import approve, prepare
from models import Role, User, time_moved, writing
from tests.desk.conftest import House
from tests.desk.publication.test_approving import SECRET, district, everything
from tests.door import DoorVisitor, a_door
from tests.refusing import refusing

__all__ = ["district"]

SPAN = log_in_rules().two_people_span


def as_analyst(house: House, name: str) -> Actor:
    """Whoever resets the analyst's password and comes in with it, at the door itself."""
    with writing(house.engine) as session:
        password = reset_password(session, house.administrator, house.actors[name].user_id)
    visitor = DoorVisitor(a_door(house.engine))
    visitor.knock(name.replace("_", "."), password)
    visitor.change(password)
    visitor.enrol()
    actor = visitor.actor(house.engine)
    assert actor is not None
    assert actor.analyst
    return actor


def sealed(house: House, actor: Actor, publication: UUID) -> None:
    """Approves what was prepared."""
    with writing(house.engine) as session:
        approve(session, actor, publication, SECRET)


def test_an_administrator_resets_two_analysts(district: House) -> None:
    first, second = (as_analyst(district, name) for name in ("analyst", "second_analyst"))
    with writing(district.engine) as session:
        publication = prepare(session, first, Scoring(everything(), 2025)).id
    with refusing("This takes two people"):
        sealed(district, second, publication)
    with time_moved(SPAN - timedelta(hours=1)), refusing("This takes two people"):
        sealed(district, second, publication)
    assert "approve_publication" not in district.acts()
    with writing(district.engine) as session:
        other = User(username="wakil", name="Wakil", password_hash="x", active=True)
        session.add_all([other, Role(role="administrator", user=other)])
        session.flush()
        confirm_owner(session, Actor(other.id, "Wakil", administrator=True), second.user_id)
    sealed(district, second, publication)


def test_resets_after_the_preparation_count_as_well(district: House) -> None:
    with writing(district.engine) as session:
        publication = prepare(session, district.analyst, Scoring(everything(), 2025)).id
    for name in ("analyst", "second_analyst"):
        second = as_analyst(district, name)
    with refusing("This takes two people"):
        sealed(district, second, publication)
    with time_moved(SPAN + timedelta(hours=1)):
        sealed(district, second, publication)
