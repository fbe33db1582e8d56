"""Storing a file of the register: all of it or nothing, in a few statements."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from accounts.actors import Actor
from desk.audit import log
from desk.register.file import RegisterFile
from desk.register.places import InstitutionGiven, amend_institution, change_name, institution_of
from desk.register.plan import RegisterEntry, RegisterPlan, find_place, plan_register
from models import Counter, Institution, Service, Unit, one_at_a_time


def load_register(session: Session, actor: Actor, file: RegisterFile) -> RegisterPlan:
    """Stores what a file tells, as it is planned at this moment; gives what was done.

    Raises Forbidden or BadInput.
    """
    one_at_a_time(session, "register")
    plan = plan_register(session, actor, file)
    _add(session, plan.new)
    for after, before in plan.changed:
        _change(session, actor, after, before)
    if plan.new or plan.changed:
        _trace(session, actor, plan)
    return plan


def _add(session: Session, new: Sequence[RegisterEntry]) -> None:
    institutions = [one for one in new if one.level == "institution"]
    for part in (
        [one for one in institutions if one.kind == "province"],
        [one for one in institutions if one.kind != "province"],
    ):
        ids = _ids(session, Institution)
        _insert(session, Institution, [_institution(one, ids) for one in part])
    ids = _ids(session, Institution)
    units = [one for one in new if one.level == "unit"]
    _insert(session, Unit, [_part(one, ids, "institution_id") for one in units])
    ids = _ids(session, Unit)
    for level, model in (("service", Service), ("counter", Counter)):
        parts = [one for one in new if one.level == level]
        _insert(session, model, [_part(one, ids, "unit_id") for one in parts])


def _insert(session: Session, model: type[Any], rows: list[dict[str, object]]) -> None:
    if rows:
        session.execute(insert(model), rows)


def _ids(session: Session, model: type[Institution] | type[Unit]) -> dict[str, int]:
    return dict(session.execute(select(model.code, model.id)).all())


def _institution(entry: RegisterEntry, ids: Mapping[str, int]) -> dict[str, object]:
    return {
        "code": entry.code,
        "name": entry.name,
        "kind": entry.kind,
        "timezone": entry.timezone,
        "province_id": ids[entry.above] if entry.above else None,
        "demonstration": False,
    }


def _part(entry: RegisterEntry, ids: Mapping[str, int], above: str) -> dict[str, object]:
    row: dict[str, object] = {"code": entry.code, "name": entry.name, above: ids[entry.above]}
    return row | ({"opened_on": entry.since} if entry.level == "unit" else {})


def _change(session: Session, actor: Actor, after: RegisterEntry, before: RegisterEntry) -> None:
    place = find_place(session, after.level, before.id)
    if after.name != before.name:
        since: date = after.since or institution_of(place).today
        change_name(session, actor, place, after.name, since)
    if isinstance(place, Institution) and after.told[1:] != before.told[1:]:
        above = select(Institution.id).where(Institution.code == after.above)
        province = session.scalar(above) if after.above else None
        given = InstitutionGiven(after.code, after.name, after.kind, after.timezone, province)
        amend_institution(session, actor, given)


def _trace(session: Session, actor: Actor, plan: RegisterPlan) -> None:
    """One event for the file, and one for each institution with the codes that are new in it."""
    log(
        session,
        actor,
        "load_register",
        file=plan.file.name,
        sha256=plan.file.file_hash,
        new=len(plan.new),
        changed=len(plan.changed),
        unchanged=len(plan.unchanged),
    )
    for institution, added in _by_institution(session, plan.new).items():
        log(session, actor, "add_places", institution=institution, added=added)


def _by_institution(session: Session, new: Iterable[RegisterEntry]) -> dict[str, list[str]]:
    of_unit = dict(
        session.execute(select(Unit.code, Institution.code).join(Unit.institution)).all()
    )
    found: dict[str, list[str]] = {}
    for one in new:
        own = {"institution": one.code, "unit": one.above}
        institution = own.get(one.level) or of_unit[one.above]
        found.setdefault(institution, []).append(one.address)
    return found
