"""Keeping the register: places are added, renamed, ended; what nobody rated may be removed."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, Forbidden, require_administrator
from analysis.errors import BadInput, Place, Written, bad
from desk.audit import log
from desk.register.codes import code_problem, name_problem, propose_code, tidy
from desk.register.keeping import kept_unit, require_keeper
from locales import Phrase
from models import (
    Counter,
    FormerName,
    Institution,
    Period,
    Response,
    Service,
    Unit,
    every_table,
)
from models.places import KINDS, TIMEZONES
from survey.names import OWN_COLUMN, last_day

Placed = Institution | Unit | Service | Counter
# What goes with a place that is removed.
PARTS: dict[type[Placed], frozenset[str]] = {Unit: frozenset({"services", "counters"})}
SINCE = Place(column=Phrase("register.since"))
WITHIN_PROVINCES = ("district", "city")


@dataclass(frozen=True)
class InstitutionGiven:
    """What is said of an institution: districts and cities also name their province."""

    code: str
    name: str
    kind: str
    timezone: str
    province_id: int | None = None


def add_institution(session: Session, actor: Actor, given: InstitutionGiven) -> Institution:
    """A new institution; an administrator adds it. Raises Forbidden or BadInput."""
    require_administrator(actor)
    _refuse_kind(session, given)
    name = _new_name(session, given.name, Institution)
    code = _new_code(session, given.code, name, Institution)
    institution = Institution(
        code=code,
        name=name,
        kind=given.kind,
        timezone=given.timezone,
        province_id=given.province_id,
        demonstration=False,
    )
    session.add(institution)
    session.flush()
    log(session, actor, "add_institution", institution=code, name=name, type=given.kind)
    return institution


def amend_institution(
    session: Session, actor: Actor, given: InstitutionGiven, since: date | None = None
) -> None:
    """Puts right an institution's kind, time zone and province; its code stays.

    ``since``: from when on another name holds; None: the name stays. Raises Forbidden or BadInput.
    """
    require_administrator(actor)
    institution = session.scalars(select(Institution).where(Institution.code == given.code)).one()
    if since is not None and given.name != institution.name:
        rename(session, actor, institution, given.name, since)
    _refuse_kind(session, given)
    before = [institution.kind, institution.timezone, _province_code(session, institution)]
    institution.kind, institution.timezone = given.kind, given.timezone
    institution.province_id = given.province_id
    session.flush()
    after = [institution.kind, institution.timezone, _province_code(session, institution)]
    if before != after:
        log(session, actor, "amend_institution", institution=given.code, before=before, after=after)


@dataclass(frozen=True)
class NewUnit:
    """A unit of an institution, from ``opened_on`` on, or from ever.

    A blank code is proposed from the name.
    """

    institution_id: int
    code: str
    name: str
    opened_on: date | None = None


def add_unit(session: Session, actor: Actor, new: NewUnit) -> Unit:
    """Adds a unit. Raises Forbidden or BadInput."""
    institution = require_keeper(session, actor, new.institution_id)
    name = _new_name(session, new.name, Unit, Unit.institution_id == new.institution_id)
    code = _new_code(session, new.code, name, Unit)
    unit = Unit(institution=institution, code=code, name=name, opened_on=new.opened_on)
    session.add(unit)
    session.flush()
    log(session, actor, "add_unit", institution=institution.code, unit=code, name=name)
    return unit


def add_service(session: Session, actor: Actor, unit_id: int, code: str, name: str) -> Service:
    """A new service of a unit. Raises Forbidden or BadInput."""
    unit = kept_unit(session, actor, unit_id)
    name = _new_name(session, name, Service, Service.unit_id == unit_id)
    code = _new_code(session, code, name, Service, Service.unit_id == unit_id)
    service = Service(unit=unit, code=code, name=name)
    session.add(service)
    session.flush()
    log(session, actor, "add_service", unit=unit.code, service=service.code, name=name)
    return service


def add_counter(session: Session, actor: Actor, unit_id: int, code: str, name: str) -> Counter:
    """A new counter of a unit. Raises Forbidden or BadInput."""
    unit = kept_unit(session, actor, unit_id)
    name = _new_name(session, name, Counter, Counter.unit_id == unit_id)
    code = _new_code(session, code, name, Counter, Counter.unit_id == unit_id)
    counter = Counter(unit=unit, code=code, name=name)
    session.add(counter)
    session.flush()
    log(session, actor, "add_counter", unit=unit.code, counter=counter.code, name=name)
    return counter


def rename(session: Session, actor: Actor, place: Placed, name: str, since: date) -> None:
    """Gives a place another name from a day on; periods that ended before keep the former.

    Raises Forbidden, and BadInput for a day to come, or one by which a closed period's
    results would change their name.
    """
    institution = _require(session, actor, place)
    name = tidy(name)
    if name == place.name:
        raise bad("register_same_name", found=Written(name))
    _new_name(session, name, type(place), *_siblings(place), _other(place))
    if since > institution.today:
        raise bad("register_since_late", SINCE, found=since, latest=institution.today)
    change_name(session, actor, place, name, since)


def change_name(session: Session, actor: Actor, place: Placed, name: str, since: date) -> None:
    """Renames a place of which all but the day has been checked. Raises BadInput."""
    _keep_former(session, place, since)
    log(
        session,
        actor,
        "rename_place",
        place=address(place),
        before=place.name,
        after=name,
        since=since.isoformat(),
    )
    place.name = name
    session.flush()


def _keep_former(session: Session, place: Placed, since: date) -> None:
    """Keeps the present name as the one until a day, where results bear it."""
    if isinstance(place, Counter) or not bears_results(session, place):
        return
    earliest = first_renaming(session, place)
    if earliest and since < earliest:
        raise bad("register_since_early", SINCE, found=since, earliest=earliest)
    column = OWN_COLUMN[type(place)]
    session.add(FormerName(**{column: place.id}, name=place.name, until=since))
    session.flush()


def first_renaming(session: Session, place: Institution | Unit | Service) -> date | None:
    """The first day from which a place may bear another name: after all that has been closed."""
    closed = session.scalars(
        select(Period).where(
            Period.institution_id == institution_of(place).id, Period.closed_at.is_not(None)
        )
    )
    column = getattr(FormerName, OWN_COLUMN[type(place)])
    last = session.scalar(select(func.max(FormerName.until)).where(column == place.id))
    days = [last_day(period) + timedelta(days=1) for period in closed]
    return max([*days, *([last] if last else [])], default=None)


def end_part(session: Session, actor: Actor, place: Service | Counter, day: date | None) -> None:
    """Ends a service or a counter on a day, or with None lets it go on. Raises Forbidden."""
    _require(session, actor, place)
    before, place.closed_on = place.closed_on, day
    session.flush()
    if before != day:
        told = day.isoformat() if day else None
        log(session, actor, "end_part" if day else "resume_part", place=address(place), day=told)


def remove(session: Session, actor: Actor, place: Placed) -> None:
    """Removes what nobody has rated or referred to, with its parts.

    Raises Forbidden, and BadInput for what is in use: it may end, and stays.
    """
    _require(session, actor, place)
    parts: list[Placed] = [*place.services, *place.counters] if isinstance(place, Unit) else []
    for one in (*parts, place):
        if next(_uses(session, one, PARTS.get(type(one), frozenset())), None):
            raise bad("register_in_use", name=one.name)
    told = address(place)
    for one in (*parts, place):
        session.delete(one)
    session.flush()
    log(session, actor, "remove_place", place=told, name=place.name)


def institution_of(place: Placed) -> Institution:
    """Where a place belongs."""
    if isinstance(place, Institution):
        return place
    return place.institution if isinstance(place, Unit) else place.unit.institution


def address(place: Placed) -> str:
    """How the trace names a place: by its codes."""
    if isinstance(place, Service | Counter):
        return f"{place.unit.code}/{place.code}"
    return place.code


def _require(session: Session, actor: Actor, place: Placed) -> Institution:
    """The institution; only administrators keep institutions themselves. Raises Forbidden."""
    if isinstance(place, Institution):
        require_administrator(actor)
    return require_keeper(session, actor, institution_of(place).id)


def _refuse_kind(session: Session, given: InstitutionGiven) -> None:
    province = session.get(Institution, given.province_id) if given.province_id else None
    if given.kind not in KINDS or given.timezone not in TIMEZONES:
        raise Forbidden("kind or time zone")  # no screen offers another
    if (given.kind in WITHIN_PROVINCES) != (province is not None):
        raise bad("register_province", found=Written(given.name))
    if province is not None and province.kind != "province":
        raise Forbidden("province")


def _new_name(session: Session, name: str, of: type[Placed], *among: object) -> str:
    """The name without space around it. Raises BadInput where it is none, or another's."""
    name = tidy(name)
    if problem := name_problem(name, Place(column=Phrase("register.name"))):
        raise BadInput([problem])
    same = func.lower(of.name) == name.lower()
    if session.scalar(select(exists().where(same, *_present(of), *among))):  # type: ignore[arg-type]
        raise bad("register_name_taken", found=Written(name))
    return name


