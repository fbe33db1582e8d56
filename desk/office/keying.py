"""Paper forms keyed at a desk: a tenth of them twice, compared, then stored as one batch."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from math import ceil

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_staff, require_unit
from analysis.characters import entered
from analysis.errors import BadInput, Problem, Value, Written, bad
from analysis.redaction import redact
from analysis.rulebook.instrument import Instrument
from desk.audit import log
from desk.office.periods import running_period
from desk.register.standing import require_in
from locales import Phrase
from models import Batch, KeyedSheet, Keying, Period, Unit, now, reading
from survey.arriving import (
    Arriving,
    one_of_a_unit,
    store_in_slices,
    store_whole,
    undo_interrupted,
)
from survey.checks import AskedForm, Submission, check_paper
from survey.periods import asked_instrument
from survey.storage import CheckedResponse

MOST_SHEETS = 1000
KEYED_TWICE = 10  # per cent
FIRST, SECOND = 1, 2
UNKNOWN = ("", "-", "0")


@dataclass(frozen=True)
class Sheet:
    """One filled-in paper form; None: not answered, or "don't know"."""

    answers: Mapping[str, int | None]
    service: str | None = None
    experience: Sequence[str] = ()
    respondent: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
    readers: str = "ombudsman"

    def submission(self) -> Submission:
        """The sheet as it is checked; its place is the pile's."""
        return Submission(key="", unit="", period="", **vars(self))


@dataclass(frozen=True)
class KeyingDifference:
    """An entry that was keyed in two ways."""

    serial: int
    entry: str
    first: str
    second: str


@dataclass(frozen=True)
class NewKeying:
    """A pile of paper forms of a unit; ``sheets``: how many, numbered from 1."""

    unit_id: int
    period_id: int
    name: str
    sheets: int


def begin_keying(session: Session, actor: Actor, new: NewKeying) -> Keying:
    """Begins a pile of ``sheets`` numbered forms of a unit. Raises Forbidden or BadInput."""
    unit = require_staff(session, actor, new.unit_id)
    period = running_period(session, unit.institution_id, new.period_id)
    require_in(unit, period)
    name = entered(new.name)
    if not 0 < len(name) <= 60:
        raise bad("name_unfit", found=Written(new.name), most=60)
    if not 1 <= new.sheets <= MOST_SHEETS:
        raise bad("number_of_sheets", found=new.sheets, most=MOST_SHEETS)
    keying = Keying(
        institution_id=unit.institution_id,
        unit_id=new.unit_id,
        period_id=new.period_id,
        name=name,
        sheets=new.sheets,
        user_id=actor.user_id,
        created_at=now(),
    )
    session.add(keying)
    session.flush()
    log(session, actor, "begin_keying", unit=unit.code, period=period.code, sheets=new.sheets)
    return keying


@dataclass(frozen=True)
class SheetEntry:
    """What was keyed of the paper form of a number, in the first or the second round."""

    serial: int
    sheet: Sheet
    round: int = FIRST


def key_sheet(session: Session, actor: Actor, keying_id: int, entry: SheetEntry) -> None:
    """Keeps what was keyed of one sheet, its comment without personal data.

    Again, until the pile is stored, to correct it.

    Raises Forbidden, BadInput, and Refused for what the questionnaire does not allow.
    """
    keying = _open_keying(session, actor, keying_id)
    expected = sample_of(keying) if entry.round == SECOND else range(1, keying.sheets + 1)
    if entry.serial not in expected:
        raise bad("no_such_sheet", found=str(entry.serial), known=[*map(str, expected)])
    check_paper(entry.sheet.submission(), _asked(session, keying))
    session.merge(
        KeyedSheet(
            keying_id=keying_id,
            serial=entry.serial,
            round=entry.round,
            filled=_written(entry.sheet),
            user_id=actor.user_id,
            keyed_at=now(),
        )
    )
    session.flush()
    _compare_once(session, keying)


def sheets_of(
    session: Session, actor: Actor, keying_id: int, round: int = FIRST
) -> dict[int, Sheet]:
    """What was keyed so far, by serial number. Raises Forbidden."""
    keying = session.get_one(Keying, keying_id)
    require_unit(session, actor, keying.unit_id)
    return _keyed(session, keying, round)


def keyings_of(session: Session, actor: Actor, unit_id: int, period_id: int) -> Sequence[Keying]:
    """The piles of a unit in a period, newest first. Raises Forbidden."""
    require_unit(session, actor, unit_id)
    return session.scalars(
        select(Keying)
        .where(Keying.unit_id == unit_id, Keying.period_id == period_id)
        .order_by(Keying.id.desc())
    ).all()


