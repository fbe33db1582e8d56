"""Four eyes are two people: what one administrator can not do with other people's accounts."""

import ast
from datetime import timedelta
from pathlib import Path

from accounts.actors import Actor
from accounts.rules import log_in_rules
from accounts.two_people import require_two_people
from desk.admin.users import (
    confirm_owner,
    create_user,
    grant_role,
    is_set_by_others,
    reset_password,
    reset_second_factor,
)
from desk.papers.announcing import approve
from models import Role, User, reading, time_moved, writing
from tests.desk.conftest import House
from tests.desk.office.test_withdrawals import decide, propose
from tests.desk.papers.test_announcing import prepared as prepared_announcement
from tests.desk.unit.test_results import close, load, rows
from tests.door import DoorVisitor, a_door
from tests.kept import kept
from tests.refusing import refusing

DESK = Path(__file__).parents[3] / "desk"
# The refusals by which an act says that it takes a second person.
OF_TWO = {
    "own_publication",
    "own_announcement",
    "own_withdrawal",
    "own_waiver",
    "own_fieldwork",
    "own_item_settled",
    "own_objection",
    "own_trusted_key",
}
SPAN = log_in_rules().two_people_span
ONE_HAND = "This takes two people"


@kept
def second(house: House) -> Actor:
    """Another administrator, whom nobody set."""
    with writing(house.engine) as session:
        user = User(username="wakil", name="Wakil", password_hash="x", active=True)
        user.roles.append(Role(role="administrator"))
        session.add(user)
        session.flush()
        return Actor(user.id, "Wakil", administrator=True)


def reset(house: House, *people: str, by: Actor | None = None) -> None:
    """An administrator resets the passwords of these people."""
    with writing(house.engine) as session:
        for one in people:
            reset_password(session, by or house.administrator, house.actors[one].user_id)


def two_people(house: House, one: str = "second_analyst", other: str = "analyst") -> None:
    """Asks whether what the other began may be ended by the one."""
    with reading(house.engine) as session:
        require_two_people(session, house.actors[one], [house.actors[other].user_id])


def test_two_whom_nobody_set_are_two_people(house: House) -> None:
    two_people(house)
    reset(house, "analyst")
    two_people(house)


def test_an_administrator_who_reset_two_analysts_is_behind_both(house: House) -> None:
    reset(house, "analyst", "second_analyst")
    with refusing(f'{ONE_HAND}, but "administrator" set both your account and that of'):
        two_people(house)
    with refusing("ask another administrator to confirm"):
        two_people(house, "analyst", "second_analyst")


def test_it_ends_after_the_stated_days(house: House) -> None:
    reset(house, "analyst", "second_analyst")
    with time_moved(SPAN - timedelta(minutes=1)), refusing(ONE_HAND):
        two_people(house)
    with time_moved(SPAN + timedelta(minutes=1)):
        two_people(house)


def test_their_owners_new_passwords_do_not_end_it(house: House) -> None:
    """Whoever holds the first password can choose the second one too."""
    for one in ("analyst", "second_analyst"):
        with writing(house.engine) as session:
            password = reset_password(session, house.administrator, house.actors[one].user_id)
        visitor = DoorVisitor(a_door(house.engine))
        visitor.knock(one.replace("_", "."), password)
        visitor.change(password)
        visitor.enrol()
        assert visitor.actor(house.engine) is not None
    with refusing(ONE_HAND):
        two_people(house)


def test_two_administrators_who_reset_one_each_do_no_harm(house: House, second: Actor) -> None:
    reset(house, "analyst")
    reset(house, "second_analyst", by=second)
    two_people(house)


def test_another_administrator_confirms_an_owner(house: House, second: Actor) -> None:
    reset(house, "analyst", "second_analyst")
    with writing(house.engine) as session:
        assert is_set_by_others(session, second, house.analyst.user_id)
        confirm_owner(session, second, house.analyst.user_id)
        assert not is_set_by_others(session, second, house.analyst.user_id)
        with refusing("so already"):
            confirm_owner(session, second, house.analyst.user_id)
    two_people(house)
    assert house.last_act().act == "confirm_owner"
    reset(house, "analyst")
    with refusing(ONE_HAND):
        two_people(house)


def test_nobody_confirms_what_they_set_or_the_own_account(house: House, second: Actor) -> None:
    reset(house, "analyst")
    with writing(house.engine) as session:
        with refusing("you cannot confirm its owner"):
            confirm_owner(session, house.administrator, house.analyst.user_id)
        reset_password(session, house.administrator, second.user_id)
        with refusing("own account"):
            confirm_owner(session, second, second.user_id)
        with refusing("you cannot confirm its owner"):  # made by the same hand
            confirm_owner(session, second, house.analyst.user_id)


