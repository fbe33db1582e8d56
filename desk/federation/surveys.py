"""What a bundle says of an institution's surveys: counted by the same lines as a score here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations

from sqlalchemy.orm import Session

from analysis.disclosure import few
from analysis.federation.counted_ways import disclosed_ways, ways_to_look
from analysis.federation.district_bundle import (
    CountedWays,
    NamedRules,
    RegisteredUnit,
    SentExperiences,
    SentPeriod,
    SentResponses,
    SentSurvey,
    SentUnit,
    SentWay,
)
from analysis.index.experience import Experienced
from desk.index.surveyed import AnsweredUnit, answered_units, left_out_sources
from desk.office.visits import visits_by_unit
from models import Institution, Period, Unit
from survey.counts import (
    ResponseCounts,
    Selection,
    count_experiences,
    count_responses,
)
from survey.periods import asked_instrument

OPTIONAL: tuple[SentWay, ...] = ("import", "open_link")
VISIT: SentWay = "visit"
LeftWays = frozenset[str]


@dataclass(frozen=True)
class _Counted:
    """What the responses without some ways say, by unit, and how many they are, by period too."""

    answered: Mapping[int, AnsweredUnit]
    experienced: Mapping[int, Experienced]
    responses: Mapping[tuple[int, int], ResponseCounts]


def registered(institution: Institution) -> list[RegisteredUnit]:
    """The institution's units with the codes of their services."""
    return [
        RegisteredUnit(code=unit.code, services=sorted(one.code for one in unit.services))
        for unit in _units(institution)
    ]


def surveys_of(
    session: Session, institution: Institution, periods: Sequence[Period]
) -> list[SentSurvey]:
    """A survey an instrument, of all units together; ``periods``: closed, the latest first."""
    alike: dict[str, list[Period]] = {}
    for period in periods:
        alike.setdefault(period.instrument.key, []).append(period)
    return [_survey(session, _units(institution), same) for same in alike.values()]


def _units(institution: Institution) -> list[Unit]:
    return sorted(institution.units, key=lambda unit: unit.code)


def _survey(session: Session, units: Sequence[Unit], periods: Sequence[Period]) -> SentSurvey:
    latest, ids = periods[0], [unit.id for unit in units]
    counted = {left_out: _count(session, periods, ids, left_out) for left_out in _combinations()}
    visits = {period.id: visits_by_unit(session, period.id) for period in periods}

    def unit_of(unit: Unit) -> SentUnit:
        responses = [
            _became(counted, unit, period, visits[period.id].get(unit.id)) for period in periods
        ]
        present = {way for one in responses for way in one.counted}
        looks = [_look(counted, unit.id, ways) for ways in ways_to_look(present)]
        return SentUnit(
            code=unit.code,
            respondents=looks[0].respondents if looks else 0,
            responses=responses,
            ways=disclosed_ways(looks),
        )

    return SentSurvey(
        instrument=NamedRules(id=latest.instrument.key, hash=latest.instrument_hash),
        scheme=NamedRules(id=latest.scheme.key, hash=latest.scheme_hash),
        periods=[_period(one) for one in periods],
        units=[unit_of(unit) for unit in units],
    )


def _combinations() -> Iterator[LeftWays]:
    """All ways together, and without each of those that a score may leave out, and without all."""
    for size in range(len(OPTIONAL) + 1):
        yield from map(frozenset, combinations(OPTIONAL, size))


def _count(
    session: Session, periods: Sequence[Period], units: Sequence[int], left_out: LeftWays
) -> _Counted:
    ids = [period.id for period in periods]
    sources = left_out_sources(session, sorted(left_out), ids)
    selection, instrument = Selection(ids, units, sources), asked_instrument(periods[0])
    return _Counted(
        answered=answered_units(session, periods[0], selection, squares=True),
        experienced=count_experiences(session, instrument, selection),
        responses=count_responses(session, selection),
    )


def _became(
    counted: Mapping[LeftWays, _Counted], unit: Unit, period: Period, visits: int | None
) -> SentResponses:
    """What became of a unit's responses in a period, and by which ways those came that count."""
    pair = unit.id, period.id
    of = {key: one.responses.get(pair, ResponseCounts()) for key, one in counted.items()}
    whole, rest = of[frozenset()], of[frozenset(OPTIONAL)].counted
    by_way: dict[SentWay, int] = {
        way: of[frozenset(OPTIONAL) - {way}].counted - rest for way in OPTIONAL
    }
    by_way[VISIT] = rest
    return SentResponses(
        period=period.code,
        received=whole.received,
        withdrawn=whole.withdrawn,
        counted={way: number for way, number in by_way.items() if number},
        visits=visits,
    )


def _look(counted: Mapping[LeftWays, _Counted], unit: int, ways: Sequence[SentWay]) -> CountedWays:
    found = counted[frozenset(OPTIONAL) - set(ways)]
    one, told = found.answered.get(unit, AnsweredUnit()), found.experienced.get(unit)
    index = one.index
    return CountedWays(
        of=list(ways),
        respondents=index.n if index else 0,
        answered=dict(index.answered) if index else {},
        items=dict(one.counts),
        squares=one.squares or 0.0,
        experienced=_experienced(told),
        few_in_source=bool(one.few_in_source),
    )


def _experienced(told: Experienced | None) -> SentExperiences | None:
    """None where one to four told: what one or two of them would not say is left out with it."""
    if told is None or few(told.answered):
        return None
    return SentExperiences(**asdict(told))


def _period(one: Period) -> SentPeriod:
    return SentPeriod.model_validate(
        {
            "code": one.code,
            "name": one.name,
            "starts": one.starts,
            "ends": one.ends,
            "headline": one.headline,
            "instrument": one.instrument_hash,
            "scheme": one.scheme_hash,
            "opened": one.opened_at,
            "closed": one.closed_at,
        }
    )
