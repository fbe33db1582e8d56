"""What a unit lacks before it has a score, in words, and the waiver by which it has one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby

import streamlit as st

from analysis.publication.published_scores import PublishedInstitution, PublishedUnit
from analysis.rulebook.fieldwork import FieldInstrument, instruments_of
from analysis.rulebook.sampling import load_sampling
from desk.assessment.lacks import JUDGEMENT, ROUND, Lack, StandingWaiver
from models import Unit
from screens.plain import plain
from screens.shell import day, language, number, say


def lines(year: int, lacks: Iterable[Lack], services: Mapping[str, str]) -> list[str]:
    """A line of Markdown for each thing; the items of one subject in one.

    ``services``: the names of the unit's services by their codes.
    """

    groups = groupby(lacks, key=lambda one: (one.kind, one.area, one.subject))
    return [f"- {_told(year, list(group), services)}" for _, group in groups]


def show_lacks(year: int, lacks: Sequence[Lack], unit: Unit) -> None:
    """What the unit lacks, by name."""
    services = {service.code: service.name for service in unit.services}
    with st.expander(say("lacking.title", number=number(len(lacks), 0)), icon=":material/rule:"):
        st.markdown("\n".join(lines(year, lacks, services)))


def show_waiver(year: int, waiver: StandingWaiver, unit: Unit, scored: bool) -> None:
    """What two analysts waived for a unit, and why; ``scored``: whether it has a score so."""
    days = waiver.proposed_at.date(), waiver.confirmed_at.date()
    services = {service.code: service.name for service in unit.services}
    told = "waived" if scored else "waived_in_vain"
    _waived(told, waiver.reason, days, lines(year, waiver.lacking, services))


def show_published_waiver(year: int, unit: PublishedUnit) -> None:
    """The same as a publication states it; nothing where the unit lacked nothing."""
    if unit.waiver is None:
        return
    days = date.fromisoformat(unit.waiver.proposed), date.fromisoformat(unit.waiver.confirmed)
    lacking = [Lack(**one.model_dump()) for one in unit.waiver.lacking]
    _waived("waived", unit.waiver.reason, days, lines(year, lacking, {}))


def show_sample(institution: PublishedInstitution) -> None:
    """Where the sample is smaller than the rule asks, and which judged units left it."""
    if institution.sample is None:
        return
    kinds = load_sampling().kinds
    told = [
        say(
            "lacking.short_kind",
            kind=kinds[one.kind][language()] if one.kind in kinds else one.kind,
            chosen=number(one.chosen, 0),
            asked=number(one.asked, 0),
        )
        for one in institution.sample.short
    ] + [
        say("lacking.withdrawn_unit", unit=plain(one.name), reason=plain(one.reason))
        for one in institution.sample.withdrawn
    ]
    lead = say("lacking.sample")
    st.warning("\n".join([lead, "", *(f"- {one}" for one in told)]), icon=":material/rule:")


def show_waived_units(units: Iterable[PublishedUnit]) -> None:
    """Which units of a publication have a score by a waiver."""
    if names := [plain(one.name) for one in units if one.waiver]:
        st.warning(say("lacking.units", units=", ".join(names)), icon=":material/rule:")


def _waived(key: str, reason: str, days: tuple[date, date], told: Sequence[str]) -> None:
    proposed, confirmed = map(day, days)
    lead = say(f"lacking.{key}", reason=plain(reason), proposed=proposed, confirmed=confirmed)
    st.warning(lead, icon=":material/rule:")
    with st.expander(say("lacking.waived_list", number=number(len(told), 0))):
        st.markdown("\n".join(told))


def _told(year: int, group: Sequence[Lack], services: Mapping[str, str]) -> str:
    """What is lacking of one subject of one area."""
    one = group[0]
    if one.kind == ROUND:
        return say("lacking.round")
    instrument = instruments_of(year)[one.area]
    name = plain(instrument.name(language()))
    if one.kind != JUDGEMENT:
        found, needed = number(one.found, 0), number(one.needed, 0)
        return say(f"lacking.{one.kind}", area=name, found=found, needed=needed)
    items = [plain(_text(instrument, each.item)) for each in group]
    about = f"{name} · {_subject(instrument, one.subject, services)}" if one.subject else name
    return say("lacking.judgement", about=about, number=len(items), items="; ".join(items))


def _subject(instrument: FieldInstrument, subject: str, services: Mapping[str, str]) -> str:
    """A product by its name, a person as the assessors count them."""
    if instrument.subject == "product":
        return plain(services.get(subject, subject))
    return say(f"planning.of_{instrument.subject}", number=plain(subject))


def _text(instrument: FieldInstrument, key: str) -> str:
    return next(item.text[language()] for item in instrument.items if item.key == key)
