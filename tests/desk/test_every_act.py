"""Every act of the desk, found in the product itself, asked by whom it is not for."""

import inspect
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import NoneType, SimpleNamespace, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID, uuid4

import pytest
from sqlalchemy import ColumnElement, Engine, func, select
from sqlalchemy.orm import Session

import desk
from accounts.actors import Actor, Forbidden
from analysis.rulebook.scheme import Scheme, load_scheme
from models import AuditEvent, Institution, Period, Unit, writing
from tests.desk.conftest import House
from tests.kept import kept

Act = Callable[..., Any]
ROOT = Path(__file__).parents[2]


def acts() -> Iterator[tuple[str, Act]]:
    """All public functions of the desk that somebody does, by module and name."""
    for module in walk_packages(desk.__path__, "desk."):
        if module.name.endswith("__main__"):
            continue
        for name, act in vars(import_module(module.name)).items():
            own = inspect.isfunction(act) and act.__module__ == module.name
            if own and not name.startswith("_") and Actor in get_type_hints(act).values():
                yield f"{module.name}.{name}", act


FOUND = dict(acts())
Outcome = Literal["refused", "nothing", "gave", "did", "unfit"]

# Called by acts that ask, before or in the same transaction, whose it is; with what each does.
BELOW_ACTS = {
    "audit.log": "writes what an act did",
    "evidence.keep_evidence": "keeps a file that the act beside it then refers to",
    "jobs.begin_job": "notes the work of whoever may ask for that kind of it",
    "papers.making.papers_of": "makes each paper, when it is fetched, by an act that asks",
    "register.places.change_name": "renames what is checked already",
    "assessment.secondary.wrong_secondary": "says what is wrong with what was typed",
    "unit.steps.keep_steps_of": "says that there is nothing to do for the units of others",
}
# What an act gives or does, though the clinic is not theirs: of their own, or of what all staff
# may know. Whatever is named nowhere here gives and does nothing.
GIVEN_OR_DONE: dict[str, set[str]] = {
    "nobody": set(),
    "other_coordinator": {
        "assessment.rounds.rounds",
        "home.beginnings.steps_left",
        "home.waiting.waiting_for",
        "places.institutions_of",
        "register.first_steps.first_steps",
        "register.first_steps.unfinished",
        "register.keeping.kept_institutions",
        "register.template.filled_in",
    },
    "other_official": {  # of another unit of the same institution
        "assessment.rounds.rounds",
        "home.overview.overview",
        "home.surveys.running_periods",
        "home.waiting.units_run_by",
        "home.waiting.waiting_for",
        "index.perception.score_visible",
        "places.institutions_seen",
        "places.periods_seen",
        "places.units_of",
        "places.units_within",
        "publication.explaining.explain",
    },
    "administrator": {
        *(f"admin.events.{act}" for act in ("count_events", "list_acts", "list_events")),
        *(f"admin.users.{act}" for act in ("get_user", "list_users")),
        *(f"admin.users.{act}" for act in ("reset_password", "revoke_role")),
        "federation.trusted.institutions_to_trust",
        *(f"register.first_steps.{act}" for act in ("first_steps", "links")),
        *(f"register.keeping.{act}" for act in ("has_answers", "keeps", "kept_institutions")),
        *(f"register.keeping.{act}" for act in ("kept_unit", "require_keeper", "units_kept")),
        *(f"register.places.{act}" for act in ("add_counter", "add_service", "rename")),
        "register.template.filled_in",
    },
}
# What can't be tried with the little that is known here, and where it is.
TRIED_IN = {
    "assessment.findings.answer_finding": "assessment/test_findings.py",
    "assessment.waivers.confirm_waiver": "assessment/test_waivers.py",
    "federation.making.made_bundle": "federation/test_making.py",
    "jobs.own_job": "papers/test_bundles.py",
    "jobs.stop_job": "papers/test_bundles.py",
    "office.doors.close_interviewer": "test_scopes.py",
    "office.doors.close_kiosk": "test_scopes.py",
    "office.keying.differences_of": "office/test_keying.py",
    "office.keying.key_sheet": "office/test_keying.py",
    "office.keying.sheets_of": "office/test_keying.py",
    "office.keying.store_keying": "office/test_keying.py",
    "office.keying.store_keying_in_slices": "office/test_half_in.py",
    "office.withdrawals.decide_withdrawal": "office/test_withdrawals.py",
    "office.withdrawals.propose_withdrawal": "office/test_withdrawals.py",
    "papers.announcing.approve": "papers/test_announcing.py",
    "papers.announcing.note_medium": "papers/test_announcing.py",
    "papers.papers.hand_out": "papers/test_papers.py",
    "papers.papers.hand_out_all": "papers/test_bundles.py",
    "publication.objections.release_objection": "publication/test_mending.py",
    "unit.follow_up.note_step": "unit/test_follow_up.py",
}
# Nothing is anybody's there: an act that has asked hands in what it has.
NEEDS_MORE = {"evidence.keep_copy", "publication.deriving.require_unchanged", "turns.add_turn"}