def sample_of(keying: Keying) -> list[int]:
    """The sheets to be keyed twice: a tenth, at least one, scattered by a hash."""

    def scattered(serial: int) -> str:
        return sha256(f"{keying.id}:{serial}".encode()).hexdigest()

    number = ceil(keying.sheets * KEYED_TWICE / 100)
    return sorted(sorted(range(1, keying.sheets + 1), key=scattered)[:number])


def differences_of(session: Session, actor: Actor, keying_id: int) -> list[KeyingDifference]:
    """Where the two keyings of a sheet differ now. Raises Forbidden."""
    keying = session.get_one(Keying, keying_id)
    require_unit(session, actor, keying.unit_id)
    return _differences(session, keying)[1]


def store_keying(session: Session, actor: Actor, keying_id: int) -> Batch:
    """Stores a pile as one batch of responses, once it is complete and its doubles agree.

    In the caller's transaction, which others wait for. Raises Forbidden or BadInput.
    """
    return store_whole(session, _begin_to_store(session, actor, _look_at(session, keying_id)))


def store_keying_in_slices(engine: Engine, actor: Actor, keying_id: int) -> Batch:
    """The same in short transactions; the batch counts when this returns."""
    with reading(engine) as session:
        keying = session.get_one(Keying, keying_id)
        require_staff(session, actor, keying.unit_id)
        unit_id = keying.unit_id
    undo_interrupted(engine, unit_id)
    with reading(engine) as session:
        looked_at = _look_at(session, keying_id)
    return store_in_slices(engine, lambda session: _begin_to_store(session, actor, looked_at))


@dataclass(frozen=True)
class _KeyedPile:
    """A pile as it was looked through, before others had to wait; ``written``: a hash of it."""

    keying_id: int
    written: str
    problems: Sequence[Problem]
    rows: Sequence[CheckedResponse]


def _look_at(session: Session, keying_id: int) -> _KeyedPile:
    keying = session.get_one(Keying, keying_id)
    asked, keyed = _asked(session, keying), _keyed(session, keying, FIRST)
    problems = _unfinished(session, keying, keyed)
    rows = [] if problems else [check_paper(one.submission(), asked) for one in keyed.values()]
    return _KeyedPile(keying_id, _written_hash(session, keying), problems, rows)


def _written_hash(session: Session, keying: Keying) -> str:
    """Of all that was keyed of the pile, both times."""
    of_pile = KeyedSheet.keying_id == keying.id
    by_sheet = KeyedSheet.round, KeyedSheet.serial
    filled = session.execute(
        select(*by_sheet, KeyedSheet.filled).where(of_pile).order_by(*by_sheet)
    )
    return sha256(json.dumps([keying.id, *map(list, filled)]).encode()).hexdigest()


def _begin_to_store(session: Session, actor: Actor, pile: _KeyedPile) -> Arriving:
    keying = _open_keying(session, actor, pile.keying_id)
    asked = _asked(session, keying)
    session.refresh(asked.period, with_for_update={"read": True})  # it stays open until we commit
    running_period(session, keying.institution_id, keying.period_id)
    one_of_a_unit(session, keying.unit_id)
    if pile.written != _written_hash(session, keying):  # somebody has corrected a sheet since
        pile = _look_at(session, keying.id)
    if pile.problems:
        raise BadInput(pile.problems)
    batch = Batch(
        institution_id=keying.institution_id,
        unit_id=keying.unit_id,
        period_id=keying.period_id,
        file_name=keying.name,
        file_hash=pile.written,
        rows=keying.sheets,
        actor=actor.name,
        created_at=now(),
    )
    session.add(batch)
    session.flush()
    keying.batch_id = batch.id
    return Arriving(
        batch,
        asked,
        rows=lambda: [replace(row, batch_id=batch.id) for row in pile.rows],
        end=lambda session: _log_stored(session, actor, asked, batch, keying),
    )


def _log_stored(
    session: Session, actor: Actor, asked: AskedForm, batch: Batch, keying: Keying
) -> None:
    log(
        session,
        actor,
        "store_keying",
        unit=asked.unit.code,
        period=asked.period.code,
        batch=batch.id,
        rows=batch.rows,
        compared=keying.compared,
        differing=keying.differing,
    )