def _present(of: type[Placed]) -> Collection[object]:
    return () if of is Institution else (of.closed_on.is_(None),)  # type: ignore[union-attr]


def _new_code(session: Session, code: str, name: str, of: type[Placed], *among: object) -> str:
    """The code, or one proposed from the name where none is given. Raises BadInput."""
    if not code:
        taken = session.scalars(select(func.lower(of.code)).where(*among))  # type: ignore[arg-type]
        return propose_code(name, set(taken))
    if problem := code_problem(code, Place(column=Phrase("register.code"))):
        raise BadInput([problem])
    same = func.lower(of.code) == code
    if session.scalar(select(exists().where(same, *among))):  # type: ignore[arg-type]
        raise bad("register_code_taken", found=Written(code))
    return code


def _siblings(place: Placed) -> Collection[object]:
    if isinstance(place, Unit):
        return (Unit.institution_id == place.institution_id,)
    return () if isinstance(place, Institution) else (type(place).unit_id == place.unit_id,)


def _other(place: Placed) -> object:
    return type(place).id != place.id


def bears_results(session: Session, place: Institution | Unit | Service) -> bool:
    """Whether answers were given under the place's name, or for an institution a period opened."""
    bearing = {
        Institution: Period.institution_id == place.id,
        Unit: Response.unit_id == place.id,
        Service: Response.service_id == place.id,
    }
    if isinstance(place, Service):
        among = Response.unit_id == place.unit_id, bearing[Service]
        return bool(session.scalar(select(exists().where(*among))))
    return bool(session.scalar(select(exists().where(bearing[type(place)]))))


def _uses(session: Session, place: Placed, but: Collection[str]) -> Iterator[str]:
    """The tables that refer to a place, but for some."""
    for table in every_table().sorted_tables:
        for key in table.foreign_keys:
            refers = key.column is type(place).__table__.c.id and table.name not in but
            if refers and session.scalar(select(exists().where(key.parent == place.id))):
                yield table.name


def _province_code(session: Session, institution: Institution) -> str | None:
    province = session.get(Institution, institution.province_id or 0)
    return province.code if province else None