def test_an_administrator_of_ones_own_making_confirms_nothing(house: House) -> None:
    reset(house, "analyst", "second_analyst")
    with writing(house.engine) as session:
        made, _ = create_user(session, house.administrator, "boneka", "Boneka")
        grant_role(session, house.administrator, made.id, "administrator")
        puppet = Actor(made.id, "Boneka", administrator=True)
        with refusing("you cannot confirm its owner"):
            confirm_owner(session, puppet, house.analyst.user_id)


def test_accounts_made_or_given_their_role_by_one_are_in_one_hand(house: House) -> None:
    with writing(house.engine) as session:
        made = [create_user(session, house.administrator, f"baru{one}", "Baru")[0] for one in "ab"]
    with time_moved(SPAN + timedelta(days=1)):
        with writing(house.engine) as session:
            for one in made:
                grant_role(session, house.administrator, one.id, "analyst")
        with reading(house.engine) as session, refusing(ONE_HAND):
            require_two_people(session, Actor(made[0].id, "a", analyst=True), [made[1].id])


def test_who_administered_and_then_analyses_is_no_second_person(house: House) -> None:
    reset(house, "analyst")
    former = Actor(house.administrator.user_id, "administrator", analyst=True)
    with reading(house.engine) as session, refusing(ONE_HAND):
        require_two_people(session, former, [house.analyst.user_id])


def test_a_wrong_clock_ends_with_the_next_reset(house: House) -> None:
    with time_moved(timedelta(days=365)):
        reset(house, "analyst", "second_analyst")
    with refusing(ONE_HAND):
        two_people(house)
    reset(house, "analyst", "second_analyst")
    with time_moved(SPAN + timedelta(minutes=1)):
        two_people(house)


def test_one_administrator_never_holds_both_keys(house: House, second: Actor) -> None:
    """So that none can act in anybody's name: neither key alone lets somebody in."""
    door, analyst = a_door(house.engine), house.analyst.user_id
    with writing(house.engine) as session:
        first = reset_password(session, second, analyst)
    owner, thief = DoorVisitor(door), DoorVisitor(door, "198.51.100.3")
    owner.knock("analyst", first)
    owner.change(first)
    owner.enrol()
    with writing(house.engine) as session:
        taken = reset_password(session, house.administrator, analyst)
        with refusing("cannot set both the password and the two-step verification"):
            reset_second_factor(session, house.administrator, analyst)
    assert thief.knock("analyst", taken).headers["location"] == "/kode"
    assert thief.actor(house.engine) is None
    with writing(house.engine) as session:
        reset_second_factor(session, second, analyst)
        with refusing("cannot set both the password and the two-step verification"):
            reset_password(session, second, analyst)
    owner.knock("analyst", taken)
    owner.change(taken, "atap genteng pisang biru")
    assert "dihapus oleh Wakil" in owner.get("/faktor").text
    owner.enrol()
    assert owner.actor(house.engine) is not None


def test_a_second_factor_that_is_not_there_is_not_reset(house: House) -> None:
    with writing(house.engine) as session, refusing("has no two-step verification"):
        reset_second_factor(session, house.administrator, house.official.user_id)


def test_nobody_resets_the_own_password_past_the_present_one(house: House) -> None:
    with writing(house.engine) as session, refusing("own account"):
        reset_password(session, house.administrator, house.administrator.user_id)


def test_a_withdrawal_takes_two_people(house: House) -> None:
    proposal = propose(house, house.coordinator, load(house, rows(10)))
    reset(house, "coordinator", "analyst")
    with refusing(ONE_HAND):
        decide(house, house.analyst, proposal)
    decide(house, house.second_analyst, proposal)


def test_an_announcement_takes_two_people(house: House) -> None:
    house.rate(3, 7)
    close(house)
    key = prepared_announcement(house)
    reset(house, "official", "coordinator")
    with writing(house.engine) as session, refusing(ONE_HAND):
        approve(session, house.coordinator, key)


def test_every_act_that_takes_two_asks_for_two_people() -> None:
    """Read from the desk itself: whoever refuses the same account refuses the same hand."""
    asked: dict[str, bool] = {}
    for file in DESK.rglob("*.py"):
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                words = {
                    word
                    for node in ast.walk(function)
                    if (word := getattr(node, "value", getattr(node, "id", None)))
                    if isinstance(word, str)
                }
                for code in words & OF_TWO:
                    asked[code] = "require_two_people" in words
    assert asked == dict.fromkeys(OF_TWO, True)
