"""How far a whole round is: by institution and by assessor."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from accounts.actors import Actor
from desk.assessment.sampled import rules_of
from desk.index.progress import InstitutionProgress, assessor_progress, institution_progress
from models import AssessmentRound, Session
from screens import charts
from screens.assessment.sample_units import TICKS, done_of, share, share_judged
from screens.shell import language, number, say


def show_all(session: Session, actor: Actor, a_round: AssessmentRound) -> None:
    """Institutions with their units, and what each assessor judged of what is to be judged."""
    places = institution_progress(session, actor, a_round.id)
    if not places:
        st.info(say("sampling.nothing_chosen"), icon=":material/checklist:")
        return
    units, judged = sum(one.units for one in places), sum(one.judged for one in places)
    with st.container(horizontal=True):
        for key, value in (
            ("institutions", len(places)),
            ("units", units),
            ("judged_units", judged),
        ):
            label = say(f"sampling.count_{key}")
            st.metric(label, number(value, 0), border=True, width="content")
    _show_assessors(session, actor, a_round)
    st.subheader(say("sampling.by_institution"))
    table = _table(places, a_round)
    st.dataframe(
        table, hide_index=True, placeholder="–", width="stretch", key="sampling_institutions"
    )


def _table(places: Sequence[InstitutionProgress], a_round: AssessmentRound) -> pd.DataFrame:
    rules = rules_of(a_round)
    rule = rules.rule(a_round.year)
    rows = []
    for one in places:
        wanted = rule.units_of(one.institution.kind)
        kinds = [
            say(
                "sampling.of_kind",
                kind=rules.kinds[kind][language()],
                chosen=number(one.chosen.get(kind, 0), 0),
                wanted=number(wanted[kind].value, 0) if kind in wanted else "–",
            )
            for kind in dict.fromkeys([*wanted, *one.chosen])
        ]
        judged = done_of(one.judged, one.units)
        rows.append((one.institution.name, one.proposed, one.units, judged, " · ".join(kinds)))
    headings = ("words.institution", "sampling.proposed", "sampling.in_sample")
    more = ("sampling.judged_whole", "sampling.by_rule")
    return pd.DataFrame(rows, columns=[say(key) for key in (*headings, *more)])


def _show_assessors(session: Session, actor: Actor, a_round: AssessmentRound) -> None:
    found = assessor_progress(session, actor, a_round.id)
    st.subheader(say("sampling.by_assessor"))
    if not found:
        st.info(say("sampling.no_assessor"), icon=":material/person_add:")
        return
    frame = pd.DataFrame(
        {
            "name": [one.name for one in found],
            "value": [share(one.judged, one.items) for one in found],
            "text": [share_judged(one.judged, one.items) for one in found],
        }
    )
    rows = [(one.name, number(one.units, 0), done_of(one.judged, one.items)) for one in found]
    headings = ("sampling.assessor", "sampling.in_sample", "sampling.judged")
    table = pd.DataFrame(rows, columns=[say(key) for key in headings])
    chart = charts.bars(frame, TICKS, say("sampling.percent"))
    charts.show(chart, say("sampling.assessors_sentence"), table, "sampling_assessors")
