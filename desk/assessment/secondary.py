"""Secondary data: what other bodies published of an institution or a unit, as analysts enter it.

Each figure stands on its own scale, with its source and year; a correction stands beside it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_analyst
from analysis.characters import entered
from analysis.errors import BadInput, Place, Problem, Written, bad
from analysis.exact import exact
from analysis.index.composite import Column
from analysis.rulebook.scheme import Node, Scheme
from desk.assessment.years import require_in_force
from desk.audit import log
from desk.impartial import require_impartial_of
from desk.reasons import worded
from models import (
    Institution,
    SecondaryFigure,
    SecondaryWithdrawal,
    Unit,
    now,
    one_at_a_time,
)
from models.opinion import LONGEST_VALUE

EVIDENCE = "secondary_data"
SOURCE_LENGTH = (3, 200)
FIRST_YEAR = 1945
YEAR = re.compile(r"\d{4}", re.ASCII)
# Of a unit, by its id and the indicator.
SecondaryFigures = Mapping[tuple[int, str], SecondaryFigure]
PlaceOf = Callable[[str], Place]


def _nowhere(_: str) -> Place:
    """Of what was typed into a form."""
    return Place()


@dataclass(frozen=True)
class NewSecondary:
    """A figure for a year's round; ``unit_id`` None: of the institution, for all its units.

    ``value``: as it is written, on the indicator's own scale; ``source``: the title of what it
    was read in, ``source_year``: the year that it is of, as it is written.
    """

    year: int
    institution_id: int
    unit_id: int | None
    indicator: str
    value: str
    source: str
    source_year: str

    @property
    def of(self) -> tuple[int, int | None, str]:
        """The place and the indicator, of which one figure is current."""
        return self.institution_id, self.unit_id, self.indicator


def secondary_indicators(scheme: Scheme) -> dict[str, Node]:
    """The indicators of a scheme that are secondary data, by key."""
    return {node.key: node for node in scheme.indicators() if node.evidence == EVIDENCE}


def enter_secondary(
    session: Session, actor: Actor, scheme: Scheme, figures: Sequence[NewSecondary]
) -> None:
    """Stores figures for a scheme's secondary data, all of them or none.

    Raises Forbidden, and BadInput for an indicator that the scheme has not, a value that is no
    number on its scale, a source without title, a year that is none or lies ahead, a round's year
    in which the scheme is not in force, or one's own institution.
    """
    require_analyst(actor)
    for year in {new.year for new in figures}:
        require_in_force(scheme, year)
    known = secondary_indicators(scheme)
    if problems := [one for new in figures for one in wrong_secondary(actor, known, new)]:
        raise BadInput(problems)
    places = select(Institution.code).where(
        Institution.id.in_({new.institution_id for new in figures})
    )
    require_impartial_of(session, actor, session.scalars(places).all())
    for new in figures:
        _store(session, actor, new)
    session.flush()


def wrong_secondary(
    actor: Actor, known: Mapping[str, Node], new: NewSecondary, place: PlaceOf = _nowhere
) -> list[Problem]:
    """What is in the way of a figure. ``place``: where each part of it stands in a file."""
    problems = []
    if new.indicator not in known:
        found = Written(new.indicator)
        problems.append(Problem("no_secondary", place("indicator"), found=found, known=[*known]))
    else:
        problems += _wrong_value(known[new.indicator], new.value, place("value"))
    least, most = SOURCE_LENGTH
    if not least <= len(entered(new.source)) <= most:
        found = Written(new.source)
        problems.append(
            Problem("source_unfit", place("source"), found=found, least=least, most=most)
        )
    written, latest = new.source_year, actor.today.year
    if not (YEAR.fullmatch(written) and FIRST_YEAR <= int(written) <= latest):
        found, last = Written(written), str(latest)
        problems.append(Problem("source_year_unfit", place("year"), found=found, latest=last))
    return problems


def secondary_of(
    session: Session, actor: Actor, year: int
) -> list[tuple[SecondaryFigure, Institution, Unit | None]]:
    """The current figures for a year's round of the places that the actor may see, by name.

    A coordinator sees those of the institution and its units, an official those of the own unit.
    """
    figure = SecondaryFigure
    query = (
        select(figure, Institution, Unit)
        .join(Institution, Institution.id == figure.institution_id)
        .outerjoin(Unit, Unit.id == figure.unit_id)
        .where(figure.id.in_(_current(year)))
        .order_by(Institution.name, Unit.name.nulls_first(), figure.indicator)
    )
    if not actor.analyst:
        query = query.where(
            or_(figure.institution_id.in_(actor.institutions), figure.unit_id.in_(actor.units))
        )
    return [(one, place, unit) for one, place, unit in session.execute(query)]


def withdraw_secondary(session: Session, actor: Actor, figure_id: int, reason: str) -> None:
    """Takes back a current figure that was entered by mistake; none stands in its place.

    Raises Forbidden, and BadInput for one that is not current, a reason that is none, or one's
    own institution.
    """
    require_analyst(actor)
    figure = session.get_one(SecondaryFigure, figure_id)
    place = session.get_one(Institution, figure.institution_id)
    require_impartial_of(session, actor, [place.code])
    one_at_a_time(session, f"secondary {place.code} {figure.year}")
    if session.scalar(_current(figure.year).where(SecondaryFigure.id == figure_id)) is None:
        raise bad("figure_not_current")
    withdrawn = SecondaryWithdrawal(
        figure_id=figure_id,
        reason=worded("reason", reason),
        user_id=actor.user_id,
        created_at=now(),
    )
    session.add(withdrawn)
    session.flush()
    told = {"institution": place.code, "indicator": figure.indicator, "value": figure.value}
    log(session, actor, "withdraw_secondary", year=figure.year, **told)


def figures_of_units(
    session: Session, scheme: Scheme, year: int, units: Sequence[Unit]
) -> SecondaryFigures:
    """The current figure of each unit and indicator: its own, else its institution's."""
    known = secondary_indicators(scheme)
    if not known:
        return {}
    found = {
        (one.institution_id, one.unit_id, one.indicator): one
        for one in session.scalars(
            select(SecondaryFigure).where(SecondaryFigure.id.in_(_current(year)))
        )
    }
    return {
        (unit.id, key): one
        for unit in units
        for key in known
        if (
            one := found.get((unit.institution_id, unit.id, key))
            or found.get((unit.institution_id, None, key))
        )
    }