@kept
def rated_house(house: House) -> House:
    """A house whose clinic is rated and assessed."""
    house.assign()
    house.rate(3, 9)
    return house


def given(name: str, kind: Any, house: House, session: Session, actor: Actor) -> Any:
    """A value for an argument: of the clinic, its institution and its period, where one fits.

    Of what only other acts give, as much as names those: an act refuses before it looks at more.
    """
    ids = {
        "unit_id": house.clinic,
        "unit": house.clinic,
        "into": house.registry,
        "institution_id": house.district,
        "institution": house.district,
        "period_id": house.period,
        "period": house.period,
        "year": 2025,
        "user_id": house.official.user_id,
    }
    known: Mapping[Any, Callable[[], Any]] = {
        Session: lambda: session,
        Engine: lambda: house.engine,
        Actor: lambda: actor,
        Unit: lambda: session.get_one(Unit, house.clinic),
        Institution: lambda: session.get_one(Institution, house.district),
        Period: lambda: session.get_one(Period, house.period),
        Scheme: lambda: load_scheme("perception-2022"),
        int: lambda: ids.get(name, 1),
        str: lambda: session.get_one(Unit, house.clinic).code if name == "code" else "Alasan cukup",
        bool: lambda: True,
        bytes: lambda: bytes(32),
        date: lambda: date(2026, 1, 1),
        UUID: uuid4,
        NoneType: lambda: None,
    }
    if kind in known:
        return known[kind]()
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return inner[0]
    if origin in (Union, UnionType):
        return None if NoneType in inner else given(name, inner[0], house, session, actor)
    if origin in (list, Sequence, Collection, Iterable, tuple, frozenset, set):
        return [given(name, inner[0], house, session, actor)]
    if origin is Mapping:
        return {}
    if origin is Callable or kind is Callable:
        return lambda *_: None
    with suppress(NameError, TypeError):  # of types that are not to be had so
        if is_dataclass(kind) and isinstance(kind, type):
            hints = get_type_hints(kind)
            return kind(
                **{
                    one.name: given(one.name, hints[one.name], house, session, actor)
                    for one in fields(kind)
                }
            )
    return SimpleNamespace(
        unit=session.get_one(Unit, house.clinic),
        unit_id=house.clinic,
        period=session.get_one(Period, house.period),
        period_id=house.period,
        institution_id=house.district,
    )


def tried(act: Act, house: House, session: Session, actor: Actor) -> Outcome:
    """What comes of it; "unfit": neither was it refused nor did it give or do anything."""
    hints, before = get_type_hints(act), _events(session)
    needed = {
        name: given(name, hints[name], house, session, actor)
        for name, one in inspect.signature(act).parameters.items()
        if one.default is one.empty and one.kind != one.VAR_KEYWORD
    }
    try:
        result = act(**needed)
        result = list(result) if inspect.isgenerator(result) else result
        session.flush()
        if _events(session) != before:
            return "did"
        return "gave" if _anything(result) else "nothing"
    except Forbidden:
        return "refused"
    except Exception:  # of any kind: the argument was none that it knows what to do with
        return "unfit"


def _events(session: Session) -> int | None:
    return session.scalar(select(func.count()).select_from(AuditEvent))


def _anything(result: Any) -> bool:
    if isinstance(result, ColumnElement):
        return False  # a condition, which reads nothing by itself
    return any(map(_anything, result)) if isinstance(result, tuple) else bool(result)


def outcomes(house: House, role: str) -> dict[str, Outcome]:
    """What comes of every act, each in a transaction that leaves nothing behind."""
    found: dict[str, Outcome] = {}
    for name, act in FOUND.items():
        with writing(house.engine) as session:
            found[name.removeprefix("desk.")] = tried(act, house, session, house.actors[role])
            session.rollback()
    return found


@pytest.mark.long
@pytest.mark.parametrize("role", GIVEN_OR_DONE)
def test_what_each_act_gives_and_does_for_whom_the_clinic_is_not(
    rated_house: House, role: str
) -> None:
    found = outcomes(rated_house, role)
    assert {name for name, what in found.items() if what in ("gave", "did")} == (
        GIVEN_OR_DONE[role] | set(BELOW_ACTS)
    )
    if role == "nobody":
        assert {name for name, what in found.items() if what == "unfit"} == (
            set(TRIED_IN) | NEEDS_MORE
        )


@pytest.mark.parametrize("name", TRIED_IN)
def test_what_needs_more_is_refused_in_a_test_of_its_own(name: str) -> None:
    text = (ROOT / "tests" / "desk" / TRIED_IN[name]).read_text()
    assert name.rpartition(".")[2] in text
    assert "Forbidden" in text or "NoResultFound" in text