def read_entry(typed: str, allowed: Sequence[int]) -> int | None:
    """The answer that was keyed as a letter or a number; None for "don't know".

    Raises ValueError for anything else.

    >>> read_entry("c", (1, 2, 3, 4)), read_entry("3", (1, 2, 3, 4)), read_entry("-", (1, 2))
    (3, 3, None)
    """
    typed = typed.strip().lower()
    if typed in UNKNOWN:
        return None
    letters = dict(zip("abcdef", sorted(allowed), strict=False))
    value = letters[typed] if typed in letters else int(typed)
    if value not in allowed:
        raise ValueError(typed)
    return value


def _asked(session: Session, keying: Keying) -> AskedForm:
    unit, period = session.get_one(Unit, keying.unit_id), session.get_one(Period, keying.period_id)
    services = {service.code: service.id for service in unit.services}
    return AskedForm(unit, period, asked_instrument(period), services)


def _open_keying(session: Session, actor: Actor, keying_id: int) -> Keying:
    keying = session.get_one(Keying, keying_id)
    unit = require_staff(session, actor, keying.unit_id)
    running_period(session, unit.institution_id, keying.period_id)
    session.refresh(keying, with_for_update=True)
    if keying.batch_id is not None:
        raise bad("pile_stored", pile=Written(keying.name))
    return keying


def _compare_once(session: Session, keying: Keying) -> None:
    """Notes how many entries differ when the last double is keyed, before any is corrected."""
    if keying.compared is not None:
        return
    doubled = set(sample_of(keying))
    if doubled <= _keyed(session, keying, FIRST).keys() & _keyed(session, keying, SECOND).keys():
        compared, differing = _differences(session, keying)
        keying.compared, keying.differing = compared, len(differing)


def _differences(session: Session, keying: Keying) -> tuple[int, list[KeyingDifference]]:
    """How many entries were keyed twice, and those of them that differ."""
    first, second = (_keyed(session, keying, round) for round in (FIRST, SECOND))
    compared, differing = 0, []
    for serial in sorted(first.keys() & second.keys()):
        one, other = _entries(first[serial]), _entries(second[serial])
        for entry in dict.fromkeys([*one, *other]):
            compared += 1
            if one.get(entry, "") != other.get(entry, ""):
                differing.append(
                    KeyingDifference(serial, entry, one.get(entry, ""), other.get(entry, ""))
                )
    return compared, differing


def _unfinished(session: Session, keying: Keying, keyed: Mapping[int, Sheet]) -> Sequence[Problem]:
    """What keeps the pile from being stored."""
    twice = _keyed(session, keying, SECOND)
    missing = [serial for serial in range(1, keying.sheets + 1) if serial not in keyed]
    missing_twice = [serial for serial in sample_of(keying) if serial not in twice]
    problems = []
    if missing:
        problems.append(Problem("sheets_missing", found=len(keyed), all=keying.sheets))
    if missing_twice:
        problems.append(Problem("sheets_missing_twice", sheets=[*map(str, missing_twice)]))
    called = _called(_asked(session, keying).instrument)
    problems += [
        Problem(
            "keyed_otherwise",
            sheet=str(one.serial),
            entry=called[one.entry],
            found=Written(f"{one.first} / {one.second}"),
        )
        for one in _differences(session, keying)[1]
    ]
    return problems


def _called(instrument: Instrument) -> Mapping[str, Value]:
    """What each entry of a sheet is called, as the form asks for it."""
    return {
        "service": Phrase("dashboard.service"),
        "experience": instrument.experience.text,
        **{one.key: one.text for one in (*instrument.questions, *instrument.respondent.fields)},
    }


def _keyed(session: Session, keying: Keying, round: int) -> dict[int, Sheet]:
    rows = session.scalars(
        select(KeyedSheet)
        .where(KeyedSheet.keying_id == keying.id, KeyedSheet.round == round)
        .order_by(KeyedSheet.serial)
    )
    return {row.serial: Sheet(**json.loads(row.filled)) for row in rows}


def _written(sheet: Sheet) -> str:
    return json.dumps(
        {
            "answers": dict(sheet.answers),
            "service": sheet.service,
            "experience": sorted(sheet.experience),
            "respondent": dict(sheet.respondent),
            "comment": redact(entered(sheet.comment)).text,
            "readers": sheet.readers,
        }
    )


def _entries(sheet: Sheet) -> dict[str, str]:
    """Each entry of a sheet as text; comments are not compared, nobody keys them alike."""
    answers = {item: "" if value is None else str(value) for item, value in sheet.answers.items()}
    experience = ", ".join(sheet.experience)
    return (
        answers
        | {"service": sheet.service or "", "experience": experience}
        | dict(sheet.respondent)
    )