def secondary_columns(
    scheme: Scheme, units: Sequence[Unit], figures: SecondaryFigures
) -> dict[str, Column]:
    """The value of each unit by indicator; None where nobody entered one."""
    return {
        key: [
            Fraction(found.value) if (found := figures.get((unit.id, key))) else None
            for unit in units
        ]
        for key in secondary_indicators(scheme)
    }


def _current(year: int) -> Select[int]:
    """The ids of the last figure of each place and indicator, where it was not withdrawn."""
    one = SecondaryFigure
    last = (
        select(func.max(one.id))
        .where(one.year == year)
        .group_by(one.institution_id, one.unit_id, one.indicator)
    )
    return select(one.id).where(
        one.id.in_(last), one.id.not_in(select(SecondaryWithdrawal.figure_id))
    )


def _wrong_value(node: Node, text: str, place: Place) -> list[Problem]:
    name, found = node.name, Written(text)
    try:
        value = exact(text)
    except ValueError:
        return [Problem("no_figure", place, indicator=name, found=found)]
    low, high = node.normalise.value.between
    if low <= value <= high and len(_stored(text)) <= LONGEST_VALUE:
        return []
    return [Problem("figure_off_scale", place, indicator=name, found=found, low=low, high=high)]


def _stored(text: str) -> str:
    return text.strip().replace(",", ".")


def _store(session: Session, actor: Actor, new: NewSecondary) -> None:
    institution = session.get_one(Institution, new.institution_id)
    unit = None if new.unit_id is None else session.get_one(Unit, new.unit_id)
    if unit is not None and unit.institution_id != institution.id:
        raise bad("unit_of_another", unit=Written(unit.code), institution=institution.name)
    session.add(
        SecondaryFigure(
            institution_id=institution.id,
            unit_id=new.unit_id,
            year=new.year,
            indicator=new.indicator,
            value=_stored(new.value),
            source=entered(new.source),
            source_year=int(new.source_year),
            user_id=actor.user_id,
            created_at=now(),
        )
    )
    log(
        session,
        actor,
        "enter_secondary",
        year=new.year,
        institution=institution.code,
        unit=unit.code if unit else None,
        indicator=new.indicator,
        value=_stored(new.value),
    )
