"""The demonstration's fieldwork: two assessors who differ, interviews, an institution on itself."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actors import Actor
from demonstration.round import JUDGED_BY_TWO
from desk.assessment.assessments import Judgement, assess, judgements_of
from desk.assessment.disagreements import Settlement, compare_assessors, settle
from desk.assessment.fieldwork import Judging, asked_of
from desk.assessment.interviews import FORMS, NONE, InterviewRecord, record_all
from models import Unit

# Of 30 users of a unit what each experienced, and how far they trust it.
EXPERIENCED = [[NONE]] * 25 + [["undue_delay"]] * 3 + [["undue_delay", "improper_conduct"]] * 2
TRUST = (4, 3, 3, 4, 2, 3, 3, 4, 3, 1) * 3
# How well an institution thinks of its units, on the scale of citizens' answers.
OF_ITSELF = {"contoh": 3.9, "dinkes-contoh": 3.6, "disdik-contoh": 3.2}


def judge_at_random(
    session: Session, unit: Unit, year: int, liking: float, random: np.random.Generator
) -> list[Judgement]:
    """Judgements of all items of the unit, around ``liking``."""
    asked = asked_of(session, [unit], year)
    rungs = np.clip(np.rint(random.normal(liking, 0.6, len(asked))), 0, 4)
    return [
        Judgement(unit.id, one.item.key, int(rung), "Catatan bukti (data contoh)", one.subject)
        for one, rung in zip(asked, rungs, strict=True)
    ]


def _nearby(rung: int, random: np.random.Generator) -> int:
    """Mostly the same rung, now and then one beside it."""
    return int(np.clip(rung + random.choice((-1, 0, 1), p=(0.08, 0.84, 0.08)), 0, 4))


def show_fieldwork(
    session: Session, actors: Mapping[str, Actor], year: int, random: np.random.Generator
) -> None:
    """Something to see for assessors and for the institution that judges itself.

    Users of every unit are interviewed; of one unit two assessors differ.
    """
    units = {unit.code: unit for unit in session.scalars(select(Unit))}
    unit = units[JUDGED_BY_TWO]
    found = judgements_of(session, actors["analis.contoh"], unit.id, year).values()
    second = [replace(one, rung=_nearby(one.rung, random)) for one in found]
    assess(session, actors["analis3.contoh"], Judging(None, year), second)
    third = actors["analis2.contoh"]
    first = compare_assessors(session, third, unit.id, year).differences[0]
    reason = "Foto papan standar dilihat bersama; nilai ini disepakati (data contoh)"
    settle(session, third, Settlement(unit.id, year, first.place, 3, reason))
    for code, liking in OF_ITSELF.items():
        judgements = judge_at_random(session, units[code], year, liking, random)
        assess(session, actors["koordinator.contoh"], Judging(None, year, "self"), judgements)
    asked = [interview for one in units.values() for interview in _interviews(one, year)]
    record_all(session, actors["analis.contoh"], asked)


def _interviews(unit: Unit, year: int) -> Iterator[InterviewRecord]:
    for at, (forms, rung) in enumerate(zip(EXPERIENCED, TRUST, strict=True), start=1):
        yield InterviewRecord(unit.id, year, "experience", at, {FORMS: forms})
        trust = dict.fromkeys(("honest", "fair", "able", "open", "mends"), rung)
        yield InterviewRecord(unit.id, year, "trust", at, trust)
